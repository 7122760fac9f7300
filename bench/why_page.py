"""The page that says why, beside a bare view that asks the database the same and answers 1 kB."""

import json

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.models import LineDecision
from appeals.sample import ADA
from bench.desk_site import cookie_of, serving_desk
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, say
from bench.web import Site, ask, serving
from portal import embedded
from portal.models import Customer

REQUESTS, WARM_UP = 1_000, 200
MOST_TIMES = 2.0
NOTES = """
Milliseconds that half of the pages stay under, one request after the other over a kept connection,
two gunicorn workers of eight threads each on both sides. The bare view sends the same statements to
the same database, prepared as ours are, and has no middleware, no session of its own and no
template; ours signs the customer in from the session, checks whose page it is and writes it.
"""


def measure(plan: Plan) -> None:
    call_command("load_sample", verbosity=0)
    # Pages name their files with a hash: as a deployment does, once.
    call_command("collectstatic", interactive=False, verbosity=0)
    person = Customer.objects.get(reference=ADA.ref)
    decision = LineDecision.objects.filter(customer=person, notice__isnull=False).first()
    assert decision
    path = f"/decisions/{decision.reference}/"
    questions = _questions(person, path)
    requests = REQUESTS // (10 if plan.is_quick else 1)
    ours, bare = [], []
    environment = {"DATABASE_URL": embedded.database_url(), "QUESTIONS": json.dumps(questions)}
    words = ("--config", "bench/peers/gunicorn_like_ours.py")
    with (
        serving_desk(plan.local, person) as site,
        serving("bench.peers.bare_view:application", plan.local, environment, *words) as at,
    ):
        peer = Site(at, "")
        for place, address in ((site, path), (peer, "/")):
            ask(place, [address], WARM_UP)
        for run in range(plan.runs):
            ours.append(ask(site, [path], requests, at_once=1).percentile(0.5))
            bare.append(ask(peer, ["/"], requests, at_once=1).percentile(0.5))
            say(f"why, run {run + 1}: {ours[-1]:.1f} ms beside {bare[-1]:.1f} ms")
    line = Line("the page that says why, signed in", ours, unit="ms")
    line.beside, line.theirs = f"a bare view, the same {len(questions)} statements", bare
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


def _questions(person: Customer, path: str) -> list[str]:
    """The statements of one page that was asked for before."""
    client = Client(SERVER_NAME="portal.lender.example")
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie_of(person)
    client.get(path, secure=True)
    with CaptureQueriesContext(connection) as seen:
        page = client.get(path, secure=True)
    if page.status_code != 200:
        raise RuntimeError(f"{path} answered {page.status_code}")
    return [str(query["sql"]) for query in seen.captured_queries]
