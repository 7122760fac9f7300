"""A worker's memory while it carries a million deliveries."""

import statistics
import time
from dataclasses import dataclass, field

from bench import rows
from bench.campaigns import expand_to
from bench.plan import Plan
from bench.report import Line, Result, at_most, say
from bench.sinks.running import Sinks, running_sinks
from bench.sizes import bytes_a_row
from bench.workers import Workers, bulk_workers, megabytes
from notifications.kinds import ChannelKind

PATIENCE_SECONDS = 1_800.0
SAMPLE_SECONDS = 1.0
MOST_MEGABYTES = 200.0
# Of growth over the second half of a million: what a leak of ten bytes a delivery would be.
MOST_GROWTH = 5.0
NOTES = """
Two processes send e-mails to a sink that answers at once. Each is looked at every second: `rss` is
all its memory, `pss` its share of what it has in common with the others. Growth is the slope over
the second half of the drain, in MB a million deliveries. One run: nothing here is a rate.
"""


SIZES_NOTES = """
One e-mail a notification, sent at the first try; rows of receipts are made for the measure, two a
message. Pages keep room for changes (fillfactor), and nothing was vacuumed by hand.
"""


@dataclass
class Samples:
    """Each process's memory in MB, beside how many deliveries were done."""

    done: list[int] = field(default_factory=list)
    rss: list[list[float]] = field(default_factory=list)
    pss: list[list[float]] = field(default_factory=list)

    def largest(self, name: str) -> float:
        return max(max(one) for one in (self.rss if name == "rss" else self.pss))

    def growth(self) -> float:
        """Return the steepest process's slope over the second half, in MB a million."""
        half = len(self.done) // 2
        done = self.done[half:]
        slopes = [
            statistics.linear_regression(done, [one[place] for one in self.rss[half:]]).slope
            for place in range(len(self.rss[0]))
        ]
        return max(slopes) * 1_000_000


def measure(plan: Plan) -> None:
    count = 60_000 if plan.is_quick else 1_000_000
    rows.people(ChannelKind.EMAIL, count)
    samples = Samples()
    rows.empty()
    say("memory: making the deliveries")
    expand_to(count)
    with running_sinks() as sinks, bulk_workers(plan.local, sinks.environment()) as workers:
        _drain(workers, sinks, samples)
        sinks.check("sendgrid", count)
    _publish(plan, samples, count)
    _publish_sizes(plan)


def _drain(workers: Workers, sinks: Sinks, samples: Samples) -> None:
    began = time.monotonic()
    while rows.still_open():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise RuntimeError("the drain took too long")
        samples.done.append(sinks.counts("sendgrid")["accepted"])
        found = [megabytes(pid) for pid in workers.children("bulk")]
        samples.rss.append([one["rss"] for one in found])
        samples.pss.append([one["pss"] for one in found])
        if len(samples.done) % 20 == 0:
            say(f"  {samples.done[-1]:,} done, largest {samples.largest('rss'):.0f} MB")
        time.sleep(SAMPLE_SECONDS)


def _publish(plan: Plan, samples: Samples, count: int) -> None:
    rss, growth = samples.largest("rss"), samples.growth()
    lines = [
        at_most(Line("most of one process (rss)", [rss], unit="MB"), rss, MOST_MEGABYTES, " MB"),
        Line("most of one process (pss)", [samples.largest("pss")], unit="MB"),
        at_most(
            Line("growth, a million deliveries", [growth], unit="MB"), growth, MOST_GROWTH, " MB"
        ),
    ]
    plan.publish(
        Result(
            name="memory",
            title=f"A worker's memory over {count:,} deliveries",
            runs=1,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
            more={"done": samples.done, "rss": samples.rss, "pss": samples.pss},
        )
    )


def _publish_sizes(plan: Plan) -> None:
    """Say what the rows take that this drain left behind."""
    sizes = bytes_a_row()
    lines = [
        Line(
            f"{table} ({one['rows']:,} rows)",
            [one["row_bytes"] + one["index_bytes"]],
            unit="bytes",
            found=f"{one['row_bytes']:,} + {one['index_bytes']:,} of indexes",
        )
        for table, one in sizes.items()
    ]
    plan.publish(
        Result(
            name="sizes",
            title="What a row takes with its indexes, after its whole life",
            runs=1,
            is_quick=plan.is_quick,
            lines=lines,
            notes=SIZES_NOTES,
            more=sizes,
        )
    )
