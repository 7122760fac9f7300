"""What a notice is about, for the tests of its text."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from appeals.notice_text import Lender, NoticeReason, NoticeSubject, compose
from tests.appeals.feeds import reason

TOLD_AT = datetime(2026, 10, 2, 15, 0, tzinfo=UTC)
SCORE_DOWN = NoticeReason(
    "MOD-BEHAVIOUR-SCORE", {"old_band": "A", "new_band": "D", "date": "2026-10-02"}
)
LITTLE_USED = NoticeReason("ACC-LIMIT-UNUSED", {"months": 6, "peak_pct": 18})


def subject(**overrides: Any) -> NoticeSubject:
    fields: dict[str, Any] = {
        "action": "reduce",
        "old_limit": Decimal("4000.00"),
        "new_limit": Decimal("1400.00"),
        "balance": Decimal("612.40"),
        "currency": "USD",
        "product": "Everyday credit line",
        "last4": "9793",
        "effective_at": TOLD_AT,
        "told_at": TOLD_AT,
        "automated": True,
        "jurisdiction": "GB",
        "zone": ZoneInfo("Europe/London"),
        "reasons": (SCORE_DOWN, LITTLE_USED),
        "lender": Lender("Example Lender", "100 Example Street, New York", "+1 202 555 0100"),
    }
    return NoticeSubject(**{**fields, **overrides})


def english(**overrides: Any) -> dict[str, Any]:
    return compose(subject(**overrides))["en"]


def given(code: str, **facts: Any) -> NoticeReason:
    return NoticeReason(code, reason(code, **facts)["facts"])
