"""Deliveries a second, ours beside django-post_office: the same number, the same latency, one run.

    python -m bench.deliveries [--count 5000] [--runs 3] [--latency 0 0.05]

Ours: notify_many, then Celery workers that claim, write an attempt, render text and HTML in the
person's language, call SendGrid's real client against a local double, and record each answer.
Theirs: mail.send_many, then send_queued_mail against a local SMTP server, at its fastest settings.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from rich.console import Console
from rich.table import Table

from bench.smtp_sink import SmtpSink
from portal import embedded
from tests.doubles import SendGridDouble
from tests.doubles import sendgrid as sendgrid_double

PROCESSES = 2
PATIENCE_SECONDS = 600.0
# Of the newest run, which every dedupe key names.
SENT_SQL = """
SELECT
    count(*) FILTER (WHERE attempt.ended_at IS NULL),
    extract(epoch FROM max(attempt.ended_at) - min(attempt.started_at))
FROM notifications_attempt AS attempt
JOIN notifications_delivery AS delivery ON delivery.id = attempt.delivery_id
JOIN notifications_notification AS notification ON notification.id = delivery.notification_id
WHERE split_part(notification.dedupe_key, ':', 2) = (
    SELECT split_part(dedupe_key, ':', 2) FROM notifications_notification
    ORDER BY id DESC LIMIT 1
)
"""


@dataclass
class Side:
    """What one side reached, a number a run, in messages a second."""

    queued: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, 0.05])
    asked = parser.parse_args()
    with _engines() as local:
        for latency in asked.latency:
            ours, theirs = Side(), Side()
            for _run in range(asked.runs):
                _run_ours(ours, asked.count, latency, local)
                _run_theirs(theirs, asked.count, latency)
            _print(ours, theirs, asked.count, latency)


@contextlib.contextmanager
def _engines() -> Iterator[Path]:
    """Start engines of our own, with fsync on, and databases for both sides."""
    local = Path(tempfile.mkdtemp(prefix="recourse-bench-"))
    local.chmod(0o711)
    os.environ["RECOURSE_LOCAL"] = str(local)
    try:
        embedded.start()
        with psycopg.connect(embedded.database_url(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE peer")
        _call(["manage.py", "migrate", "--verbosity=0"], {})
        _peer("migrate", 0, port=1)
        yield local
    finally:
        embedded.stop()
        shutil.rmtree(local, ignore_errors=True)


# Ours -------------------------------------------------------------------------------------


def _run_ours(side: Side, count: int, latency: float, local: Path) -> None:
    with SendGridDouble(latency=latency) as double:
        environment = {
            "SENDGRID_API_URL": double.url,
            "SENDGRID_API_KEY": sendgrid_double.API_KEY,
            "PUBLIC_URL": "https://portal.lender.example",
            "LOG_LEVEL": "WARNING",
        }
        with _workers(environment, local):
            seconds = _call(["-m", "bench.owe", str(count)], environment)
            side.queued.append(count / float(seconds))
            _wait(lambda: len(double.accepted), count)
            side.sent.append(count / _seconds_to_send())
            if double.twice() or len(double.accepted) != count:
                sys.exit(f"the count is wrong: {len(double.accepted)} accepted of {count}")


@contextlib.contextmanager
def _workers(environment: dict[str, str], local: Path) -> Iterator[None]:
    lean = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    roles = [
        ["worker", "--queues=bulk", f"--concurrency={PROCESSES}", *lean],
        ["worker", "--queues=periodic", "--concurrency=1", "--hostname=periodic@%h", *lean],
        ["beat"],
    ]
    with (local / "workers.log").open("ab") as log:
        processes = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "celery", "--app", "portal", *role],
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )
            for role in roles
        ]
    try:
        time.sleep(8)  # all are up and idle: a start is no part of the comparison
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def _seconds_to_send() -> float:
    """Return the time from the first attempt to the last answer, by the database's own record."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with psycopg.connect(embedded.database_url()) as connection:
            still_open, seconds = connection.execute(SENT_SQL).fetchone() or (1, 0)
        if not still_open:
            return float(seconds)
        time.sleep(0.05)
    sys.exit("some answers were never recorded")


# Theirs -----------------------------------------------------------------------------------


def _run_theirs(side: Side, count: int, latency: float) -> None:
    with SmtpSink(latency=latency) as sink:
        side.queued.append(count / _peer("queue", count, port=sink.port))
        side.sent.append(count / _peer("send", PROCESSES, port=sink.port))
        if sink.accepted != count:
            sys.exit(f"the peer sent {sink.accepted} of {count}")


def _peer(work: str, number: int, *, port: int) -> float:
    address = urlsplit(embedded.database_url())
    environment = {
        "DATABASE_URL": urlunsplit(address._replace(path="/peer")),
        "SMTP_PORT": str(port),
        **_mail(),
    }
    return float(_call(["-m", "bench.peer_post_office", work, str(number)], environment))


def _mail() -> dict[str, str]:
    """Give the peer our words with one variable left, which is less work than our own template."""
    folder = Path("templates/notifications")
    html = (folder / "email_base.html").read_text(encoding="utf-8")
    style = html[html.index("<style>") : html.index("</style>") + len("</style>")]
    text = (
        "Hello,\n\nWe have changed one of your credit lines.\n\nSign in to see what changed, and "
        "each reason for it in your own numbers:\n{{ link }}\n\nIf you think we got it wrong, you "
        "can ask us to look again. The page shows you how, and how long you have.\n"
    )
    page = f"<html><head>{style}</head><body>{text.replace(chr(10), '<br>')}</body></html>"
    return {"MAIL_TEXT": text, "MAIL_HTML": page}


# Both -------------------------------------------------------------------------------------


def _call(words: list[str], environment: dict[str, str]) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "ignore", *words],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return result.stdout.strip().rpartition("\n")[2]


def _wait(reached: Callable[[], int], count: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while reached() < count:
        if time.monotonic() > deadline:
            sys.exit(f"only {reached()} of {count} were sent in {PATIENCE_SECONDS} s")
        time.sleep(0.05)


def _print(ours: Side, theirs: Side, count: int, latency: float) -> None:
    table = Table(
        "messages a second (min / median / max)",
        "Recourse",
        "django-post_office",
        "ratio",
        title=f"{count:,} e-mails, {PROCESSES} processes, {latency * 1000:.0f} ms a call",
        title_justify="left",
    )
    for name, mine, peers in (
        ("into the queue", ours.queued, theirs.queued),
        ("sent and recorded", ours.sent, theirs.sent),
    ):
        ratio = statistics.median(mine) / statistics.median(peers)
        table.add_row(name, _three(mine), _three(peers), f"{ratio:.2f}")
    Console().print(table)


def _three(numbers: list[float]) -> str:
    return " / ".join(
        f"{number:,.0f}" for number in (min(numbers), statistics.median(numbers), max(numbers))
    )


if __name__ == "__main__":
    main()
