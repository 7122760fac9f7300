"""Real Celery processes on the test database, with a Redis of their own that may be wiped."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connection

from portal.embedded import redis as embedded_redis

POLL_SECONDS = 0.1


@contextlib.contextmanager
def own_redis() -> Iterator[str]:
    """Start a Redis that belongs to one test, and give its address."""
    kept = os.environ["RECOURSE_LOCAL"]
    local = Path(tempfile.mkdtemp(prefix="recourse-broker-"))
    local.chmod(0o711)
    try:
        with _local_dir(local):
            embedded_redis.start()
            url = embedded_redis.url()
        yield url
    finally:
        with _local_dir(local):
            embedded_redis.stop()
        os.environ["RECOURSE_LOCAL"] = kept
        shutil.rmtree(local, ignore_errors=True)


@contextlib.contextmanager
def _local_dir(path: Path) -> Iterator[None]:
    kept = os.environ["RECOURSE_LOCAL"]
    os.environ["RECOURSE_LOCAL"] = str(path)
    try:
        yield
    finally:
        os.environ["RECOURSE_LOCAL"] = kept


class Workers:
    """Workers and beat of one test; whatever is left is killed at the end."""

    def __init__(self, folder: Path, redis_url: str, **environment: str) -> None:
        self.folder = folder
        self.redis_url = redis_url
        self.environment = {
            **os.environ,
            "ENVIRONMENT": "test",
            "DATABASE_URL": _database_url(),
            "REDIS_URL": redis_url,
            "BEAT_SCHEDULE_FILE": str(folder / "beat-schedule"),
            "QUIET_HOURS": "false",
            "DISPATCH_LEASE_SECONDS": "8",
            "LOG_LEVEL": "WARNING",
            # Other packages' warnings are none of a worker's business.
            "PYTHONWARNINGS": "ignore",
            **environment,
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start_worker(self, queues: str, *, processes: int = 2) -> subprocess.Popen[bytes]:
        return self._start(
            "worker",
            f"--queues={queues}",
            f"--concurrency={processes}",
            f"--hostname={len(self.running)}@test",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        )

    def start_beat(self) -> subprocess.Popen[bytes]:
        return self._start("beat")

    def wipe_redis(self) -> None:
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker with all its children, in the middle of whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_one_child(self, process: subprocess.Popen[bytes]) -> None:
        os.kill(children_of(process.pid)[0], signal.SIGKILL)

    def stop(self, process: subprocess.Popen[bytes], seconds: float = 30) -> int:
        """Ask a worker to end, as a deployment does, and return how it ended."""
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def said(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self.running)}-{words[0]}.log").open("wb")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app", "portal", *words],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self.running:
            self.kill(process)


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until(is_so: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds} s until {what}"
        time.sleep(POLL_SECONDS)


def _database_url() -> str:
    """Return the address of the test database, which only the test run knows by name."""
    address = urlsplit(settings.DATABASE_URL)
    return urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))
