"""SMS a second where a call takes 50 ms: ours, a bare loop, Twilio's client on threads."""

import json
import subprocess
import sys
from dataclasses import dataclass, field

from bench import rows
from bench.plan import Plan
from bench.report import Line, Result, say, share, times
from bench.sending import Job, send
from bench.sinks.running import Sinks, running_sinks
from bench.workers import PROCESSES
from notifications.channels.sms import TwilioProvider
from notifications.kinds import ChannelKind

LATENCY = 0.05
THREADS = 64
THREADS_PROVIDER = "bench.peers.twilio_threads.ThreadsProvider"

NOTES = """
Recourse: Twilio's client on kept aiohttp connections. The bare loop has no database, no words to
render and no record to keep.
"""


@dataclass
class Sides:
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    threads: list[float] = field(default_factory=list)
    fewer_threads: list[float] = field(default_factory=list)


def measure(plan: Plan) -> None:
    count = 4_000 if plan.is_quick else 40_000
    rows.people(ChannelKind.SMS, count)
    sides = Sides()
    with running_sinks() as sinks:
        for run in range(plan.runs):
            say(f"SMS, run {run + 1}")
            job = Job(plan.local, sinks, ChannelKind.SMS, count, LATENCY)
            sides.ours.append(send(job))
            sides.bare.append(_bare(sinks, count))
            for threads, side in (
                (THREADS, sides.threads),
                (THREADS // PROCESSES, sides.fewer_threads),
            ):
                side.append(send(job, settings=_with_threads(threads)))
    _publish(plan, sides, count)


def _bare(sinks: Sinks, count: int) -> float:
    """Let as many processes with as many calls in flight do nothing but call."""
    sinks.begin("twilio", LATENCY)
    each = count // PROCESSES
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bench.peers.aiohttp_loop", sinks.url("twilio")]
            + [str(number) for number in (1 + turn * each, each, TwilioProvider.in_flight)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for turn in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout
        process.stdout.readline()  # it has loaded what it needs
    for process in processes:
        assert process.stdin
        process.stdin.write("begin\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in processes]
    moments = [[float(word) for word in one.split()] for one in said]
    sinks.check("twilio", each * PROCESSES)
    seconds = max(end for _, end in moments) - min(begin for begin, _ in moments)
    say(f"  bare: {count / seconds:,.0f} a second")
    return each * PROCESSES / seconds


def _with_threads(threads: int) -> dict[str, str]:
    """Have workers send by Twilio's own client on threads, and by nothing else."""
    provider = {
        "name": "threads",
        "channel": "sms",
        "backend": THREADS_PROVIDER,
        "options": {"threads": threads},
    }
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "BENCH_PROVIDERS": json.dumps([provider]),
    }


def _publish(plan: Plan, sides: Sides, count: int) -> None:
    in_flight = f"{PROCESSES} x {TwilioProvider.in_flight} in flight"
    share_of_bare = Line(
        "share of a bare loop",
        sides.ours,
        beside=f"aiohttp alone, {in_flight}",
        theirs=sides.bare,
    )
    lines = [
        share(share_of_bare, 0.6),
        _beside_threads(sides, sides.fewer_threads, THREADS // PROCESSES),
        _beside_threads(sides, sides.threads, THREADS),
    ]
    plan.publish(
        Result(
            name="sms",
            title=f"{count:,} SMS with the full record, {PROCESSES} processes, 50 ms a call",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )


def _beside_threads(sides: Sides, theirs: list[float], threads: int) -> Line:
    return times(
        Line(
            f"beside the synchronous client, {threads * PROCESSES} threads in all",
            sides.ours,
            beside=f"our pipeline, {threads} threads a process",
            theirs=theirs,
        ),
        3,
    )
