"""The sinks in a process of their own, seen from the benchmark."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from django.test.utils import override_settings

from bench.sinks.providers import ACCOUNT_SID, API_KEY, AUTH_TOKEN, SERVICE_SID
from notifications.channels import close_channels
from portal.lib.providers import BACKENDS


class CountIsWrong(Exception):
    """Something was lost or sent twice: there is nothing to compare then."""


@dataclass(frozen=True)
class Sinks:
    """Where the sinks listen, and what they took."""

    ports: dict[str, int]

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def begin(self, name: str, latency: float) -> None:
        """Forget what was counted, and answer after this many seconds from now on."""
        self._ask(f"{name}/{latency}", "POST")

    def counts(self, name: str) -> dict[str, Any]:
        return self._ask(name)

    def times(self, name: str) -> dict[str, float]:
        """Return when each delivery's call came, by the delivery's id."""
        return self._ask(f"{name}/times")

    def check(self, name: str, expected: int) -> dict[str, Any]:
        found = self.counts(name)
        if found["accepted"] != expected or found["twice"]:
            raise CountIsWrong(f"{name} took {found} where {expected} were to be sent once each.")
        return found

    def environment(self) -> dict[str, str]:
        """Turn our workers to these sinks."""
        return {
            "TWILIO_API_URL": self.url("twilio"),
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_SID": SERVICE_SID,
            "SENDGRID_API_URL": self.url("sendgrid"),
            "SENDGRID_API_KEY": API_KEY,
        }

    @contextlib.contextmanager
    def as_settings(self) -> Iterator[None]:
        """Let this process, too, call these sinks."""
        names = self.environment()
        told = {"name": "twilio", "channel": "sms", "backend": BACKENDS["twilio"]}
        providers = [{**told, "sender": names["TWILIO_MESSAGING_SERVICE_SID"]}]
        with override_settings(**names, PROVIDERS=providers):
            yield
        close_channels()

    def _ask(self, path: str, method: str = "GET") -> dict[str, Any]:
        with urlopen(Request(f"{self.url('control')}/{path}", method=method), timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


@contextlib.contextmanager
def running_sinks() -> Iterator[Sinks]:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "bench.sinks"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield Sinks(json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()
