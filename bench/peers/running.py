"""django-post_office as the benchmark sees it: a database beside ours, and our words."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.report import say
from bench.sinks.running import Sinks
from portal import embedded

TEXT = (
    "Hello,\n\nWe have changed one of your credit lines.\n\nSign in to see what changed, and "
    "each reason for it in your own numbers:\n{{ link }}\n\nIf you think we got it wrong, you "
    "can ask us to look again. The page shows you how, and how long you have.\n"
)


@dataclass(frozen=True)
class Mails:
    """So many mails, of text that is there already or of a template it renders."""

    count: int
    latency: float
    threads: int
    kind: Literal["text", "template"] = "text"


@dataclass(frozen=True)
class PostOffice:
    """The peer on a database of its own in the same server."""

    sinks: Sinks

    def prepare(self) -> None:
        with psycopg.connect(embedded.database_url(), autocommit=True) as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = 'peer'"
            ).fetchone():
                connection.execute("CREATE DATABASE peer")
                self._do("migrate", 0, threads=5)

    def send(self, mails: Mails) -> float:
        """Queue them, send them, and return how many a second were sent."""
        self._do(f"queue_{mails.kind}", mails.count, threads=mails.threads)
        self.sinks.begin("smtp", mails.latency)
        seconds = self._do("send", mails.count, threads=mails.threads)
        self.sinks.check("smtp", mails.count)
        rate = mails.count / seconds
        say(f"  post_office, {mails.kind}, {mails.threads} threads: {rate:,.0f} a second")
        return rate

    def _do(self, work: str, count: int, *, threads: int) -> float:
        address = urlsplit(embedded.database_url())
        environment = {
            "DATABASE_URL": urlunsplit(address._replace(path="/peer")),
            "SMTP_PORT": str(self.sinks.ports["smtp"]),
            "THREADS": str(threads),
            "MAIL_TEXT": TEXT,
            "MAIL_HTML": _html(),
        }
        result = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "bench.peers.post_office", work, str(count)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return float(result.stdout.strip().rpartition("\n")[2])


def _html() -> str:
    """Our own page with one place left, which is less work than our template."""
    folder = Path("templates/notifications")
    html = (folder / "email_base.html").read_text(encoding="utf-8")
    style = html[html.index("<style>") : html.index("</style>") + len("</style>")]
    return f"<html><head>{style}</head><body>{TEXT.replace(chr(10), '<br>')}</body></html>"
