"""The rules of the token buckets, and what may go while nobody knows their levels."""

import time
from dataclasses import dataclass, field

from notifications.channels.base import Account
from notifications.kinds import Lane

# Each lane's own share of a provider's rate: a busy lane never takes another's.
SHARES = {Lane.URGENT: 0.2, Lane.STANDARD: 0.3, Lane.BULK: 0.5}
# Between two sweeps; so they alone keep up the full rate, were every doorbell lost.
BURST_SECONDS = 2.0
BUCKET_RULES = {
    "shares": {lane.value: share for lane, share in SHARES.items()},
    "burst": BURST_SECONDS,
    # Even the smallest lane, with what the idle ones leave, gets the full rate.
    "pool_share": 1 - min(SHARES.values()),
    # After "too fast" half the rate; then this part of the full rate more with each second.
    "step": 0.02,
    "slowest": 1 / 64,
    # All calls in the air may be refused at once: that is one refusal, not many.
    "halve_every": 1.0,
    # Seconds, where a provider without a rate asks to slow down and does not say for how long.
    "pause": 1.0,
    # A provider that shuts for longer than this is down: another may take over.
    "short_shut": 10.0,
    "longest_shut": 6 * 3600.0,
}
# Without Redis no worker knows of the others, so each takes only this part of its lane's share.
BLIND_PART = 0.1


@dataclass
class BlindAllowance:
    """What one process may send while Redis is away: a little, and nothing in bulk."""

    _levels: dict[tuple[str, Lane], tuple[float, float]] = field(default_factory=dict)

    def take(self, account: Account, lane: Lane, wanted: int) -> int:
        """Return how many units may go now."""
        if account.rate <= 0:
            return wanted
        if lane == Lane.BULK:
            return 0
        speed = max(1.0, account.rate * SHARES[lane] * BLIND_PART)
        most, now = speed * BURST_SECONDS, time.monotonic()
        level, seen_at = self._levels.get((account.key, lane), (most, now))
        level = min(most, level + speed * (now - seen_at))
        granted = min(wanted, int(level))
        self._levels[account.key, lane] = (level - granted, now)
        return granted
