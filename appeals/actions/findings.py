"""The reviewer's ruling on each ground, and the outcome they have begun to write."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.claims import check_holds, renew_claim
from appeals.errors import BadInput, WrongState
from appeals.models import Appeal, Finding, Ground
from appeals.states import AppealState, Ruling
from portal.models import Customer


class SavedElsewhere(WrongState):
    """The case was saved from another page after this one was opened."""


@dataclass(frozen=True)
class Ruled:
    """What the reviewer says about one ground."""

    ruling: Ruling
    sentence: str


@transaction.atomic
def save_draft(
    *,
    appeal: Appeal,
    by: Customer,
    version: int,
    findings: Mapping[int, Ruled],
    unfinished: Mapping[str, Any],
) -> None:
    """Keep the findings (by ground) and the unfinished outcome, and hold the case longer."""
    check_holds(appeal, by)
    take_version(appeal, version, review_draft=dict(unfinished))
    _write_findings(appeal, by, findings)
    renew_claim(appeal=appeal, by=by)


def take_version(appeal: Appeal, version: int, **changes: Any) -> None:
    """Make this save the next version of the case; the second of two pages is refused."""
    as_seen = Appeal.objects.filter(pk=appeal.pk, version=version, state=AppealState.IN_REVIEW)
    if not as_seen.update(version=version + 1, **changes):
        raise SavedElsewhere(
            _("This case was saved from another page after you opened it. Nothing was overwritten.")
        )
    appeal.version = version + 1
    for name, value in changes.items():
        setattr(appeal, name, value)


def _write_findings(appeal: Appeal, by: Customer, findings: Mapping[int, Ruled]) -> None:
    ours = set(Ground.objects.filter(appeal=appeal).values_list("pk", flat=True))
    if not ours.issuperset(findings):
        raise BadInput(_("One of the findings is about a ground of another case."))
    now = timezone.now()
    rows = [
        Finding(ground_id=pk, ruling=said.ruling, sentence=said.sentence, by=by, at=now)
        for pk, said in findings.items()
    ]
    Finding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ground"],
        update_fields=["ruling", "sentence", "by", "at"],
    )
