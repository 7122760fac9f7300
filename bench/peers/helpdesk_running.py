"""django-helpdesk as the benchmark sees it: a database beside ours, a server like ours."""

import base64
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.report import say
from bench.web import Site, serving
from portal import embedded

DATABASE = "helpdesk"
# What its list asks for: open tickets, newest first, as its own page puts it.
QUERY = {
    "filtering": {"status__in": [1, 2]},
    "filtering_null": {},
    "sorting": "created",
    "sortreverse": False,
    "search_string": "",
}
PAGE = "draw=1&start=0&length=25&order[0][column]=0&order[0][dir]=asc&search[value]="


@dataclass(frozen=True)
class Helpdesk:
    """The peer, filled and serving."""

    site: Site
    ticket: str

    @property
    def list_paths(self) -> list[str]:
        """The page, and the rows it asks for: a person waits for both."""
        query = base64.b64encode(json.dumps(QUERY).encode()).decode()
        return ["/tickets/", f"/datatables_ticket_list/{query}?{PAGE}"]


@contextlib.contextmanager
def running_helpdesk(folder: Path, tickets: int) -> Iterator[Helpdesk]:
    """Fill a database of its own in the same server and serve it with the same gunicorn."""
    with psycopg.connect(embedded.database_url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    address = urlsplit(embedded.database_url())._replace(path=f"/{DATABASE}")
    environment = {"DATABASE_URL": urlunsplit(address)}
    filled = _fill(tickets, environment)
    with psycopg.connect(embedded.database_url(), dbname=DATABASE, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    say(f"{tickets:,} tickets made")
    words = ("--config", "bench/peers/gunicorn_like_ours.py")
    with serving("bench.peers.helpdesk:application", folder, environment, *words) as at:
        yield Helpdesk(Site(at, filled["cookie"]), f"/tickets/{filled['ticket']}/")


def _fill(tickets: int, environment: dict[str, str]) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.peers.helpdesk", str(tickets)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
