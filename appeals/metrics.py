"""The desk's numbers for Prometheus, from kept sums; restricted cases are in none of them."""

from appeals.models import DueDocument
from appeals.overview import read_backlog
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
