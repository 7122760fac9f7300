"""Reads the payments a ledger reports; each complaint names the place and what to do."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from appeals.feed import fields
from appeals.feed.decoding import Unusable

KEYS = ("payment_id", "line", "due_on", "paid_on", "amount")


@dataclass(frozen=True, slots=True)
class Payment:
    """One bill of a line: when it fell due, and when it was paid if it was."""

    payment_id: str
    line: str
    due_on: date
    paid_on: date | None
    amount: Decimal

    def content_sha256(self) -> str:
        """The hash of what was said, not of how: `1.5` and `1.50` are one amount."""
        content = [
            self.line,
            self.due_on.isoformat(),
            self.paid_on.isoformat() if self.paid_on else None,
            str(self.amount.normalize()),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def read_payment(tree: Any, place: str) -> Payment:
    """One object of the list, checked and typed; Unusable says what to mend."""
    told: Mapping[str, Any] = fields.take(tree, place, KEYS)
    paid_on = told["paid_on"]
    return Payment(
        payment_id=fields.text(told["payment_id"], f"{place}.payment_id", longest=100),
        line=fields.text(told["line"], f"{place}.line", longest=64),
        due_on=fields.day(told["due_on"], f"{place}.due_on"),
        paid_on=None if paid_on is None else fields.day(paid_on, f"{place}.paid_on"),
        amount=fields.money(told["amount"], f"{place}.amount"),
    )


def id_of(tree: Any) -> str:
    """The id of an object that cannot be used otherwise, as far as it has one."""
    given = tree.get("payment_id") if isinstance(tree, dict) else None
    return given[:100] if isinstance(given, str) else ""


def payments_in(tree: Any, *, at_most: int) -> list[Any]:
    """The objects of a body; Unusable when it is no list of a fair length."""
    if not isinstance(tree, list) or not tree:
        raise Unusable("The body must be a list of payments, in brackets, and not empty.")
    if len(tree) > at_most:
        raise Unusable(f"The list holds more than {at_most} payments. Send the rest in another.")
    return tree
