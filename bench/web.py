"""Web servers under load: gunicorn with two workers, and a client that keeps its connections."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.workers import TookTooLong

WORKERS = 2
IN_FLIGHT = 4
START_SECONDS = 60.0


@dataclass(frozen=True)
class Site:
    """A running server, and the cookie of somebody who is signed in there."""

    address: str
    cookie: str
    cookie_name: str = "sessionid"
    host: str = ""


@dataclass(frozen=True)
class Load:
    """What a round of requests gave."""

    per_second: float
    seconds: list[float]

    def percentile(self, share: float) -> float:
        """Return the milliseconds that this share of the requests stayed under."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


@contextlib.contextmanager
def serving(app: str, folder: Path, environment: dict[str, str], *words: str) -> Iterator[str]:
    """Serve the WSGI app with two workers and return its address, once it answers anything."""
    port = _free_port()
    with (folder / "web.log").open("ab") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "gunicorn", app, *words),
                *("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)),
            ],
            env={**os.environ, "PROCESS_ROLE": "web", "PORT": str(port), **environment},
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def ask(site: Site, paths: Sequence[str], count: int, *, at_once: int = IN_FLIGHT) -> Load:
    """Ask for the paths in turn, a few at once, until `count` answers came; each must be a 200."""
    return asyncio.run(_ask(site, paths, count, at_once))


async def _ask(site: Site, paths: Sequence[str], count: int, at_once: int) -> Load:
    seconds: list[float] = []
    turns = iter(range(count))
    headers = {"Host": site.host} if site.host else {}
    connector = aiohttp.TCPConnector(limit=at_once)
    cookies = {site.cookie_name: site.cookie}
    async with aiohttp.ClientSession(
        connector=connector, cookies=cookies, headers=headers
    ) as session:

        async def one_after_another() -> None:
            for turn in turns:
                began = time.perf_counter()
                url = f"{site.address}{paths[turn % len(paths)]}"
                async with session.get(url, allow_redirects=False) as answer:
                    await answer.read()
                    if answer.status != 200:
                        raise RuntimeError(f"{url} answered {answer.status}")
                seconds.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(one_after_another() for _ in range(at_once)))
        return Load(count / (time.perf_counter() - began), seconds)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TookTooLong(f"The server at {address} did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
