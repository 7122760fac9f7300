"""A share of the decided cases is read again by somebody who does not know the answer.

What is drawn, and how many a month, is the queue's setting; the dice are the system's own, so that
nobody can foresee which of their cases is read.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import list_to_read_again
from appeals.actions.suggestions import note_reading
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import Outcome, QualityReview, ReviewQueue
from appeals.states import OutcomeKind, Ruling
from portal.models import Customer

# Shares have one decimal: a draw is one of a thousand.
SIDES = 1_000


def draw() -> int:
    """A number from 0 to 999 that nobody can foresee."""
    return secrets.randbelow(SIDES)


def sample_outcome(outcome: Outcome, queue: ReviewQueue | None, now: datetime) -> bool:
    """Draw whether this outcome is read again; never more a month than the queue says.

    The caller's transaction holds it. Only draws that hit wait for each other, at the queue's row.
    """
    if queue is None or draw() >= queue.sample_percent * SIDES / 100:
        return False
    locked = ReviewQueue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    drawn = QualityReview.objects.filter(queue=locked, sampled_at__gte=month)
    if drawn.count() >= locked.sample_most:
        return False
    QualityReview.objects.create(
        outcome=outcome, queue=locked, decided_by_id=outcome.decided_by_id, sampled_at=now
    )
    return True


@transaction.atomic
def take_next(*, by: Customer) -> QualityReview | None:
    """The case this person has begun, else the oldest that nobody reads; None when all is read."""
    unread = list_to_read_again(by).order_by("sampled_at", "pk")
    begun = unread.filter(reader=by).first()
    if begun is not None:
        return begun
    locked = unread.filter(reader__isnull=True).select_for_update(
        skip_locked=True, of=("self",), no_key=True
    )
    review = locked.first()
    if review is not None:
        review.reader = by
        review.save(update_fields=["reader"])
    return review


@transaction.atomic
def give_back(*, review: QualityReview, by: Customer) -> None:
    """Let somebody else read it."""
    mine = QualityReview.objects.filter(pk=review.pk, reader=by, read_at__isnull=True)
    if not mine.update(reader=None):
        raise WrongState(_("You are not reading this case."))


@transaction.atomic
def record_reading(
    *, review: QualityReview, by: Customer, kind: str, rulings: Mapping[int, str]
) -> QualityReview:
    """Keep the reader's own answer and whether it agrees; it cannot be changed afterwards."""
    if review.reader_id != by.pk:
        raise NotAllowed(_("You are not reading this case."))
    outcome = review.outcome
    grounds = set(outcome.appeal.grounds.values_list("pk", flat=True))
    if set(rulings) != grounds or not set(rulings.values()) <= set(Ruling):
        raise BadInput(_("Each ground needs a finding before you can go on."), field="rulings")
    if kind not in set(OutcomeKind):
        raise BadInput(_("Choose an outcome."), field="kind")
    theirs = {one["ground"]: one["ruling"] for one in outcome.findings}
    agrees = kind == outcome.kind and dict(rulings) == theirs
    unread = QualityReview.objects.filter(pk=review.pk, reader=by, read_at__isnull=True)
    if not unread.update(
        kind=kind,
        rulings={str(ground): ruling for ground, ruling in rulings.items()},
        agrees=agrees,
        read_at=timezone.now(),
    ):
        raise WrongState(_("This case has been read already."))
    review.refresh_from_db()
    note_reading(review)
    return review


def write_note(*, review: QualityReview, by: Customer, note: str) -> None:
    """What the reader wants said about the difference, once both answers are shown."""
    read = QualityReview.objects.filter(pk=review.pk, reader=by, read_at__isnull=False)
    if not read.update(note=note.strip()):
        raise NotAllowed(_("Only who read the case writes its note, after reading it."))
