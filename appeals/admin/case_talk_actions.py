"""What a person at the desk says on a case: to the customer, to colleagues, about a deadline."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from appeals.actions.claims import check_holds
from appeals.actions.complaints import confirm_clock, dismiss_clock, mark_clock
from appeals.actions.notes import add_note
from appeals.actions.requests_by_staff import HeldAlready, ask_for_documents
from appeals.admin.case import case_or_404
from appeals.admin.case_actions import says_why_not
from appeals.admin.case_talk import AskForm, ask_form, filled_form
from appeals.admin.frame import frame
from appeals.admin.people import desk_view, staff
from appeals.admin.places import after_case
from appeals.errors import AppealError, BadInput
from appeals.models import Appeal

BAD_REQUEST = 400


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
@says_why_not
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the customer; the page of its own is there without a script, and after a slip."""
    appeal, person = case_or_404(request, reference), staff(request)
    if request.method != "POST":
        check_holds(appeal, person)
        return _ask_page(request, appeal, _form(request, appeal))
    kinds, message = request.POST.getlist("kinds"), request.POST.get("message", "")
    try:
        ask_for_documents(
            appeal=appeal,
            by=person,
            kinds=kinds,
            message=message,
            although_held=request.POST.get("although_held") == "1",
        )
    except AppealError as error:
        # What was typed stays on the page, even when the case is no longer theirs.
        return _ask_page(request, appeal, _form(request, appeal), error)
    messages.success(
        request, _("We are asking the customer. The promise is paused until they answer.")
    )
    return after_case(request, reference)


@desk_view
@require_POST
@says_why_not
def note(request: HttpRequest, reference: str) -> HttpResponse:
    appeal = case_or_404(request, reference)
    named = {int(key) for key in request.POST.getlist("named") if key.isdecimal()}
    noted = add_note(
        appeal=appeal, by=staff(request), text=request.POST.get("text", ""), named=named
    )
    if noted.told:
        names = _(", ").join(person.name for person in noted.told)
        messages.success(request, _("Note kept. Told: %(names)s.") % {"names": names})
    else:
        messages.success(request, _("Note kept."))
    if noted.unknown:
        words = ngettext(
            "Nobody was told of it as %(names)s: no colleague of that name may open this case.",
            "Nobody was told of it as %(names)s: no colleagues of these names may open this case.",
            len(noted.unknown),
        )
        names = _(", ").join(f"@{name}" for name in noted.unknown)
        messages.warning(request, words % {"names": names})
    return _back(reference, "desk-notes")


@desk_view
@require_POST
@says_why_not
def clock(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that the case is also a complaint or the like, or that it is not."""
    appeal, person = case_or_404(request, reference), staff(request)
    kind, wish = request.POST.get("kind", ""), request.POST.get("do")
    if wish == "confirm":
        confirm_clock(appeal=appeal, by=person, kind=kind)
        messages.success(request, _("Confirmed. The deadline runs from when it came in."))
    elif wish == "dismiss":
        dismiss_clock(appeal=appeal, by=person, kind=kind)
        messages.success(request, _("Put aside. The deadline does not run any more."))
    elif wish == "mark":
        mark_clock(
            appeal=appeal,
            by=person,
            kind=kind,
            received_on=_day(request.POST.get("received_on", "")),
            because=request.POST.get("because", ""),
        )
        messages.success(request, _("Marked. The deadline runs from when it came in."))
    else:
        raise BadInput(_("Choose what it is."), field="do")
    return _back(reference, "desk-clocks")


def _form(request: HttpRequest, appeal: Appeal) -> AskForm:
    """The form as it was sent, or as a link chose it."""
    sent = request.POST if request.method == "POST" else request.GET
    codes = appeal.grounds.values_list("decision_reason__code", flat=True)
    return filled_form(
        ask_form(appeal, codes, timezone.now()),
        chosen=sent.get("text", ""),
        ticked=sent.getlist("kinds"),
        message=sent.get("message", ""),
    )


def _ask_page(
    request: HttpRequest, appeal: Appeal, form: AskForm, error: AppealError | None = None
) -> HttpResponse:
    context = {
        **frame(),
        "title": _("Ask the customer about %(reference)s") % {"reference": appeal.reference},
        "appeal": appeal,
        "language": appeal.customer.locale,
        "language_name": appeal.customer.get_locale_display(),
        "ask": form,
        "error": error,
        "is_held": isinstance(error, HeldAlready),
        "is_page": True,
    }
    status = BAD_REQUEST if error else 200
    return TemplateResponse(request, "appeals/desk/ask.html", context, status=status)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(_("Write the day as 2026-10-02."), field="received_on") from None


def _back(reference: str, place: str) -> HttpResponse:
    response = redirect("desk:case", reference)
    response["Location"] += f"#{place}"
    return response
