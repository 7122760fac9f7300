"""Requests of customers outside an appeal: those that wait, and each with its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.access import (
    Reach,
    get_request,
    is_supervisor,
    list_requests,
    reach_of,
    requests_within,
)
from appeals.actions.request_clocks import name_of, source_of
from appeals.actions.requests_at_desk import may_answer, results_of
from appeals.admin.people import desk_view, staff
from appeals.admin.work import COUNTED
from appeals.clock import tone_of
from appeals.deadlines import last_day
from appeals.errors import AppealNotFound
from appeals.models import (
    Appeal,
    CustomerRequest,
    ReplyText,
    RequestClock,
    RequestKind,
    TextPurpose,
)
from appeals.prepared import counted
from appeals.reply_texts import fill
from appeals.request_rules import RULES
from appeals.states import OPEN, RequestState
from portal.models import Customer

A_PAGE = 50
WAITING = (RequestState.RECEIVED, RequestState.IN_HAND)
SHOWS: Mapping[str, Any] = {
    "waiting": WAITING,
    "with-appeal": (RequestState.WITH_APPEAL,),
    "answered": (RequestState.ANSWERED,),
}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    request: CustomerRequest
    day: date  # as the customer was told it, whatever zone the reader is in
    tone: str


def list_waiting(person: Customer) -> QuerySet[CustomerRequest]:
    """What stands alone and waits for an answer, the first promise first."""
    return list_requests(person).filter(state__in=WAITING).order_by("promised_at", "pk")


def count_waiting(person: Customer) -> int:
    """How many that are, counted only so far."""
    return _count_waiting(person.pk, reach=reach_of(person))


@counted
def _count_waiting(person: int, *, reach: Reach) -> QuerySet[CustomerRequest, Any]:
    rows = requests_within(person, reach).filter(state__in=WAITING)
    return rows.order_by().values_list("pk")[:COUNTED]


@desk_view
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    person, show = staff(request), request.GET.get("show", "waiting")
    states = SHOWS.get(show)
    if states is None:
        raise Http404
    rows = list_requests(person).filter(state__in=states)
    rows = rows.order_by("promised_at", "pk") if show == "waiting" else rows.order_by("-pk")
    page = Paginator(
        rows.select_related("customer", "queue", "taken_by", "decision__line", "appeal"), A_PAGE
    ).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        **admin.site.each_context(request),
        "title": _("Requests of customers"),
        "show": show,
        "page": page,
        "rows": [_row(one, now) for one in page],
    }
    return TemplateResponse(request, "appeals/desk/requests.html", context)


def _row(one: CustomerRequest, now: datetime) -> Row:
    day = last_day(one.promised_at, one.customer.zone)
    return Row(one, day, tone_of(one.promised_at, now) if one.is_open else "")


def request_or_404(request: HttpRequest, reference: str) -> CustomerRequest:
    try:
        return get_request(staff(request), reference)
    except AppealNotFound as error:
        raise Http404 from error


@dataclass(frozen=True)
class ClockLine:
    name: str
    source: str
    clock: RequestClock
    day: date
    tone: str


@dataclass(frozen=True)
class PreparedText:
    key: str
    title: str
    text: str


@desk_view
@require_safe
def show_request(request: HttpRequest, reference: str) -> HttpResponse:
    asked = request_or_404(request, reference)
    return render_request(request, asked, chosen=request.GET.get("text", ""))


def render_request(
    request: HttpRequest,
    asked: CustomerRequest,
    *,
    chosen: str = "",
    typed: Mapping[str, str] | None = None,
    error: str = "",
) -> HttpResponse:
    """The page of one request; what was typed stays where the answer was refused."""
    person = staff(request)
    is_mine = asked.taken_by_id == person.pk
    texts = _texts(asked) if is_mine else []
    answer = next((one.text for one in texts if one.key == chosen), "")
    context = {
        **admin.site.each_context(request),
        "title": asked.reference,
        "asked": asked,
        "clocks": _clocks(asked),
        "reasons": _reasons(asked),
        "joinable": _joinable(asked),
        "texts": texts,
        "results": results_of(asked),
        "typed": typed or {"answer": answer},
        "error": error,
        "is_mine": is_mine,
        "may_answer": may_answer(person),
        "may_put_back": is_mine or is_supervisor(person),
        "is_copy": asked.kind == RequestKind.DATA_COPY,
    }
    status = 422 if error else 200
    return TemplateResponse(request, "appeals/desk/request.html", context, status=status)


def _clocks(asked: CustomerRequest) -> list[ClockLine]:
    language, now = get_language() or "en", timezone.now()
    return [
        ClockLine(
            name_of(clock, language),
            source_of(clock, language),
            clock,
            last_day(clock.due_at, asked.customer.zone),
            "done" if clock.ended_at else tone_of(clock.due_at, now),
        )
        for clock in asked.clocks.all()
    ]


def _reasons(asked: CustomerRequest) -> list[str]:
    """What the decision rests on; whoever helps with payments need not know it."""
    if asked.decision is None or asked.kind == RequestKind.PAYMENT_HELP:
        return []
    language = get_language() or "en"
    titles = [row.reason.title for row in asked.decision.reasons.all()]
    return [title.get(language, title["en"]) for title in titles]


def _joinable(asked: CustomerRequest) -> Appeal | None:
    """The live appeal it could be answered with."""
    if not asked.waits_for_us or not RULES[asked.kind].joins:
        return None
    rows = Appeal.objects.filter(decision=asked.decision_id, state__in=sorted(OPEN))
    return rows.only("reference").first()


def _texts(asked: CustomerRequest) -> list[PreparedText]:
    """Prepared answers to such a request, in the customer's language."""
    values = {"reference": asked.reference}
    if asked.decision is not None:
        values["last4"] = asked.decision.line.last4
    is_chinese = asked.language.startswith("zh")
    rows = ReplyText.objects.filter(
        purpose=TextPurpose.REQUEST, is_active=True, fits__in=["", asked.kind]
    ).order_by("key")
    return [
        PreparedText(row.key, str(row), fill(row.text_zh if is_chinese else row.text_en, values))
        for row in rows
    ]
