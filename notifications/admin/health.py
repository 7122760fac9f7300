"""How the channels do: what waits, what goes wrong, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.admin.charts import Span, charts_of
from notifications.counts import happened_by_hour, happened_by_minute
from notifications.limits.breakers import BreakerState
from notifications.models.contact import CHANNELS
from notifications.watching import LaneView, ProviderView, View, look

PERMISSION = "notifications.view_delivery"
MINUTES = (timedelta(minutes=5), 36)
HOURS = (timedelta(hours=6), 32)
BREAKERS = {
    BreakerState.CLOSED: gettext_lazy("Working"),
    BreakerState.OPEN: gettext_lazy("Stopped by us"),
    BreakerState.HALF_OPEN: gettext_lazy("Trying again with a few"),
    BreakerState.UNSEEN: gettext_lazy("Not known: Redis cannot be reached"),
}
TONES = {BreakerState.CLOSED: "ok", BreakerState.OPEN: "late", BreakerState.HALF_OPEN: "soon"}
# From here on a share of errors is shown in a colour.
WORRYING = 0.05
LATE = timedelta(minutes=15)
REDIS_IS_AWAY = gettext_lazy(
    "Start Redis again. Messages go on meanwhile, more slowly than the provider allows."
)
ASKED_TO_WAIT = gettext_lazy(
    "The provider asked us to wait. Nothing to do: sending goes on by itself."
)
OUR_ACCOUNT = gettext_lazy(
    "Our account at the provider is not set up right. Look up the code there, correct the key, the"
    " sender or the account, and restart the workers. Nothing is lost: messages wait, or go by"
    " another provider."
)
UNREACHABLE = gettext_lazy(
    "The provider cannot be reached. Look at its status page and at our network. We try again by"
    " ourselves; messages wait, or go by another provider."
)
THEIR_FAULT = gettext_lazy(
    "The provider has a fault. Look at its status page. We try again by ourselves; messages wait,"
    " or go by another provider."
)


@dataclass(frozen=True)
class ProviderRow:
    """One provider as the page shows it."""

    view: ProviderView
    channel: str
    breaker: str
    tone: str
    advice: str

    @property
    def is_worrying(self) -> bool:
        return (self.view.tally.wrong_share or 0) > WORRYING


@dataclass(frozen=True)
class LaneRow:
    """One lane of a channel as the page shows it."""

    view: LaneView
    channel: str
    waits: timedelta | None
    is_late: bool
    is_worrying: bool


@require_safe
@never_cache
def health_page(request: HttpRequest) -> HttpResponse:
    """The whole page, or the part that changes by itself."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    view = look()
    now = {"view": view, "providers": provider_rows(view), "lanes": lane_rows(view)}
    if request.GET.get("part") == "now":
        return TemplateResponse(request, "notifications/health_now.html", now)
    context = {
        **admin.site.each_context(request),
        **now,
        "title": _("Channel health"),
        "charts": _charts(view),
    }
    return TemplateResponse(request, "notifications/health.html", context)


def provider_rows(view: View) -> list[ProviderRow]:
    names = dict(CHANNELS)
    return [
        ProviderRow(
            view=one,
            channel=str(names[one.health.channel.value]),
            breaker=str(BREAKERS[one.health.breaker]),
            tone=TONES.get(one.health.breaker, "paused"),
            advice=advice_for(one),
        )
        for one in view.providers
    ]


def lane_rows(view: View) -> list[LaneRow]:
    """Lanes in which anything waits, is sent or is in doubt."""
    names = dict(CHANNELS)
    rows = []
    for one in view.lanes:
        tally, waits = one.tally, _waits(one, view.at)
        if any((tally.waiting, tally.being_sent, tally.unknown, tally.sent_recently, waits)):
            is_late = waits is not None and waits > LATE and one.channel.value != "letter"
            is_worrying = (tally.wrong_share or 0) > WORRYING
            rows.append(LaneRow(one, str(names[one.channel.value]), waits, is_late, is_worrying))
    return rows


def advice_for(one: ProviderView) -> str:
    """Return what a person should do now about a provider that is not working, or nothing."""
    health = one.health
    match health.breaker:
        case BreakerState.UNSEEN:
            return str(REDIS_IS_AWAY)
        case BreakerState.OPEN if health.is_ours:
            return str(OUR_ACCOUNT)
        case BreakerState.OPEN:
            return str(UNREACHABLE if health.cause == "no answer" else THEIR_FAULT)
    return str(ASKED_TO_WAIT) if health.shut_until else ""


def _waits(one: LaneView, now: datetime) -> timedelta | None:
    seconds = one.oldest_seconds(now)
    return timedelta(seconds=round(seconds)) if one.oldest and seconds else None


def _charts(view: View) -> list[dict[str, Any]]:
    ways = [(one.health.channel.value, one.health.name) for one in view.providers]
    by_minute, by_hour = Span.until(view.at, *MINUTES), Span.until(view.at, *HOURS)
    return [
        {
            "title": _("The last 3 hours"),
            "step": _("5 minutes"),
            "charts": charts_of(happened_by_minute(by_minute.begin), by_minute, ways),
        },
        {
            "title": _("The last 8 days"),
            "step": _("6 hours"),
            "charts": charts_of(happened_by_hour(by_hour.begin), by_hour, ways),
        },
    ]
