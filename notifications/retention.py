"""How long the words of a message are kept; its fingerprint, wording and notice stay for good."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import partitions
from notifications.models import LocalMessage, Notification, RetentionMark

logger = structlog.get_logger(__name__)

MARK = "context"
AT_ONCE = 5_000
# A portion is a transaction; the next hour goes on where this one stopped.
MOST_PORTIONS = 40
# So many of one age are not settled only when something is badly wrong: better wait for people.
MOST_LEFT_BEHIND = 10_000


@dataclass(frozen=True)
class _Portion:
    """Old notifications in the order they were made."""

    over: list[int]
    open: list[int]

    @property
    def last_id(self) -> int:
        return max([*self.over, *self.open])

    def __len__(self) -> int:
        return len(self.over) + len(self.open)


def kept_since(now: datetime) -> datetime:
    """Return the moment before which no text is kept."""
    return now - timedelta(days=settings.MESSAGE_TEXT_DAYS)


def is_open(notification: Notification) -> bool:
    """Say whether another channel may still have to carry it."""
    return notification.settle_at is not None or (
        notification.is_mandatory and notification.settled_at is None
    )


def has_text(notification: Notification) -> bool:
    """Say whether the message may still be read; an old one only while it is not settled."""
    return notification.created_at >= kept_since(timezone.now()) or is_open(notification)


def ways_are_kept(notification: Notification) -> bool:
    """Say whether the month of its deliveries is still there."""
    return notification.created_at >= partitions.kept_since(
        timezone.now(), settings.DELIVERY_MONTHS
    )


def drop_old_texts(now: datetime | None = None) -> int:
    """Drop the texts that are over, portion by portion; return how many messages were read."""
    now = now or timezone.now()
    seen = 0
    for _portion in range(MOST_PORTIONS):
        found = _drop_portion(now)
        seen += found
        if found < AT_ONCE:
            break
    _drop_local(now)
    return seen


@transaction.atomic
def _drop_portion(now: datetime) -> int:
    mark = _own_mark()
    if mark is None:
        return 0
    mark.left_behind = _drop_left_behind(mark.left_behind)
    portion = _portion_after(mark.last_id, now)
    if len(mark.left_behind) + len(portion.open) > MOST_LEFT_BEHIND:
        logger.error("old texts are kept: too many old messages are not settled")
        portion = _Portion([], [])
    if len(portion):
        _empty(portion.over)
        mark.left_behind += portion.open
        mark.last_id = portion.last_id
    mark.save(update_fields=["left_behind", "last_id"])
    return len(portion)


def _own_mark() -> RetentionMark | None:
    """Return the mark for us alone, or nothing while somebody else moves it."""
    RetentionMark.objects.bulk_create([RetentionMark(name=MARK)], ignore_conflicts=True)
    marks = RetentionMark.objects.select_for_update(skip_locked=True)
    return marks.filter(name=MARK).first()


def _portion_after(last_id: int, now: datetime) -> _Portion:
    limit = kept_since(now)
    portion = _Portion([], [])
    fields = Notification.objects.only("is_mandatory", "settle_at", "settled_at", "created_at")
    for one in fields.filter(pk__gt=last_id).order_by("pk")[:AT_ONCE]:
        if one.created_at >= limit:
            break
        (portion.open if is_open(one) else portion.over).append(one.pk)
    return portion


def _drop_left_behind(ids: list[int]) -> list[int]:
    """Drop the texts of those that are settled by now; return the others."""
    if not ids:
        return []
    fields = Notification.objects.only("is_mandatory", "settle_at", "settled_at")
    waiting = {one.pk for one in fields.filter(pk__in=ids) if is_open(one)}
    _empty([pk for pk in ids if pk not in waiting])
    return [pk for pk in ids if pk in waiting]


def _empty(ids: list[int]) -> None:
    if ids:
        Notification.objects.filter(pk__in=ids).exclude(context={}).update(context={})


def _drop_local(now: datetime) -> None:
    old = LocalMessage.objects.filter(kept_at__lt=kept_since(now)).order_by("kept_at")
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        LocalMessage.objects.filter(pk__in=ids).delete()
