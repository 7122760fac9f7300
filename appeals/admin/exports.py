"""Lists that leave the house: streamed, written down before they begin, and seen afterwards."""

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from appeals.access import list_exports, may_export, sees_all_queues
from appeals.actions.exports import FORMATS, begin_export, finish_export
from appeals.admin.people import desk_view, staff
from appeals.admin.places import FROM, clean_place
from appeals.admin.showing import SeenBySupervisors, raw
from appeals.exporting import Cell, as_csv, cells_of, header, write_xlsx
from appeals.filters import read_filters
from appeals.models import ExportRecord

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk_view
@require_http_methods(["POST"])
def export_appeals(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list the page showed, all of it; pressed, not followed, for it is written down."""
    if not may_export(staff(request)):
        raise PermissionDenied
    if kind not in FORMATS:
        raise Http404
    filters = read_filters(QueryDict(clean_place(request.POST.get(FROM, ""))))
    record = begin_export(by=staff(request), kind=kind, filters=filters)
    rows = _counted(record, cells_of(staff(request), filters, record.at))
    # The header now: a stream is read after the request, when its language is forgotten.
    table = itertools.chain([header()], rows)
    name = f"appeals-{timezone.localtime(record.at):%Y-%m-%d-%H%M}.{kind}"
    if kind == "xlsx":
        return _as_file(table, name)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(as_csv(table), "text/csv; charset=utf-8", headers=disposition)


def _counted(record: ExportRecord, rows: Iterable[list[Cell]]) -> Iterator[list[Cell]]:
    """The rows, and at their end the record is closed: what broke off stays open."""
    count = 0
    for row in rows:
        count += 1
        yield row
    finish_export(record=record, rows=count)


def _as_file(rows: Iterable[list[Cell]], name: str) -> FileResponse:
    """The workbook from a file on disk: once open it is read to its end without its name."""
    with tempfile.TemporaryDirectory(prefix="recourse-export-") as folder:
        path = Path(folder) / "appeals.xlsx"
        write_xlsx(rows, path)
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


@admin.register(ExportRecord)
class ExportRecordAdmin(SeenBySupervisors):
    """Who took which list out of the house, for supervisors and auditors to read."""

    list_display = ["at", "by", "format", "rows", "finished_at", "filters"]
    list_display_links = None
    list_select_related = ["by"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExportRecord]:
        return list_exports(staff(request)).select_related("by")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sees_all_queues(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_all_queues(staff(request))

    @admin.display(description=_("filters"))
    def filters(self, record: ExportRecord) -> str:
        return raw(record.query) if record.query else str(_("open appeals"))
