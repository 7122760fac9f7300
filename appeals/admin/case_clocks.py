"""Every clock of a case in words: what is left, how it was counted, why it runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from appeals.actions.complaints import MARKABLE, may_judge
from appeals.admin.case_queries import clocks_of
from appeals.catalogue.packs import pack_of
from appeals.clock import Clock, short_day, standing_of
from appeals.clock_rules import CLOCKS
from appeals.deadlines import add_months, count_working_days, last_day
from appeals.models import Appeal, CaseClock, ClockKind, DayUnit
from portal.models import Customer


@dataclass(frozen=True)
class ClockLine:
    """One clock as a person reads it."""

    row: CaseClock
    name: str
    standing: Clock
    counted: list[str]
    source: str
    is_chance: bool

    @property
    def is_running(self) -> bool:
        return self.row.ended_at is None

    @property
    def is_ours(self) -> bool:
        return self.row.kind == ClockKind.RECONSIDERATION


@dataclass(frozen=True)
class ClockPanel:
    """The clocks of a case, strictest first, and what this person may say about them."""

    lines: list[ClockLine]
    can_judge: bool
    kinds: list[tuple[str, str]]

    @property
    def running(self) -> list[ClockLine]:
        return [line for line in self.lines if line.is_running]

    @property
    def ended(self) -> list[ClockLine]:
        return [line for line in self.lines if not line.is_running]

    @property
    def strictest(self) -> ClockLine | None:
        """The clock that ends first, where it is another than the promise at the top."""
        first = next((line for line in self.running if line.row.paused_at is None), None)
        return first if first and not first.is_ours else None

    @property
    def suggested(self) -> list[tuple[str, str, str]]:
        """What the customer's words may be, once a kind: its value, its name, the words."""
        return list(
            {
                line.row.kind: (line.row.kind, line.row.get_kind_display(), line.row.because)
                for line in self.running
                if line.row.is_suggested
            }.values()
        )


def list_clocks(appeal: Appeal, viewer: Customer, now: datetime) -> ClockPanel:
    """All clocks in one query."""
    lines = [_line(row, appeal.customer, now) for row in clocks_of(appeal.pk)]
    running = [line for line in lines if line.is_running]
    can_judge = appeal.is_open and may_judge(viewer)
    return ClockPanel(
        lines=[*running, *(line for line in lines if not line.is_running)],
        can_judge=can_judge,
        kinds=_markable(appeal, running) if can_judge else [],
    )


def _markable(appeal: Appeal, running: Iterable[ClockLine]) -> list[tuple[str, str]]:
    """The kinds that the customer's law has a clock for and that do not run yet."""
    taken = {line.row.kind for line in running}
    kinds = CLOCKS.kinds_of(pack_of(appeal.customer, timezone.now()))
    return [(kind.value, str(kind.label)) for kind in kinds if kind in MARKABLE - taken]


def _line(row: CaseClock, customer: Customer, now: datetime) -> ClockLine:
    rule, language = CLOCKS.rules.get(row.rule), get_language() or "en"
    return ClockLine(
        row=row,
        name=rule.name(language) if rule else str(row.get_kind_display()),
        standing=standing_of(row, customer, now),
        counted=_counted(row, customer),
        source=rule.told_by(language) if rule else row.rule,
        is_chance=rule is not None and not rule.is_duty,
    )


def _counted(row: CaseClock, customer: Customer) -> list[str]:
    """How the deadline came about, in sentences."""
    first = row.started_at.astimezone(customer.zone).date()
    last = last_day(row.due_at, customer.zone)
    told = [_length(row) % {"days": row.days, "first": short_day(first), "last": short_day(last)}]
    if row.unit == DayUnit.WORKING:
        count = count_working_days(first, last, row.calendar)
        told += _skipped(count.holidays, count.made_up)
        waited = count.days - row.days
    elif row.unit == DayUnit.MONTH:
        waited = (last - add_months(first, row.days)).days
    else:
        waited = (last - first).days - row.days
    if waited > 0:
        words = ngettext(
            "The clock stood still for %(days)s day while we waited for the customer.",
            "The clock stood still for %(days)s days while we waited for the customer.",
            waited,
        )
        told.append(words % {"days": waited})
    return told


def _length(row: CaseClock) -> str:
    if row.unit == DayUnit.WORKING:
        return ngettext(
            "%(days)s working day after %(first)s: until %(last)s.",
            "%(days)s working days after %(first)s: until %(last)s.",
            row.days,
        )
    if row.unit == DayUnit.MONTH:
        return ngettext(
            "%(days)s month after %(first)s: until %(last)s.",
            "%(days)s months after %(first)s: until %(last)s.",
            row.days,
        )
    return ngettext(
        "%(days)s day after %(first)s: until %(last)s.",
        "%(days)s days after %(first)s: until %(last)s.",
        row.days,
    )


def _skipped(holidays: Iterable[date], made_up: Iterable[date]) -> list[str]:
    told = []
    if days := _(", ").join(map(short_day, holidays)):
        told.append(_("Holidays that do not count: %(days)s.") % {"days": days})
    if days := _(", ").join(map(short_day, made_up)):
        told.append(_("Weekend days that do count: %(days)s.") % {"days": days})
    return told
