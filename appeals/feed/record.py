"""One decision as the engine sent it, checked and typed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

# Came to the contract later: a line without them has the hash it always had.
OPTIONAL = frozenset({"esign_consent"})


class LineRejected(Exception):
    """A line we cannot take; the message says what to mend."""

    def __init__(self, message: str, decision_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.decision_id = decision_id


@dataclass(frozen=True, slots=True)
class FeedConsent:
    """Whether the customer agreed to notices by electronic means, and since when that holds."""

    given: bool
    on: date


@dataclass(frozen=True, slots=True)
class FeedCustomer:
    reference: str
    name: str
    email: str | None
    phone: str | None
    locale: str
    time_zone: str
    jurisdiction: str
    region: str
    # Optional in the contract: where it is left out, nothing was said.
    esign_consent: FeedConsent | None = None


@dataclass(frozen=True, slots=True)
class FeedLine:
    reference: str
    product: str
    currency: str
    last4: str
    opened_on: date | None


@dataclass(frozen=True, slots=True)
class FeedRule:
    id: str
    module: str
    version: str


@dataclass(frozen=True, slots=True)
class FeedReason:
    code: str
    weight: Decimal
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeedDecision:
    """A line of the feed; `decision_id` is the source's own."""

    line_number: int
    decision_id: str
    customer: FeedCustomer
    line: FeedLine
    action: str
    old_limit: Decimal
    new_limit: Decimal
    balance: Decimal
    decided_at: datetime
    effective_at: datetime
    automated: bool
    rule: FeedRule
    policy: Mapping[str, Any] | None
    score: Mapping[str, Any] | None
    reasons: tuple[FeedReason, ...]

    def content_sha256(self) -> str:
        """The hash of what was said, not of how: spaces, order and `1` for `1.0` do not count."""
        text = json.dumps(self, default=_plain, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    # The line's number is where it stood, not what it said; what was left out was not said.
    return {
        name: getattr(value, name)
        for name in value.__dataclass_fields__
        if name != "line_number" and (name not in OPTIONAL or getattr(value, name) is not None)
    }
