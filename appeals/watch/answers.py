"""What customers and reviewers say of a version: how many appeal, and how many are right.

Once a week, for whole weeks. Answers take weeks to come, but an overturned decision is the nearest
there is to the truth.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from appeals.watch import probability
from appeals.watch.history import DAY, Rule, Version
from appeals.watch.signals import TIMES, Reading, SignalKind

WEEK = 7 * DAY
# The first Monday of 1970 was its fifth day.
FIRST_MONDAY = 4 * DAY
RECENT, BEFORE = 4 * WEEK, 12 * WEEK
# An own past of fewer answers is no reference: then the other rules are.
LEAST_ANSWERS = 20


class Week(NamedTuple):
    """A version in a week that begins with this hour: appeals sent, answers given, overturned."""

    rule: str
    version: str
    hour: int
    sent: int
    answered: int
    overturned: int


@dataclass
class Answers:
    """All weeks, of all rules."""

    weeks: list[Week]

    def readings(self, rule: Rule, name: str, version: Version, hour: int) -> Iterator[Reading]:
        """What the weeks that end with this hour say of a version."""
        if is_last_of_week(hour):
            end = hour + 1
            yield from self._overturned(rule.name, name, end)
            yield from self._appealed(rule, name, version, end)

    def _overturned(self, rule: str, name: str, end: int) -> Iterator[Reading]:
        """Fisher's exact test against the rule's own past, or the other rules of these weeks."""
        begin = end - RECENT
        own = self._of(begin, end, rule)
        seen, answered = _overturned([week for week in own if week.version == name])
        past = _overturned(self._of(begin - BEFORE, begin, rule))
        if past[1] < LEAST_ANSWERS:
            past = _overturned([week for week in self._of(begin, end) if week.rule != rule])
        if not seen or past[1] < LEAST_ANSWERS:
            return
        rarity = probability.fisher_tail(seen, answered, *past)
        yield Reading(SignalKind.OVERTURNED, "", rarity, begin, seen / answered, past[0] / past[1])

    def _appealed(self, rule: Rule, name: str, version: Version, end: int) -> Iterator[Reading]:
        """The exact test of two rates: appeals of these weeks and of those before.

        Where it decides more than before, as many more are expected.
        """
        begin = end - RECENT
        seen = sum(w.sent for w in self._of(begin, end, rule.name) if w.version == name)
        past = sum(week.sent for week in self._of(begin - RECENT, begin, rule.name))
        decided = version.series.between(begin, end)
        more = max(1.0, decided / max(1, rule.series.between(begin - RECENT, begin)))
        if past < LEAST_ANSWERS or seen < TIMES * past * more:
            return
        rarity = probability.binomial_tail(seen, seen + past, more / (1 + more))
        yield Reading(SignalKind.APPEALED, "", rarity, begin, seen, past * more)

    def _of(self, begin: int, end: int, rule: str = "") -> list[Week]:
        return [
            week
            for week in self.weeks
            if begin <= week.hour < end and (not rule or week.rule == rule)
        ]


def is_last_of_week(hour: int) -> bool:
    """Whether Monday begins after this hour."""
    return (hour + 1 - FIRST_MONDAY) % WEEK == 0


def needed_from(hour: int) -> int:
    """The first week that a look at this hour may depend on."""
    return hour - RECENT - BEFORE - WEEK


def _overturned(weeks: Iterable[Week]) -> tuple[int, int]:
    overturned = answered = 0
    for week in weeks:
        overturned += week.overturned
        answered += week.answered
    return overturned, answered
