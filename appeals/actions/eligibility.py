"""Who could take an appeal that is about to be kept for somebody, and why somebody could not.

The same questions as when an appeal is claimed; who judges whose own is `independence`.
"""

import enum
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from appeals.actions.independence import list_bars
from appeals.models import ReviewerProfile, ReviewQueue
from portal.models import Customer


class WhyNot(enum.StrEnum):
    """Why an appeal is not kept for somebody; the desk says it in words."""

    GONE = "gone"
    NOT_MEMBER = "not_member"
    AWAY = "away"
    LANGUAGE = "language"
    NOT_CLEARED = "not_cleared"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Wanted:
    """What about an appeal decides which skills it asks for, as it will be where it is put."""

    appeal_id: int
    language: str
    is_restricted: bool


def reviewers() -> QuerySet[Customer]:
    """Everybody who may review."""
    permission = Permission.objects.filter(
        codename="review_appeal", content_type__app_label="appeals"
    )
    may = Q(user_permissions__in=permission) | Q(groups__permissions__in=permission)
    people = Customer.objects.filter(is_staff=True, is_active=True)
    return people.filter(may | Q(is_superuser=True)).distinct().order_by("name", "pk")


def profile_of(person: Customer) -> ReviewerProfile:
    """The person's skills; without a row: every language, not cleared, here."""
    profile: ReviewerProfile | None = getattr(person, "reviewer_profile", None)
    return profile or ReviewerProfile(person=person)


def is_away(profile: ReviewerProfile, now: datetime) -> bool:
    """Whether it is still before the day on which the person is back, where they are."""
    return is_still_away(profile.away_until, profile.person.zone, now)


def is_still_away(until: date | None, zone: ZoneInfo, now: datetime) -> bool:
    return until is not None and now.astimezone(zone).date() < until


def away_now(now: datetime) -> list[int]:
    """The people who are away."""
    profiles = ReviewerProfile.objects.filter(away_until__isnull=False).select_related("person")
    return [one.person_id for one in profiles if is_away(one, now)]


def lacks(profile: ReviewerProfile, wanted: Wanted) -> WhyNot | None:
    """The skill the person does not have for this appeal."""
    if profile.languages and wanted.language not in profile.languages:
        return WhyNot.LANGUAGE
    if wanted.is_restricted and not profile.is_cleared:
        return WhyNot.NOT_CLEARED
    return None


def why_not(
    person: Customer, wanted: Wanted, *, queue: ReviewQueue, now: datetime
) -> WhyNot | None:
    """Why this appeal, in this queue, is not to be kept for the person; None when it can be."""
    if not reviewers().filter(pk=person.pk).exists():
        return WhyNot.GONE
    if not queue.members.filter(pk=person.pk).exists():
        return WhyNot.NOT_MEMBER
    profile = profile_of(person)
    if is_away(profile, now):
        return WhyNot.AWAY
    if list_bars([person.pk], [wanted.appeal_id]):
        return WhyNot.CONFLICT
    return lacks(profile, wanted)
