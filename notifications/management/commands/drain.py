"""Send what waits, in this process, until nothing is ready any more."""

import time
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from notifications.delivery import sweep
from notifications.kinds import ELECTRONIC, ChannelKind, DeliveryState, Lane
from notifications.models import Delivery
from notifications.tasks import send_next

# So many at the head of a lane are looked at for their reasons.
LOOKED_AT = 1_000


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
    """Show what waits at the head of each lane; it is not counted, for it may be millions."""
    table = _table("Still waiting", "lane", "channel", "reason", "first ones", "next at")
    for lane in Lane:
        for channel in ELECTRONIC:
            head = Delivery.objects.filter(
                state=DeliveryState.READY, lane=lane, channel=channel
            ).order_by("lane", "channel", "campaign_id", "not_before")[:LOOKED_AT]
            reasons = Counter(one.reason for one in head)
            if reasons:
                next_at = f"{head[0].not_before:%Y-%m-%d %H:%M}"
                for reason, count in reasons.most_common():
                    table.add_row(lane.value, channel.value, reason, str(count), next_at)
    return table
