"""Steps over many cases: chosen in the list, seen before they are done, done once, taken back."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appeals.access import get_step, is_supervisor, list_cases, list_steps, sees_all_queues
from appeals.actions.bulk import MOST_CASES, Foreseen, foresee, run_step, undo_step
from appeals.actions.duplicates import list_others_of
from appeals.admin.bulk_forms import FORMS, StepForm, as_text, read_chosen
from appeals.admin.lists import first_keys, read_listing
from appeals.admin.people import desk_view, staff
from appeals.admin.places import FROM, clean_place, list_url
from appeals.admin.showing import SeenBySupervisors
from appeals.errors import AppealError, AppealNotFound, BadInput
from appeals.models import Appeal, BulkKind, BulkStep
from portal.lib.dates import format_moment
from portal.models import Customer

BAD_REQUEST = 400
MOST_OTHERS = 10
# What is plain without a word more is foreseen at once.
NEEDS_NOTHING = {BulkKind.RELEASE, BulkKind.DUPLICATE}


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """The chosen cases, what is asked about them, and what would happen to each."""
    if not is_supervisor(staff(request)):
        raise PermissionDenied
    kind = request.POST.get("kind", "")
    if request.method != "POST" or kind not in BulkKind.values:
        return redirect("admin:appeals_appeal_changelist")
    cases = _cases(request)
    if not cases:
        messages.info(request, _("Tick at least one case first."))
        return redirect(list_url(clean_place(request.POST.get(FROM, ""))))
    do = request.POST.get("do", "")
    has_answers = bool(do) or kind in NEEDS_NOTHING
    form = FORMS[BulkKind(kind)](request.POST if has_answers else None, cases=cases)
    if do == "run" and form.is_valid():
        return _run(request, form, cases)
    return _page(request, form, cases)


@desk_view
@require_http_methods(["GET", "HEAD"])
def show_step(request: HttpRequest, key: int) -> HttpResponse:
    """What a step did, case by case, for those cases this person may see."""
    person = staff(request)
    step = _step_or_404(request, key)
    rows = step.rows.filter(appeal__in=list_cases(person)).select_related("appeal__queue")
    back = getattr(step, "undone_by_step", None)
    context = {
        **admin.site.each_context(request),
        "title": step.get_kind_display(),
        "step": step,
        "back": back,
        "rows": rows.order_by("-is_done", "pk"),
        "may_undo": is_supervisor(person) and step.undoes_id is None and back is None,
    }
    return TemplateResponse(request, "appeals/desk/bulk_step.html", context)


@desk_view
@require_http_methods(["POST"])
def undo(request: HttpRequest, key: int) -> HttpResponse:
    """Take a step back."""
    if not is_supervisor(staff(request)):
        raise PermissionDenied
    step = _step_or_404(request, key)
    try:
        back = undo_step(step=step, by=staff(request))
    except AppealError as error:
        messages.error(request, error.message)
        return redirect("desk:step", step.pk)
    _say(request, back)
    return redirect("desk:step", back.pk)


def _cases(request: HttpRequest) -> list[Appeal]:
    """The chosen cases that this person may see, in the order they were chosen."""
    keys = _all_keys(request) if "all" in request.POST else _named_keys(request)
    rows = list_cases(staff(request)).select_related("decision", "queue", "customer")
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _named_keys(request: HttpRequest) -> list[int]:
    text = request.POST.get("cases") or ",".join(request.POST.getlist("case"))
    return [one.pk for one in read_chosen(text)]


def _all_keys(request: HttpRequest) -> list[int]:
    """The first cases of the whole list, as many as one step takes."""
    person = staff(request)
    listing = read_listing(QueryDict(clean_place(request.POST.get(FROM, ""))))
    keys = first_keys(person, listing, timezone.now(), most=MOST_CASES + 1)
    rows = list_cases(person).filter(pk__in=keys).order_by(*listing.order())
    found = list(rows.values_list("pk", flat=True)[: MOST_CASES + 1])
    if len(found) > MOST_CASES:
        text = _("The list is longer: these are its first %(most)d cases.")
        messages.warning(request, text % {"most": MOST_CASES})
    return found[:MOST_CASES]


def _run(request: HttpRequest, form: StepForm, cases: Sequence[Appeal]) -> HttpResponse:
    try:
        step = run_step(
            by=staff(request),
            choice=form.choice(),
            because=form.cleaned_data["because"],
            token=_token(request),
            chosen=read_chosen(request.POST.get("cases", "")),
        )
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, form, cases)
    except AppealError as error:
        messages.error(request, error.message)
        return redirect("admin:appeals_appeal_changelist")
    _say(request, step)
    return redirect("desk:step", step.pk)


def _page(request: HttpRequest, form: StepForm, cases: Sequence[Appeal]) -> HttpResponse:
    person = staff(request)
    is_ready = form.is_bound and form.is_valid()
    foreseen = _foresee(person, form, cases) if is_ready else []
    place = clean_place(request.POST.get(FROM, ""))
    context = {
        **admin.site.each_context(request),
        "title": BulkKind(form.kind).label,
        "form": form,
        "cases": cases,
        "cases_text": as_text(cases),
        "foreseen": foreseen,
        "doable": sum(not one.refusal for one in foreseen),
        "others": _others(person, cases) if form.kind == BulkKind.DUPLICATE else {},
        "chosen_others": form.choice().same_as if is_ready else {},
        "token": request.POST.get("token") or uuid4(),
        "place": place,
        "back": list_url(place),
    }
    is_wrong = form.is_bound and bool(form.errors)
    status = BAD_REQUEST if is_wrong else 200
    return TemplateResponse(request, "appeals/desk/bulk.html", context, status=status)


def _foresee(person: Customer, form: StepForm, cases: Sequence[Appeal]) -> list[Foreseen]:
    chosen = read_chosen(as_text(cases))
    return foresee(by=person, choice=form.choice(), chosen=chosen)


def _others(person: Customer, cases: Sequence[Appeal]) -> dict[int, list[Appeal]]:
    """For each case the other appeals of its customer, asked for once."""
    by_customer: dict[int, list[Appeal]] = defaultdict(list)
    for other in list_others_of({case.customer_id for case in cases}, person):
        by_customer[other.customer_id].append(other)
    return {
        case.pk: [
            other
            for other in by_customer[case.customer_id]
            if other.pk != case.pk and other.is_restricted == case.is_restricted
        ][:MOST_OTHERS]
        for case in cases
    }


def _token(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        raise BadInput(_("This page is incomplete. Begin again from the list.")) from None


def _say(request: HttpRequest, step: BulkStep) -> None:
    visible = step.rows.filter(appeal__in=list_cases(staff(request)))
    words = {
        "done": visible.filter(is_done=True).count(),
        "left": visible.filter(is_done=False).count(),
    }
    if not words["left"]:
        messages.success(request, _("Done: %(done)d.") % words)
    else:
        messages.warning(request, _("Done: %(done)d. Left as they were: %(left)d.") % words)


def _step_or_404(request: HttpRequest, key: int) -> BulkStep:
    try:
        return get_step(staff(request), key)
    except AppealNotFound as error:
        raise Http404(error.message) from error


@admin.register(BulkStep)
class BulkStepAdmin(SeenBySupervisors):
    """The steps over many cases, for supervisors and auditors to look through."""

    list_display = ["step", "what", "by", "because", "was_undone"]
    list_display_links = None
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkStep]:
        return list_steps(staff(request)).select_related("by", "undoes", "undone_by_step__by")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sees_all_queues(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_all_queues(staff(request))

    def change_view(
        self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any
    ) -> HttpResponse:
        """A step has a page of its own, case by case."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect("desk:step", object_id)

    @admin.display(description=gettext_lazy("at"))
    def step(self, step: BulkStep) -> str:
        at = format_moment(timezone.localtime(step.at), get_language() or "en")
        url = reverse("desk:step", args=[step.pk])
        return format_html('<a class="desk-ref" href="{}">{}</a>', url, at)

    @admin.display(description=gettext_lazy("what"))
    def what(self, step: BulkStep) -> str:
        if step.undoes_id is None:
            return step.get_kind_display()
        return _("Taken back: %(kind)s") % {"kind": step.get_kind_display()}

    @admin.display(description=gettext_lazy("taken back by"))
    def was_undone(self, step: BulkStep) -> str:
        back = getattr(step, "undone_by_step", None)
        return str(back.by.name) if back else ""
