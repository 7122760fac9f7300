"""Send what waits, in this process, until nothing is ready any more."""

import time
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Min
from rich.console import Console
from rich.table import Table

from notifications.delivery import sweep
from notifications.kinds import ELECTRONIC, ChannelKind, DeliveryState, Lane
from notifications.models import Delivery
from notifications.tasks import send_next


class Command(BaseCommand):
    help = "Send every delivery that is ready, urgent ones first, and print what became of them."

    def handle(self, **_options: Any) -> None:
        sweep.free_stale_claims()
        sweep.mark_lost_sends()
        table = _table("Sent", "lane", "channel", "claimed", "what became of them", "s", "rows/s")
        for lane in Lane:
            for channel in ELECTRONIC:
                _drain(lane, channel, table)
        console = Console(file=self.stdout, width=110)  # type: ignore[arg-type]
        console.print(table)
        console.print(_left_over())


def _drain(lane: Lane, channel: ChannelKind, table: Table) -> None:
    began, claimed, outcomes = time.monotonic(), 0, Counter[str]()
    while (tally := send_next(lane, channel)).claimed:
        claimed += tally.claimed
        outcomes += tally.outcomes
    if not claimed:
        return
    seconds = time.monotonic() - began
    became = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    table.add_row(
        lane.value,
        channel.value,
        str(claimed),
        became,
        f"{seconds:.1f}",
        f"{claimed / seconds:,.0f}",
    )


def _table(title: str, *headings: str) -> Table:
    return Table(*headings, title=title, title_justify="left")


def _left_over() -> Table:
    table = _table("Still waiting", "state", "reason", "deliveries", "next at")
    waiting = (
        Delivery.objects.filter(
            state__in=[DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.SENDING]
        )
        .values("state", "reason")
        .annotate(count=Count("pk"), next_at=Min("not_before"))
        .order_by("-count")
    )
    for row in waiting:
        table.add_row(
            row["state"], row["reason"], str(row["count"]), f"{row['next_at']:%Y-%m-%d %H:%M}"
        )
    return table
