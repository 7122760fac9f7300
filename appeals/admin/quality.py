"""Decided cases read again: blind first, then both answers side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appeals.access import (
    checks_quality,
    get_quality_review,
    list_quality_reviews,
    sees_quality,
)
from appeals.actions.quality import give_back, record_reading, take_next, write_note
from appeals.admin.case_answer import RULING_WORDS
from appeals.admin.case_parts import list_asked, list_papers, list_reason_cards
from appeals.admin.forms import OUTCOMES, RULINGS
from appeals.admin.people import staff
from appeals.errors import AppealError, AppealNotFound
from appeals.models import EvidenceDocument, QualityReview, ReviewQueue
from appeals.models.review import OUTCOME_NAMES, RULING_NAMES
from appeals.states import EvidenceState, OutcomeKind, Ruling
from portal.models import Customer

# A share of fewer readings would say something about single people.
FEWEST = 5
SHOWN = 50
BAD_REQUEST = 400
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Agreement:
    """How often the second reading of a queue's cases came to the same answer."""

    queue: ReviewQueue
    waiting: int
    read: int
    percent: int | None  # None where too few were read


@dataclass(frozen=True)
class Compared:
    """One ground as the reviewer and the reader ruled on it."""

    title: str
    theirs: Any
    ours: Any
    sentence: str

    @property
    def is_same(self) -> bool:
        return bool(self.theirs == self.ours)


def _quality_view(view: View) -> View:
    """A page for those who check quality, those who answer for it, and auditors."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = request.user
        if not isinstance(person, Customer) or not sees_quality(person):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(checked)


@_quality_view
@require_safe
def show_quality(request: HttpRequest) -> HttpResponse:
    """How much waits, how often readers agree, and what was read lately."""
    person = staff(request)
    read = list_quality_reviews(person).filter(read_at__isnull=False)
    context = {
        **admin.site.each_context(request),
        "title": _("Read again"),
        "agreements": agreements(person),
        "fewest": FEWEST,
        "may_read": checks_quality(person),
        "latest": read.select_related("queue", "reader", "outcome").order_by("-read_at")[:SHOWN],
    }
    return TemplateResponse(request, "appeals/desk/quality/list.html", context)


def agreements(person: Customer) -> list[Agreement]:
    """One row a queue the person may know of; the number sampled is capped by the month."""
    rows = (
        list_quality_reviews(person)
        .order_by()
        .values("queue")
        .annotate(
            waiting=Count("pk", filter=Q(read_at__isnull=True)),
            read=Count("pk", filter=Q(read_at__isnull=False)),
            agreed=Count("pk", filter=Q(agrees=True)),
        )
    )
    queues = ReviewQueue.objects.in_bulk([row["queue"] for row in rows])
    told = [
        Agreement(
            queues[row["queue"]],
            row["waiting"],
            row["read"],
            round(row["agreed"] * 100 / row["read"]) if row["read"] >= FEWEST else None,
        )
        for row in rows
    ]
    return sorted(told, key=lambda one: (one.queue.priority, one.queue.key))


@_quality_view
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    _check_reads(request)
    review = take_next(by=staff(request))
    if review is None:
        messages.info(request, _("Every sampled case has been read."))
        return redirect("desk:quality")
    return redirect("desk:quality_read", review.pk)


@_quality_view
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, key: int) -> HttpResponse:
    """The blind page while it is read; both answers once the reader's own is kept."""
    review = _review_or_404(request, key)
    if review.read_at is not None:
        return _show_both(request, review)
    if review.reader_id != staff(request).pk:
        raise Http404
    _check_reads(request)
    if request.method != "POST":
        return _show_blind(request, review)
    try:
        record_reading(
            review=review,
            by=staff(request),
            kind=request.POST.get("kind", ""),
            rulings=_typed_rulings(request),
        )
    except AppealError as error:
        return _show_blind(request, review, error=error.message)
    return redirect("desk:quality_read", review.pk)


@_quality_view
@require_POST
def put_back(request: HttpRequest, key: int) -> HttpResponse:
    _check_reads(request)
    try:
        give_back(review=_review_or_404(request, key), by=staff(request))
    except AppealError as error:
        messages.error(request, error.message)
    return redirect("desk:quality")


@_quality_view
@require_POST
def note(request: HttpRequest, key: int) -> HttpResponse:
    _check_reads(request)
    review = _review_or_404(request, key)
    try:
        write_note(review=review, by=staff(request), note=request.POST.get("note", "")[:2000])
        messages.success(request, _("Note saved."))
    except AppealError as error:
        messages.error(request, error.message)
    return redirect("desk:quality_read", review.pk)


def _check_reads(request: HttpRequest) -> None:
    if not checks_quality(staff(request)):
        raise PermissionDenied


def _review_or_404(request: HttpRequest, key: int) -> QualityReview:
    try:
        return get_quality_review(staff(request), key)
    except AppealNotFound as error:
        raise Http404(error.message) from error


def _typed_rulings(request: HttpRequest) -> dict[int, str]:
    named = ((name.removeprefix("ruling-"), name) for name in request.POST)
    return {int(key): request.POST[name] for key, name in named if key.isdecimal()}


def _show_blind(request: HttpRequest, review: QualityReview, *, error: str = "") -> HttpResponse:
    """What the reviewer saw, and nothing of what they or anybody made of it."""
    appeal = review.outcome.appeal
    papers = list(
        EvidenceDocument.objects.filter(appeal=appeal).exclude(state=EvidenceState.REMOVED)
    )
    reasons = list_reason_cards(appeal, papers, [])
    context = {
        **admin.site.each_context(request),
        "title": _("Read again"),
        "review": review,
        "appeal": appeal,
        "decision": appeal.decision,
        "reasons": reasons,
        "disputed": [card for card in reasons if card.ground],
        "papers": list_papers(papers, reasons),
        "questions": list_asked(appeal),
        "language": appeal.customer.locale,
        "rulings": [(value, RULING_WORDS[Ruling(value)], meaning) for value, meaning in RULINGS],
        "outcomes": OUTCOMES,
        "typed": request.POST,
        "error": error,
    }
    status = BAD_REQUEST if error else 200
    return TemplateResponse(request, "appeals/desk/quality/read.html", context, status=status)


def _show_both(request: HttpRequest, review: QualityReview) -> HttpResponse:
    outcome, person = review.outcome, staff(request)
    theirs = {one["ground"]: one for one in outcome.findings}
    cards = list_reason_cards(outcome.appeal, [], [])
    compared = [
        Compared(
            card.title,
            _ruling_name(theirs.get(card.ground.pk, {}).get("ruling")),
            _ruling_name(review.rulings.get(str(card.ground.pk))),
            theirs.get(card.ground.pk, {}).get("sentence", ""),
        )
        for card in cards
        if card.ground
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Both answers"),
        "review": review,
        "outcome": outcome,
        "decision": outcome.appeal.decision,
        "compared": compared,
        "our_kind": OUTCOME_NAMES[OutcomeKind(review.kind)],
        "is_mine": review.reader_id == person.pk,
        "may_read": checks_quality(person),
    }
    return TemplateResponse(request, "appeals/desk/quality/both.html", context)


def _ruling_name(ruling: str | None) -> Any:
    return RULING_NAMES[Ruling(ruling)] if ruling else "–"


urlpatterns: list[URLPattern] = [
    path("quality/", show_quality, name="quality"),
    path("quality/next/", take, name="quality_next"),
    path("quality/<int:key>/", read, name="quality_read"),
    path("quality/<int:key>/put-back/", put_back, name="quality_put_back"),
    path("quality/<int:key>/note/", note, name="quality_note"),
]
