"""The gate before a provider: bucket and breaker asked, and told, in one round trip."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog

from notifications.channels.base import Account
from notifications.kinds import Lane
from notifications.limits.breakers import Verdict
from notifications.limits.buckets import BlindAllowance
from notifications.limits.store import store

logger = structlog.get_logger(__name__)
# Without Redis, or without a better guess.
ASK_AGAIN_SECONDS = 3.0

_blind = BlindAllowance()


@dataclass(frozen=True)
class Entry:
    """The gate's answer: how many rows may go, for how many units, and when more may."""

    rows: int
    units: int
    again_in: float = 0
    # Its breaker is open, or it shut itself for longer: another provider may take over.
    is_down: bool = False
    token: str = ""


@dataclass(frozen=True)
class Gate:
    """One provider's gate; the clock is Redis's own, the same for all workers."""

    account: Account
    clock: Callable[[], float] | None = None

    def enter(self, lane: Lane, rows: int, *, units_a_row: float = 1) -> Entry:
        """Take leave for up to so many rows; a breaker that is half open lends a probe."""
        token = uuid4().hex
        said = self._ask("enter", lane=lane, rows=rows, units_a_row=units_a_row, token=token)
        if said is None:
            return self._enter_blind(lane, rows, units_a_row)
        return Entry(
            int(said["rows"]),
            int(said["units"]),
            float(said["wait"]),
            bool(said["is_down"]),
            token if said["is_probe"] else "",
        )

    def report(
        self, lane: Lane, verdict: Verdict, *, token: str = "", back: int = 0, is_over: bool = False
    ) -> None:
        """Tell what the answers were, and give units back (or pay, if negative)."""
        said = self._ask(
            "report",
            lane=lane,
            good=verdict.good,
            bad=verdict.bad,
            cause=verdict.cause,
            throttled=verdict.throttled,
            retry_after=verdict.retry_after / timedelta(seconds=1),
            account_fault=verdict.account_fault,
            token=token,
            back=back,
            is_over=is_over,
        )
        if said and said["event"]:
            self._tell(said)

    def look(self) -> dict[str, Any] | None:
        """Read the state of both, and change nothing; None while Redis is away."""
        return self._ask("look")

    def _ask(self, what: str, **told: Any) -> dict[str, Any] | None:
        if self.clock:
            told["now"] = self.clock()
        return store().ask(what, self.account, **told)

    def _enter_blind(self, lane: Lane, rows: int, units_a_row: float) -> Entry:
        units = _blind.take(self.account, lane, math.ceil(rows * units_a_row))
        granted = min(rows, max(1, int(units / units_a_row))) if units else 0
        return Entry(granted, units, 0 if granted == rows else ASK_AGAIN_SECONDS)

    def _tell(self, said: dict[str, Any]) -> None:
        about = {"channel": self.account.kind.value, "provider": self.account.key}
        if said["event"] == "closed":
            logger.info("provider works again", **about)
            return
        log = logger.error if said["event"] == "opened" else logger.warning
        log(
            "provider is down" if said["event"] == "opened" else "provider is still down",
            cause=said["cause"],
            seconds=round(said["seconds"]),
            **about,
        )
