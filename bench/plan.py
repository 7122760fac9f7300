"""How a run of the benchmark is to go."""

from dataclasses import dataclass, field
from pathlib import Path

from bench.report import Result, publish


@dataclass
class Plan:
    """Where the engines live, how often each table is run, and what came out so far."""

    local: Path
    runs: int
    is_quick: bool
    results: list[Result] = field(default_factory=list)

    def publish(self, result: Result) -> None:
        self.results.append(result)
        publish(result)
