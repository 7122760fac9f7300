"""From notify() to the provider's call in the urgent lane, idle and while a campaign drains."""

import random
import time
from dataclasses import dataclass, field
from uuid import UUID

from bench import rows
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, say
from bench.sinks.running import CountIsWrong, Sinks, running_sinks
from bench.workers import bulk_workers, wait_for
from notifications.api import Lane, notify
from notifications.kinds import ChannelKind
from notifications.models import Delivery
from portal.models import Customer

LATENCY = 0.05
# Somebody asks for a code so often, at random.
SECONDS_BETWEEN = 0.025
PATIENCE_SECONDS = 600.0
MOST_SECONDS = 2.0
MOST_TIMES_IDLE = 3.0
NOTES = """
A sample: from notify() with a code, by SMS, until the sink has Twilio's call. One every 25 ms.
Under load the bulk lane drains by SMS through the same provider, 50 ms a call.

Processes as in the Procfile: two each for urgent, for bulk and for the clock's work, and beat.
"""


@dataclass
class Waits:
    """The seconds each sample of a run took, one list a run."""

    runs: list[list[float]] = field(default_factory=list)

    def at(self, share: float) -> list[float]:
        """Return a percentile of each run, in milliseconds."""
        return [sorted(one)[int(len(one) * share)] * 1000 for one in self.runs]


def measure(plan: Plan) -> None:
    samples, waiting = (100, 10_000) if plan.is_quick else (500, 100_000)
    people = rows.people(ChannelKind.SMS, waiting + samples)
    asking = list(Customer.objects.filter(pk__in=people[-samples:]))
    idle, loaded = Waits(), Waits()
    with running_sinks() as sinks:
        for run in range(plan.runs):
            say(f"urgent, run {run + 1}")
            _run(plan, sinks, (idle, loaded), (asking, people[:waiting]))
    _publish(plan, idle, loaded, waiting)


def _run(
    plan: Plan,
    sinks: Sinks,
    waits: tuple[Waits, Waits],
    people: tuple[list[Customer], list[int]],
) -> None:
    (idle, loaded), (asking, told) = waits, people
    with bulk_workers(plan.local, sinks.environment()) as workers:
        workers.start_worker("urgent", "urgent", 2)
        wait_for(workers.is_ready, 60, "the urgent lane is up")
        rows.empty()
        sinks.begin("twilio", LATENCY)
        _ask(asking[:20])
        _settle()
        rows.empty()
        sinks.begin("twilio", LATENCY)
        idle.runs.append(_waits(sinks, _ask(asking)))
        say(f"  idle: {_words(idle)}")
        rows.empty()
        with rows.owing(told):
            sinks.begin("twilio", LATENCY)
        wait_for(lambda: sinks.counts("twilio")["accepted"] > 0, 60, "the campaign is on its way")
        asked = _ask(asking)
        left = rows.still_open()
        loaded.runs.append(_waits(sinks, asked))
        say(f"  under load: {_words(loaded)}; {left:,} still waited at the end")
        if not left:
            say("  [bold]the campaign was over before the last sample")
        _settle()
        sinks.check("twilio", len(told) + len(asking))


def _ask(people: list[Customer]) -> dict[int, float]:
    """Owe each a code, and return by notification when that was."""
    asked = {}
    for person in people:
        time.sleep(random.expovariate(1 / SECONDS_BETWEEN))
        began = time.time()
        notification = notify(
            recipient=person,
            type="sign_in_code",
            dedupe_key=f"code:{person.pk}:{time.time_ns()}",
            lane=Lane.URGENT,
            secret="123456",
            only=ChannelKind.SMS,
            address=person.phone or "",
        )
        asked[notification.pk] = began
    return asked


def _waits(sinks: Sinks, asked: dict[int, float]) -> list[float]:
    """Return how long each code took until the sink had it."""
    deliveries = Delivery.objects.filter(notification__in=asked).values_list("id", "notification")
    mine: dict[UUID, int] = dict(deliveries)
    if len(mine) != len(asked):
        raise CountIsWrong(f"{len(mine)} deliveries for {len(asked)} codes.")

    def all_came() -> bool:
        came = sinks.times("twilio")
        return all(str(one) in came for one in mine)

    wait_for(all_came, 120, "the last code came")
    came = sinks.times("twilio")
    return [came[str(one)] - asked[notification] for one, notification in mine.items()]


def _settle() -> None:
    wait_for(lambda: not rows.still_open(), PATIENCE_SECONDS, "nothing waits any more")


def _words(waits: Waits) -> str:
    return f"half within {waits.at(0.5)[-1]:.0f} ms, 99 of 100 within {waits.at(0.99)[-1]:.0f} ms"


def _publish(plan: Plan, idle: Waits, loaded: Waits, waiting: int) -> None:
    slowest = median(loaded.at(0.99))
    times_idle = median(
        [one / other for one, other in zip(loaded.at(0.99), idle.at(0.99), strict=True)]
    )
    lines = [
        Line("half within", loaded.at(0.5), unit="ms", beside="idle", theirs=idle.at(0.5)),
        at_most(
            Line("99 of 100 within", loaded.at(0.99), unit="ms", beside="idle", theirs=[]),
            slowest / 1000,
            MOST_SECONDS,
            " s",
        ),
        at_most(
            Line(
                "99 of 100, beside idle",
                loaded.at(0.99),
                unit="ms",
                beside="idle",
                theirs=idle.at(0.99),
            ),
            times_idle,
            MOST_TIMES_IDLE,
            " x",
        ),
    ]
    plan.publish(
        Result(
            name="urgent",
            title=f"A code's way to the provider while {waiting:,} bulk deliveries drain",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )
