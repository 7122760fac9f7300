"""By when customers must have been told: the clocks of notices as a month, and as a list."""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.access import sees_all_queues
from appeals.admin.people import desk_view, staff
from appeals.admin.showing import SeenBySupervisors, unbroken
from appeals.catalogue.packs import PACKS
from appeals.clock import short_day
from appeals.deadlines import last_day
from appeals.models import ClockEnd, NoticeClock, NoticeHold

# A clock ends at midnight after its last day: the day shown is the one that midnight closes.
MIDNIGHT_BEFORE = timedelta(seconds=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass
class Day:
    """One day of the month: how many clocks end on it, by how they stand."""

    day: date
    is_today: bool
    is_of_month: bool
    running: int = 0
    passed: int = 0
    met: int = 0
    missed: int = 0
    guards: int = 0
    link: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.running or self.passed or self.met or self.missed or self.guards)


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[Day]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return date_format(self.first, "YEAR_MONTH_FORMAT")

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.first + timedelta(days=31):%Y-%m}"


@desk_view
@require_safe
def show_calendar(request: HttpRequest) -> HttpResponse:
    """A month in two queries, whatever number of clocks ends in it."""
    if not sees_all_queues(staff(request)):
        raise PermissionDenied
    month = _month(_wanted(request.GET.get("month", "")), timezone.now())
    context = {
        **admin.site.each_context(request),
        "title": _("Calendar of notices"),
        "month": month,
        "weekdays": [date_format(one.day, "D") for one in month.weeks[0]],
        "held": NoticeHold.objects.aggregate(
            held=Count("pk"), passed=Count("pk", filter=Q(due_at__lte=timezone.now()))
        ),
    }
    return TemplateResponse(request, "appeals/desk/notice_calendar.html", context)


def _wanted(given: str) -> date:
    """The first day of the month asked for, else of this one."""
    try:
        first = date.fromisoformat(f"{given}-01")
    except ValueError:
        first = timezone.localdate().replace(day=1)
    return first if FIRST_YEAR <= first.year < LAST_YEAR else timezone.localdate().replace(day=1)


def _month(first: date, now: datetime) -> Month:
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    today = timezone.localdate(now)
    days = {
        day: Day(day, day == today, day.month == first.month, link=_link(day))
        for week in weeks
        for day in week
    }
    for row in _sums(weeks[0][0], weeks[-1][-1], now):
        one = days[row.pop("day")]
        for name, number in row.items():
            setattr(one, name, number)
    return Month(first, [[days[day] for day in week] for week in weeks])


def _sums(first: date, last: date, now: datetime) -> QuerySet[NoticeClock, dict[str, Any]]:
    begin, end = _bounds(first)[0], _bounds(last)[1]
    duty, open_ = Q(is_guard=False), Q(ended_at__isnull=True)
    return (
        NoticeClock.objects.filter(due_at__gt=begin, due_at__lte=end)
        .annotate(day=TruncDate(F("due_at") - MIDNIGHT_BEFORE))
        .values("day")
        .annotate(
            running=Count("pk", filter=duty & open_ & Q(due_at__gt=now)),
            passed=Count("pk", filter=duty & open_ & Q(due_at__lte=now)),
            met=Count("pk", filter=duty & Q(ended_as=ClockEnd.MET)),
            missed=Count("pk", filter=duty & Q(ended_as=ClockEnd.MISSED)),
            guards=Count("pk", filter=Q(is_guard=True) & open_),
        )
        .order_by()
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    """From when to when a day is, where the viewer is."""
    zone = timezone.get_current_timezone()
    begin, end = (datetime.combine(one, time(0), zone) for one in (day, day + timedelta(days=1)))
    return begin, end


def _link(day: date) -> str:
    begin, end = _bounds(day)
    asked = {"due_at__gt": begin.isoformat(), "due_at__lte": end.isoformat()}
    return f"{reverse('admin:appeals_noticeclock_changelist')}?{urlencode(asked)}"


class StandingFilter(admin.SimpleListFilter):
    title = gettext_lazy("how it stands")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        ends = [(end.value, str(end.label)) for end in ClockEnd]
        return [("running", _("Running")), ("passed", _("Passed, not told")), *ends]

    def queryset(self, request: HttpRequest, clocks: QuerySet[NoticeClock]) -> Any:
        now, running = timezone.now(), Q(ended_at__isnull=True)
        match self.value():
            case None:
                return clocks
            case "running":
                return clocks.filter(running, due_at__gt=now)
            case "passed":
                return clocks.filter(running, due_at__lte=now, is_guard=False)
            case how:
                return clocks.filter(ended_as=how)


@admin.register(NoticeClock)
class NoticeClockAdmin(SeenBySupervisors):
    """The nearest day first; a clock ends by itself, so there is nothing to press."""

    list_display = ["its_rule", "its_decision", "customer", "last", "stands"]
    list_filter = [StandingFilter, "is_guard", "decision__customer__jurisdiction"]
    search_fields = ["decision__reference", "decision__customer__reference"]
    ordering = ["due_at", "pk"]
    fields = [
        ("its_rule", "source"),
        ("decision", "customer"),
        ("started_at", "due_at", "stands"),
        ("warned_at", "escalated_at", "ended_at"),
    ]
    readonly_fields = ["its_rule", "source", "customer", "stands"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeClock]:
        rows: QuerySet[NoticeClock] = super().get_queryset(request)
        return rows.select_related("decision__customer")

    @admin.display(description=gettext_lazy("clock"), ordering="rule")
    def its_rule(self, clock: NoticeClock) -> str:
        return str(clock)

    @admin.display(description=gettext_lazy("source"))
    def source(self, clock: NoticeClock) -> str:
        rule = PACKS.notice_clocks.get(clock.rule)
        return rule.told_by(_language()) if rule else clock.rule

    @admin.display(description=gettext_lazy("decision"), ordering="decision__reference")
    def its_decision(self, clock: NoticeClock) -> str:
        return unbroken(clock.decision.reference)

    @admin.display(description=gettext_lazy("customer"))
    def customer(self, clock: NoticeClock) -> str:
        return str(clock.decision.customer)

    @admin.display(description=gettext_lazy("last day"), ordering="due_at")
    def last(self, clock: NoticeClock) -> str:
        return unbroken(short_day(last_day(clock.due_at, clock.decision.customer.zone)))

    @admin.display(description=gettext_lazy("how it stands"))
    def stands(self, clock: NoticeClock) -> str:
        if clock.ended_at:
            return str(ClockEnd(clock.ended_as).label)
        if clock.is_guard:
            return _("Holds")
        return _("Passed, not told") if clock.due_at <= timezone.now() else _("Running")


def _language() -> str:
    return "zh-hans" if get_language() == "zh-hans" else "en"


urlpatterns: list[URLPattern] = [
    path("notice-calendar/", show_calendar, name="notice_calendar"),
]
