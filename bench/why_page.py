"""The page that says why, beside a bare view that asks the database the same and answers 1 kB."""

import contextlib
import json
from collections.abc import Iterator

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.models import LineDecision
from appeals.sample import ADA
from bench.desk_site import serving_desk
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, say
from bench.web import Site, ask, serving
from portal.models import Customer

REQUESTS, WARM_UP = 1_000, 200
MOST_TIMES = 2.0
# Of the page and of the bare view alike.
STATEMENTS = 7
NOTES = """
Milliseconds that half of the pages stay under, one request after the other over a kept connection,
two gunicorn workers of eight threads each on both sides. The bare view is Django without middleware
and without a template: it fetches the session, the person, the decision with its notice and
reasons, what was said of them, the line's other decisions and its appeals, and answers with a
kilobyte. Ours also checks who asks, keeps the session's clock, chooses the language and writes the
page.
"""


def measure(plan: Plan) -> None:
    call_command("load_sample", verbosity=0)
    person = Customer.objects.get(reference=ADA.ref)
    decision = LineDecision.objects.filter(customer=person, notice__isnull=False).first()
    assert decision
    path = f"/decisions/{decision.reference}/"
    requests = REQUESTS // (10 if plan.is_quick else 1)
    ours, bare = [], []
    with serving_desk(plan.local, person) as site:
        page = {"session": site.cookie, "person": person.pk, "decision": decision.reference}
        statements = _count_statements(site, path)
        with _serving_bare(plan, page) as peer:
            for place, address in ((site, path), (peer, "/")):
                ask(place, [address], WARM_UP)
            for run in range(plan.runs):
                ours.append(ask(site, [path], requests, at_once=1).percentile(0.5))
                bare.append(ask(peer, ["/"], requests, at_once=1).percentile(0.5))
                say(f"why, run {run + 1}: {ours[-1]:.1f} ms beside {bare[-1]:.1f} ms")
    line = Line("the page that says why, signed in", ours, unit="ms")
    line.beside, line.theirs = f"a bare view, the same {statements} statements", bare
    found = median([mine / theirs for mine, theirs in zip(ours, bare, strict=True)])
    plan.publish(
        Result(
            name="why_page",
            title="Why my line changed",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=[at_most(line, found, MOST_TIMES, " x")],
            notes=NOTES,
        )
    )


@contextlib.contextmanager
def _serving_bare(plan: Plan, page: dict[str, object]) -> Iterator[Site]:
    words = ("--config", "bench/peers/gunicorn_like_ours.py")
    environment = {"PAGE": json.dumps(page)}
    with serving("bench.peers.bare_view:application", plan.local, environment, *words) as at:
        yield Site(at, "")


def _count_statements(site: Site, path: str) -> int:
    """How many statements one page takes; the bare view must be asked for as many."""
    client = Client(SERVER_NAME="portal.lender.example")
    client.cookies[site.cookie_name] = site.cookie
    client.get(path, secure=True)
    with CaptureQueriesContext(connection) as seen:
        page = client.get(path, secure=True)
    if page.status_code != 200 or len(seen) != STATEMENTS:
        raise RuntimeError(f"{path}: {page.status_code}, {len(seen)} statements")
    return len(seen)
