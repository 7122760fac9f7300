"""The charts of one version of a rule, stepped hour by hour."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from appeals.watch import probability
from appeals.watch.charts import Evidence, Shift, poisson_ratio, share_ratio
from appeals.watch.facts import FactChart, by_fact
from appeals.watch.history import DAY, Rule, Series, Version, merged
from appeals.watch.sums import Sums
from appeals.watch.usual import Reference, Usual, cut_step, reference_of, score_step, usual_of

# What is worth an alarm: a rate twice as high, a share with three times the odds.
TIMES, ODDS = 2.0, 3.0
# A past of fewer cuts says nothing of their scores and sizes; of shares it allows for more.
LEAST_CASES, LEAST_SHARED = 50, 10
# A share that is nearly all already cannot rise.
MOST_SHARE = 0.9
# A PSI from here on is a major shift (Siddiqi, Credit Risk Scorecards, 2006).
MAJOR_SHIFT = 0.25
LEAST_SCORES = 20
# A new version is compared with the days before it for as long.
NEW_FOR = 2 * DAY


class SignalKind(enum.StrEnum):
    RATE = "rate"
    REGION_RATE = "region_rate"
    NEW_VERSION = "new_version"
    SPARED = "spared"
    SCORE = "score"
    SCORE_SHAPE = "score_shape"
    CUT = "cut"
    UNSCORED = "unscored"
    GAPS = "gaps"
    STUCK = "stuck"
    APPEALED = "appealed"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a chart stands after an hour: how rare that is, what was seen and what is usual."""

    kind: SignalKind
    region: str
    rarity: float
    since: int
    observed: float
    usual: float
    # Of a shape: how the scores lie, seen and usual.
    bins: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    # Of a fact: which one, and into which box the value fell at which it is stuck.
    fact: str = ""
    box: int = 0


@dataclass
class Charts:
    """All charts of a version. Each begins anew with each block of weeks."""

    rule: Rule
    version: Version
    # Kept by the rule, for its versions share them.
    pasts: "Pasts"
    begin: int
    rate: Evidence = field(default_factory=Evidence)
    regions: dict[str, Evidence] = field(default_factory=dict)
    shares: dict[SignalKind, Evidence] = field(default_factory=dict)
    facts: dict[str, FactChart] = field(default_factory=dict)
    score: Shift = field(default_factory=Shift)
    cut: Shift = field(default_factory=Shift)

    def step(self, hour: int) -> list[Reading]:
        """Take an hour in; the charts that say anything at all."""
        found = [*self._rates(hour)]
        sums = self.version.sums.get(hour)
        if sums is not None:
            found += self._kinds_of_cut(hour, sums)
        return found

    def number(self, hour: int) -> int:
        """How many charts there are, whether they say anything or not."""
        usual = self.pasts.usual("", hour)
        reference = self.pasts.reference(hour)
        past = reference.sums.number
        kinds = len(SHARES) * (past >= LEAST_SHARED) + 3 * (past >= LEAST_CASES)
        regions = sum(own.first <= hour for own in self.version.regions.values())
        return kinds + len(reference.facts) + (2 + regions if usual else 0)

    # --- How often it fires ---------------------------------------------------------------------

    def _rates(self, hour: int) -> Iterator[Reading]:
        usual = self.pasts.usual("", hour)
        if usual is None:
            return
        series = self.version.series
        yield from self._rate(SignalKind.RATE, "", self.rate, series, hour)
        for region, own in self.version.regions.items():
            chart = self.regions.setdefault(region, Evidence())
            if chart.height or hour in own.hours:
                yield from self._rate(SignalKind.REGION_RATE, region, chart, own, hour)
        if self.begin <= self.version.first and hour < self.version.first + NEW_FOR:
            yield from self._new_version(hour, usual)

    def _rate(
        self, kind: SignalKind, region: str, chart: Evidence, series: Series, hour: int
    ) -> Iterator[Reading]:
        usual = self.pasts.usual(region, hour)
        count = series.hours.get(hour, 0)
        if usual is None or not (chart.height or count):
            return
        ratio = poisson_ratio(count, usual.limits[hour % DAY], times=TIMES)
        chart.step(hour, ratio / usual.dispersion)
        if chart.height and count:
            span = range(chart.since, hour + 1)
            yield Reading(
                kind,
                region,
                chart.rarity,
                chart.since,
                observed=sum(series.hours.get(one, 0) for one in span),
                usual=self.pasts.expected(region, chart.since, hour + 1),
            )

    def _new_version(self, hour: int, usual: Usual) -> Iterator[Reading]:
        """The exact test of two rates: this version's first hours beside the rule's past."""
        first = self.version.first
        count = self.version.series.between(first, hour + 1)
        expected = self.pasts.expected("", first, hour + 1)
        if count < TIMES * expected or hour not in self.version.series.hours:
            return
        # Clumps count as one case each, as a Poisson with this dispersion would.
        seen, before = int(count / usual.dispersion), int(usual.number / usual.dispersion)
        share = expected / (usual.number + expected) if expected else 0.0
        rarity = probability.binomial_tail(seen, seen + before, share) if share else 1.0
        yield Reading(SignalKind.NEW_VERSION, "", rarity, first, count, expected)

    # --- Whom it hits and how -------------------------------------------------------------------

    def _kinds_of_cut(self, hour: int, sums: Sums) -> Iterator[Reading]:
        reference = self.pasts.reference(hour)
        if reference.sums.number >= LEAST_SHARED:
            for kind in SHARES:
                yield from self._share(kind, hour, sums, reference.sums)
        yield from self._stuck(hour, sums, reference)
        if reference.sums.number < LEAST_CASES:
            return
        yield from self._shifts(hour, sums, reference)
        yield from self._shape(hour, reference.sums)

    def _share(self, kind: SignalKind, hour: int, sums: Sums, past: Sums) -> Iterator[Reading]:
        usual = probability.share_limit(SHARES[kind](past), past.number)
        if usual > MOST_SHARE:
            return
        chart = self.shares.setdefault(kind, Evidence())
        chart.step(hour, share_ratio(SHARES[kind](sums), sums.number, usual, odds=ODDS))
        if chart.height:
            seen = merged(self.version.sums, range(chart.since, hour + 1))
            yield Reading(
                kind,
                "",
                chart.rarity,
                chart.since,
                observed=SHARES[kind](seen) / seen.number,
                usual=SHARES[kind](past) / past.number,
            )

    def _stuck(self, hour: int, sums: Sums, reference: Reference) -> Iterator[Reading]:
        """Facts that differed from customer to customer, and whether one value is left."""
        if not reference.facts:
            return
        for fact, counts in by_fact(sums.facts).items():
            past = reference.facts.get(fact)
            if past is None:
                continue
            chart = self.facts.setdefault(fact, FactChart())
            chart.step(hour, counts, past)
            box = chart.highest
            if box is None or box not in counts:
                continue
            since = chart.boxes[box].since
            seen = by_fact(merged(self.version.sums, range(since, hour + 1)).facts)[fact]
            yield Reading(
                SignalKind.STUCK,
                "",
                chart.rarity(box),
                since,
                observed=seen[box] / sum(seen.values()),
                usual=past.shares.get(box, 0.0),
                fact=fact,
                box=box,
            )

    def _shifts(self, hour: int, sums: Sums, reference: Reference) -> Iterator[Reading]:
        past = reference.sums
        if sums.scored and past.scored >= LEAST_CASES:
            self.score.step(hour, score_step(sums, past) / reference.score_spread)
            if self.score.height:
                seen = merged(self.version.sums, range(self.score.since, hour + 1))
                yield Reading(
                    SignalKind.SCORE,
                    "",
                    self.score.rarity,
                    self.score.since,
                    observed=seen.score / seen.scored,
                    usual=past.score / past.scored,
                )
        self.cut.step(hour, cut_step(sums, past) / reference.cut_spread)
        if self.cut.height:
            seen = merged(self.version.sums, range(self.cut.since, hour + 1))
            yield Reading(
                SignalKind.CUT,
                "",
                self.cut.rarity,
                self.cut.since,
                observed=seen.cut / seen.number / 1000,
                usual=past.cut / past.number / 1000,
            )

    def _shape(self, hour: int, past: Sums) -> Iterator[Reading]:
        """The scores of a day beside those of the weeks before."""
        begin = hour + 1 - DAY
        seen = merged(self.version.sums, range(begin, hour + 1))
        if seen.scored < LEAST_SCORES or past.scored < LEAST_CASES:
            return
        shift = probability.psi(seen.bins, past.bins)
        if shift < MAJOR_SHIFT:
            return
        distance = probability.ks_distance(seen.bins, past.bins)
        rarity = probability.ks_limit(distance, seen.scored, past.scored)
        yield Reading(
            SignalKind.SCORE_SHAPE,
            "",
            rarity,
            begin,
            observed=shift,
            usual=MAJOR_SHIFT,
            bins=(tuple(seen.bins), tuple(past.bins)),
        )


SHARES = {
    SignalKind.SPARED: lambda sums: sums.spared,
    SignalKind.UNSCORED: lambda sums: sums.number - sums.scored,
    SignalKind.GAPS: lambda sums: sums.with_gaps,
}


@dataclass
class Pasts:
    """What is usual for a rule, worked out once a day."""

    rule: Rule
    usuals: dict[tuple[str, int], Usual | None] = field(default_factory=dict)
    references: dict[int, Reference] = field(default_factory=dict)

    def usual(self, region: str, hour: int) -> Usual | None:
        key = (region, hour // DAY)
        if key not in self.usuals:
            series = self.rule.regions[region] if region else self.rule.series
            self.usuals[key] = usual_of(series, hour // DAY, self.rule.first)
        return self.usuals[key]

    def expected(self, region: str, begin: int, end: int) -> float:
        """How many the past lets us expect from one hour to before another."""
        found = 0.0
        for hour in range(begin, end):
            usual = self.usual(region, hour)
            found += usual.means[hour % DAY] if usual else 0.0
        return found

    def reference(self, hour: int) -> Reference:
        day = hour // DAY
        if day not in self.references:
            self.references[day] = reference_of(self.rule, day)
        return self.references[day]
