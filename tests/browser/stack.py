"""A whole Recourse of its own, with engines, web server, workers, beat and doubles of providers."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.doubles import LedgerDouble, PushServiceDouble, SendGridDouble, TwilioDouble, ledger
from tests.doubles import sendgrid as sendgrid_double
from tests.doubles import twilio as twilio_double

PROJECT_DIR = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
READY_WITHIN_SECONDS = 90
STOPPED_WITHIN_SECONDS = 20
WORKER_OPTIONS = ["--without-gossip", "--without-mingle", "--without-heartbeat"]

WORKERS = {"urgent": "urgent,periodic", "work": "standard,bulk,cases"}

SHUT = """
import sys
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("LOCK TABLE {table} IN SHARE MODE")
    print("shut", flush=True)
    sys.stdin.read()
"""
WAITS = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = '{table}'::regclass AND NOT granted)"
    )
    print(cursor.fetchone()[0])
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """Started with start(), ended with stop(); talk to it over HTTP and by commands only."""

    local: Path
    port: int = field(default_factory=free_port)
    twilio: TwilioDouble = field(default_factory=TwilioDouble)
    sendgrid: SendGridDouble = field(default_factory=SendGridDouble)
    push: PushServiceDouble = field(default_factory=PushServiceDouble)
    ledger: LedgerDouble = field(default_factory=LedgerDouble)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.local / "stack.log"

    def start(self) -> None:
        for double in (self.twilio, self.sendgrid, self.push, self.ledger):
            double.start()
        self.manage("compile_translations")
        self.manage("migrate", "--verbosity", "0")
        with self.log.open("ab") as log:
            self._begin(log, "gunicorn", "portal.wsgi", "--config", "portal/gunicorn.py")
            self._begin(log, "celery", "--quiet", "--app", "portal", "beat")
        self.begin_workers()
        self._wait_until_ready()

    def kill_workers(self) -> None:
        """End them with their children as a power cut would, whatever they are at."""
        for worker in self.workers.values():
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            self.processes.remove(worker)
        self.workers.clear()

    def begin_workers(self) -> None:
        with self.log.open("ab") as log:
            for name in WORKERS:
                self._begin_worker(log, name)

    @contextmanager
    def shut(self, table: str) -> Iterator[None]:
        """Keep everybody from writing to a table meanwhile: whoever would, waits half-way."""
        holder = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-c", SHUT.format(table=table)],
            cwd=PROJECT_DIR,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            assert holder.stdout is not None
            assert any(line.strip() == b"shut" for line in holder.stdout)
            yield
        finally:
            holder.communicate()  # The end of its input is its end.

    def waits_at(self, table: str) -> bool:
        """Whether somebody is half-way and waits to write to this table."""
        return "True" in self.manage("shell", "-c", WAITS.format(table=table))

    def _begin_worker(self, log: IO[bytes], name: str) -> None:
        self._begin(
            log,
            *("celery", "--quiet", "--app", "portal", "worker", "--queues", WORKERS[name]),
            *("--concurrency", "1", "--hostname", f"{name}@%h", *WORKER_OPTIONS),
            own_group=True,
        )
        self.workers[name] = self.processes[-1]

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(STOPPED_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.manage("engines", "stop")
        for double in (self.twilio, self.sendgrid, self.push, self.ledger):
            double.stop()

    def manage(self, *words: str, text: str = "") -> str:
        """Run a management command and return what it printed."""
        return self.run("manage.py", *words, text=text)

    def run(self, *words: str, text: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=PROJECT_DIR,
            env=self.environment(),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", "")]),
            "RECOURSE_LOCAL": str(self.local),
            "ENVIRONMENT": "test",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "QUIET_HOURS": "false",
            "TWILIO_API_URL": self.twilio.url,
            "TWILIO_ACCOUNT_SID": twilio_double.ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": twilio_double.AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_SID": twilio_double.SERVICE_SID,
            "SENDGRID_API_URL": self.sendgrid.url,
            "SENDGRID_API_KEY": sendgrid_double.API_KEY,
            "LEDGER_WEBHOOK_URL": f"{self.ledger.url}/instructions",
            "LEDGER_WEBHOOK_SECRET": ledger.SECRET,
            "WEB_WORKERS": "1",
        }

    def _begin(self, log: IO[bytes], *command: str, own_group: bool = False) -> None:
        self.processes.append(
            subprocess.Popen(
                [str(BIN / command[0]), *command[1:]],
                cwd=PROJECT_DIR,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=own_group,
            )
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            assert all(process.poll() is None for process in self.processes), self.log.read_text()
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.3)
        raise AssertionError(f"the portal did not get ready: {self.log.read_text()[-4000:]}")
