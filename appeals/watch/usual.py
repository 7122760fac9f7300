"""What is usual for a rule on a day: its own past on the same weekdays, hour by hour."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from appeals.watch.facts import FactPast, pasts_of
from appeals.watch.history import DAY, Rule, Series
from appeals.watch.probability import rate_limit
from appeals.watch.sums import Sums

WEEK = 7
WEEKS = 8
# Of a weekday seen once nobody knows what is usual.
LEAST_WEEKS = 2
# A day so many standard deviations above its own kind was not usual either.
FAR = 5.0
# Scales the median distance to a standard deviation (Hampel, 1974).
TO_DEVIATION = 1.4826


@dataclass(frozen=True)
class Usual:
    """The hourly means of a day: as they were, and the highest that the past still allows."""

    means: Sequence[float]
    limits: Sequence[float]
    # How much more the counts vary than a Poisson's: the variance over the mean, at least one.
    dispersion: float
    number: int
    days: int


@dataclass(frozen=True)
class Reference:
    """What the cuts of a rule were like in the weeks before."""

    sums: Sums
    # How much more the hourly means vary than one kind of case would, at least one.
    score_spread: float
    cut_spread: float
    # Of the facts that have differed.
    facts: Mapping[str, FactPast]


def usual_of(series: Series, day: int, first: int) -> Usual | None:
    """What this day may be expected to bring, or nothing where the past is too short."""
    known = range(max(first // DAY + 1, day - WEEK * WEEKS), day)
    kept = usual_days(series, known)
    same = [one for one in kept if (day - one) % WEEK == 0]
    if len(same) < LEAST_WEEKS:
        return None
    total = sum(series.of_day(one) for one in same)
    profile = _profile(series, kept)
    mean, limit = total / len(same), rate_limit(total) / len(same)
    return Usual(
        means=[mean * share for share in profile],
        limits=[limit * share for share in profile],
        dispersion=_dispersion(series, kept, profile),
        number=sum(series.of_day(one) for one in kept),
        days=len(kept),
    )


def usual_days(series: Series, days: Sequence[int]) -> list[int]:
    """The days that are not far above their own weekday's."""
    kept: list[int] = []
    for weekday in range(WEEK):
        same = [day for day in days if day % WEEK == weekday]
        counts = [series.of_day(day) for day in same]
        if not counts:
            continue
        middle = median(counts)
        spread = TO_DEVIATION * median(abs(count - middle) for count in counts)
        # One more, so that the first case of a rare rule is no exception.
        limit = middle + FAR * max(math.sqrt(middle), spread, 1.0)
        kept += [day for day, count in zip(same, counts, strict=True) if count <= limit]
    return sorted(kept)


def reference_of(rule: Rule, day: int) -> Reference:
    """What the rule's cuts were like on the usual days before this one; nothing, if it is young."""
    known = range(max(rule.first // DAY + 1, day - WEEK * WEEKS), day)
    if len(known) < LEAST_WEEKS * WEEK:
        return Reference(Sums(), 1.0, 1.0, {})
    kept = [one for one in usual_days(rule.series, known) if one in rule.days]
    sums = Sums()
    for one in kept:
        sums.add(rule.days[one])
    parts = [rule.sums[one * DAY + hour] for one in kept for hour in rule.series.days[one]]
    return Reference(
        sums=sums,
        score_spread=_spread([score_step(one, sums) for one in parts if one.scored]),
        cut_spread=_spread([cut_step(one, sums) for one in parts if one.number]),
        facts=pasts_of(rule.cells(kept)),
    )


def score_step(part: Sums, reference: Sums) -> float:
    """The mean score of an hour in standard deviations from the reference's."""
    return _step(
        (part.score, part.scored),
        (reference.score, reference.score_squares, reference.scored),
    )


def cut_step(part: Sums, reference: Sums) -> float:
    """The mean part of the limit that was taken, likewise."""
    return _step((part.cut, part.number), (reference.cut, reference.cut_squares, reference.number))


def _step(part: tuple[int, int], reference: tuple[int, int, int]) -> float:
    total, number = part
    all_total, squares, all_number = reference
    if not number or all_number < LEAST_WEEKS:
        return 0.0
    mean = all_total / all_number
    variance = (squares - all_total * mean) / (all_number - 1)
    # One point is the finest a score or a part is told in: nothing varies less.
    return (total / number - mean) / math.sqrt(max(variance, 1.0) / number)


def _spread(steps: Sequence[float]) -> float:
    if not steps:
        return 1.0
    return max(1.0, math.sqrt(sum(step * step for step in steps) / len(steps)))


def _profile(series: Series, days: Sequence[int]) -> list[float]:
    """The share of each hour in a day; one case more in each (Laplace), for none is impossible."""
    counts = [1] * DAY
    for day in days:
        if day in series.days:
            for hour, number in series.days[day].items():
                counts[hour] += number
    total = sum(counts)
    return [count / total for count in counts]


def _dispersion(series: Series, days: Sequence[int], profile: Sequence[float]) -> float:
    """Pearson's statistic over its degrees of freedom, of days and of hours: the greater one.

    McCullagh & Nelder, Generalized Linear Models (1989), section 6.2.
    """
    groups = [[day for day in days if day % WEEK == weekday] for weekday in range(WEEK)]
    by_day = by_hour = 0.0
    for group in groups:
        mean = sum(series.of_day(day) for day in group) / len(group) if group else 0.0
        for day in group if mean else ():
            number = series.of_day(day)
            by_day += (number - mean) ** 2 / mean
            squares = sum(
                count * count / (mean * profile[hour])
                for hour, count in series.days.get(day, {}).items()
            )
            by_hour += squares - 2 * number + mean
    free = len(days) - sum(1 for group in groups if group)
    if free <= 0:
        return 1.0
    return max(1.0, by_day / free, by_hour / (len(days) * DAY))
