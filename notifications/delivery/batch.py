"""One batch from claim to result; no transaction is open while a provider is called."""

import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.utils import timezone

from notifications.channels import get_channel
from notifications.channels.base import Answer, Channel, Message, Subscription
from notifications.delivery.begin import Sending, begin, new_attempt_id, put_aside
from notifications.delivery.check import BROKEN_TEXT, Aside, reason_to_wait
from notifications.delivery.claim import Batch, Claimed
from notifications.delivery.record import conclude, record_surely
from notifications.kinds import AttemptOutcome, Lane
from notifications.lanes import BATCH_SECONDS, HELD_FOR, STRIDE, patience_of
from notifications.rendering import RENDER_FAULTS, Matter, words_for

logger = structlog.get_logger(__name__)
ANSWERS_A_WRITE = 64
SECONDS_A_WRITE = 0.5


@dataclass
class Tally:
    """What became of one batch, in numbers."""

    claimed: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


def deliver(batch: Batch) -> Tally:
    """Carry a claimed batch to its results."""
    if not batch.rows:
        return Tally()
    began = time.monotonic()
    run = _Run(batch, get_channel(batch.channel))
    for start in range(0, len(batch.rows), STRIDE):
        rows = batch.rows[start : start + STRIDE]
        if run.halted_by or time.monotonic() - began > BATCH_SECONDS:
            run.give_back(rows)
        else:
            run.stride(rows)
    run.log(time.monotonic() - began)
    return run.tally


class _Run:
    """One batch on its way through one channel."""

    def __init__(self, batch: Batch, channel: Channel) -> None:
        self.batch = batch
        self.channel = channel
        self.tally = Tally(claimed=len(batch.rows))
        self.halted_by: Answer | None = None
        self.has_told = False

    def stride(self, rows: list[Claimed]) -> None:
        """Check, render, write down, send and record a part of the batch."""
        going, waiting = self._sort(rows)
        put_aside(self.batch, waiting)
        self.tally.outcomes["aside"] += len(waiting)
        begun = begin(self.batch, going, self.channel.provider)
        if not begun:
            return
        for answered in self._answers(begun):
            record_surely(self.batch, answered)
            self._count(answered)

    def give_back(self, rows: list[Claimed]) -> None:
        """Return what was claimed and not begun, to go when the provider takes it again."""
        now, patience = timezone.now(), patience_of(self.batch.lane, self.batch.channel)
        aside = Aside("", now)
        if self.halted_by:
            final = conclude(Answer.not_begun(self.halted_by), 1, patience, now)
            aside = Aside(final.reason, final.not_before or now)
        put_aside(self.batch, [(row, aside) for row in rows])
        self.tally.outcomes["given back"] += len(rows)

    def log(self, seconds: float) -> None:
        logger.info(
            "batch delivered",
            lane=self.batch.lane.value,
            channel=self.batch.channel.value,
            claimed=self.tally.claimed,
            seconds=round(seconds, 3),
            **{name.replace(" ", "_"): count for name, count in self.tally.outcomes.items()},
        )

    def _sort(self, rows: list[Claimed]) -> tuple[list[Sending], list[tuple[Claimed, Aside]]]:
        now = timezone.now()
        going: list[Sending] = []
        waiting: list[tuple[Claimed, Aside]] = []
        for row in rows:
            aside = reason_to_wait(row, self.batch.channel, now)
            if aside:
                waiting.append((row, aside))
                continue
            try:
                going.append(Sending(row, _message(self.batch, row)))
            except RENDER_FAULTS as fault:
                _tell_of_broken_text(row, fault)
                waiting.append((row, Aside(BROKEN_TEXT, now + HELD_FOR)))
        return going, waiting

    def _answers(self, begun: list[Sending]) -> Iterator[list[tuple[Sending, Answer]]]:
        """Send, and hand the answers over in portions that are soon written down."""
        by_attempt = {one.message.attempt_id: one for one in begun}
        portion: list[tuple[Sending, Answer]] = []
        due = time.monotonic() + SECONDS_A_WRITE
        for attempt_id, answer in self.channel.send_all([one.message for one in begun]):
            portion.append((by_attempt[attempt_id], answer))
            if len(portion) >= ANSWERS_A_WRITE or time.monotonic() > due:
                yield portion
                portion, due = [], time.monotonic() + SECONDS_A_WRITE
        if portion:
            yield portion

    def _count(self, answered: list[tuple[Sending, Answer]]) -> None:
        for one, answer in answered:
            self.tally.outcomes[answer.outcome.value] += 1
            if answer.halts and not self.halted_by:
                self.halted_by = answer
            if answer.outcome == AttemptOutcome.MISCONFIGURED and not self.has_told:
                self.has_told = True
                logger.error(
                    "our account with a provider is not set up right",
                    provider=self.channel.provider,
                    code=answer.code,
                    delivery=one.row.id,
                )


def _tell_of_broken_text(row: Claimed, fault: Exception) -> None:
    # Not the fault's own words: a template's error quotes what it was given, a code perhaps.
    logger.error(
        "message could not be rendered",
        type=row.type,
        delivery=row.id,
        fault=type(fault).__name__,
        where="".join(traceback.format_tb(fault.__traceback__)[-3:]),
    )


def _message(batch: Batch, row: Claimed) -> Message:
    matter = Matter(
        type=row.type,
        language=row.language,
        context=row.context,
        path=row.path,
        secret=row.secret,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
    words = words_for(batch.channel, matter)
    return Message(
        attempt_id=new_attempt_id(),
        to=row.address,
        subject=words.subject,
        text=words.text,
        html=words.html,
        link=matter.link,
        subscription=_subscription(row),
        is_urgent=batch.lane == Lane.URGENT,
        useful_for=row.expires_at - timezone.now() if row.expires_at else timedelta(days=1),
    )


def _subscription(row: Claimed) -> Subscription | None:
    if row.endpoint and row.p256dh and row.auth:
        return Subscription(row.endpoint, row.p256dh, row.auth)
    return None
