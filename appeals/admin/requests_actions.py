"""The buttons of a request: take it, put it back, answer it, pass it to the appeal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals.actions.requests_at_desk import (
    answer_request,
    pass_to_appeal,
    put_back_request,
    take_request,
)
from appeals.admin.people import desk_view, staff
from appeals.admin.requests import render_request, request_or_404, show_list, show_request
from appeals.errors import AppealError


@desk_view
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponse:
    asked = request_or_404(request, reference)
    try:
        take_request(request=asked, by=staff(request))
        messages.success(request, _("You have this request now."))
    except AppealError as error:
        messages.error(request, error.message)
    return redirect("desk:request", reference)


@desk_view
@require_POST
def put_back(request: HttpRequest, reference: str) -> HttpResponse:
    asked = request_or_404(request, reference)
    try:
        put_back_request(request=asked, by=staff(request))
        messages.success(request, _("Somebody else can take it now."))
    except AppealError as error:
        messages.error(request, error.message)
    return redirect("desk:request", reference)


@desk_view
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer the customer; what was typed stays on the page when it is refused."""
    asked = request_or_404(request, reference)
    typed = {name: request.POST.get(name, "") for name in ("result", "answer")}
    try:
        answer_request(request=asked, by=staff(request), **typed)
        messages.success(request, _("Answered. We are telling the customer."))
    except AppealError as error:
        return render_request(request, asked, typed=typed, error=error.message)
    return redirect("desk:request", reference)


@desk_view
@require_POST
def to_appeal(request: HttpRequest, reference: str) -> HttpResponse:
    asked = request_or_404(request, reference)
    try:
        pass_to_appeal(request=asked, by=staff(request))
        messages.success(request, _("It is part of the appeal now, and answered with it."))
    except AppealError as error:
        messages.error(request, error.message)
        return redirect("desk:request", reference)
    # Whoever works in another queue than the appeal's does not see it there.
    return redirect("desk:requests")


urlpatterns: list[URLPattern] = [
    path("requests/", show_list, name="requests"),
    path("requests/<str:reference>/", show_request, name="request"),
    path("requests/<str:reference>/take/", take, name="take_request"),
    path("requests/<str:reference>/put-back/", put_back, name="put_back_request"),
    path("requests/<str:reference>/answer/", answer, name="answer_request"),
    path("requests/<str:reference>/to-appeal/", to_appeal, name="request_to_appeal"),
]
