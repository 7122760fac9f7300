"""Real Celery processes, started as the Procfile does, and what they cost."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LEAN = ("--without-gossip", "--without-mingle", "--without-heartbeat")
# Two, as the goals say.
PROCESSES = 2
STOP_SECONDS = 60.0
POLL_SECONDS = 0.05


class TookTooLong(Exception):
    """What was waited for did not come."""


@dataclass
class Workers:
    """Workers and beat of one table; whatever is left is ended with it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def start_worker(self, name: str, queues: str, processes: int) -> None:
        words = ("worker", f"--queues={queues}", f"--concurrency={processes}")
        self._start(name, *words, f"--hostname={name}@bench", *LEAN)

    def start_beat(self) -> None:
        self._start("beat", "beat")

    def keep_up(self) -> None:
        """Start again whatever has ended, as a supervisor does."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                self._start(name, *self.words[name])

    def children(self, name: str) -> list[int]:
        """Return the processes that do a worker's tasks."""
        return children_of(self.running[name].pid)

    def pids(self) -> list[int]:
        return [process.pid for process in self.running.values()]

    def is_ready(self) -> bool:
        """Say whether every worker has its processes, and none has ended."""
        return all(process.poll() is None for process in self.running.values()) and all(
            self.children(name) for name in self.running if name != "beat"
        )

    def kill(self, name: str) -> None:
        """Kill a worker with all its children, in the middle of whatever it does."""
        process = self.running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def said(self) -> str:
        """Return the last words of each, for who wants to know why."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()

    def _start(self, name: str, *words: str) -> None:
        self.words[name] = words
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "portal", *words],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextlib.contextmanager
def bulk_workers(folder: Path, environment: dict[str, str]) -> Iterator[Workers]:
    """Two processes for the messages, and beside them what does the clock's work, as always."""
    workers = Workers(folder, environment)
    try:
        workers.start_worker("bulk", "bulk", PROCESSES)
        workers.start_worker("periodic", "periodic", 2)
        workers.start_beat()
        wait_for(workers.is_ready, 60, "the workers are up")
        yield workers
    except Exception:
        sys.stderr.write(workers.said())
        raise
    finally:
        workers.stop()


def wait_for(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TookTooLong(f"Waited {seconds:.0f} s until {what}.")
        time.sleep(POLL_SECONDS)


def children_of(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def megabytes(pid: int) -> dict[str, float]:
    """Return a process's resident memory, and its share of what it has in common with others."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _colon, amount = line.partition(":")
        if name in {"Rss", "Pss"}:
            found[name.lower()] = int(amount.split()[0]) / 1024
    return found
