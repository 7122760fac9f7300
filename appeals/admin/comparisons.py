"""Which answers gave something back: by reason, rule version, region and reviewer."""

from collections.abc import Callable, Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appeals.admin.charts import (
    Cell,
    Column,
    Figure,
    Row,
    counts,
    hidden_cells,
    hiding_notes,
    more_notes,
    share_text,
    too_few_sentence,
)
from appeals.catalogue import CATALOGUE
from appeals.models import Measure
from appeals.overview import Compared, Overview
from appeals.shares import share, too_few

# As many rows as one takes in; who wants the rest narrows the filter.
ROWS = 15

COMPARED_TITLES = {
    Measure.REASON: (
        gettext_lazy("Gave something back, by disputed reason"),
        gettext_lazy("Reason"),
    ),
    Measure.RULE: (gettext_lazy("Gave something back, by rule and version"), gettext_lazy("Rule")),
    Measure.REGION: (gettext_lazy("Gave something back, by region"), gettext_lazy("Region")),
    Measure.REVIEWER: (gettext_lazy("Gave something back, by reviewer"), gettext_lazy("Reviewer")),
}


def compared_figures(overview: Overview) -> list[Figure]:
    people = {load.key: load.name for load in overview.loads}
    return [
        compared_figure(measure, found, _namer(measure, people))
        for measure, found in overview.compared.items()
    ]


def compared_figure(
    measure: Measure, found: Sequence[Compared], name_of: Callable[[Compared], str]
) -> Figure:
    """The share of answers that gave something back, greatest first, those of few hidden."""
    hidden = too_few([one.decided for one in found])
    shown = [one for place, one in enumerate(found) if place not in hidden][:ROWS]
    shown.sort(key=lambda one: -one.overturned / one.decided)
    unseen = [one for place, one in enumerate(found) if place in hidden]
    title, head = COMPARED_TITLES[measure]
    rows = [Row(Cell(name_of(one)), _compared_cells(one)) for one in shown] + [
        Row(Cell(name_of(one)), hidden_cells(one.decided, 2)) for one in unseen[:ROWS]
    ]
    return Figure(
        key=f"by-{measure}",
        title=str(title),
        says=_highest(shown, name_of),
        kind="across",
        head=str(head),
        columns=[Column(_("Answers")), Column(_("Gave back")), Column(_("Share"), is_drawn=True)],
        rows=rows,
        unit="%",
        notes=[*more_notes(len(found) - len(rows)), *hiding_notes(hidden)],
        is_open=True,
    )


def _compared_cells(one: Compared) -> list[Cell]:
    return [
        *counts(one.decided, one.overturned),
        Cell(share_text(one.overturned, one.decided), share(one.overturned, one.decided)),
    ]


def _highest(shown: Sequence[Compared], name_of: Callable[[Compared], str]) -> str:
    if not shown:
        return too_few_sentence()
    first = shown[0]
    words = {"name": name_of(first), "share": share_text(first.overturned, first.decided)}
    return _("Highest: %(name)s, %(share)s.") % words


def _namer(measure: Measure, people: dict[str, str]) -> Callable[[Compared], str]:
    if measure == Measure.REASON:
        return lambda one: _reason_name(one.subject)
    if measure == Measure.REVIEWER:
        return lambda one: people.get(one.subject, one.subject)
    return lambda one: f"{one.subject} {one.version}".strip()


def _reason_name(code: str) -> str:
    reason = CATALOGUE.reasons.get(code)
    if reason is None:
        return code
    return f"{code} · {reason.title.get(get_language() or 'en', reason.title['en'])}"
