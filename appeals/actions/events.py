"""The history of an appeal: every action writes what it did."""

from django.utils import timezone

from appeals.models import Appeal, CaseEvent, EventKind
from portal.models import Customer

Detail = str | int | None


def record(
    appeal: Appeal,
    kind: EventKind,
    by: Customer | None = None,
    *,
    visible: bool = True,
    **details: Detail,
) -> CaseEvent:
    """Add an event; `details` are codes, references and counts, never free personal text."""
    return CaseEvent.objects.create(
        appeal=appeal,
        kind=kind,
        at=timezone.now(),
        by=by,
        is_visible=visible,
        details=details,
    )
