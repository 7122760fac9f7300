"""A supervisor brings a file of counts of groups; nothing of it is kept where a row is wrong."""

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals.access import is_supervisor
from appeals.actions.group_counts import take_counts_of
from appeals.admin.fairness import may_see
from appeals.admin.people import desk_view, staff
from appeals.errors import AppealError
from appeals.feed.decoding import Unusable

LONGEST_FILE = 1024 * 1024


@desk_view
@require_POST
def take_file(request: HttpRequest) -> HttpResponse:
    may_see(request)
    try:
        count = take_counts_of(rows=_rows_in(request), by=staff(request))
        messages.success(request, _("Kept: %(count)s counts of groups.") % {"count": count})
    except Unusable as error:
        text = _("Nothing was kept. Correct the file and bring it again. %(error)s")
        messages.error(request, text % {"error": error})
    except AppealError as error:
        messages.error(request, error.message)
    return redirect("desk:fairness")


def _rows_in(request: HttpRequest) -> list[dict[str, str]]:
    given = request.FILES.get("counts")
    if given is None or not is_supervisor(staff(request)):
        return []
    data = given.read(LONGEST_FILE + 1)
    if len(data) > LONGEST_FILE:
        raise Unusable(f"A file has at most {LONGEST_FILE} bytes.")
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unusable("This is no CSV in UTF-8.") from error
    if any(None in row for row in rows):
        raise Unusable("A row has more columns than the first line names.")
    return rows


urlpatterns: list[URLPattern] = [path("fairness/counts/", take_file, name="fairness_counts")]
