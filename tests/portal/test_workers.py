"""A real worker on engines of its own, and what happens to it when they go away."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis as redis_client

from portal import embedded
from portal.embedded import postgres, redis
from portal.lib.env import redis_database

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
CELERY = Path(sys.executable).with_name("celery")
PATIENCE_SECONDS = 120
QUEUES = "urgent,standard,bulk,cases,periodic"


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryDirectory(prefix="recourse-worker-") as folder:
        Path(folder).chmod(0o711)
        monkeypatch.setenv("RECOURSE_LOCAL", f"{folder}/local")
        embedded.start(durable=False)
        command: list[str] = [
            str(CELERY),
            "--quiet",
            "--app",
            "portal",
            "worker",
            "--queues",
            QUEUES,
        ]
        options = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
        process = subprocess.Popen(
            [*command, *options],
            cwd=PROJECT_DIR,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        yield process
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)
        embedded.remove()


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def beats() -> int:
    """Return how many queues' workers have been heard of."""
    client = redis_client.from_url(redis_database(embedded.redis_url(), 1))
    return len(list(client.scan_iter("*heartbeat:*")))


def ring_until_all_answer() -> None:
    """Ring again and again, as beat does: the first ring may meet a broken connection."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while beats() < 5:
        assert time.monotonic() < deadline, "waited too long"
        ring_all_queues()
        time.sleep(2)


def ring_all_queues() -> None:
    """Do what beat does every ten seconds."""
    code = (
        "import django; django.setup(); from portal.periodic import heartbeat; "
        f"[heartbeat.apply_async(queue=queue) for queue in {QUEUES.split(',')}]"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT_DIR, env=environment, check=True)


def test_a_worker_outlives_redis_and_postgresql(worker):
    wait_for(lambda: beats() == 5)

    redis.stop()
    redis.start()
    assert beats() == 0
    ring_until_all_answer()

    postgres.stop()
    postgres.start(durable=False)
    with redis_client.from_url(redis_database(embedded.redis_url(), 1)) as client:
        client.flushall()
    ring_until_all_answer()

    assert worker.poll() is None


RING = """
import os, time
os.environ |= {"PROCESS_ROLE": "web", "DJANGO_SETTINGS_MODULE": "portal.settings"}
import django
django.setup()
from portal.periodic import heartbeat
heartbeat.delay()
print("rang", flush=True)
input()
started = time.monotonic()
heartbeat.delay_on_commit()
print(time.monotonic() - started)
"""


def test_a_page_does_not_wait_for_a_redis_that_hangs(worker):
    page = subprocess.Popen(
        [sys.executable, "-c", RING],
        cwd=PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert page.stdout
    assert page.stdout.readline() == "rang\n"
    pid = redis_client.from_url(embedded.redis_url()).info()["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        seconds, _nothing = page.communicate("\n", timeout=PATIENCE_SECONDS)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert 0.5 < float(seconds) < 10
