"""What becomes of a batch: it is posted, or it was spoiled and its letters wait again."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.delivery.settle import look_again
from notifications.kinds import DeliveryState
from notifications.letters.errors import (
    NOT_TOMORROW,
    NOT_YESTERDAY,
    POSTED_BEFORE,
    SAY_WHY,
    SPOILED_BEFORE,
    LettersRefused,
)
from notifications.models import Delivery, Letter, LetterBatch
from portal.models import Customer

SPOILED = gettext_noop("The batch it was printed in was spoiled.")


@transaction.atomic
def mark_posted(*, batch: LetterBatch, posted_on: date, by: Customer) -> None:
    """Write that people took the letters to the post on that day, in the zone of who says so."""
    if posted_on > timezone.localdate():
        raise LettersRefused(NOT_TOMORROW)
    if posted_on < timezone.localdate(batch.made_at):
        raise LettersRefused(NOT_YESTERDAY)
    now = timezone.now()
    _change(batch, posted_on=posted_on, posted_at=now, posted_by=by)
    ids = _deliveries_in(batch)
    _printed(batch, ids).update(
        state=DeliveryState.DELIVERED, ended_at=min(_end_of(posted_on), now)
    )
    about = Delivery.objects.filter(pk__in=ids).values_list("notification_id", flat=True)
    look_again(list(about), now)


@transaction.atomic
def spoil_batch(*, batch: LetterBatch, because: str, by: Customer) -> None:
    """Let the letters of a batch that was not posted wait again; what was printed stays written."""
    because = " ".join(because.split())
    if not because:
        raise LettersRefused(SAY_WHY)
    _change(batch, spoiled_at=timezone.now(), spoiled_by=by, spoiled_because=because[:300])
    ids = _deliveries_in(batch)
    Letter.objects.filter(batch=batch).update(is_spoiled=True)
    _printed(batch, ids).update(
        state=DeliveryState.READY,
        reason=SPOILED,
        provider="",
        provider_ref="",
        content_sha256="",
        wording=None,
        sent_at=None,
    )


def _change(batch: LetterBatch, **changes: object) -> None:
    """Move a batch on once; who comes second is told what the first one did."""
    open_batch = LetterBatch.objects.filter(pk=batch.pk, posted_at=None, spoiled_at=None)
    if not open_batch.update(**changes):
        batch.refresh_from_db()
        raise LettersRefused(POSTED_BEFORE if batch.posted_at else SPOILED_BEFORE)


def _deliveries_in(batch: LetterBatch) -> list[UUID]:
    return list(Letter.objects.filter(batch=batch).values_list("delivery_id", flat=True))


def _printed(batch: LetterBatch, ids: list[UUID]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk__in=ids, state=DeliveryState.ACCEPTED, provider_ref=batch.reference
    )


def _end_of(day: date) -> datetime:
    """Return the last moment of a day: never claim that a letter left earlier than it did."""
    midnight = datetime.combine(day + timedelta(days=1), time())
    return timezone.make_aware(midnight) - timedelta(seconds=1)
