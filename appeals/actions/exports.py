"""A list that leaves the house is written down before its first byte does."""

from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import may_export
from appeals.errors import BadInput, NotAllowed
from appeals.filters import Filters
from appeals.models import ExportRecord
from portal.models import Customer

FORMATS = ("csv", "xlsx")
# As much as the row holds.
LONGEST_QUERY = 500


def begin_export(*, by: Customer, kind: str, filters: Filters) -> ExportRecord:
    """Record that this person takes this list; the rows follow only after this is stored."""
    if not may_export(by):
        raise NotAllowed(_("You may not export lists."))
    if kind not in FORMATS:
        raise BadInput(_("Lists are exported as CSV or XLSX."))
    # What was searched for can be a customer's reference, and an export is not about one customer.
    query = filters.without_search.query
    if len(query) > LONGEST_QUERY:
        raise BadInput(_("These filters are too long to be recorded."))
    return ExportRecord.objects.create(by=by, at=timezone.now(), format=kind, query=query)


def finish_export(*, record: ExportRecord, rows: int) -> None:
    """Say how much it was; an export that broke off stays without an end."""
    unfinished = ExportRecord.objects.filter(pk=record.pk, finished_at__isnull=True)
    unfinished.update(rows=rows, finished_at=timezone.now())
