"""Plain builders of feed lines."""

import itertools
import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from appeals.catalogue import CATALOGUE
from appeals.catalogue.facts import FACT_KINDS, FactKind

_numbers = itertools.count(1)

LATE_PAST = {
    "code": "ACC-LATE-PAST",
    "weight": 0.6,
    "facts": {"count": 3, "months": 6, "cycles": 6},
}
HIGH_USE = {"code": "BUR-UTIL-HIGH", "weight": 0.4, "facts": {"util_pct": 93, "limit_pct": 80}}
OWN_SCORE = {
    "code": "MOD-BEHAVIOUR-SCORE",
    "weight": 0.7,
    "facts": {"old_band": "A", "new_band": "D", "date": "2026-09-01"},
}
RESTRICTED = {"code": "LEG-RESTRICTED", "weight": 1.0, "facts": {}}
ANY_FACT: dict[FactKind, Any] = {
    FactKind.NUMBER: 4,
    FactKind.PERCENT: 37.5,
    FactKind.MONEY: "250.00",
    FactKind.DAY: "2026-09-01",
    FactKind.MONTH: "2026-08",
    FactKind.REGION: "US-FL",
    FactKind.WORDS: {"en": "some words", "zh-hans": "一些说明"},
}


def feed_line(**overrides: Any) -> dict[str, Any]:
    """A reduction from 4,000 to 1,400 for two reasons, new in every part each time.

    `customer`, `line` and `rule` given as a dict replace only the parts they name.
    """
    number = next(_numbers)
    decided_at = timezone.now() - timedelta(days=2)
    line: dict[str, Any] = {
        "decision_id": f"T-{number:06d}",
        "customer": {
            "ref": f"C-{number:06d}",
            "name": "Olga Eriksen",
            "email": f"c{number}@example.org",
            "phone": f"+1202555{number % 10_000:04d}",
            "locale": "en",
            "time_zone": "America/New_York",
            "jurisdiction": "US",
            "region": "US-NY",
            "esign_consent": {"given": True, "on": "2026-01-05"},
        },
        "line": {
            "ref": f"L-{number:06d}",
            "product": "Everyday credit line",
            "currency": "USD",
            "last4": f"{number % 10_000:04d}",
            "opened_on": "2023-03-15",
        },
        "action": "reduce",
        "old_limit": "4000.00",
        "new_limit": "1400.00",
        "balance": "612.40",
        "decided_at": decided_at.isoformat(),
        "effective_at": decided_at.isoformat(),
        "automated": True,
        "rule": {"id": "LATE-6M", "module": "arrears", "version": "4.2.0"},
        "policy": None,
        "score": None,
        "reasons": [LATE_PAST, HIGH_USE],
    }
    for name, value in overrides.items():
        is_part = name in {"customer", "line", "rule"} and isinstance(value, dict)
        line[name] = {**line[name], **value} if is_part else value
    return line


def reason(code: str, weight: float = 1.0, **facts: Any) -> dict[str, Any]:
    """A reason with every fact it can use."""
    entry = CATALOGUE.reason(code)
    names = entry.needed_facts | entry.counterfactual_facts
    known = {name: ANY_FACT[FACT_KINDS[name]] for name in names}
    return {"code": code, "weight": weight, "facts": {**known, **facts}}


def as_bytes(line: Any) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode()


def as_feed(*lines: Any) -> bytes:
    return b"".join(as_bytes(line) + b"\n" for line in lines)
