"""Show in the terminal how the lanes, the providers, the campaigns and the letters stand."""

import json
import threading
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from notifications.limits.breakers import BreakerState
from notifications.watching import CampaignView, LaneView, ProviderView, Tally, View, look

EVERY_SECONDS = 2.0
WIDTH = 110
# From here on a share of errors is worth a colour.
WORRYING = 0.05
COLOURS = {BreakerState.OPEN: "red", BreakerState.HALF_OPEN: "yellow"}


class Command(BaseCommand):
    help = "Show what waits, what is sent and what goes wrong; nothing here counts deliveries."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="show it anew until Ctrl-C")
        parser.add_argument("--json", action="store_true", help="one JSON object, for programs")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["json"] and options["watch"]:
            raise CommandError("Choose --json or --watch, not both.")
        if options["json"]:
            self.stdout.write(json.dumps(as_json(look())))
            return
        # A terminal has a width of its own; a file or a pipe has none.
        console = Console(
            file=self.stdout,  # type: ignore[arg-type]
            width=None if self.stdout.isatty() else WIDTH,
        )
        if options["watch"]:
            _watch(console)
        else:
            console.print(as_tables(look()))


def _watch(console: Console) -> None:
    ends = threading.Event()
    try:
        with Live(as_tables(look()), console=console, auto_refresh=False) as live:
            while not ends.wait(EVERY_SECONDS):
                live.update(as_tables(look()), refresh=True)
    except KeyboardInterrupt:
        return


def as_tables(view: View) -> Group:
    parts: list[Any] = [_lanes(view), _providers(view)]
    if view.campaigns:
        parts.append(_campaigns(view))
    return Group(*parts, _letters(view))


def as_json(view: View) -> dict[str, Any]:
    """Return the same numbers for programs; times in ISO 8601."""
    return {
        "at": view.at.isoformat(),
        "lanes": [_lane_numbers(one, view.at) for one in view.lanes],
        "providers": [_provider_numbers(one) for one in view.providers],
        "campaigns": [_campaign_numbers(one) for one in view.campaigns],
        "letters": {
            "waiting": view.letters.waiting,
            "in_print": view.letters.in_print,
            "next_due": _iso(view.letters.next_due),
        },
        "owed_overdue": view.overdue,
    }


def _lane_numbers(one: LaneView, now: datetime) -> dict[str, Any]:
    return {
        "lane": one.lane.value,
        "channel": one.channel.value,
        "waiting": one.tally.waiting,
        "oldest_seconds": round(one.oldest_seconds(now)),
        **_numbers(one.tally),
    }


def _numbers(tally: Tally) -> dict[str, Any]:
    return {
        "being_sent": tally.being_sent,
        "sent_a_minute": round(tally.sent_a_minute, 1),
        "wrong_share": tally.wrong_share,
        "unknown": tally.unknown,
    }


def _provider_numbers(one: ProviderView) -> dict[str, Any]:
    return {
        "channel": one.health.channel.value,
        "provider": one.health.name,
        "breaker": one.health.breaker.value,
        "until": _iso(one.health.until or one.health.shut_until),
        "cause": one.health.cause,
        "rate": one.health.current_rate,
        "rate_factor": one.health.factor,
        **_numbers(one.tally),
    }


def _campaign_numbers(one: CampaignView) -> dict[str, Any]:
    return {
        "reference": one.campaign.reference,
        "state": one.campaign.state,
        "recipients": one.campaign.recipients,
        "audience_size": one.campaign.audience_size,
        "waiting": one.waiting,
        "sent": one.sent,
        "wrong": one.wrong,
    }


def _lanes(view: View) -> Table:
    table = _table(
        "Lanes",
        "lane",
        "channel",
        "waiting",
        "oldest",
        "being sent",
        "sent/min",
        "wrong",
        "unknown",
    )
    for one in view.lanes:
        numbers = [one.lane.value, one.channel.value, f"{one.tally.waiting:,}", _age(one, view.at)]
        table.add_row(*numbers, *_cells(one.tally))
    return table


def _providers(view: View) -> Table:
    table = _table(
        "Providers", "channel", "provider", "breaker", "rate/s", "being sent", "sent/min", "wrong",
        "unknown",
    )  # fmt: skip
    for one in view.providers:
        rate = f"{one.health.current_rate:g} ({one.health.factor:.0%})" if one.health.rate else "-"
        table.add_row(
            one.health.channel.value, one.health.name, _breaker(one), rate, *_cells(one.tally)
        )
    return table


def _breaker(one: ProviderView) -> Text:
    state, until = one.health.breaker, one.health.until or one.health.shut_until
    words = [state.value.replace("_", " ")]
    words += [f"until {timezone.localtime(until):%H:%M:%S}"] if until else []
    words += [f"({one.health.cause})"] if one.health.cause and state in COLOURS else []
    return Text(" ".join(words), style=COLOURS.get(state, ""))


def _campaigns(view: View) -> Table:
    table = _table("Campaigns going out", "campaign", "state", "people", "sent", "waiting", "wrong")
    for one in view.campaigns:
        of = one.campaign.audience_size
        people = f"{one.campaign.recipients:,}" + (f" of {of:,}" if of else "")
        numbers = [_number(number) for number in (one.sent, one.waiting, one.wrong)]
        table.add_row(str(one.campaign), one.campaign.state, people, *numbers)
    return table


def _letters(view: View) -> Text:
    letters = view.letters
    due = f", the first is due by law on {letters.next_due:%Y-%m-%d}" if letters.next_due else ""
    text = Text(
        f"Letters: {letters.waiting:,} to print{due}; {letters.in_print:,} printed, to post."
    )
    if view.overdue:
        text.append(f"\nOwed by law and past its due date: {view.overdue:,}", style="red")
    return text


def _cells(tally: Tally) -> list[Text]:
    share = tally.wrong_share
    wrong = Text("-") if share is None else Text(f"{share:.1%}", "red" if share > WORRYING else "")
    return [
        Text(_number(tally.being_sent)),
        Text(f"{tally.sent_a_minute:,.1f}"),
        wrong,
        Text(_number(tally.unknown), "yellow" if tally.unknown else ""),
    ]


def _age(one: LaneView, now: datetime) -> str:
    if one.oldest is None:
        return "-"
    seconds = one.oldest_seconds(now)
    minutes = seconds / 60
    return f"{seconds:.0f} s" if seconds < 120 else f"{minutes:,.0f} min"


def _number(number: int) -> str:
    return f"{number:,}"


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left")
    texts = {"lane", "channel", "provider", "breaker", "campaign", "state"}
    for heading in headings:
        table.add_column(heading, justify="left" if heading in texts else "right")
    return table


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
