"""Send N messages with real workers, and count how many a second were recorded."""

from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from bench import rows
from bench.processor import Meter, engines
from bench.report import say
from bench.sinks.running import CountIsWrong, Sinks
from bench.workers import PROCESSES, bulk_workers, wait_for
from notifications.kinds import ChannelKind, Lane
from notifications.tasks import ring

PATIENCE_SECONDS = 900.0
WARM_UP = 400
SINKS = {ChannelKind.EMAIL: "sendgrid", ChannelKind.SMS: "twilio"}


@dataclass(frozen=True)
class Job:
    """So many messages by one channel, to a sink with this latency."""

    local: Path
    sinks: Sinks
    channel: ChannelKind
    count: int
    latency: float

    @property
    def sink(self) -> str:
        return SINKS[self.channel]


def send(job: Job, settings: dict[str, str] | None = None) -> float:
    """Return how many a second were sent: from the commit that rings to the last record."""
    people = rows.people(job.channel, job.count)
    environment = {**job.sinks.environment(), **(settings or {})}
    with bulk_workers(job.local, environment):
        _warm_up(job, people[:WARM_UP])
        rows.empty()
        with rows.owing(people):
            job.sinks.begin(job.sink, job.latency)
            meter = Meter(engines()).start()
            began = timezone.now()
        wait_for(lambda: not rows.still_open(), PATIENCE_SECONDS, "all are recorded")
        seconds = (rows.last_answer() - began).total_seconds()
        _say(job, seconds, meter)
    _check(job)
    return job.count / seconds


def _warm_up(job: Job, people: list[int]) -> None:
    """Let every process connect, and write the wording down: a start is no part of this."""
    for _turn in range(2):
        rows.empty()
        with rows.owing(people):
            job.sinks.begin(job.sink, 0.0)
        for _turn in range(PROCESSES):
            ring(Lane.BULK, job.channel)
        wait_for(lambda: not rows.still_open(), 60, "the workers are warm")


def _check(job: Job) -> None:
    """Fail where one was lost, or sent twice, or was not the words of one person."""
    found = job.sinks.check(job.sink, job.count)
    if rows.states() != {"accepted": job.count}:
        raise CountIsWrong(f"The sink took {found}, and we recorded {rows.states()}.")
    if job.channel == ChannelKind.EMAIL and found["different"] != job.count:
        raise CountIsWrong(f"{found['different']} different e-mails of {job.count}.")


def _say(job: Job, seconds: float, meter: Meter) -> None:
    say(
        f"  Recourse: {job.count / seconds:,.0f} a second, "
        f"{meter.ours() / job.count * 1e6:.0f} us of processor each; "
        f"others had {meter.others():.0%} of the machine"
    )
