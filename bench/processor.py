"""Whose processor time it was: ours, by every process of a run, or somebody else's."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from bench.workers import children_of
from portal.embedded.host import engine_dir

TICKS = os.sysconf("SC_CLK_TCK")
# More of the machine than this in other hands, and a run says little.
QUIET = 0.1


def engines() -> list[int]:
    """Return the processes of our PostgreSQL and Redis."""
    postmaster = (engine_dir("postgres") / "data" / "postmaster.pid").read_text().split()[0]
    redis = (engine_dir("redis") / "redis.pid").read_text()
    return [int(postmaster), int(redis)]


def used_by(roots: list[int]) -> float:
    """Return the processor seconds of these processes and all theirs until now."""
    return sum(_seconds_of(pid) for pid in _with_descendants(roots))


@dataclass
class Meter:
    """Processor seconds between two looks; processes must live from one to the other."""

    roots: list[int]
    began: float = 0.0
    ours_at: float = 0.0
    busy_at: float = 0.0

    def start(self) -> "Meter":
        self.began, self.ours_at, self.busy_at = time.monotonic(), self._ours(), _busy()
        return self

    def ours(self) -> float:
        return self._ours() - self.ours_at

    def others(self) -> float:
        """Return the share of the machine that others had meanwhile."""
        cores = len(os.sched_getaffinity(0))
        passed = (time.monotonic() - self.began) * cores
        return max(0.0, (_busy() - self.busy_at - self.ours()) / passed) if passed else 0.0

    def _ours(self) -> float:
        return sum(_seconds_of(pid) for pid in _with_descendants([os.getpid(), *self.roots]))


def _with_descendants(pids: list[int]) -> set[int]:
    found: set[int] = set()
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children_of(pid)
    return found


def _seconds_of(pid: int) -> float:
    """Return what a process used, and those of its children that have ended."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(word) for word in words[11:15]) / TICKS


def _busy() -> float:
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, *interrupts = (int(word) for word in words[:7])
    return (user + nice + system + sum(interrupts)) / TICKS
