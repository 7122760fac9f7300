"""How far apart two decisions are: a plain distance over what was recorded; pure.

What is compared is the list of reasons, the customer's own numbers in each of them, and the share
of the limit that was taken. Not compared are our thresholds, which are the same for everybody, and
whatever is no number: regions, days, words. So no group of people can make two appeals alike.

The distance is Gower's (Biometrics 27 (1971) 857-871): the mean over all measures either has, each
between nought and one. A number differs by its share of the larger of the two (the term of Lance
and Williams, Comput. J. 9 (1966) 60-64, on the larger instead of the sum, so that half as much is
0.5), and a measure that only one of them has differs by one.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from appeals.catalogue import CATALOGUE
from appeals.catalogue.facts import FACT_KINDS, FactKind, is_fact
from appeals.catalogue.loader import placeholders

Measures = Mapping[str, float]
# Numbers that are a fifth apart on the average are still alike: 8 payments missed and 10, say.
NEAR = 0.2
COMPARED_KINDS = frozenset({FactKind.NUMBER, FactKind.PERCENT, FactKind.MONEY})
CUT = "cut"


def measures_of(
    limits: tuple[Decimal, Decimal], reasons: Iterable[tuple[str, Mapping[str, Any]]]
) -> Measures:
    """What a decision is compared by: the limits before and after it, its reasons, their facts."""
    old, new = limits
    found = {CUT: float((old - new) / old) if old else 0.0}
    for code, facts in reasons:
        numbers = {f"{code}.{name}": float(facts[name]) for name in numbers_in(code, facts)}
        # A reason without a number is alike by being there; beside numbers it would thin them out.
        found |= numbers or {code: 1.0}
    return found


def numbers_in(code: str, facts: Mapping[str, Any]) -> list[str]:
    """The facts of a reason that are the customer's own numbers."""
    reason = CATALOGUE.reasons.get(code)
    ours = placeholders(reason.restore_when) if reason else frozenset()
    return [
        name
        for name, value in facts.items()
        if name not in ours
        and (kind := FACT_KINDS.get(name)) in COMPARED_KINDS
        and kind is not None
        and is_fact(kind, value)
    ]


def distance(one: Measures, other: Measures) -> float:
    """Nought for the same, one for nothing in common."""
    names = one.keys() | other.keys()
    return sum(_apart(one.get(name), other.get(name)) for name in names) / len(names)


def _apart(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 1.0
    larger = max(abs(one), abs(other))
    return abs(one - other) / larger if larger else 0.0
