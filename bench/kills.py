"""Twenty kill -9 at random over 100,000 deliveries: none lost, none sent twice."""

import os
import random
import signal
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from bench import rows
from bench.plan import Plan
from bench.report import Line, Result, at_most, say
from bench.sinks.running import Sinks, running_sinks
from bench.workers import Workers, bulk_workers, wait_for
from notifications.kinds import ChannelKind
from notifications.models import Delivery
from notifications.reconcile import reconcile_due

KILLS = 20
LATENCY = 0.05
PATIENCE_SECONDS = 900.0
# So that what a dead worker held is not waited for as long as in production.
ENVIRONMENT = {"DISPATCH_LEASE_SECONDS": "25"}
# A question is asked some minutes after; here the clock is put forward for it.
ASKED_AFTER = timedelta(minutes=10)
NOTES = """
Killed at random moments of the drain: a process of a worker, a whole worker, or beat; whatever was
killed is started again at once. SMS, 50 ms a call.

In doubt: the answer was lost with the process, and Twilio's list does not show the message. Such a
delivery is never sent again: it stays visible as unknown, and what the law asks for goes on by
its next channel.
Lost: neither taken by the provider nor visible to us as waiting, failed or unknown.
"""


@dataclass
class Ends:
    """What became of the deliveries of each run, by our record and by the provider's."""

    lost: list[float] = field(default_factory=list)
    twice: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    doubted: list[float] = field(default_factory=list)
    unknown: list[float] = field(default_factory=list)


def measure(plan: Plan) -> None:
    count = 20_000 if plan.is_quick else 100_000
    people = rows.people(ChannelKind.SMS, count)
    ends = Ends()
    with running_sinks() as sinks:
        for run in range(plan.runs):
            say(f"kills, run {run + 1}")
            _run(plan, sinks, people, ends, random.Random(run))
    _publish(plan, ends, count)


def _run(plan: Plan, sinks: Sinks, people: list[int], ends: Ends, chance: random.Random) -> None:
    count = len(people)
    with bulk_workers(plan.local, {**sinks.environment(), **ENVIRONMENT}) as workers:
        rows.empty()
        with rows.owing(people):
            sinks.begin("twilio", LATENCY)
        # The last one finds some work to die in.
        moments = sorted(chance.uniform(0, count * 0.95) for _ in range(KILLS))
        for moment in moments:
            _wait_until_done(workers, count, moment)
            _kill_one(workers, chance)
        _wait_until_done(workers, count, count)
    ends.doubted.append(rows.states().get("unknown", 0))
    _ask_twilio(sinks)
    _compare(sinks, ends, count)


def _wait_until_done(workers: Workers, total: int, count: float) -> None:
    """Wait until so many have a result; a worker killed while it starts is started again."""

    def are_done() -> bool:
        workers.keep_up()
        return total - rows.still_open() >= count

    wait_for(are_done, PATIENCE_SECONDS, f"{count:,.0f} of {total:,} have a result")


def _kill_one(workers: Workers, chance: random.Random) -> None:
    """Kill one process of a worker, a worker with all its processes, or beat."""
    victim = chance.choice(["child", "child", "bulk", "periodic", "beat"])
    if victim == "child":
        wait_for(lambda: bool(workers.children("bulk")), 60, "a worker has a process to kill")
        os.kill(chance.choice(workers.children("bulk")), signal.SIGKILL)
    else:
        workers.kill(victim)
        workers.keep_up()


def _ask_twilio(sinks: Sinks) -> None:
    """Do what the clock does some minutes later: ask about each lost answer."""
    with sinks.as_settings():
        while reconcile_due(timezone.now() + ASKED_AFTER):
            pass


def _compare(sinks: Sinks, ends: Ends, count: int) -> None:
    """Hold our record against the provider's, delivery by delivery."""
    found = sinks.counts("twilio")
    taken = set(sinks.times("twilio"))
    ours = {str(pk): state for pk, state in Delivery.objects.values_list("id", "state")}
    states = rows.states()
    ends.twice.append(found["twice"])
    ends.lost.append(count - len(ours))
    accepted = {pk for pk, state in ours.items() if state == "accepted"}
    # Said to be sent and not taken, or taken and not known to us as sent.
    ends.wrong.append(len(accepted ^ taken))
    ends.unknown.append(states.get("unknown", 0))
    ends.lost[-1] += len([pk for pk, state in ours.items() if state in {"claimed", "sending"}])
    say(f"  {states}; the provider took {found['accepted']:,}, {found['twice']} of them twice")


def _publish(plan: Plan, ends: Ends, count: int) -> None:
    lines = [
        at_most(Line("lost", ends.lost, unit=""), max(ends.lost), 0),
        at_most(Line("sent twice", ends.twice, unit=""), max(ends.twice), 0),
        at_most(Line("our record wrong about it", ends.wrong, unit=""), max(ends.wrong), 0),
        Line("answers lost with a process", ends.doubted, unit=""),
        Line("still in doubt after asking", ends.unknown, unit=""),
    ]
    plan.publish(
        Result(
            name="kills",
            title=f"{KILLS} kill -9 at random over {count:,} deliveries",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )
    if any([*ends.lost, *ends.twice, *ends.wrong]):
        raise SystemExit("kills: something was lost or sent twice")
