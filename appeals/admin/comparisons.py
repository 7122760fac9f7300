"""Which answers gave something back: by reason, rule version, region and reviewer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appeals.admin.charts import (
    Cell,
    Column,
    Figure,
    Frame,
    Row,
    counts,
    hidden_cells,
    hiding_notes,
    linked,
    more_notes,
    share_text,
    too_few_sentence,
)
from appeals.catalogue import CATALOGUE
from appeals.models import Measure
from appeals.overview import Compared, Overview, monday_of
from appeals.shares import share, too_few
from appeals.states import AppealState

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


@dataclass(frozen=True)
class Telling:
    """How rows of one kind are called, and which list they lead to, if any."""

    name: Callable[[Compared], str]
    filters: Callable[[Compared], dict[str, str]]


def compared_figures(overview: Overview, frame: Frame) -> list[Figure]:
    people = {load.key: load.name for load in overview.loads}
    tellings = {
        Measure.REASON: Telling(lambda one: _reason_name(one.subject), _by("reason")),
        Measure.RULE: Telling(lambda one: f"{one.subject} {one.version}".strip(), _by_rule),
        Measure.REGION: Telling(lambda one: one.subject, _by("region")),
        Measure.REVIEWER: Telling(lambda one: people.get(one.subject, one.subject), lambda one: {}),
    }
    return [
        compared_figure(measure, found, tellings[measure], frame)
        for measure, found in overview.compared.items()
    ]


def _by(name: str) -> Callable[[Compared], dict[str, str]]:
    return lambda one: {name: one.subject}


def _by_rule(one: Compared) -> dict[str, str]:
    return {"rule": one.subject, "version": one.version}


def compared_figure(
    measure: Measure, found: Sequence[Compared], telling: Telling, frame: Frame
) -> Figure:
    """The share of answers that gave something back, greatest first, those of few hidden."""
    hidden = too_few([one.decided for one in found])
    shown = [one for place, one in enumerate(found) if place not in hidden][:ROWS]
    shown.sort(key=lambda one: -one.overturned / one.decided)
    unseen = [one for place, one in enumerate(found) if place in hidden]
    title, head = COMPARED_TITLES[measure]
    rows = [Row(Cell(telling.name(one)), _compared_cells(one, telling, frame)) for one in shown] + [
        Row(Cell(telling.name(one)), hidden_cells(one.decided, 2)) for one in unseen[:ROWS]
    ]
    return Figure(
        key=f"by-{measure}",
        title=str(title),
        says=_highest(shown, telling),
        kind="across",
        head=str(head),
        columns=[Column(_("Answers")), Column(_("Gave back")), Column(_("Share"), is_drawn=True)],
        rows=rows,
        unit="%",
        notes=[*more_notes(len(found) - len(rows)), *hiding_notes(hidden)],
        is_open=True,
    )


def _compared_cells(one: Compared, telling: Telling, frame: Frame) -> list[Cell]:
    filters = telling.filters(one)
    since = monday_of(frame.since)
    link = frame.link(state=AppealState.DECIDED, since=since, **filters) if filters else ""
    return [
        linked(one.decided, link),
        *counts(one.overturned),
        Cell(share_text(one.overturned, one.decided), share(one.overturned, one.decided)),
    ]


def _highest(shown: Sequence[Compared], telling: Telling) -> str:
    if not shown:
        return too_few_sentence()
    first = shown[0]
    words = {"name": telling.name(first), "share": share_text(first.overturned, first.decided)}
    return _("Highest: %(name)s, %(share)s.") % words


def _reason_name(code: str) -> str:
    reason = CATALOGUE.reasons.get(code)
    if reason is None:
        return code
    return f"{code} · {reason.title.get(get_language() or 'en', reason.title['en'])}"
