"""A reviewer asks the customer for more papers."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.claims import check_holds
from appeals.actions.events import record
from appeals.catalogue import CATALOGUE
from appeals.errors import BadInput
from appeals.models import Appeal, Claim, DocumentRequest, EventKind
from appeals.states import AppealState
from appeals.truth import about_appeal
from notifications.api import notify
from portal.models import Customer


@transaction.atomic
def ask_for_documents(
    *, appeal: Appeal, by: Customer, kinds: Sequence[str], message: str
) -> DocumentRequest:
    """Ask, pause the promise and let go of the case: the answer puts it back in its queue.

    The reviewer who asked finds it under "Answered" in their work, so that they can go on.
    """
    check_holds(appeal, by)
    wanted = _known(kinds)
    if not message.strip():
        raise BadInput(_("Write to the customer what you need and why."), field="message")
    now = timezone.now()
    appeal.move_to(AppealState.WAITING, paused_at=now)
    Claim.objects.filter(appeal=appeal).delete()
    request = DocumentRequest.objects.create(
        appeal=appeal, kinds=wanted, message=message.strip(), asked_by=by, asked_at=now
    )
    record(appeal, EventKind.DOCUMENTS_ASKED, by, request=request.pk, kinds=", ".join(wanted))
    notify(
        recipient=appeal.customer,
        type="documents_asked",
        dedupe_key=f"appeal:{appeal.reference}:documents-asked:{request.pk}",
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
    return request


def _known(kinds: Sequence[str]) -> list[str]:
    unknown = [key for key in kinds if key not in CATALOGUE.documents]
    if unknown:
        raise BadInput(_("There is no such kind of paper."), field="kinds")
    return list(dict.fromkeys(kinds))
