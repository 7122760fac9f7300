"""What staff have judged about a policy, where a law hangs on it. Not judged yet is no."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from appeals.models import PolicyPage
from appeals.models.policies import ClassWide
from appeals.prepared import prepared

Policy = Mapping[str, Any] | None


def is_class_wide(policy: Policy) -> bool:
    """Whether its cuts hit all or nearly all of a class of accounts, by a person's word."""
    return any(class_wide == ClassWide.YES for class_wide, _reasons in _answers_about(policy))


def is_justified(policy: Policy) -> bool:
    """Whether its page names objective reasons for counting where somebody lives."""
    return any(reasons.strip() for _class_wide, reasons in _answers_about(policy))


def _answers_about(policy: Policy) -> list[tuple[str, str]]:
    reference = (policy or {}).get("ref")
    return _answers(reference) if reference else []


@prepared
def _answers(reference: str) -> QuerySet[PolicyPage, tuple[str, str]]:
    rows = PolicyPage.objects.filter(reference=reference)
    return rows.values_list("us_class_wide", "eu_reasons")
