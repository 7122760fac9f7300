"""Lighthouse's scores of the customers' pages, on its phone profile.

Needs Node.js 18 or newer with npm, and a Chromium; Lighthouse itself is pinned in
bench/lighthouse/package-lock.json and installed there at the first run.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.core.management import call_command

from appeals.models import LineDecision
from appeals.sample import ADA
from bench.desk_site import serving_desk
from bench.plan import Plan
from bench.report import Line, Result, say
from bench.web import Site
from portal.models import Customer
from tests.chromium import find_chromium

HERE = Path(__file__).with_name("lighthouse")
LIGHTHOUSE = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = 95
PATIENCE_SECONDS = 300
# No sandbox of its own: it may not make one as root in a container.
CHROMIUM = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
NOTES = """
Lighthouse with its defaults: a mid-range phone of 412 px, a processor four times slower and a slow
4G line, simulated. Each score is the median of the runs, and each page's least counts. Served by
gunicorn as in production, but over plain HTTP on loopback: the check for HTTPS sees a loopback
address and is content.
"""


def measure(plan: Plan) -> None:
    _install()
    call_command("load_sample", verbosity=0)
    person = Customer.objects.get(reference=ADA.ref)
    decision = LineDecision.objects.filter(customer=person, notice__isnull=False).first()
    assert decision
    runs = 1 if plan.is_quick else plan.runs
    with serving_desk(plan.local, person) as site:
        pages = {
            "the first page, a visitor": ("/", False),
            "signing in": ("/account/sign-in/", False),
            "my lines": ("/lines/", True),
            "why my limit changed": (f"/decisions/{decision.reference}/", True),
            "where my appeals are": ("/appeals/", True),
            "settings": ("/settings/", True),
            "help": ("/help/", False),
        }
        lines = [
            _line(name, [_scores(site, path, is_signed_in=signed) for _ in range(runs)])
            for name, (path, signed) in pages.items()
        ]
    plan.publish(
        Result(
            name="phone_pages",
            title="The customers' pages on a phone",
            runs=runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )


def _install() -> None:
    npm = shutil.which("npm")
    if not npm or not find_chromium():
        raise RuntimeError("Lighthouse needs Node.js with npm, and Chromium. Install them first.")
    if not LIGHTHOUSE.exists():
        words = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(HERE)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def _scores(site: Site, path: str, *, is_signed_in: bool) -> dict[str, float]:
    """Each category's score, of a hundred."""
    words = [
        *("node", str(LIGHTHOUSE), f"{site.address}{path}", "--quiet", "--output=json"),
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={CHROMIUM}",
    ]
    if is_signed_in:
        cookie = {"Cookie": f"{site.cookie_name}={site.cookie}"}
        words.append(f"--extra-headers={json.dumps(cookie)}")
    ran = subprocess.run(
        words,
        env={**os.environ, "CHROME_PATH": find_chromium()},
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"Lighthouse ended on {path}: {ran.stderr.decode()[-2000:]}")
    report: dict[str, Any] = json.loads(ran.stdout)
    if report["finalDisplayedUrl"] != f"{site.address}{path}":
        raise RuntimeError(f"{path} led to {report['finalDisplayedUrl']}")
    scores = {name: 100 * report["categories"][name]["score"] for name in CATEGORIES}
    say(f"{path}: {', '.join(f'{name} {score:.0f}' for name, score in scores.items())}")
    for audit in report["audits"].values():
        if audit["score"] is not None and audit["score"] < 0.9:
            say(f"    {audit['score']:.2f} {audit['title']}")
    return scores


def _line(name: str, runs: list[dict[str, float]]) -> Line:
    medians = {one: sorted(run[one] for run in runs)[len(runs) // 2] for one in CATEGORIES}
    line = Line(name, [run["performance"] for run in runs], unit="performance")
    line.found = ", ".join(f"{one} {score:.0f}" for one, score in medians.items())
    line.goal = f"each at least {LEAST}"
    line.is_reached = min(medians.values()) >= LEAST
    return line
