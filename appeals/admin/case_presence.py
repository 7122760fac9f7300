"""Who else has a case open: kept in the cache for a minute, never in the database or a log."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from appeals.access import is_approver
from appeals.admin.case import case_or_404
from appeals.admin.people import desk_view, staff
from appeals.models import Appeal, Claim, Outcome
from appeals.states import AppealState
from portal.models import Customer

# The page says so every 15 seconds; two lost messages do not make anybody vanish.
STAYS = timedelta(seconds=45)
MOST_SHOWN = 8
REVIEWS, APPROVES, READS = "reviews", "approves", "reads"


@dataclass(frozen=True)
class Looker:
    """Somebody who has the case open, and what for."""

    person: int
    purpose: str
    seen: float


@desk_view
@require_POST
def looking(request: HttpRequest, reference: str) -> HttpResponse:
    """The open page says that it is open, or is being left, and hears who else is there."""
    appeal, person = case_or_404(request, reference), staff(request)
    if "leave" in request.POST:
        note_gone(appeal, person)
        return HttpResponse(status=204)
    others = note_looking(appeal, person, purpose_of(appeal, person))
    names = dict(
        Customer.objects.filter(pk__in=[one.person for one in others]).values_list("pk", "name")
    )
    here = [
        _words(one.purpose) % {"name": names[one.person]} for one in others if one.person in names
    ]
    return JsonResponse({"here": here})


def purpose_of(appeal: Appeal, person: Customer) -> str:
    """What this person does with the case: reviews it, approves the outcome, or only reads."""
    if appeal.state == AppealState.IN_REVIEW:
        holds = Claim.objects.filter(appeal=appeal, reviewer=person).exists()
        return REVIEWS if holds else READS
    if appeal.state == AppealState.APPROVAL and is_approver(person):
        own = Outcome.objects.filter(appeal=appeal, sent_back_at__isnull=True, decided_by=person)
        return READS if own.exists() else APPROVES
    return READS


def note_looking(appeal: Appeal, person: Customer, purpose: str) -> list[Looker]:
    """Remember that the person looks at the case, and return who else does.

    Two people who say so at the same moment may miss each other until the next time.
    """
    now = timezone.now().timestamp()
    try:
        there = _read(appeal, now)
        there[person.pk] = Looker(person.pk, purpose, now)
        _write(appeal, there)
    except RedisError:
        return []
    others = [one for one in there.values() if one.person != person.pk]
    return sorted(others, key=lambda one: (one.purpose == READS, one.seen))[:MOST_SHOWN]


def note_gone(appeal: Appeal, person: Customer) -> None:
    """Forget that the person looked; without the cache time does the same."""
    try:
        there = _read(appeal, timezone.now().timestamp())
        if there.pop(person.pk, None):
            _write(appeal, there)
    except RedisError:
        return


def _key(appeal: Appeal) -> str:
    return f"desk:looking:{appeal.pk}"


def _read(appeal: Appeal, now: float) -> dict[int, Looker]:
    rows = cache.get(_key(appeal)) or []
    fresh = (Looker(*row) for row in rows)
    return {one.person: one for one in fresh if now - one.seen < STAYS.total_seconds()}


def _write(appeal: Appeal, there: dict[int, Looker]) -> None:
    rows = [(one.person, one.purpose, one.seen) for one in there.values()]
    cache.set(_key(appeal), rows, STAYS.total_seconds())


def _words(purpose: str) -> str:
    return {
        REVIEWS: _("%(name)s works on this case"),
        APPROVES: _("%(name)s is checking the outcome"),
        READS: _("%(name)s is reading this case"),
    }[purpose]
