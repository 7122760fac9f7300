"""The doorbells of the engine: each says "there may be work", and may vanish without harm."""

import random
from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from notifications.delivery.batch import Tally, deliver
from notifications.delivery.claim import claim
from notifications.kinds import ChannelKind, Lane
from notifications.lanes import BATCH_SIZE, DOORBELL_EXPIRES_SECONDS
from notifications.limits.store import store
from notifications.passage import Wait, open_passage
from portal.lib.tasks import shared_task

logger = structlog.get_logger(__name__)
# Seconds: nothing waits longer for a bell, whatever the provider said; the sweep rings as well.
SOONEST_AGAIN = 0.05
LATEST_AGAIN = 3.0


@shared_task(name="notifications.dispatch")
def dispatch(lane: str, channel: str) -> None:
    """Send the next batch of a lane by one channel, and ring again while there is more."""
    send_next(Lane(lane), ChannelKind(channel))


def send_next(lane: Lane, channel: ChannelKind) -> Tally:
    """Claim what may go now and carry it to its results; nothing where no provider is open."""
    passage = open_passage(lane, channel, BATCH_SIZE)
    if isinstance(passage, Wait):
        ring_again(lane, channel, passage.again_in)
        return Tally()
    spent: int | None = 0
    try:
        batch = claim(lane, channel, limit=passage.rows)
        passage.claimed(len(batch.rows))
        if len(batch.rows) == passage.rows:
            # Before the work, so that every idle worker is drawn in, not one after the other.
            ring_more(lane, channel, passage.again_in)
        spent = None
        tally = deliver(batch, passage.provider, passage)
        spent = tally.spent
    finally:
        passage.close(spent)
    return tally


def ring_more(lane: Lane, channel: ChannelKind, again_in: float) -> None:
    """Ring for what is left: at once, or when the provider's rate has room for it."""
    if again_in:
        ring_again(lane, channel, again_in)
    else:
        ring(lane, channel)


def ring_again(lane: Lane, channel: ChannelKind, again_in: float) -> None:
    """Ring in a few seconds at most; however many workers were refused, it rings once."""
    seconds = min(max(again_in, SOONEST_AGAIN), LATEST_AGAIN) * random.uniform(1, 1.2)  # noqa: S311
    # Where Redis does not answer nobody rings, and the sweep does.
    if again_in and store().is_first(f"bell:{lane.value}:{channel.value}", seconds):
        ring(lane, channel, countdown=seconds)


def ring(lane: Lane, channel: ChannelKind, *, countdown: float = 0) -> None:
    """Tell a worker of this lane; where the broker is down, the sweep rings again later."""
    try:
        dispatch.apply_async(
            (lane.value, channel.value),
            queue=lane.value,
            countdown=countdown or None,
            expires=DOORBELL_EXPIRES_SECONDS,
        )
    except (OperationalError, OSError):
        logger.warning("no broker took the doorbell", lane=lane.value, channel=channel.value)


@dataclass(frozen=True)
class Doorbell:
    """A ring that can be told from others, so that a transaction rings each bell once."""

    lane: Lane
    channel: ChannelKind

    def __post_init__(self) -> None:
        # Django names what it calls on commit when that goes wrong.
        object.__setattr__(self, "__qualname__", type(self).__qualname__)

    def __call__(self) -> None:
        ring(self.lane, self.channel)


def ring_on_commit(lane: Lane, channel: ChannelKind) -> None:
    """Ring once when the caller's transaction is safe, however many rows it wrote."""
    bell = Doorbell(lane, channel)
    # One that still waits was not undone, and whatever would undo it now would undo ours too.
    if not any(waiting == bell for _savepoints, waiting, *_ in connection.run_on_commit):
        transaction.on_commit(bell, robust=True)
