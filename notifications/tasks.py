"""The doorbells of the engine: each says "there may be work", and may vanish without harm."""

from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from notifications.delivery.batch import Tally, deliver
from notifications.delivery.claim import claim
from notifications.kinds import ChannelKind, Lane
from notifications.lanes import BATCH_SIZE, DOORBELL_EXPIRES_SECONDS
from notifications.passage import open_passage
from portal.lib.tasks import shared_task

logger = structlog.get_logger(__name__)


@shared_task(name="notifications.dispatch")
def dispatch(lane: str, channel: str) -> None:
    """Send the next batch of a lane by one channel, and ring again while there is more."""
    send_next(Lane(lane), ChannelKind(channel))


def send_next(lane: Lane, channel: ChannelKind) -> Tally:
    """Claim what may go now and carry it to its results; nothing where no provider is open."""
    passage = open_passage(lane, channel, BATCH_SIZE)
    if passage is None:
        return Tally()
    tally = Tally()
    try:
        batch = claim(lane, channel, limit=passage.rows)
        if len(batch.rows) == passage.rows:
            # Before the work, so that every idle worker is drawn in, not one after the other.
            ring(lane, channel, countdown=passage.again_in)
        tally = deliver(batch, passage.provider, passage)
    finally:
        passage.close(tally.spent)
    return tally


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
