"""Notices as PDFs, made in the background: how many a core makes, and its memory meanwhile."""

import resource
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from appeals.actions.ingest import ingest
from appeals.models import DueDocument, NoticeDocument
from appeals.notice_paper.making import make_some
from bench.ingest_rows import feed_lines
from bench.plan import Plan
from bench.report import Line, Result, at_most, say

PAPERS = 10_000
LEAST_A_SECOND = 20
# Of growth over the second half: what a leak of half a kilobyte a paper would be.
MOST_GROWTH = 5.0
NOTES = """
Each notice is set in both languages, held against its words, stored durably and written down, as
the worker does, in one process of one thread. A second of one core is processor time of that
process; PostgreSQL's comes on top. Growth is the slope of its resident memory over the second half,
in MB for 10,000 papers. One run: the whole work list from the first paper to the last.
"""


@dataclass
class Samples:
    made: list[int] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self, made: int) -> None:
        self.made.append(made)
        self.megabytes.append(_resident_megabytes())
        self.seconds.append(time.perf_counter())
        self.processor.append(time.process_time())

    def growth(self) -> float:
        """Slope over the second half, in MB for 10,000 papers."""
        half = len(self.made) // 2
        line = statistics.linear_regression(self.made[half:], self.megabytes[half:])
        return float(line.slope) * 10_000

    def rate(self, clock: list[float]) -> float:
        return (self.made[-1] - self.made[0]) / (clock[-1] - clock[0])


def measure(plan: Plan) -> None:
    papers = PAPERS // (50 if plan.is_quick else 1)
    ingest(feed_lines(papers // 2), source="bench")
    samples = Samples()
    make_some()
    samples.take(NoticeDocument.objects.count())
    while make_some() is not None:
        made = NoticeDocument.objects.count()
        if made - samples.made[-1] >= papers / 100:
            samples.take(made)
    samples.take(NoticeDocument.objects.count())
    if DueDocument.objects.exists():
        raise RuntimeError("a notice of the feed has no paper")
    say(f"papers: {samples.made[-1]:,}, largest {max(samples.megabytes):.0f} MB")
    plan.publish(_result(plan, samples))


def _result(plan: Plan, samples: Samples) -> Result:
    rate = samples.rate(samples.processor)
    made = Line("PDFs made", [rate], unit="a core's second")
    made.found, made.goal = f"{rate:.0f}", f"at least {LEAST_A_SECOND}"
    made.is_reached = rate >= LEAST_A_SECOND
    memory = Line("memory of the process, most", [max(samples.megabytes)], unit="MB")
    at_most(memory, samples.growth(), MOST_GROWTH, " MB a 10,000")
    return Result(
        name="papers",
        title="Notices on paper",
        runs=1,
        is_quick=plan.is_quick,
        lines=[made, Line("by the clock", [samples.rate(samples.seconds)]), memory],
        notes=NOTES,
        more={"made": samples.made, "megabytes": samples.megabytes},
    )


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
