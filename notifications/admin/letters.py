"""The print queue: what waits, the batches, and what staff do with them."""

from collections.abc import Callable
from datetime import date
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin

from notifications.admin.letter_sayings import (
    EXPORTED,
    POSTED,
    SPOILED,
    TOOK_CSV,
    TOOK_PDF,
    tell_of,
)
from notifications.admin.reading import ReadOnly
from notifications.letters.batches import mark_posted, spoil_batch
from notifications.letters.errors import LettersRefused
from notifications.letters.export import MOST_LETTERS, export_batch
from notifications.letters.queue import how_many_wait, is_near, waiting_letters
from notifications.letters.store import Altered, read
from notifications.models import LetterBatch
from portal.models import Customer, Jurisdiction

SHOWN_WAITING = 50
ON_A_PAGE = 20
PERMISSION = "notifications.print_letters"
MAY_LOOK = (PERMISSION, "notifications.view_letterbatch")
MEDIA_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
LIST = "admin:notifications_letterbatch_changelist"
PAGE = "admin:notifications_letterbatch_change"
NOT_OURS = gettext_lazy("The stored file is gone or was changed, so it is not handed out.")
P = ParamSpec("P")
View = Callable[Concatenate["LetterBatchAdmin", HttpRequest, P], HttpResponseBase]


def for_printers(view: "View[P]") -> "View[P]":
    """Let only those in who may print: the files hold whole letters, the buttons end a batch."""
    return _only_with(PERMISSION)(view)


def for_readers(view: "View[P]") -> "View[P]":
    """Let those in who may see which letters there are."""
    return _only_with(*MAY_LOOK)(view)


def _only_with(*rights: str) -> "Callable[[View[P]], View[P]]":
    def only(view: "View[P]") -> "View[P]":
        def checked(
            self: "LetterBatchAdmin", request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not any(request.user.has_perm(right) for right in rights):
                raise PermissionDenied
            return view(self, request, *args, **kwargs)

        return checked

    return only


@admin.register(LetterBatch)
class LetterBatchAdmin(ReadOnly, ModelAdmin):
    """Who may print sees everything here; nobody changes a batch but by its buttons."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return any(request.user.has_perm(right) for right in MAY_LOOK)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = "notifications_letterbatch"
        file = wrap(require_safe(self.file))
        return [
            path("export/", wrap(require_POST(self.export)), name=f"{own}_export"),
            *(
                path(f"<int:pk>/{kind}/", file, {"kind": kind}, name=f"{own}_{kind}")
                for kind in MEDIA_TYPES
            ),
            path("<int:pk>/do/posted/", wrap(require_POST(self.posted)), name=f"{own}_posted"),
            path("<int:pk>/do/spoiled/", wrap(require_POST(self.spoiled)), name=f"{own}_spoiled"),
            *super().get_urls(),
        ]

    @for_readers
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The queue, the most urgent first, and the batches, the newest first."""
        now, rows = timezone.now(), waiting_letters(SHOWN_WAITING)
        batches = LetterBatch.objects.select_related("made_by").order_by("-pk")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Letters"),
            "opts": self.opts,
            "waiting": how_many_wait(),
            "rows": [(row, is_near(row.notification.legal_due_at, now)) for row in rows],
            "most": MOST_LETTERS,
            "jurisdictions": Jurisdiction.choices,
            "page": Paginator(batches, ON_A_PAGE).get_page(request.GET.get("page")),
        }
        return TemplateResponse(request, "notifications/letters/queue.html", context)

    @for_readers
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> TemplateResponse:
        batch = _batch(object_id)
        letters = batch.contents.select_related("delivery__notification__recipient")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Letter batch %(reference)s") % {"reference": batch.reference},
            "opts": self.opts,
            "batch": batch,
            "letters": letters.order_by("number"),
            "log": _log_of(batch),
            "today": timezone.localdate(),
            "made_on": timezone.localdate(batch.made_at),
        }
        return TemplateResponse(request, "notifications/letters/batch.html", context)

    @for_printers
    def export(self, request: HttpRequest) -> HttpResponse:
        jurisdiction = request.POST.get("jurisdiction", "")
        if jurisdiction not in {"", *Jurisdiction.values}:
            raise Http404
        try:
            made = export_batch(by=_staff(request), jurisdiction=jurisdiction)
        except LettersRefused as refused:
            messages.error(request, str(refused))
            return redirect(LIST)
        tell_of(request, made)
        if made.batch is None:
            return redirect(LIST)
        self._note(request, made.batch, EXPORTED)
        return redirect(PAGE, made.batch.pk)

    @for_printers
    def file(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        """The same bytes each time, or none."""
        batch = _batch(pk)
        try:
            content = read(batch, kind)
        except Altered:
            messages.error(request, NOT_OURS)
            return redirect(PAGE, batch.pk)
        self._note(request, batch, TOOK_PDF if kind == "pdf" else TOOK_CSV)
        response = HttpResponse(content, content_type=MEDIA_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{batch.reference}.{kind}"'
        response["Cache-Control"] = "private, no-store"
        return response

    @for_printers
    def posted(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = _batch(pk)
        try:
            day = date.fromisoformat(request.POST.get("posted_on", ""))
        except ValueError:
            messages.error(request, _("Give the day of posting as a date."))
            return redirect(PAGE, batch.pk)
        try:
            mark_posted(batch=batch, posted_on=day, by=_staff(request))
        except LettersRefused as refused:
            messages.error(request, str(refused))
            return redirect(PAGE, batch.pk)
        self._note(request, batch, POSTED)
        messages.success(request, _("The letters of this batch count as delivered."))
        return redirect(PAGE, batch.pk)

    @for_printers
    def spoiled(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = _batch(pk)
        try:
            spoil_batch(batch=batch, because=request.POST.get("because", ""), by=_staff(request))
        except LettersRefused as refused:
            messages.error(request, str(refused))
            return redirect(PAGE, batch.pk)
        self._note(request, batch, SPOILED)
        messages.success(request, _("The letters of this batch wait to be printed again."))
        return redirect(LIST)

    def _note(self, request: HttpRequest, batch: LetterBatch, what: str) -> None:
        """Keep who did what and when, also who took a copy."""
        LogEntry.objects.log_actions(
            _staff(request).pk, [batch], CHANGE, change_message=what, single_object=True
        )


def _staff(request: HttpRequest) -> Customer:
    assert isinstance(request.user, Customer)
    return request.user


def _batch(pk: object) -> LetterBatch:
    batches = LetterBatch.objects.select_related("made_by", "posted_by", "spoiled_by")
    try:
        return get_object_or_404(batches, pk=pk)
    except ValueError as error:
        raise Http404 from error


def _log_of(batch: LetterBatch) -> QuerySet[LogEntry]:
    return (
        LogEntry.objects.filter(
            content_type__app_label="notifications",
            content_type__model="letterbatch",
            object_id=str(batch.pk),
        )
        .select_related("user")
        .order_by("action_time")
    )
