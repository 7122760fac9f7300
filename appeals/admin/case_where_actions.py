"""Marking care and putting a case into another queue, from the case's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals.access import list_queues
from appeals.actions.care import mark_vulnerable
from appeals.actions.moving import move_queue
from appeals.admin.case import case_or_404
from appeals.admin.case_actions import says_why_not
from appeals.admin.people import desk_view, staff
from appeals.errors import BadInput


@desk_view
@require_POST
@says_why_not
def care(request: HttpRequest, reference: str) -> HttpResponse:
    """Mark or unmark that the customer needs care."""
    is_vulnerable = request.POST.get("needs_care") == "1"
    mark_vulnerable(
        appeal=case_or_404(request, reference), by=staff(request), is_vulnerable=is_vulnerable
    )
    if is_vulnerable:
        messages.success(request, _("Marked: this appeal is served first now."))
    else:
        messages.success(request, _("The mark is taken away."))
    return redirect("desk:case", reference)


@desk_view
@require_POST
@says_why_not
def move(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the case into another queue."""
    appeal = case_or_404(request, reference)
    key = request.POST.get("queue", "")
    to = list_queues(staff(request)).filter(pk=int(key) if key.isdecimal() else 0).first()
    if to is None:
        raise BadInput(_("Choose the queue it belongs to."), field="queue")
    move_queue(appeal=appeal, to=to, because=request.POST.get("because", ""), by=staff(request))
    messages.success(
        request, _("%(reference)s is in %(queue)s now.") % {"reference": reference, "queue": to}
    )
    return redirect("desk:case", reference)
