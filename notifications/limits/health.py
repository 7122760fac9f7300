"""How each provider does, for people and for metrics."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from notifications.channels import DETAILS
from notifications.channels.base import Account
from notifications.kinds import ChannelKind
from notifications.limits.breakers import BreakerState
from notifications.limits.gates import Gate


@dataclass(frozen=True)
class ProviderHealth:
    """One provider's breaker and rate; `good` and `bad` are the answers of the last half minute."""

    key: str
    name: str
    channel: ChannelKind
    weight: int
    # Units a second; 0 is no limit. `factor` is the part of it that is used now.
    rate: float
    factor: float = 1
    # Until then the provider asked us not to call.
    shut_until: datetime | None = None
    breaker: BreakerState = BreakerState.UNSEEN
    since: datetime | None = None
    until: datetime | None = None
    cause: str = ""
    # The cause is how our account is set up, not a fault of the provider.
    is_ours: bool = False
    good: int = 0
    bad: int = 0

    @property
    def current_rate(self) -> float:
        return self.rate * self.factor


def snapshot() -> list[ProviderHealth]:
    """Return the health of every provider, in the order of the settings."""
    return [_health(_account(told)) for told in settings.PROVIDERS]


def _account(told: dict[str, Any]) -> Account:
    # Not `providers_of`: who only looks needs no open connection to any of them.
    details = {name: told[name] for name in DETAILS if name in told}
    return Account(ChannelKind(told["channel"]), told["name"], **details)


def _health(account: Account) -> ProviderHealth:
    seen = Gate(account).look()
    known: dict[str, Any] = {}
    if seen is not None:
        state = BreakerState(seen["state"])
        known = {
            "factor": float(seen["factor"]),
            "shut_until": _time(seen["shut_until"]),
            "breaker": state,
            "since": _time(seen["since"]),
            "until": _time(seen["open_until"]) if state == BreakerState.OPEN else None,
            "cause": seen["cause"],
            "is_ours": bool(seen["is_ours"]),
            "good": int(seen["good"]),
            "bad": int(seen["bad"]),
        }
    return ProviderHealth(
        account.key, account.name, account.kind, account.weight, account.rate, **known
    )


def _time(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
