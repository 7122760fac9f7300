"""The desk's first page and the next case."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from appeals.access import list_alarms, list_cases, sees_all_queues
from appeals.actions.claims import claim_next
from appeals.admin.dashboard import overview_context, pages
from appeals.admin.mentions import list_mentions
from appeals.admin.people import desk_view, sits_at_desk, staff
from appeals.admin.work import queue_loads, work_of
from appeals.clock import clock_of
from appeals.errors import AppealError
from appeals.models import AlarmState, Appeal
from appeals.states import AppealState
from portal.models import Customer

# Alarms on the first page; the list has them all.
ALARMS_SHOWN = 5
SECTIONS = {
    "held": (gettext_lazy("On my desk"), gettext_lazy("Nothing claimed. Take the next one.")),
    "kept": (gettext_lazy("Reserved for me: “Claim next” gives these first"), ""),
    "to_approve": (
        gettext_lazy("Second check: for me to approve"),
        gettext_lazy("No outcome waits for a second person."),
    ),
    "answered": (gettext_lazy("Answered: I asked, the customer replied"), ""),
    "waiting": (gettext_lazy("Waiting for others"), ""),
}


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What unfold shows as the admin's first page: my work, or the whole for who oversees it."""
    if not sits_at_desk(request.user):
        return {**context, "title": _("Overview")}
    person = staff(request)
    context = {**context, "mentions": list_mentions(person)}
    oversees = sees_all_queues(person)
    if oversees and request.GET.get("show") != "work":
        alarms = list_alarms(person).filter(state=AlarmState.OPEN)[:ALARMS_SHOWN]
        return {**context, **overview_context(request, person), "alarms": alarms}
    work = work_of(person)
    return {
        **context,
        "title": _("My work"),
        "pages": pages(person, is_overview=False) if oversees else [],
        "sections": [
            {"key": key, "title": title, "empty": empty, "rows": rows_of(getattr(work, key))}
            for key, (title, empty) in SECTIONS.items()
        ],
        "queues": queue_loads(person),
    }


def rows_of(appeals: list[Appeal]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [{"appeal": appeal, "clock": clock_of(appeal, now)} for appeal in appeals]


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def next_case(request: HttpRequest) -> HttpResponse:
    """Claim the most urgent appeal of my queues; without a script, a page with one button."""
    if request.method != "POST":
        context = {**admin.site.each_context(request), "title": _("Claim next")}
        context["queues"] = queue_loads(staff(request))
        return TemplateResponse(request, "appeals/desk/next.html", context)
    try:
        appeal = claim_next(by=staff(request))
    except AppealError as error:
        messages.error(request, error.message)
        return redirect("admin:index")
    if appeal is None:
        messages.info(request, _nothing_to_claim(staff(request)))
        return redirect("admin:index")
    return redirect("desk:case", appeal.reference)


def _nothing_to_claim(person: Customer) -> str:
    if not person.review_queues.exists():
        return _("You are not in any queue yet. A supervisor can add you.")
    if list_cases(person).filter(queue__members=person, state=AppealState.SUBMITTED).exists():
        return _(
            "Nothing waits for you. What is in your queues is kept for colleagues, in a language "
            "you do not review in, or not yours to judge."
        )
    return _("Nothing waits in your queues. Well done.")
