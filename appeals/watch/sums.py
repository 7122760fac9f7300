"""What one decision adds to the sums of its hour, and the sums."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import add
from typing import Any, NamedTuple

from appeals.watch.facts import Boxed, add_boxed, names_of

HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = 3600
# A score is kept as its place between the least and the most there are, in as many bins.
BINS = 20
PER_MILLE = 1000
# Reasons that say that somebody was late or did not pay.
LATE_REASONS = frozenset(
    {
        "ACC-LATE-NOW",
        "ACC-LATE-PAST",
        "ACC-MIN-PAY",
        "ACC-PAYMENT-RETURNED",
        "BUR-COLLECTION",
        "BUR-DELINQ-ELSEWHERE",
        "BUR-INSOLVENCY",
    }
)
# The share of a limit that is low use; a fact that says how much was used counts like the balance.
LOW_USE = Decimal("0.30")
USE_FACT = "util_pct"


# The code and the facts of a reason.
Reason = tuple[str, Mapping[str, Any]]


class Key(NamedTuple):
    """Whose sums: a rule version in a region and an hour, counted from 1970 in UTC."""

    rule: str
    version: str
    module: str
    region: str
    hour: int


@dataclass(slots=True)
class Sums:
    """What is kept of all cuts of a key. Decisions of a policy are counted, and nothing more."""

    number: int = 0
    by_policy: int = 0
    # Hit although nothing says they paid late and they use little of their limit.
    spared: int = 0
    scored: int = 0
    score: int = 0
    score_squares: int = 0
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    # The part of the limit that was taken, in thousandths.
    cut: int = 0
    cut_squares: int = 0
    # Decisions with a fact that is null, and with no fact at all.
    with_gaps: int = 0
    # Into which boxes the values of the facts fell.
    facts: Boxed = field(default_factory=dict)

    def add(self, other: "Sums") -> None:
        """Add what another part of the same key holds."""
        self.number += other.number
        self.by_policy += other.by_policy
        self.spared += other.spared
        self.scored += other.scored
        self.score += other.score
        self.score_squares += other.score_squares
        if other.scored:
            self.bins = [*map(add, self.bins, other.bins)]
        self.cut += other.cut
        self.cut_squares += other.cut_squares
        self.with_gaps += other.with_gaps
        add_boxed(self.facts, other.facts)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a decision that took something away says about the rule that made it."""

    rule: str
    version: str
    module: str
    region: str
    decided_at: datetime
    old_limit: Decimal
    new_limit: Decimal
    balance: Decimal
    score: Mapping[str, Any] | None
    reasons: tuple[Reason, ...]
    is_policy: bool = False

    @property
    def key(self) -> Key:
        return Key(self.rule, self.version, self.module, self.region, hour_of(self.decided_at))


def hour_of(moment: datetime) -> int:
    """The hour that a moment lies in."""
    return int(moment.timestamp()) // SECONDS


def moment_of(hour: int) -> datetime:
    """When an hour begins."""
    return EPOCH + hour * HOUR


def count(cut: Cut, sums: Sums) -> None:
    """Add one cut to the sums of its key."""
    if cut.is_policy:
        sums.by_policy += 1
        return
    sums.number += 1
    sums.spared += is_spared(cut.reasons, cut.balance, cut.old_limit)
    sums.with_gaps += has_gaps(cut)
    for code, facts in cut.reasons:
        for name in names_of(code, facts):
            sums.facts[name] = sums.facts.get(name, 0) + 1
    if cut.old_limit:
        part = int(PER_MILLE * (cut.old_limit - cut.new_limit) / cut.old_limit)
        sums.cut += part
        sums.cut_squares += part * part
    if cut.score:
        value, least, most = (cut.score[name] for name in ("value", "min", "max"))
        sums.scored += 1
        sums.score += value
        sums.score_squares += value * value
        sums.bins[bin_of(value, least, most)] += 1


def count_all(cuts: Iterable[Cut]) -> dict[Key, Sums]:
    """The sums of many cuts, by key."""
    found: dict[Key, Sums] = {}
    for cut in cuts:
        key = cut.key
        sums = found.get(key)
        if sums is None:
            sums = found[key] = Sums()
        count(cut, sums)
    return found


def is_spared(reasons: Iterable[Reason], balance: Decimal, limit: Decimal) -> bool:
    """Whether a cut is hard to explain: nothing says they paid late, and they use little."""
    for code, facts in reasons:
        if code in LATE_REASONS or facts.get(USE_FACT, 0) > 100 * LOW_USE:
            return False
    return balance <= LOW_USE * limit


def has_gaps(cut: Cut) -> bool:
    """Whether the engine gave a reason without facts, or left one of them empty."""
    return any(None in facts.values() for _code, facts in cut.reasons)


def bin_of(value: int, least: int, most: int) -> int:
    """Where a score lies between the least and the most there are."""
    span = most - least
    return 0 if span <= 0 else min(BINS * (value - least) // span, BINS - 1)
