"""Pages beside a case: its whole history."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.admin.case import case_or_404
from appeals.admin.case_history import MOST, list_history
from appeals.admin.frame import frame
from appeals.admin.people import desk_view


@desk_view
@require_safe
def history(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that happened to the case, newest first."""
    appeal = case_or_404(request, reference)
    lines, has_more = list_history(appeal, MOST)
    context = {
        **frame(),
        "title": _("History of %(reference)s") % {"reference": appeal.reference},
        "appeal": appeal,
        "history": lines,
        "has_more": has_more,
    }
    return TemplateResponse(request, "appeals/desk/case_history.html", context)
