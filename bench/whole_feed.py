"""Take a whole feed in, send what it owes with real workers, and count what arrived.

Everything runs on engines of its own in a temporary directory; the providers are local doubles.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from portal import embedded
from tests.doubles import SendGridDouble, TwilioDouble
from tests.doubles import sendgrid as sendgrid_double
from tests.doubles import twilio as twilio_double
from tests.doubles.messages import Accepted

OPEN = "state IN ('ready', 'claimed', 'sending')"
WORKERS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feed", type=Path)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds a provider takes")
    asked = parser.parse_args()
    local = Path(tempfile.mkdtemp(prefix="recourse-feed-"))
    local.chmod(0o711)
    os.environ["RECOURSE_LOCAL"] = str(local)
    try:
        embedded.start()
        _run(asked.feed, asked.latency, local)
    finally:
        embedded.stop()
        shutil.rmtree(local, ignore_errors=True)


def _run(feed: Path, latency: float, local: Path) -> None:
    _manage("migrate", "--verbosity=0")
    began = time.monotonic()
    _manage("ingest_decisions", str(feed))
    ingested = time.monotonic() - began
    with TwilioDouble(latency=latency) as twilio, SendGridDouble(latency=latency) as sendgrid:
        seconds = _drain(twilio, sendgrid, local)
        _report([*twilio.accepted, *sendgrid.accepted], ingested, seconds)


def _drain(twilio: TwilioDouble, sendgrid: SendGridDouble, local: Path) -> float:
    environment = {
        **os.environ,
        "TWILIO_API_URL": twilio.url,
        "TWILIO_ACCOUNT_SID": twilio_double.ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": twilio_double.AUTH_TOKEN,
        "TWILIO_MESSAGING_SERVICE_SID": twilio_double.SERVICE_SID,
        "SENDGRID_API_URL": sendgrid.url,
        "SENDGRID_API_KEY": sendgrid_double.API_KEY,
        "LOG_LEVEL": "WARNING",
    }
    began = time.monotonic()
    processes = [_celery(words, environment, local) for words in _processes()]
    try:
        while _numbers(f"SELECT count(*) FROM notifications_delivery WHERE {OPEN}")[0][0]:
            time.sleep(0.25)
        return time.monotonic() - began
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def _processes() -> list[list[str]]:
    lean = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    carriers = ["worker", "--queues=urgent,standard,bulk", f"--concurrency={WORKERS}"]
    sweeper = ["worker", "--queues=periodic", "--concurrency=1", "--hostname=periodic@%h"]
    return [[*carriers, *lean], [*sweeper, *lean], ["beat"]]


def _celery(words: list[str], environment: dict[str, str], local: Path) -> subprocess.Popen[bytes]:
    with (local / f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "portal", *words],
            env=environment,
            stdout=log,
            stderr=log,
        )


def _report(accepted: list[Accepted], ingested: float, seconds: float) -> None:
    states = {f"{channel} {state}": count for channel, state, count in _numbers(STATES)}
    owner = {
        str(attempt): delivery
        for attempt, delivery in _numbers("SELECT id, delivery_id FROM notifications_attempt")
    }
    times = Counter(owner[one.attempt_id] for one in accepted)
    rows: list[tuple[str, Any]] = [
        ("seconds to take the feed in", round(ingested, 1)),
        ("notices", _numbers("SELECT count(*) FROM appeals_notice")[0][0]),
        ("notifications", _numbers("SELECT count(*) FROM notifications_notification")[0][0]),
        *_unreached(),
        *(("deliveries: " + state, count) for state, count in states.items()),
        ("ended without a reason", _numbers(WITHOUT_REASON)[0][0]),
        ("accepted by the doubles", len(accepted)),
        ("deliveries accepted twice", sum(1 for count in times.values() if count > 1)),
        ("seconds to send, workers' start included", round(seconds, 1)),
        ("deliveries a second", round(sum(states.values()) / seconds)),
    ]
    table = Table("what", "number", title="A whole feed, told")
    for name, number in rows:
        table.add_row(name, f"{number:,}")
    Console().print(table)


STATES = """
SELECT channel, state, count(*) FROM notifications_delivery GROUP BY 1, 2 ORDER BY 1, 2
"""
WITHOUT_REASON = """
SELECT count(*) FROM notifications_delivery
WHERE state NOT IN ('accepted', 'delivered') AND reason = ''
"""


def _unreached() -> list[tuple[str, int]]:
    found = _numbers(
        "SELECT unreached, count(*) FROM notifications_notification WHERE unreached <> ''"
        " GROUP BY 1"
    )
    return [(f"no channel: {cause}", count) for cause, count in found]


def _numbers(query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(embedded.database_url()) as connection:
        return connection.execute(query).fetchall()


def _manage(*words: str) -> None:
    # A rejected line of the feed is the feed's business: the command says so itself.
    subprocess.run([sys.executable, "manage.py", *words], check=False)


if __name__ == "__main__":
    main()
