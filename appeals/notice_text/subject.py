"""What a notice is about, and when one may not be written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from appeals.notice_text.causes import Cause, cause_text

ADVERSE = frozenset({"reduce", "suspend", "close"})


class NoticeHeld(Exception):
    """The customer would get half a notice; code and what it names tell staff what to mend."""

    def __init__(self, code: Cause, **named: str) -> None:
        super().__init__(cause_text(code, named, "en"))
        self.code = code
        self.named = named

    @property
    def cause(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class NoticeReason:
    code: str
    facts: Mapping[str, Any]
    # By how much it counted; None where whoever decided gave an order only.
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Lender:
    """Who the notice is from, as the law wants it said."""

    name: str = ""
    address: str = ""
    phone: str = ""


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
    # The page of its policy names objective reasons for counting where somebody lives.
    is_justified: bool = False
    score: Mapping[str, Any] | None = None
    # When we said that what ends now was for a time.
    announced_on: date | None = None
    region: str = ""
    lender: Lender = Lender()

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
        return self.effective_on > self.told_on

    @cached_property
    def told_on(self) -> date:
        """The day on which we tell of it, where the customer lives."""
        return self.told_at.astimezone(self.zone).date()
