"""The desk's numbers for Prometheus, from kept sums; restricted cases are in none of them."""

from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from appeals.models import DueDocument, EvidenceDocument
from appeals.overview import read_backlog
from appeals.states import EvidenceState
from portal.lib.metrics import measure

Readings = dict[tuple[str, ...], float]


@measure("recourse_appeals_open", "Appeals sent and not answered.", ("queue",))
def open_appeals() -> Readings:
    return {(key,): float(count) for key, (count, _, _) in read_backlog().items()}


@measure("recourse_appeals_overdue", "Open appeals whose promised day has passed.", ("queue",))
def overdue_appeals() -> Readings:
    return {(key,): float(overdue) for key, (_, overdue, _) in read_backlog().items()}


@measure("recourse_appeals_oldest_days", "Days since the oldest open appeal was sent.", ("queue",))
def oldest_appeal() -> Readings:
    return {(key,): round(oldest, 1) for key, (_, _, oldest) in read_backlog().items()}


@measure("recourse_notice_papers_held", "Notices of which a PDF could not be made.")
def papers_held() -> Readings:
    return {(): float(DueDocument.objects.filter(held_at__isnull=False).count())}


@measure(
    "recourse_papers_checked_day", "Papers whose check ended in the last 24 hours.", ("ending",)
)
def papers_checked() -> Readings:
    """By ending: received, or the code of the refusal."""
    day = EvidenceDocument.objects.filter(checked_at__gt=timezone.now() - timedelta(days=1))
    counts = day.order_by().values_list("refusal").annotate(Count("pk"))
    return {(refusal or "received",): float(count) for refusal, count in counts}


@measure("recourse_papers_unchecked_seconds", "Age of the oldest paper that waits for its check.")
def oldest_unchecked_paper() -> Readings:
    waiting = EvidenceDocument.objects.filter(state=EvidenceState.WAITING)
    oldest = waiting.aggregate(oldest=Min("uploaded_at"))["oldest"]
    return {(): (timezone.now() - oldest).total_seconds() if oldest else 0.0}
