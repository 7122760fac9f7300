"""One batch from claim to result; no transaction is open while a provider is called."""

import time
import traceback
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from django.db import connection
from django.utils import timezone

from notifications import ids
from notifications.channels import wire
from notifications.channels.base import Answer, Message, Provider, Subscription
from notifications.channels.wire import Air
from notifications.delivery.begin import Sending, begin, put_aside
from notifications.delivery.check import BROKEN_TEXT, Aside, overtaken_rows, reason_to_wait
from notifications.delivery.claim import Batch, Claimed
from notifications.delivery.record import conclude, record_surely
from notifications.kinds import AttemptOutcome, Lane
from notifications.lanes import BATCH_SECONDS, HELD_FOR, patience_of
from notifications.rendering import RENDER_FAULTS, Matter
from notifications.wording import draft_for

logger = structlog.get_logger(__name__)
# A provider that lets us wait longer than this does not keep a database connection waiting too.
SECONDS_WITH_CONNECTION = 1.0


class Watch(Protocol):
    """Who wants to know how a provider does: its limits and its breaker."""

    def saw(self, answers: list[Answer]) -> None: ...


@dataclass
class Tally:
    """What became of one batch, in numbers."""

    claimed: int = 0
    # Units of the provider's rate that were spent.
    spent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


def deliver(batch: Batch, provider: Provider, watch: Watch | None = None) -> Tally:
    """Carry a claimed batch to its results."""
    if not batch.rows:
        return Tally()
    run = _Run(batch, provider, watch)
    began = time.monotonic()
    run.to_the_end(began + BATCH_SECONDS)
    run.log(time.monotonic() - began)
    return run.tally


class _Run:
    """One batch on its way through one provider."""

    def __init__(self, batch: Batch, provider: Provider, watch: Watch | None) -> None:
        self.batch = batch
        self.provider = provider
        self.watch = watch
        self.tally = Tally(claimed=len(batch.rows))
        self.air = Air(wire(), provider)
        self.begun: dict[UUID, Sending] = {}
        self.has_told = False

    def to_the_end(self, deadline: float) -> None:
        """Keep the provider busy: a stride begins as soon as there is room for it in the air."""
        step = self.provider.stride
        rows = self.batch.rows
        strides = deque(rows[start : start + step] for start in range(0, len(rows), step))
        while strides or self.air.in_air:
            while strides and self.air.in_air + len(strides[0]) <= self.provider.most_in_air:
                if self.air.halted_by or time.monotonic() > deadline:
                    self._give_back([row for stride in strides for row in stride])
                    strides.clear()
                else:
                    self._stride(strides.popleft())
            self._write_down()

    def log(self, seconds: float) -> None:
        logger.info(
            "batch delivered",
            lane=self.batch.lane.value,
            channel=self.batch.channel.value,
            provider=self.provider.name,
            claimed=self.tally.claimed,
            seconds=round(seconds, 3),
            **{name.replace(" ", "_"): count for name, count in self.tally.outcomes.items()},
        )

    def _stride(self, rows: list[Claimed]) -> None:
        """Check, render, write down and send a part of the batch."""
        going, waiting = self._sort(rows)
        put_aside(self.batch, waiting)
        self.tally.outcomes["aside"] += len(waiting)
        begun = begin(self.batch, going, self.provider)
        if len(begun) < len(going):
            # Its campaign was paused, or the claim ran out: the next worker looks again.
            ours = {one.message.attempt_id for one in begun}
            left = [one.row for one in going if one.message.attempt_id not in ours]
            put_aside(self.batch, [(row, Aside("", timezone.now())) for row in left])
        if begun:
            self.begun.update((one.message.attempt_id, one) for one in begun)
            self.tally.spent += sum(self.provider.cost(one.message.text) for one in begun)
            self.air.send([one.message for one in begun])

    def _write_down(self) -> None:
        waited_since = time.monotonic()
        while self.air.in_air:
            portion = self.air.answers()
            if portion:
                answered = [(self.begun.pop(attempt_id), answer) for attempt_id, answer in portion]
                record_surely(self.batch, answered, self.provider)
                self._count([answer for _one, answer in answered])
                return
            if time.monotonic() - waited_since > SECONDS_WITH_CONNECTION:
                _leave_connection()

    def _give_back(self, rows: list[Claimed]) -> None:
        """Return what was claimed and not begun, to go when the provider takes it again."""
        now, patience = timezone.now(), patience_of(self.batch.lane, self.batch.channel)
        aside = Aside("", now)
        if self.air.halted_by:
            final = conclude(Answer.not_begun(self.air.halted_by), 1, patience, now)
            aside = Aside(final.reason, final.not_before or now)
        put_aside(self.batch, [(row, aside) for row in rows])
        self.tally.outcomes["given back"] += len(rows)

    def _sort(self, rows: list[Claimed]) -> tuple[list[Sending], list[tuple[Claimed, Aside]]]:
        now = timezone.now()
        stale = overtaken_rows(rows)
        going: list[Sending] = []
        waiting: list[tuple[Claimed, Aside]] = []
        for row in rows:
            aside = stale.get(row.id) or reason_to_wait(row, self.batch.channel, now)
            if aside:
                waiting.append((row, aside))
                continue
            try:
                going.append(Sending(row, _message(self.batch, row, now)))
            except RENDER_FAULTS as fault:
                _tell_of_broken_text(row, fault)
                waiting.append((row, Aside(BROKEN_TEXT, now + HELD_FOR)))
        return going, waiting

    def _count(self, answers: list[Answer]) -> None:
        self.tally.outcomes.update(answer.outcome.value for answer in answers)
        if self.watch:
            self.watch.saw(answers)
        ours = [one for one in answers if one.outcome == AttemptOutcome.MISCONFIGURED]
        if ours and not self.has_told:
            self.has_told = True
            logger.error(
                "our account with a provider is not set up right",
                provider=self.provider.name,
                code=ours[0].code,
            )


def _leave_connection() -> None:
    # Inside a transaction (a test's) it is not ours to close.
    if not connection.in_atomic_block:
        connection.close()


def _tell_of_broken_text(row: Claimed, fault: Exception) -> None:
    # Not the fault's own words: a template's error quotes what it was given, a code perhaps.
    logger.error(
        "message could not be rendered",
        type=row.type,
        delivery=str(row.id),
        fault=type(fault).__name__,
        where="".join(traceback.format_tb(fault.__traceback__)[-3:]),
    )


def _message(batch: Batch, row: Claimed, now: datetime) -> Message:
    matter = Matter(
        type=row.type,
        language=row.language,
        context=row.context,
        path=row.path,
        secret=row.secret,
        created_at=row.created_at,
        expires_at=row.expires_at,
        campaign_words=row.campaign_words,
    )
    draft, values = draft_for(batch.channel, matter), matter.values()
    words = draft.filled(values)
    return Message(
        attempt_id=ids.attempt_id(row.id, row.calls + 1),
        to=row.address,
        subject=words.subject,
        text=words.text,
        html=words.html,
        draft=draft,
        values=values,
        link=matter.link,
        subscription=_subscription(row),
        is_urgent=batch.lane == Lane.URGENT,
        useful_for=row.expires_at - now if row.expires_at else timedelta(days=1),
    )


def _subscription(row: Claimed) -> Subscription | None:
    if row.endpoint and row.p256dh and row.auth:
        return Subscription(row.endpoint, row.p256dh, row.auth)
    return None
