"""`restore_when`: when a reason has passed, as a small expression of facts; read, never run.

    rule   := "n/a" | term ("or" term)*
    term   := fact [compare value] ["for" number ("months" | "cycles")]
    fact   := a name of `WATCHED_FACTS`, such as bureau.utilisation
    compare:= "==" | "<=" | ">=" | "<" | ">"
    value  := number | "text" | {name of a fact of the decision}

A fact by itself must be true or false. `for 3 months` asks that it was so for that long without a
report that says otherwise, and with a report at least every two months; a cycle is a month. A
value in braces that the decision does not hold makes the term untrue: what we cannot test has not
passed. `n/a` never passes.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from appeals.catalogue.facts import FACT_KINDS, WATCHED_FACTS, FactKind

NEVER = "n/a"
MONTH = timedelta(days=30)
# Two reports further apart say nothing about the time between them.
LONGEST_SILENCE = timedelta(days=62)
TERM = re.compile(
    r"(?P<fact>[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)"
    r"(?:\s*(?P<compare>==|<=|>=|<|>)\s*"
    r"(?P<value>\d+(?:\.\d+)?|\"[^\"{}]*\"|\{[a-z_]+\}))?"
    r"(?:\s+for\s+(?P<months>[1-9]\d?)\s+(?:month|cycle)s?)?"
)
COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
IN_NUMBERS = frozenset({FactKind.NUMBER, FactKind.PERCENT, FactKind.MONEY})


class BadRule(ValueError):
    """The expression cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True)
class Report:
    """What was known of a line at one moment."""

    as_of: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Term:
    fact: str
    compare: str = ""
    value: str = ""
    months: int = 0

    def passed_on(self, reports: Sequence[Report], decided: Mapping[str, Any]) -> datetime | None:
        """Since when it is seen to be so; the newest report of the fact decides."""
        told = [report for report in reports if self.fact in report.facts]
        if not told or not self._is_so(told[-1], decided):
            return None
        newest = oldest = told[-1].as_of
        for report in reversed(told[:-1]):
            if not self._is_so(report, decided) or oldest - report.as_of > LONGEST_SILENCE:
                break
            oldest = report.as_of
        since = oldest + self.months * MONTH
        return since if since <= newest else None

    def _is_so(self, report: Report, decided: Mapping[str, Any]) -> bool:
        found = report.facts[self.fact]
        if not self.compare:
            return found is True
        if WATCHED_FACTS[self.fact] not in IN_NUMBERS:
            return bool(found == self._value(decided))
        left, right = _number(found), _number(self._value(decided))
        if left is None or right is None:
            return False
        return COMPARES[self.compare](left, right)

    def _value(self, decided: Mapping[str, Any]) -> Any:
        if self.value.startswith("{"):
            return decided.get(self.value[1:-1])
        return self.value[1:-1] if self.value.startswith('"') else self.value


Rule = tuple[Term, ...]


@lru_cache(maxsize=512)
def read_rule(text: str) -> Rule:
    """The terms of which one must be so; none for `n/a`; BadRule when it cannot be read."""
    if text.strip() in {"", NEVER}:
        return ()
    return tuple(_term(part.strip()) for part in re.split(r"\s+or\s+", text.strip()))


def passed_on(rule: Rule, reports: Sequence[Report], decided: Mapping[str, Any]) -> datetime | None:
    """Since when the reason has passed by these reports, oldest first; None when it has not."""
    found = [term.passed_on(reports, decided) for term in rule]
    return min((moment for moment in found if moment is not None), default=None)


def _term(text: str) -> Term:
    found = TERM.fullmatch(text)
    if found is None:
        raise BadRule(f"cannot read {text!r}")
    fact, compare, value = found["fact"], found["compare"] or "", found["value"] or ""
    kind = WATCHED_FACTS.get(fact)
    if kind is None:
        raise BadRule(f"there is no fact {fact!r}")
    _check_value(kind, fact, compare, value)
    return Term(fact, compare, value, int(found["months"] or 0))


def _check_value(kind: FactKind, fact: str, compare: str, value: str) -> None:
    if (kind is FactKind.YES_NO) == bool(compare):
        raise BadRule(f"{fact} is {kind.value}: compare it accordingly")
    if value.startswith("{") and value[1:-1] not in FACT_KINDS:
        raise BadRule(f"there is no fact {value} of a decision")
    if kind is FactKind.WORDS and (compare != "==" or value[:1] not in {'"', "{"}):
        raise BadRule(f"{fact} is a text: it can only be the same as another")
    if kind in IN_NUMBERS and value.startswith('"'):
        raise BadRule(f"{fact} is {kind.value}, no text")


def _number(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
