"""Tables at the terminal and in bench/results/, the goal beside what was reached."""

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone
from rich.console import Console
from rich.table import Table

from bench.machine import machine

RESULTS = Path(__file__).parent / "results"
console = Console(width=120)


@dataclass
class Line:
    """One row: what each run gave, the measure that has a goal, and whether it was reached."""

    what: str
    ours: list[float]
    unit: str = "a second"
    beside: str = ""
    theirs: list[float] = field(default_factory=list)
    # What is held against the goal, in words, and whether it was reached; None: only for looking.
    found: str = ""
    goal: str = ""
    is_reached: bool | None = None


@dataclass
class Result:
    name: str
    title: str
    runs: int
    is_quick: bool
    lines: list[Line]
    notes: str = ""
    # Anything else worth keeping: samples over time, versions of a setting.
    more: dict[str, Any] = field(default_factory=dict)


def median(numbers: list[float]) -> float:
    return statistics.median(numbers) if numbers else 0.0


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the median of the ratios within each run: both sides saw the same machine then."""
    return median([mine / other for mine, other in zip(ours, theirs, strict=True)])


def times(line: Line, at_least: float) -> Line:
    """Hold the ratio of both sides against "at least so many times"."""
    value = ratio(line.ours, line.theirs)
    line.found, line.goal = f"{value:.2f} x", f"at least {at_least:g} x"
    line.is_reached = value >= at_least
    return line


def share(line: Line, at_least: float) -> Line:
    """Hold our share of the other side against "at least so much of it"."""
    value = ratio(line.ours, line.theirs)
    line.found, line.goal = f"{value:.0%}", f"at least {at_least:.0%}"
    line.is_reached = value >= at_least
    return line


def at_most(line: Line, value: float, limit: float, unit: str = "") -> Line:
    line.found, line.goal = f"{value:,.2f}{unit}", f"at most {limit:g}{unit}"
    line.is_reached = value <= limit
    return line


def publish(result: Result) -> None:
    """Print the table, and keep it unless the run was a quick one."""
    _print(result)
    if result.is_quick:
        return
    RESULTS.mkdir(exist_ok=True)
    content = {"date": f"{timezone.now():%Y-%m-%d}", "machine": machine(), **asdict(result)}
    path = RESULTS / f"{content['date']}-{result.name}.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _print(result: Result) -> None:
    table = Table(title=result.title, title_justify="left", show_lines=True)
    for name in ("what", "Recourse", "beside", "", "found", "goal", "reached"):
        right = name in {"Recourse", ""}
        table.add_column(name, justify="right" if right else "left")
    for line in result.lines:
        reached = {True: "yes", False: "[bold red]no[/]", None: ""}[line.is_reached]
        table.add_row(
            line.what,
            spread(line.ours, line.unit),
            line.beside,
            spread(line.theirs, line.unit),
            line.found,
            line.goal,
            reached,
        )
    console.print(table)
    console.print(f"{result.runs} run(s), medians, in brackets the least and the most.")
    console.print(result.notes)


def spread(numbers: list[float], unit: str) -> str:
    if not numbers:
        return ""
    digits = 0 if max(numbers) >= 100 else 2 if max(numbers) >= 1 else 3
    least, middle, most = (
        f"{number:,.{digits}f}" for number in (min(numbers), median(numbers), max(numbers))
    )
    return f"{middle} {unit}" if len(numbers) == 1 else f"{middle} {unit}\n({least} - {most})"


def say(text: str) -> None:
    console.print(f"[dim]{timezone.now():%H:%M:%S}[/] {text}")
