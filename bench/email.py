"""E-mails a second, each with our full record, beside django-post_office."""

from dataclasses import dataclass, field

from bench.peers.running import Mails, PostOffice
from bench.plan import Plan
from bench.report import Line, Result, say, times
from bench.sending import Job, send
from bench.sinks.running import running_sinks
from notifications.kinds import ChannelKind

# Its own default, and the most that helped it where a call takes 50 ms.
USUAL_THREADS, MOST_THREADS = 5, 32
NOTES = """
Recourse: text and HTML in the person's words, the attempt committed before the call, the SHA-256
of what was sent, the answer recorded; 250 people a call of SendGrid's. From the
commit that rings the workers to the last record.

django-post_office: 2 processes, BATCH_SIZE 1000, LOG_LEVEL 0, SMTP. From its command's begin to its
end. Five threads a process are its default.
"""
GOALS = {0.0: 5.0, 0.05: 30.0}


@dataclass
class Sides:
    """What each way of sending reached, a number a run."""

    ours: list[float] = field(default_factory=list)
    text: list[float] = field(default_factory=list)
    text_many_threads: list[float] = field(default_factory=list)
    template: list[float] = field(default_factory=list)


def measure(plan: Plan) -> None:
    count = 2_000 if plan.is_quick else 20_000
    with running_sinks() as sinks:
        peer = PostOffice(sinks)
        peer.prepare()
        for latency in GOALS:
            sides = Sides()
            for run in range(plan.runs):
                say(f"e-mail, {latency * 1000:.0f} ms, run {run + 1}")
                job = Job(plan.local, sinks, ChannelKind.EMAIL, count, latency)
                sides.ours.append(send(job))
                _send_theirs(sides, peer, count, latency)
            _publish(plan, sides, count, latency)


def _send_theirs(sides: Sides, peer: PostOffice, count: int, latency: float) -> None:
    sides.text.append(peer.send(Mails(count, latency, USUAL_THREADS)))
    sides.text_many_threads.append(peer.send(Mails(count, latency, MOST_THREADS)))
    if not latency:
        # Where it waits for the server, what it renders makes no difference.
        sides.template.append(peer.send(Mails(count, latency, USUAL_THREADS, "template")))


def _publish(plan: Plan, sides: Sides, count: int, latency: float) -> None:
    goal = GOALS[latency]
    lines = [
        times(
            Line(
                "beside its fastest: plain text that is there already",
                sides.ours,
                beside=f"post_office, {USUAL_THREADS} threads",
                theirs=sides.text,
            ),
            goal,
        ),
        _only_shown("the same with more threads", sides, sides.text_many_threads, MOST_THREADS),
    ]
    if sides.template:
        lines.append(
            _only_shown("beside text and HTML of a template", sides, sides.template, USUAL_THREADS)
        )
    milliseconds = f"{latency * 1000:.0f}"
    plan.publish(
        Result(
            name=f"email-{milliseconds}ms",
            title=f"{count:,} e-mails with the full record, 2 processes, {milliseconds} ms a call",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )


def _only_shown(what: str, sides: Sides, theirs: list[float], threads: int) -> Line:
    line = Line(what, sides.ours, beside=f"post_office, {threads} threads", theirs=theirs)
    times(line, 1)
    line.goal, line.is_reached = "", None
    return line
