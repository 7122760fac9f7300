"""Views of the list of appeals, kept under a name: saved, named anew, shown to others, deleted."""

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appeals.access import get_view, is_supervisor, list_views, works_on_appeals
from appeals.actions.saved_views import change_view, delete_view, save_view
from appeals.admin.people import desk_view, staff
from appeals.admin.places import FROM, clean_place, list_url
from appeals.errors import AppealError, AppealNotFound
from appeals.filters import read_filters
from appeals.models import SavedView


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """The views this person may change; a new one is saved here too."""
    if request.method == "POST":
        return _save(request)
    person = staff(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Views"),
        "views": list_views(person).select_related("owner"),
        "person": person,
        "is_supervisor": is_supervisor(person),
        "may_keep": works_on_appeals(person),
    }
    return TemplateResponse(request, "appeals/desk/views.html", context)


@desk_view
@require_http_methods(["POST"])
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Give a view another name, show it to others or take it away from them, or delete it."""
    view = _view_or_404(request, key)
    try:
        is_deleting = request.POST.get("do") == "delete"
        done = _delete(request, view) if is_deleting else _keep(request, view)
    except AppealError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("desk:views")


def _delete(request: HttpRequest, view: SavedView) -> str:
    delete_view(view=view, by=staff(request))
    return _("%(name)s is deleted.") % {"name": view.name}


def _keep(request: HttpRequest, view: SavedView) -> str:
    change_view(
        view=view,
        by=staff(request),
        name=request.POST.get("name", ""),
        is_shared="is_shared" in request.POST,
    )
    return _("Saved.")


def _save(request: HttpRequest) -> HttpResponse:
    place = clean_place(request.POST.get(FROM, ""))
    try:
        view = save_view(
            by=staff(request),
            name=request.POST.get("name", ""),
            filters=read_filters(QueryDict(place)),
            is_shared="is_shared" in request.POST,
        )
    except AppealError as error:
        messages.error(request, error.message)
        return redirect(list_url(place))
    messages.success(request, _("%(name)s is saved.") % {"name": view.name})
    return redirect(list_url(view.query))


def _view_or_404(request: HttpRequest, key: int) -> SavedView:
    try:
        return get_view(staff(request), key)
    except AppealNotFound as error:
        raise Http404(error.message) from error
