"""The chart of a fact that is stuck: hour by hour the share that has the one value."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from appeals.admin.alarm_words import fact_text, hour_text, rarity_text, sentence_of, title_of
from appeals.admin.charts import Cell, Column, Figure, Row, counts, measured
from appeals.watch.episodes import Signal
from appeals.watch.facts import by_fact
from appeals.watch.sums import Sums, moment_of


def fact_figure(signal: Signal, place: int, hours: Mapping[int, Sums]) -> Figure:
    """One fact; its place among those of the alarm makes the figure's key."""
    reading = signal.reading
    return Figure(
        key=f"{reading.kind.value}-{place}",
        title=f"{title_of(reading.kind)}: {fact_text(reading.fact)}",
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
            rarity_text(signal),
            _("Values are counted in a few boxes, so another value may share one."),
        ],
    )


def _row(signal: Signal, hour: int, sums: Sums) -> Row:
    reading = signal.reading
    counted = by_fact(sums.facts).get(reading.fact, {})
    whole = sum(counted.values())
    share = 100 * counted.get(reading.box, 0) / whole if whole else None
    cells = [*counts(whole), measured(share, 0, "%"), measured(100 * reading.usual, 0, "%")]
    return Row(Cell(hour_text(moment_of(hour))), cells)
