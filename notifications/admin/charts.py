"""Bars of what happened, drawn on the server: no script, and the same numbers as a table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifications.counts import Happening, Point

WIDTH, HEIGHT = 720.0, 120.0
# Room for the marks above the highest bar.
ABOVE = 12.0
GAP = 0.25
# From the axis up: what went wrong is at the bottom, where it is not lost on top of a high bar.
STACKED = (Happening.FAILED, Happening.UNKNOWN, Happening.SENT)


@dataclass(frozen=True)
class Span:
    """A stretch of time in equal steps."""

    begin: datetime
    step: timedelta
    steps: int

    @classmethod
    def until(cls, now: datetime, step: timedelta, steps: int) -> "Span":
        """Return the steps that end with the one that runs now."""
        whole = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % step
        return cls(whole - step * (steps - 1), step, steps)

    def index(self, at: datetime) -> int:
        return (at - self.begin) // self.step

    def times(self) -> list[datetime]:
        return [self.begin + self.step * number for number in range(self.steps)]


@dataclass
class Step:
    """The numbers of one step of time."""

    at: datetime
    counts: dict[Happening, int] = field(default_factory=lambda: dict.fromkeys(Happening, 0))

    @property
    def sent(self) -> int:
        return self.counts[Happening.SENT]

    @property
    def failed(self) -> int:
        return self.counts[Happening.FAILED]

    @property
    def undelivered(self) -> int:
        return self.counts[Happening.UNDELIVERED]

    @property
    def unknown(self) -> int:
        return self.counts[Happening.UNKNOWN]

    @property
    def height(self) -> int:
        return sum(self.counts[what] for what in STACKED)


@dataclass(frozen=True)
class Bar:
    """One rectangle."""

    what: str
    x: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Mark:
    """Where something came back that had been sent before: a dash above its step."""

    left: float
    count: int


@dataclass(frozen=True)
class Chart:
    """One provider's numbers over a span."""

    key: str
    channel: str
    provider: str
    span: Span
    steps: list[Step]

    @property
    def most(self) -> int:
        return max((step.height for step in self.steps), default=0)

    def total(self, what: Happening) -> int:
        return sum(step.counts[what] for step in self.steps)

    @property
    def totals(self) -> Step:
        return Step(self.span.begin, {what: self.total(what) for what in Happening})

    @property
    def bars(self) -> list[Bar]:
        width, scale = WIDTH / len(self.steps), HEIGHT / max(self.most, 1)
        return [
            bar
            for number, step in enumerate(self.steps)
            for bar in _stack(step, number * width, width * (1 - GAP), scale)
        ]

    @property
    def marks(self) -> list[Mark]:
        width = WIDTH / len(self.steps)
        return [
            Mark(round(number * width + width * (1 - GAP) / 2 - 4, 1), step.undelivered)
            for number, step in enumerate(self.steps)
            if step.undelivered
        ]

    @property
    def busy_steps(self) -> list[Step]:
        """The rows of the table: steps in which nothing happened say nothing."""
        return [step for step in reversed(self.steps) if any(step.counts.values())]


def charts_of(points: Iterable[Point], span: Span, ways: Iterable[tuple[str, str]]) -> list[Chart]:
    """Return a chart for each channel and provider that is set up or did something."""
    # An idle provider has a chart too.
    found = {way: [Step(at) for at in span.times()] for way in ways}
    for point in points:
        index = span.index(point.at)
        # What failed before any provider was chosen has none.
        if 0 <= index < span.steps:
            way = (point.channel, point.provider)
            steps = found.setdefault(way, [Step(at) for at in span.times()])
            steps[index].counts[point.what] += point.count
    minutes = int(span.step.total_seconds() // 60)
    return [
        Chart(f"chart-{minutes}-{number}", channel, provider, span, steps)
        for number, ((channel, provider), steps) in enumerate(found.items())
    ]


def _stack(step: Step, x: float, width: float, scale: float) -> list[Bar]:
    bars, y = [], ABOVE + HEIGHT
    for what in STACKED:
        # One of thousands must still be seen.
        height = max(step.counts[what] * scale, 2.0) if step.counts[what] else 0.0
        if height:
            y -= height
            bars.append(
                Bar(what.value, round(x, 1), round(y, 1), round(width, 1), round(height, 1))
            )
    return bars
