"""The overview's figures of time, age, promises, load and outcomes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from appeals.admin.charts import (
    Cell,
    Column,
    Figure,
    Frame,
    Headline,
    Row,
    counts,
    days_text,
    hidden_cells,
    hidden_places,
    hiding_notes,
    linked,
    more_notes,
    number,
    share_sentence,
    share_text,
    too_few_sentence,
)
from appeals.admin.comparisons import compared_figures
from appeals.clock import short_day
from appeals.filters import Promise
from appeals.models import ReviewQueue
from appeals.models.counted import OVERTURNED
from appeals.models.review import OUTCOME_NAMES
from appeals.overview import AGES, Flow, Load, Overview, Standing, Week, monday_of
from appeals.shares import FEW, quantile, share
from appeals.states import AppealState

MEDIAN, NINETIETH = 0.5, 0.9
PEOPLE = 40
LATER_IN_WEEK = timedelta(days=6)


def headlines(overview: Overview, frame: Frame) -> list[Headline]:
    """The numbers for somebody who has ten seconds."""
    kept = sum(week.kept for week in overview.weeks)
    promises = kept + sum(week.missed for week in overview.weeks)
    median = quantile(sum(overview.days.values(), Counter()), MEDIAN)
    came_in, decided = (
        number(sum(getattr(day, name) for day in overview.flow)) for name in ("came_in", "decided")
    )
    weeks = _("%(count)s weeks") % {"count": len(overview.weeks)}
    late = number(_late(overview.standing))
    answered = frame.link(state=AppealState.DECIDED, since=frame.since)
    return [
        Headline(_("Still open"), number(_open(overview.standing)), _("now"), frame.link()),
        Headline(_("Late"), late, _("now"), frame.link(promise=Promise.LATE)),
        Headline(_("Came in"), came_in, frame.span),
        Headline(_("Decided"), decided, frame.span, answered),
        Headline(_("Promises kept"), share_text(kept, promises), weeks),
        Headline(_("Median days to the answer"), days_text(median), frame.span),
    ]


def figures(overview: Overview, frame: Frame) -> list[Figure]:
    """All figures of the page, in the order in which they are read."""
    return [
        flow_figure(overview.flow, frame),
        ages_figure(overview.standing, frame),
        promises_figure(overview.weeks),
        days_figure(overview, frame),
        load_figure(overview.loads, frame),
        mix_figure(overview.weeks, frame),
        *compared_figures(overview, frame),
    ]


# --- In and out, age, promises, days -----------------------------------------------------------


def flow_figure(flow: Sequence[Flow], frame: Frame) -> Figure:
    steps = _weeks_of(flow) if frame.by_week else flow
    return Figure(
        key="flow",
        title=_("In and out"),
        says=_flow_sentence(flow),
        kind="line",
        head=_("Week from") if frame.by_week else _("Day"),
        columns=[
            Column(_("Came in"), is_drawn=True),
            Column(_("Went out"), is_drawn=True),
            Column(_("Decided")),
            Column(_("Withdrawn")),
            Column(_("Answered with another appeal")),
        ],
        rows=[_flow_row(one, frame) for one in steps],
    )


def _flow_row(one: Flow, frame: Frame) -> Row:
    until = one.day + LATER_IN_WEEK if frame.by_week else one.day
    gone = {
        AppealState.DECIDED: one.decided,
        AppealState.WITHDRAWN: one.withdrawn,
        AppealState.DUPLICATE: one.duplicate,
    }
    links = [
        linked(count, frame.link(state=state, since=one.day, until=until))
        for state, count in gone.items()
    ]
    return Row(Cell(short_day(one.day)), [*counts(one.came_in, one.went_out), *links])


def _weeks_of(flow: Sequence[Flow]) -> list[Flow]:
    sums: dict[date, Counter[str]] = {}
    for one in flow:
        week = sums.setdefault(monday_of(one.day), Counter())
        for name in ("came_in", "decided", "withdrawn", "duplicate"):
            week[name] += getattr(one, name)
    return [Flow(monday, **week) for monday, week in sums.items()]


def _flow_sentence(flow: Sequence[Flow]) -> str:
    came, went = sum(one.came_in for one in flow), sum(one.went_out for one in flow)
    words = {"came": number(came), "went": number(went), "change": number(abs(came - went))}
    if came > went:
        return _("%(came)s came in and %(went)s went out: %(change)s more are open.") % words
    if came < went:
        return _("%(came)s came in and %(went)s went out: %(change)s fewer are open.") % words
    return _("%(came)s came in and %(went)s went out: as many are open as before.") % words


def ages_figure(standing: Sequence[Standing], frame: Frame) -> Figure:
    old = sum(one.ages[-1] for one in standing)
    words = {
        "open": number(_open(standing)),
        "old": number(old),
        "days": AGES[-1],
        "late": number(_late(standing)),
    }
    return Figure(
        key="ages",
        title=_("Age of the open"),
        says=_("%(open)s are open; %(old)s of them for more than %(days)s days. %(late)s are late.")
        % words,
        kind="across-stacked",
        head=_("Queue"),
        columns=[
            *(Column(title, is_drawn=True) for title in _age_titles()),
            Column(_("Still open")),
            Column(_("Late")),
        ],
        rows=[
            Row(
                Cell(str(one.queue), link=frame.link(queue=one.queue.pk)),
                [
                    *counts(*one.ages),
                    linked(one.open, frame.link(queue=one.queue.pk)),
                    linked(one.overdue, frame.link(queue=one.queue.pk, promise=Promise.LATE)),
                ],
            )
            for one in standing
        ],
        notes=[_("Calendar days since the customer sent it.")],
        is_open=True,
    )


def _age_titles() -> list[str]:
    firsts = [0, *(last + 1 for last in AGES)]
    spans = [
        _("%(first)s-%(last)s days") % {"first": first, "last": last}
        for first, last in zip(firsts, AGES, strict=False)
    ]
    return [*spans, _("more than %(last)s days") % {"last": AGES[-1]}]


def promises_figure(weeks: Sequence[Week]) -> Figure:
    answers = [week.kept + week.missed for week in weeks]
    hidden = hidden_places(answers)
    kept = sum(week.kept for week in weeks)
    return Figure(
        key="promises",
        title=_("Promises kept"),
        says=share_sentence(
            _("%(share)s of the answers came within the promise."), kept, sum(answers)
        ),
        kind="line",
        head=_("Week from"),
        columns=[Column(_("Answers")), Column(_("Late answers")), Column(_("Kept"), is_drawn=True)],
        rows=[
            Row(
                Cell(short_day(week.monday)),
                hidden_cells(count, 2)
                if place in hidden
                else [
                    *counts(count, week.missed),
                    Cell(share_text(week.kept, count), share(week.kept, count)),
                ],
            )
            for place, (week, count) in enumerate(zip(weeks, answers, strict=True))
        ],
        unit="%",
        notes=hiding_notes(hidden),
    )


def days_figure(overview: Overview, frame: Frame) -> Figure:
    everybody = sum(overview.days.values(), Counter())
    half, most = (quantile(everybody, part) for part in (MEDIAN, NINETIETH))
    says = _("Half of the answers took at most %(half)s days, nine in ten at most %(most)s.")
    known = [one for one in overview.queues if overview.days.get(one.pk)]
    return Figure(
        key="days",
        title=_("Days to the answer"),
        says=says % {"half": half, "most": most} if half is not None else too_few_sentence(),
        kind="across",
        head=_("Queue"),
        columns=[
            Column(_("Answers")),
            Column(_("Median"), is_drawn=True),
            Column(_("90th percentile"), is_drawn=True),
        ],
        rows=[_days_row(queue, overview.days[queue.pk], frame) for queue in known],
        notes=[_("Calendar days from sending to the answer, with the time we waited.")],
        is_open=True,
    )


def _days_row(queue: ReviewQueue, days: Counter[int], frame: Frame) -> Row:
    link = frame.link(queue=queue.pk, state=AppealState.DECIDED, since=monday_of(frame.since))
    name = Cell(str(queue), link=link)
    count = days.total()
    if count < FEW:
        return Row(name, hidden_cells(count, 2))
    found = [quantile(days, part) for part in (MEDIAN, NINETIETH)]
    return Row(name, [*counts(count), *(Cell(days_text(one), one) for one in found)])


# --- Load, outcomes ----------------------------------------------------------------------------


def load_figure(loads: Sequence[Load], frame: Frame) -> Figure:
    shown = loads[:PEOPLE]
    words = {
        "held": number(sum(one.held for one in loads)),
        "decided": number(sum(one.decided for one in loads)),
    }
    return Figure(
        key="load",
        title=_("Load of each reviewer"),
        says=_("Held now: %(held)s. Decided in this time: %(decided)s.") % words,
        kind="across",
        head=_("Reviewer"),
        columns=[Column(_("Held now"), is_drawn=True), Column(_("Decided"))],
        rows=[
            Row(
                Cell(one.name),
                [linked(one.held, frame.link(held=one.key)), *counts(one.decided)],
            )
            for one in shown
        ],
        notes=more_notes(len(loads) - len(shown)),
        is_open=True,
    )


def mix_figure(weeks: Sequence[Week], frame: Frame) -> Figure:
    answers = [week.outcomes.total() for week in weeks]
    hidden = hidden_places(answers)
    gave_back = sum(week.outcomes[kind] for week in weeks for kind in OVERTURNED)
    return Figure(
        key="mix",
        title=_("Outcomes"),
        says=share_sentence(
            _("%(share)s of the answers gave something back."), gave_back, sum(answers)
        ),
        kind="stacked",
        head=_("Week from"),
        columns=[
            Column(_("Answers")),
            *(Column(str(name), is_drawn=True) for name in OUTCOME_NAMES.values()),
        ],
        rows=[
            Row(
                Cell(short_day(week.monday)),
                hidden_cells(count, len(OUTCOME_NAMES))
                if place in hidden
                else [*counts(count), *_mix_cells(week, frame)],
            )
            for place, (week, count) in enumerate(zip(weeks, answers, strict=True))
        ],
        notes=hiding_notes(hidden),
    )


def _mix_cells(week: Week, frame: Frame) -> list[Cell]:
    until = week.monday + LATER_IN_WEEK
    return [
        linked(week.outcomes[kind], frame.link(outcome=kind, since=week.monday, until=until))
        for kind in OUTCOME_NAMES
    ]


def _open(standing: Iterable[Standing]) -> int:
    return sum(one.open for one in standing)


def _late(standing: Iterable[Standing]) -> int:
    return sum(one.overdue for one in standing)
