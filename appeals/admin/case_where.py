"""Where a case stands: its queue and why, for whom it is kept, whether the customer needs care."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals.access import is_reviewer, is_supervisor, list_queues
from appeals.actions.care import mark_vulnerable
from appeals.actions.moving import MOVABLE, move_queue
from appeals.admin.case import case_or_404
from appeals.admin.case_actions import says_why_not
from appeals.admin.people import desk_view, staff
from appeals.errors import BadInput
from appeals.models import Appeal, ReviewQueue, RoutingRule
from appeals.states import AppealState
from portal.models import Customer


@dataclass(frozen=True)
class Where:
    """What `appeals/desk/case/where.html` shows to one person."""

    appeal: Appeal
    viewer: Customer
    rule: RoutingRule | None
    kept_for: Customer | None
    queues: list[ReviewQueue]

    @property
    def has_older_rule(self) -> bool:
        """Whether the rule has been changed since it chose the queue."""
        return self.rule is not None and self.rule.version != self.appeal.routed_version

    @property
    def is_kept(self) -> bool:
        """Whether it waits for one person only."""
        until = self.appeal.reserved_until
        waits = self.appeal.state == AppealState.SUBMITTED and self.kept_for is not None
        return waits and (until is None or until > timezone.now())

    @property
    def can_mark(self) -> bool:
        may = is_reviewer(self.viewer) or is_supervisor(self.viewer)
        return may and self.appeal.is_open

    @property
    def can_see_rule(self) -> bool:
        return is_supervisor(self.viewer)


def load_where(appeal: Appeal, viewer: Customer) -> Where:
    """In two queries at most: the rule with the person it is kept for, and the queues to move to."""
    row = Appeal.objects.select_related("routed_by", "reserved_for").get(pk=appeal.pk)
    can_move = is_supervisor(viewer) and appeal.state in MOVABLE
    return Where(
        appeal=appeal,
        viewer=viewer,
        rule=row.routed_by,
        kept_for=row.reserved_for,
        queues=list(list_queues(viewer).exclude(pk=appeal.queue_id)) if can_move else [],
    )


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
