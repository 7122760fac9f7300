"""The rules of the circuit breakers, and what a provider's answers say about the provider."""

import enum
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from notifications.channels.base import Answer
from notifications.kinds import AttemptOutcome

BREAKER_RULES = {
    "window": 30,
    "slot": 5,
    "enough": 20,
    "bad_share": 0.5,
    # First and longest seconds: for faults of theirs, and where our account is not set up right.
    "open_for": {"faults": [30, 600], "account": [300, 3600]},
    "longest_open": 3600,
    # A breaker that opens so soon after it closed stays open longer than the last time.
    "remembers": 600,
    "probe_rows": 5,
    # A worker that dies with the probe in its hands does not keep it for ever.
    "probe_seconds": 60,
}
# HTTP statuses.
DOES_NOT_KNOW_US = frozenset({401, 403})


class BreakerState(enum.StrEnum):
    CLOSED = "closed"  # all may pass
    OPEN = "open"  # none may
    HALF_OPEN = "half_open"  # a few may, to see whether it works again
    UNSEEN = "unseen"  # Redis is away: sends go on


@dataclass
class Verdict:
    """What some answers say about a provider, in numbers."""

    good: int = 0
    throttled: int = 0
    retry_after: timedelta = timedelta(0)
    account_fault: str = ""
    causes: Counter[str] = field(default_factory=Counter)

    def add(self, answers: Iterable[Answer]) -> None:
        for answer in answers:
            if answer.outcome == AttemptOutcome.MISCONFIGURED and answer.halts:
                self.account_fault = self.account_fault or answer.code or answer.outcome.value
            elif answer.is_throttle:
                self.throttled += 1
                self.retry_after = max(self.retry_after, answer.retry_after or timedelta(0))
            elif is_fault(answer):
                self.causes[answer.code or str(answer.http_status or "no answer")] += 1
            elif not answer.is_free:
                self.good += 1

    @property
    def bad(self) -> int:
        return self.causes.total()

    @property
    def cause(self) -> str:
        return self.causes.most_common(1)[0][0] if self.causes else ""

    @property
    def is_pressing(self) -> bool:
        """Other workers should know at once."""
        return bool(self.bad or self.throttled or self.account_fault)

    @property
    def is_empty(self) -> bool:
        return not (self.good or self.is_pressing)


def is_fault(answer: Answer) -> bool:
    """Say whether the provider failed, and not only this address or this message."""
    if answer.outcome == AttemptOutcome.MISCONFIGURED:
        # One browser that knows an old key of ours is no fault; if most refuse us, it is.
        return answer.http_status in DOES_NOT_KNOW_US
    if answer.outcome == AttemptOutcome.RETRY:
        has_spoken = answer.http_status is not None and answer.http_status < 500
        return not (has_spoken or answer.is_free)
    return answer.outcome == AttemptOutcome.UNKNOWN and not answer.is_free
