"""Looking at all charts hour by hour: what stands out among all of them at once.

A stated time between false alarms sets everything. A look is an hour; among sound rules at most
one look in that many hours may find anything: that is the level at which Benjamini and Hochberg's
rule holds the false discoveries of a look. For one chart alone it is the height with that average
run length times the number of charts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from appeals.watch.answers import Answers, Week, is_last_of_week
from appeals.watch.charts import false_discoveries_held
from appeals.watch.history import DAY, Rule, rules_of
from appeals.watch.signals import Charts, Pasts, Reading
from appeals.watch.sums import Key, Sums
from appeals.watch.usual import WEEK, WEEKS

# Charts begin anew so often. So what a look finds depends on this many weeks and those before
# them that say what is usual, and on nothing older: it can always be worked out again.
BLOCK = 2 * WEEK * DAY
PAST = WEEKS * WEEK * DAY
# How many charts a version's answers have, once a week.
OF_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What stood out of a rule's version in the look after an hour."""

    rule: str
    version: str
    module: str
    hour: int
    since: int
    number: int
    readings: tuple[Reading, ...]


def block_of(hour: int) -> int:
    """The first hour of the block that an hour lies in."""
    return hour - hour % BLOCK


def needed_from(hour: int) -> int:
    """The first hour whose rows a look at this one may depend on."""
    return block_of(hour) - PAST


def look_at(
    rows: Mapping[Key, Sums],
    begin: int,
    end: int,
    *,
    days_between_false_alarms: float,
    weeks: Sequence[Week] = (),
) -> Iterator[Suspicion]:
    """What stood out in the looks from one hour to before another, in their order."""
    level = 1 / (days_between_false_alarms * DAY)
    for block in range(block_of(begin), end, BLOCK):
        last = min(end, block + BLOCK)
        rules = rules_of(rows.items(), block - PAST, last)
        span = (max(begin, block), last)
        yield from _look_at_block(rules, Answers(list(weeks)), (block, *span), level)


def _look_at_block(
    rules: Mapping[str, Rule], answers: Answers, span: tuple[int, int, int], level: float
) -> Iterator[Suspicion]:
    block, begin, end = span
    charts = [
        (rule, name, Charts(rule, version, pasts, block))
        for rule, pasts in ((rule, Pasts(rule)) for rule in rules.values())
        for name, version in rule.versions.items()
    ]
    for hour in range(block, end):
        running = [one for one in charts if one[2].version.first <= hour]
        found = [(one, one[2].step(hour)) for one in running]
        if hour < begin:
            continue
        number = sum(one[2].number(hour) for one in running)
        if is_last_of_week(hour):
            number += OF_ANSWERS * len(running)
            for (rule, name, charts_of), readings in found:
                readings.extend(answers.readings(rule, name, charts_of.version, hour))
        yield from _discoveries(found, hour, number, level)


def _discoveries(
    found: Iterable[tuple[tuple[Rule, str, Charts], list[Reading]]],
    hour: int,
    number: int,
    level: float,
) -> Iterator[Suspicion]:
    rarities = [reading.rarity for _one, readings in found for reading in readings]
    # Charts that say nothing count among those that might have.
    silent = [1.0] * max(0, number - len(rarities))
    limit = false_discoveries_held(rarities + silent, level)
    if limit < 0:
        return
    for (rule, name, charts), readings in found:
        suspicious = tuple(one for one in readings if one.rarity <= limit)
        if suspicious:
            since = max(charts.version.first, min(one.since for one in suspicious))
            yield Suspicion(
                rule=rule.name,
                version=name,
                module=charts.version.module,
                hour=hour,
                since=since,
                number=charts.version.series.between(since, hour + 1),
                readings=suspicious,
            )
