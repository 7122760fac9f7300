"""The charts of an alarm: each signal hour by hour beside what is usual, from the kept sums."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.actions.rule_sums import read_sums
from appeals.admin.alarm_facts import fact_figure
from appeals.admin.alarm_words import hour_text, rarity_text, sentence_of, title_of
from appeals.admin.charts import Cell, Column, Figure, Row, counts, measured
from appeals.models import LineDecision, RuleAlarm
from appeals.notice_text.regions import region_name
from appeals.watch.episodes import Signal, from_json
from appeals.watch.signals import SignalKind
from appeals.watch.sums import BINS, PER_MILLE, Key, Sums, hour_of, moment_of

# Hours drawn before the suspicion begins, and all that are drawn.
BEFORE, DRAWN = 12, 60
RATES = (SignalKind.RATE, SignalKind.NEW_VERSION)
SHARES: dict[SignalKind, Callable[[Sums], int]] = {
    SignalKind.SPARED: lambda sums: sums.spared,
    SignalKind.UNSCORED: lambda sums: sums.number - sums.scored,
    SignalKind.GAPS: lambda sums: sums.with_gaps,
}
MEANS: dict[SignalKind, Callable[[Sums], tuple[int, float]]] = {
    SignalKind.SCORE: lambda sums: (sums.scored, sums.score),
    SignalKind.CUT: lambda sums: (sums.number, 100 * sums.cut / PER_MILLE),
}


def signals_of(alarm: RuleAlarm) -> list[Signal]:
    return [from_json(told) for told in alarm.signals]


def figures_of(alarm: RuleAlarm, shown: Sequence[LineDecision]) -> list[Figure]:
    """One figure a signal or fact; the regions share one. One query, whatever stood out.

    `shown` are the sample decisions the reader may see, with their reasons.
    """
    hours = _Hours(alarm)
    found: list[Figure] = []
    signals = sorted(signals_of(alarm), key=lambda one: ORDER.index(one.reading.kind))
    for kind, group in groupby(signals, key=lambda one: one.reading.kind):
        own = list(group)
        if kind is SignalKind.REGION_RATE:
            found.append(_regions(own))
        elif kind is SignalKind.STUCK:
            found += [fact_figure(one, place, hours.sums, shown) for place, one in enumerate(own)]
        elif kind in OF_WEEKS:
            found.append(_both(own[0]))
        elif own[0].reading.bins:
            found.append(_shape(own[0]))
        else:
            found.append(_by_hour(own[0], hours))
    return found


OF_WEEKS = (SignalKind.APPEALED, SignalKind.OVERTURNED)
ORDER = [
    SignalKind.OVERTURNED,
    SignalKind.APPEALED,
    SignalKind.RATE,
    SignalKind.NEW_VERSION,
    SignalKind.SPARED,
    SignalKind.SCORE,
    SignalKind.SCORE_SHAPE,
    SignalKind.CUT,
    SignalKind.UNSCORED,
    SignalKind.GAPS,
    SignalKind.STUCK,
    SignalKind.REGION_RATE,
]


class _Hours:
    """The sums of the version's hours around the suspicion."""

    def __init__(self, alarm: RuleAlarm) -> None:
        begin = hour_of(alarm.since) - BEFORE
        self.span = range(begin, min(hour_of(alarm.last_at), begin + DRAWN))
        self.sums: dict[int, Sums] = {hour: Sums() for hour in self.span}
        rows = read_sums(self.span.start, self.span.stop, rule=alarm.rule_id)
        for key, sums in self._own(rows.items(), alarm):
            self.sums[key.hour].add(sums)

    @staticmethod
    def _own(rows: Iterable[tuple[Key, Sums]], alarm: RuleAlarm) -> Iterable[tuple[Key, Sums]]:
        return (one for one in rows if one[0].version == alarm.rule_version)


def _by_hour(signal: Signal, hours: _Hours) -> Figure:
    kind = signal.reading.kind
    return Figure(
        key=kind.value,
        title=title_of(kind),
        says=sentence_of(signal),
        kind="line",
        head=_("Hour"),
        columns=[
            Column(_("Decisions"), is_drawn=kind in RATES),
            *([] if kind in RATES else [Column(_("This version"), is_drawn=True)]),
            Column(_("Usual"), is_drawn=True),
        ],
        rows=[_hour_row(signal, hour, sums) for hour, sums in hours.sums.items()],
        unit="%" if kind in SHARES or kind is SignalKind.CUT else "",
        notes=[rarity_text(signal), _("The line of what is usual is the mean of the time shown.")],
    )


def _hour_row(signal: Signal, hour: int, sums: Sums) -> Row:
    reading = signal.reading
    name = Cell(hour_text(moment_of(hour)))
    decisions = counts(sums.number)
    if reading.kind in RATES:
        usual = reading.usual / max(1, signal.found + 1 - reading.since)
        return Row(name, [*decisions, measured(usual, 2)])
    if reading.kind in SHARES:
        share = 100 * SHARES[reading.kind](sums) / sums.number if sums.number else None
        return Row(
            name, [*decisions, measured(share, 0, "%"), measured(100 * reading.usual, 0, "%")]
        )
    whole, total = MEANS[reading.kind](sums)
    is_part = reading.kind is SignalKind.CUT
    unit, times = ("%", 100) if is_part else ("", 1)
    mean = total / whole if whole else None
    return Row(
        name, [*decisions, measured(mean, 0, unit), measured(times * reading.usual, 0, unit)]
    )


def _shape(signal: Signal) -> Figure:
    """The scores of a day beside those of the weeks before, by where they lie."""
    bins = signal.reading.bins
    assert bins is not None
    seen, usual = bins
    step = 100 // BINS
    return Figure(
        key=signal.reading.kind.value,
        title=title_of(signal.reading.kind),
        says=sentence_of(signal),
        kind="line",
        head=_("Place between the least and the most score"),
        columns=[Column(_("This version"), is_drawn=True), Column(_("Usual"), is_drawn=True)],
        rows=[
            Row(Cell(f"{step * place}–{step * (place + 1)}%"), [*_shares(place, seen, usual)])
            for place in range(BINS)
        ],
        unit="%",
        notes=[rarity_text(signal)],
    )


def _both(signal: Signal) -> Figure:
    """Of whole weeks: what was seen and what is usual, one above the other."""
    reading = signal.reading
    is_share = reading.kind is SignalKind.OVERTURNED
    times, unit = (100, "%") if is_share else (1, "")
    return Figure(
        key=reading.kind.value,
        title=title_of(reading.kind),
        says=sentence_of(signal),
        kind="across",
        head=_("Of four weeks"),
        columns=[Column(_("Share") if is_share else _("Appeals"), is_drawn=True)],
        rows=[
            Row(Cell(_("This version")), [measured(times * reading.observed, 0, unit)]),
            Row(Cell(_("Usual")), [measured(times * reading.usual, 0, unit)]),
        ],
        unit=unit,
        notes=[rarity_text(signal)],
        is_open=True,
    )


def _shares(place: int, *samples: Sequence[int]) -> Iterable[Cell]:
    for sample in samples:
        yield measured(100 * sample[place] / max(1, sum(sample)), 0, "%")


def _regions(signals: Sequence[Signal]) -> Figure:
    """Beside each other: a fault in one place, or everywhere."""
    ordered = sorted(signals, key=lambda one: -one.reading.observed)
    return Figure(
        key=SignalKind.REGION_RATE.value,
        title=title_of(SignalKind.REGION_RATE),
        says=f"{_place(ordered[0])}: {sentence_of(ordered[0])}",
        kind="across",
        head=_("Region"),
        columns=[Column(_("Decisions"), is_drawn=True), Column(_("Usual"), is_drawn=True)],
        rows=[
            Row(
                Cell(_place(one)),
                [*counts(round(one.reading.observed)), measured(one.reading.usual, 1)],
            )
            for one in ordered
        ],
        is_open=True,
    )


def _place(signal: Signal) -> str:
    return region_name(signal.reading.region, get_language() or "en")
