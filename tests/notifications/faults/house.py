"""A Recourse of the fault tests' own: engines that may be broken, workers that die, doubles."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import psycopg
import redis

from notifications import ids
from portal import embedded
from portal.embedded import postgres
from portal.embedded import redis as embedded_redis
from portal.embedded.host import engine_dir
from tests.doubles import SendGridDouble, TwilioDouble
from tests.doubles import sendgrid as sendgrid_double
from tests.doubles import twilio as twilio_double

PROJECT_DIR = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
GUNICORN = ("--config", "portal/gunicorn.py")
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 90
LEASE_SECONDS = 4
# Where a delivery may end: with the person, with a reason, or in front of people.
ENDS = {"accepted", "delivered", "failed", "undelivered", "unknown", "cancelled"}
EMPTY = """
DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT relid::regclass::text FROM pg_stat_user_tables
        WHERE relname LIKE 'notifications_%' OR relname = 'portal_customer'
    LOOP EXECUTE 'TRUNCATE ' || one || ' CASCADE'; END LOOP;
END $$
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class House:
    """Engines that stay for many tests; workers and doubles that live for one."""

    def __init__(self) -> None:
        self.local = Path(tempfile.mkdtemp(prefix="recourse-faults-"))
        # The engines' user must be able to walk in when root runs this.
        self.local.chmod(0o711)
        # Doubles live for one test; `clean` makes them.
        self.twilio: TwilioDouble
        self.sendgrid: SendGridDouble
        self.running: list[subprocess.Popen[bytes]] = []
        self.logs = self.local / "logs"
        self.logs.mkdir()

    # The house -----------------------------------------------------------------------------

    def open(self) -> Self:
        with self.here():
            # As in production: what was committed outlives a crash of the server.
            embedded.start(durable=True)
        self.run("manage.py", "migrate", "--verbosity=0")
        return self

    def close(self) -> None:
        self.kill_all()
        with self.here():
            embedded.remove()
        shutil.rmtree(self.local, ignore_errors=True)

    def clean(self, *, latency: float = 0.02) -> None:
        """Begin a test with empty tables, an empty broker and doubles without a past."""
        self.query(EMPTY)
        self.wipe_redis()
        for path in self.logs.iterdir():
            path.unlink()
        self.twilio = TwilioDouble(latency=latency).start()
        self.sendgrid = SendGridDouble(latency=latency).start()

    def leave(self) -> None:
        self.kill_all()
        self.twilio.stop()
        self.sendgrid.stop()

    @contextlib.contextmanager
    def here(self) -> Iterator[None]:
        """Let the functions of the embedded engines mean ours."""
        kept = {name: os.environ.get(name) for name in ("RECOURSE_LOCAL", "ENVIRONMENT")}
        os.environ |= {"RECOURSE_LOCAL": str(self.local), "ENVIRONMENT": "test"}
        try:
            yield
        finally:
            os.environ |= {name: value for name, value in kept.items() if value is not None}

    # What breaks ---------------------------------------------------------------------------

    def wipe_redis(self) -> None:
        with self.here(), redis.Redis.from_url(embedded.redis_url()) as client:
            client.flushall()

    def restart_redis(self) -> None:
        with self.here():
            embedded_redis.stop()
            embedded_redis.start()

    def restart_postgres(self) -> None:
        """Crash it: no goodbye to its clients, and a recovery when it comes back."""
        with self.here():
            data = engine_dir(postgres.NAME) / "data"
            postgres._pg_ctl(data, "stop", "--mode=immediate")
            postgres.start(durable=True)

    # Processes -----------------------------------------------------------------------------

    def start_worker(
        self, queues: str, *, step: str = "", processes: int = 1
    ) -> subprocess.Popen[bytes]:
        words = ["worker", f"--queues={queues}", f"--concurrency={processes}"]
        words += [f"--hostname={len(self.running)}@faults"]
        words += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self._start(*words, FAULT_STEP=step, FAULT_MARK=str(self.logs / "mark"))

    def start_clock(self) -> None:
        """Start beat, and the worker that does what it rings for."""
        self._start("beat")
        self.start_worker("periodic")

    def start_web(self) -> str:
        """Start the web server and return its address, once it answers."""
        port = free_port()
        environment = {"PORT": str(port), "WEB_WORKERS": "2", "PROCESS_ROLE": "web"}
        self._begin("web", [BIN / "gunicorn", "portal.wsgi", *GUNICORN], environment)
        url = f"http://127.0.0.1:{port}"
        self.wait(lambda: _answers(f"{url}/healthz"), "the web server answers")
        return url

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker with all its children, in the middle of whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, process: subprocess.Popen[bytes], seconds: float = 40) -> int:
        """Ask a worker to end, as a deployment does, and return how it ended."""
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def kill_all(self) -> None:
        for process in self.running:
            self.kill(process)
        self.running.clear()

    def _start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.notifications.faults.worker", *words]
        return self._begin(words[0], command, environment)

    def _begin(
        self, name: str, command: Sequence[str | Path], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        with (self.logs / f"{len(self.running)}-{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=PROJECT_DIR,
                env={**self.environment(), **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=PROJECT_DIR,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "RECOURSE_LOCAL": str(self.local),
            "ENVIRONMENT": "test",
            "BEAT_SCHEDULE_FILE": str(self.local / "beat-schedule"),
            "QUIET_HOURS": "false",
            "DISPATCH_LEASE_SECONDS": str(LEASE_SECONDS),
            "LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": "ignore",
            "PUBLIC_URL": "https://portal.lender.example",
            # What stands before it in the world ends TLS.
            "SECURE_SSL_REDIRECT": "false",
            "ALLOWED_HOSTS": "portal.lender.example,127.0.0.1",
            **self._providers(),
        }

    def _providers(self) -> dict[str, str]:
        if not hasattr(self, "twilio"):
            return {}
        return {
            "TWILIO_API_URL": self.twilio.url,
            "TWILIO_ACCOUNT_SID": twilio_double.ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": twilio_double.AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_SID": twilio_double.SERVICE_SID,
            "SENDGRID_API_URL": self.sendgrid.url,
            "SENDGRID_API_KEY": sendgrid_double.API_KEY,
        }

    # What became of it ---------------------------------------------------------------------

    def owe(self, count: int, channel: str, lane: str = "standard", *words: str) -> None:
        self.run("-m", "tests.notifications.faults.owe", str(count), channel, lane, *words)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.here(), psycopg.connect(embedded.database_url(), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def states(self, channel: str = "") -> Counter[str]:
        where = f"WHERE channel = '{channel}'" if channel else "WHERE channel <> 'letter'"
        rows = self.query(f"SELECT state, count(*) FROM notifications_delivery {where} GROUP BY 1")
        return Counter(dict(rows))

    def accepted(self) -> int:
        return len(self.twilio.accepted) + len(self.sendgrid.accepted)

    def wait_for(self, taken: int, *, or_the_end: bool = False) -> None:
        """Wait until the providers took so many, or until there is nothing left to take."""
        self.wait(
            lambda: self.accepted() >= taken or (or_the_end and self.is_over()),
            f"{taken} went out",
        )

    def wait(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, f"waited until {what}\n{self.told()}"
            time.sleep(POLL_SECONDS)

    def wait_for_the_end(self) -> None:
        self.wait(self.is_over, "nothing is on its way any more")

    def is_over(self) -> bool:
        """Say whether nothing is on its way any more, and no lost answer is asked about."""
        try:
            rows = self.query(
                "SELECT count(*) FROM notifications_delivery WHERE channel <> 'letter'"
                " AND (state IN ('ready', 'claimed', 'sending') OR ask_at IS NOT NULL)"
            )
        except psycopg.OperationalError:
            return False
        return rows == [(0,)]

    def told(self) -> str:
        logs = "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted(self.logs.glob("*.log"))
        )
        return f"{self.states()}, {self.accepted()} accepted\n{logs}"

    def check_the_count(self, owed: int) -> Counter[str]:
        """Assert that nothing is lost, nothing twice, and nothing ended without a reason."""
        states = self.states()
        assert sum(states.values()) == owed, self.told()
        assert set(states) <= ENDS, self.told()
        assert self.query(
            "SELECT count(*) FROM notifications_delivery"
            " WHERE state IN ('failed', 'undelivered', 'unknown', 'cancelled') AND reason = ''"
        ) == [(0,)]
        taken = Counter(
            ids.delivery_of(UUID(one.attempt_id))
            for one in [*self.twilio.accepted, *self.sendgrid.accepted]
        )
        assert max(taken.values(), default=0) <= 1, self.told()
        sent = self.query(
            "SELECT id FROM notifications_delivery WHERE state IN ('accepted', 'delivered')"
            " AND channel <> 'letter'"
        )
        assert {one for (one,) in sent} <= set(taken), self.told()
        begun = self.query("SELECT id FROM notifications_attempt")
        assert {UUID(one.attempt_id) for one in self.twilio.accepted} <= {one for (one,) in begun}
        return states
