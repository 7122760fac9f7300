"""A real clamd of the tests' own, which knows one virus: the EICAR test string."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.appeals.clamd import EICAR
from tests.scanner import MISSING, find_clamd

NAME = "Recourse.Test.EICAR"
STARTED_WITHIN_SECONDS = 60
STOPPED_WITHIN_SECONDS = 10


@contextmanager
def real_clamd(folder: Path, *, stream_limit: str = "25M") -> Iterator[str]:
    """Start the daemon on a socket in `folder` and return its address; it is gone afterwards."""
    program = find_clamd()
    assert program, MISSING
    path = folder / "clamd.sock"
    process = subprocess.Popen(
        [program, "--foreground", "--config-file", str(_configured(folder, path, stream_limit))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(path, process, folder)
        yield f"unix:{path}"
    finally:
        process.terminate()
        try:
            process.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _configured(folder: Path, path: Path, stream_limit: str) -> Path:
    signatures = folder / "signatures"
    signatures.mkdir()
    # Name, any kind of file, anywhere in it, the bytes.
    (signatures / "test.ndb").write_text(f"{NAME}:0:*:{EICAR.hex()}\n")
    settings = {
        "DatabaseDirectory": signatures,
        "LocalSocket": path,
        "LogFile": folder / "clamd.log",
        "PidFile": folder / "clamd.pid",
        "StreamMaxLength": stream_limit,
        "TemporaryDirectory": folder,
        # Whoever runs the tests, and nobody else's account.
        **({"User": "root"} if os.geteuid() == 0 else {}),
    }
    file = folder / "clamd.conf"
    file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return file


def _wait_for(path: Path, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(path):
            return
        time.sleep(0.05)
    log = folder / "clamd.log"
    raise AssertionError(f"clamd did not start: {log.read_text() if log.exists() else ''}")


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))
            connection.sendall(b"zPING\0")
            return connection.recv(16).startswith(b"PONG")
        except OSError:
            return False
