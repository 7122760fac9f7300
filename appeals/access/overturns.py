"""Who reads which rules' overturned reasons: who oversees the desk all, who owns a rule its own."""

from django.db.models import Prefetch, QuerySet

from appeals.access.fetching import one_of
from appeals.access.roles import sees_all_queues
from appeals.models import EngineRequest, OverturnDigest, OverturnPassing, RuleOwner
from portal.models import Customer


def rules_of(person: Customer) -> set[str] | None:
    """The rules whose figures this person reads; None stands for all of them."""
    if not person.is_staff:
        return set()
    if sees_all_queues(person):
        return None
    return set(RuleOwner.objects.filter(owner=person).values_list("rule_id", flat=True))


def list_digests(person: Customer) -> QuerySet[OverturnDigest]:
    """Newest first; of each this person reads the lines of `rules_of`."""
    rows = OverturnDigest.objects.order_by("-week")
    return rows.none() if rules_of(person) == set() else rows


def get_digest(person: Customer, week: str) -> OverturnDigest:
    return one_of(list_digests(person), week=week)


def list_passings(person: Customer) -> QuerySet[OverturnPassing]:
    """Those that stand first, then the newest; each with what the engine was told."""
    rules = rules_of(person)
    told = Prefetch("requests", EngineRequest.objects.order_by("pk"))
    rows = OverturnPassing.objects.prefetch_related(told).order_by("fell_at", "-passed_at")
    return rows if rules is None else rows.filter(rule_id__in=rules)
