"""What a notice is about, and when one may not be written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

ADVERSE = frozenset({"reduce", "suspend", "close"})


class NoticeHeld(Exception):
    """The customer would get half a reason; the cause tells staff what is missing."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class NoticeReason:
    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class NoticeSubject:
    """Everything the text depends on, and nothing else."""

    action: str
    old_limit: Decimal
    new_limit: Decimal
    balance: Decimal
    currency: str
    product: str
    last4: str
    effective_at: datetime
    told_at: datetime
    automated: bool
    jurisdiction: str
    zone: ZoneInfo
    reasons: tuple[NoticeReason, ...]
    policy: Mapping[str, Any] | None = None
    score: Mapping[str, Any] | None = None
    # When we said that what ends now was for a time.
    announced_on: date | None = None

    @property
    def is_adverse(self) -> bool:
        """Whether it takes something away from the customer."""
        return self.action in ADVERSE

    @cached_property
    def effective_on(self) -> date:
        """The day the change begins where the customer lives."""
        return self.effective_at.astimezone(self.zone).date()

    @cached_property
    def is_ahead(self) -> bool:
        """Whether the change works from a day after the one on which we tell of it."""
        return self.effective_on > self.told_at.astimezone(self.zone).date()
