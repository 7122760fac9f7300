"""Writing notices: one by one, and what they cost the ingest of a feed."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from types import SimpleNamespace
from unittest import mock

from django.conf import settings
from django.template.loader import get_template
from django.test import override_settings
from django.utils import timezone, translation

from appeals.actions.ingest import ingest
from appeals.actions.notices import write_notice
from appeals.models import DecisionReason, LineDecision, Notice
from bench.ingest_rows import empty, feed_lines, timed
from bench.plan import Plan
from bench.report import Line, Result, say, share
from portal.lib.garbage import set_aside_what_is_loaded

DECISIONS, NOTICES = 5_000, 2_000
LEAST_A_SECOND = 1_000
LEAST_SHARE = 0.25
PARTS = ("appeals/parts/decision_change.html", "appeals/parts/decision_more.html")
REASON = "appeals/parts/decision_reason.html"
NOTES = """
A notice: its words in both languages by pack, gate and catalogue, their canonical text and SHA-256,
and the HTML of all of it in the customer's language from the page's own templates (what stands
around it, navigation and forms, is left out). A second of one core: processor time of the process,
nothing is read or stored; what the process has loaded is set aside from its collector of garbage,
as our servers and workers do. The feed: the same lines into an empty database, taken in whole, and
with no notice, clock or notification written.
"""


def measure(plan: Plan) -> None:
    decisions = DECISIONS // (10 if plan.is_quick else 1)
    lines = list(feed_lines(decisions))
    whole, alone, written = [], [], []
    set_aside_what_is_loaded()
    for run in range(plan.runs):
        empty()
        with _no_notices():
            alone.append(decisions / timed(ingest, lines, source="bench"))
        empty()
        whole.append(decisions / timed(ingest, lines, source="bench"))
        if Notice.objects.count() < decisions / 2:
            raise RuntimeError("the feed wrote too few notices")
        written.append(_written_a_second(NOTICES // (10 if plan.is_quick else 1)))
        say(f"notices, run {run + 1}: {written[-1]:,.0f}; {whole[-1]:,.0f} of {alone[-1]:,.0f}")
    one = Line("a notice written: words, SHA-256, HTML", written, unit="a core's second")
    least = min(written)
    one.found, one.goal = f"at least {least:,.0f}", f"at least {LEAST_A_SECOND:,}"
    one.is_reached = least >= LEAST_A_SECOND
    feed = Line("decisions taken in, with notices", whole, beside="without", theirs=alone)
    plan.publish(
        Result(
            name="notices",
            title="Notices",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=[one, share(feed, LEAST_SHARE)],
            notes=NOTES,
        )
    )


@contextlib.contextmanager
def _no_notices() -> Iterator[None]:
    """The same ingest, which only stores customers, lines, decisions and reasons."""
    place = "appeals.actions.intake"
    with (
        mock.patch(f"{place}.write_notice", return_value=None),
        mock.patch(f"{place}.begin_clocks", return_value=[]),
        mock.patch(f"{place}.notify_many"),
    ):
        yield


def _written_a_second(count: int) -> float:
    """How many notices of the feed one core writes in a second."""
    rows = LineDecision.objects.filter(notice__isnull=False)
    rows = rows.select_related("customer", "line").prefetch_related("reasons").order_by("pk")
    decisions = [(decision, list(decision.reasons.all())) for decision in rows[:count]]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    now, made = timezone.now(), 0
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        for decision, reasons in decisions[:100]:
            _write(decision, reasons, now)
        began = time.process_time()
        for decision, reasons in decisions:
            made += len(_write(decision, reasons, now)) > 0
        return made / (time.process_time() - began)


def _write(decision: LineDecision, reasons: Sequence[DecisionReason], now: datetime) -> str:
    notice = write_notice(decision, reasons, now)
    if not isinstance(notice, Notice):
        raise TypeError(f"{decision.reference} has a hold, not a notice")
    language = notice.language
    text = dict(notice.content)[language]
    context = {
        "decision": decision,
        "notice": notice,
        "language": language,
        "text": text,
        "standing": SimpleNamespace(others=[]),
    }
    with translation.override(language):
        html = [get_template(part).render(context) for part in PARTS]
        reason = get_template(REASON)
        html += [reason.render({**context, "reason": one}) for one in text["reasons"]]
    return "".join(html)
