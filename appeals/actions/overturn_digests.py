"""The weekly digest of overturned reasons: made once a week, and told to who owns the rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation

from appeals.access import list_all_supervisors
from appeals.models import OverturnDigest, RuleOwner
from appeals.overturns.figures import Shown, figures_of
from appeals.overturns.reading import WEEK, monday_of, read_lines
from appeals.overturns.words import reason_title, sentence
from notifications.api import NotificationRequest, notify_many
from portal.models import Customer

# What was decided on Sunday may still be coming in on Monday.
WAIT = timedelta(hours=6)
# After a longer silence only so many weeks are made up for.
MOST_WEEKS = 13
# So many lines stand in the message; the page has all of them.
TOLD = 5


def digest_overturns(now: datetime | None = None) -> list[OverturnDigest]:
    """Make each digest that is due and was not made, oldest first; those that are new."""
    now = now or timezone.now()
    made = (_make(week, now) for week in _missing(now))
    return [one for one in made if one is not None]


def _missing(now: datetime) -> Iterator[date]:
    """The last whole week, and those between it and the newest digest."""
    last = monday_of(now - WAIT) - WEEK
    newest = OverturnDigest.objects.filter(week__lte=last).order_by("-week").first()
    week = last if newest is None else max(newest.week + WEEK, last - (MOST_WEEKS - 1) * WEEK)
    while week <= last:
        yield week
        week += WEEK


@transaction.atomic
def _make(week: date, now: datetime) -> OverturnDigest | None:
    """Keep what the week came to and owe the messages, unless somebody was quicker."""
    lines = [asdict(line) for line in read_lines(week)]
    digest, is_new = OverturnDigest.objects.get_or_create(
        week=week, defaults={"made_at": now, "lines": lines}
    )
    if not is_new:
        return None
    notify_many(_messages(digest))
    return digest


def _messages(digest: OverturnDigest) -> Iterator[NotificationRequest]:
    figures = figures_of(digest.lines)
    for person, rules in _readers({one.line.rule for one in figures}).items():
        own = [one for one in figures if one.line.rule in rules]
        yield NotificationRequest(
            recipient_id=person.pk,
            type="overturn_digest",
            dedupe_key=f"overturned:{digest.week.isoformat()}:{person.pk}",
            context={
                "week": digest.week.isoformat(),
                "number": str(len(own)),
                "told": _told(own, person),
            },
            path=f"/admin/overturned/{digest.week.isoformat()}/",
        )


def _readers(rules: Iterable[str]) -> Mapping[Customer, set[str]]:
    """Who owns which of the rules; what nobody owns is for the supervisors."""
    found: dict[Customer, set[str]] = defaultdict(set)
    left = set(rules)
    owners = RuleOwner.objects.filter(
        rule_id__in=left, owner__is_staff=True, owner__is_active=True
    ).select_related("owner")
    for row in owners.order_by("owner__name", "owner_id"):
        found[row.owner].add(row.rule_id)
    left -= {rule for own in found.values() for rule in own}
    if left:
        for person in list_all_supervisors():
            found[person] |= left
    return found


def _told(lines: Sequence[Shown], person: Customer) -> str:
    """The first lines, in the language of who reads them."""
    with translation.override(person.locale):
        return "\n\n".join(
            f"{one.line.rule} {one.line.version} · {reason_title(one.line.reason)}: {sentence(one)}"
            for one in lines[:TOLD]
        )
