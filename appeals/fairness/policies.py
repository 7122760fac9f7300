"""How a policy went so far, from the kept sums."""

from dataclasses import dataclass

from django.db.models import Sum

from appeals.models import Dimension, FairnessSum


@dataclass(frozen=True)
class PolicyRecord:
    """The cuts that carried it out, and what came of them."""

    cuts: int
    sent: int
    answered: int
    overturned: int


def policy_record(reference: str) -> PolicyRecord:
    rows = FairnessSum.objects.filter(is_month=True, dimension=Dimension.POLICY, group=reference)
    sums = rows.aggregate(
        cuts=Sum("cuts", default=0),
        sent=Sum("sent", default=0),
        answered=Sum("decided", default=0),
        overturned=Sum("overturned", default=0),
    )
    return PolicyRecord(**sums)


def policies_without_page(known: set[str]) -> list[str]:
    """References decisions name and nobody has written down, greatest first."""
    rows = FairnessSum.objects.filter(is_month=True, dimension=Dimension.POLICY)
    sums = rows.values_list("group").annotate(all=Sum("cuts")).order_by("-all", "group")
    return [group for group, _cuts in sums if group not in known]
