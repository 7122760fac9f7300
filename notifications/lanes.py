"""How patient each lane is: how soon a refused delivery is tried again, and how often."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings

from notifications.kinds import ChannelKind, Lane

# One task claims this many rows: a task a row would cost fifty times as much.
BATCH_SIZE = 2_000
# A batch begins no new stride later than this, so that a task ends before its time limit.
BATCH_SECONDS = 80.0
# What is due so soon goes now: the clocks of two machines need not agree to the millisecond.
CLOCK_TOLERANCE = timedelta(seconds=1)
# A doorbell older than this is worthless: the sweep has rung since.
DOORBELL_EXPIRES_SECONDS = 60
# Work that our own mistake holds up (wrong key, broken template) is looked at this often.
HELD_FOR = timedelta(minutes=5)
# A receipt usually tells what became of a lost answer; then we ask.
ASK_AFTER = timedelta(minutes=2)
# Asked in vain, or by a worker that died over it: again after this long.
ASK_AGAIN_AFTER = timedelta(minutes=10)
# So long after the call nobody can tell any more, and what is owed goes another way. For e-mail
# only a receipt can tell, and that may take its time.
ASK_UNTIL = {
    ChannelKind.SMS: timedelta(minutes=30),
    ChannelKind.EMAIL: timedelta(hours=2),
    ChannelKind.PUSH: timedelta(minutes=30),
}


@dataclass(frozen=True)
class Patience:
    """How long we keep trying what a provider refuses for the moment."""

    first_wait: timedelta
    longest_wait: timedelta
    tries: int

    def wait_after(self, tries: int) -> timedelta:
        """Return how long to wait after this many tries: doubling, and never all at once."""
        doubled = self.first_wait * float(1 << min(max(tries - 1, 0), 16))
        return min(doubled, self.longest_wait) * random.uniform(0.8, 1.2)  # noqa: S311


PATIENCE = {
    Lane.URGENT: Patience(timedelta(seconds=2), timedelta(seconds=30), tries=8),
    Lane.STANDARD: Patience(timedelta(seconds=30), timedelta(hours=1), tries=12),
    Lane.BULK: Patience(timedelta(seconds=60), timedelta(hours=2), tries=12),
}
# A browser that cannot be reached now has better things to hear tomorrow.
PUSH_TRIES = 3


def lease() -> timedelta:
    """Return how long a worker may hold a delivery before it counts as dead.

    Longer than a stride can take with every call hanging until its time-out.
    """
    return timedelta(seconds=settings.DISPATCH_LEASE_SECONDS)


def patience_of(lane: Lane, channel: ChannelKind) -> Patience:
    patience = PATIENCE[lane]
    return replace(patience, tries=PUSH_TRIES) if channel == ChannelKind.PUSH else patience
