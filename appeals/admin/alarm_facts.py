"""The chart of a fact that is stuck: hour by hour the share that has the one value."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.admin.alarm_words import fact_text, hour_text, rarity_text, sentence_of, title_of
from appeals.admin.charts import Cell, Column, Figure, Row, counts, measured
from appeals.catalogue.facts import FACT_KINDS
from appeals.models import LineDecision
from appeals.notice_text.formats import fact_value
from appeals.watch.episodes import Signal
from appeals.watch.facts import box_of, by_fact
from appeals.watch.sums import Sums, moment_of


def fact_figure(
    signal: Signal, place: int, hours: Mapping[int, Sums], shown: Sequence[LineDecision]
) -> Figure:
    """One fact; its place among those of the alarm makes the figure's key."""
    reading = signal.reading
    value = _value_among(signal, shown)
    return Figure(
        key=f"{reading.kind.value}-{place}",
        title=_("%(what)s: %(which)s")
        % {"what": title_of(reading.kind), "which": fact_text(reading.fact)},
        says=sentence_of(signal),
        kind="line",
        head=_("Hour"),
        columns=[
            Column(_("With this fact")),
            Column(_("The one value"), is_drawn=True),
            Column(_("Usual"), is_drawn=True),
        ],
        rows=[_row(signal, hour, sums) for hour, sums in hours.items()],
        unit="%",
        notes=[
            *([value] if value else []),
            rarity_text(signal),
            _("Values are counted in a few boxes, so another value may share one."),
        ],
    )


def _value_among(signal: Signal, shown: Sequence[LineDecision]) -> str:
    """The value itself. The sums do not hold it; the decisions the reader sees anyway do."""
    code, _dot, name = signal.reading.fact.partition(".")
    language = get_language() or "en"
    values = [
        (reason.facts[name], decision.currency)
        for decision in shown
        for reason in decision.reasons.all()
        if reason.code == code and reason.facts.get(name) is not None
    ]
    stuck = Counter(
        fact_value(name, value, currency, language) if name in FACT_KINDS else str(value)
        for value, currency in values
        if box_of(value) == signal.reading.box
    )
    if not stuck:
        return ""
    text, times = stuck.most_common(1)[0]
    return _("Of the decisions shown below, %(count)s of %(whole)s say %(value)s.") % {
        "count": times,
        "whole": len(values),
        "value": text,
    }


def _row(signal: Signal, hour: int, sums: Sums) -> Row:
    reading = signal.reading
    counted = by_fact(sums.facts).get(reading.fact, {})
    whole = sum(counted.values())
    share = 100 * counted.get(reading.box, 0) / whole if whole else None
    cells = [*counts(whole), measured(share, 0, "%"), measured(100 * reading.usual, 0, "%")]
    return Row(Cell(hour_text(moment_of(hour))), cells)
