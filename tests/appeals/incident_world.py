"""Incidents for the tests: a faulty rule, two supervisors, and steps taken in place."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appeals.actions.incidents import Scope, open_incident
from appeals.actions.remedies import Plan, approve_remedy, propose_remedy
from appeals.actions.remedy_steps import work_on
from tests.appeals.builders import create_customer, create_decision, create_reviewer

RULE = {"rule_id": "SCORE-DROP", "rule_module": "scoring", "rule_version": "9.1.0"}
ENOUGH_SECONDS = 60


@pytest.fixture
def sofia(db):
    return create_reviewer("Sofia Lind", is_supervisor=True)


@pytest.fixture
def tomas(db):
    return create_reviewer("Tomas Berg", is_supervisor=True)


def hit(customer=None, **overrides):
    """A cut from 4,000 to 1,400 by the faulty rule."""
    return create_decision(customer or create_customer("Ana Cruz"), **{**RULE, **overrides})


def later(fault, *, hours=1, **overrides):
    """A later decision about the same line, by a good rule, which the line follows."""
    decided_at = fault.decided_at + timedelta(hours=hours)
    fields = {"old_limit": fault.new_limit, "decided_at": decided_at, **overrides}
    decision = create_decision(fault.customer, line=fault.line, **fields)
    line = decision.line
    status = {"suspend": "suspended", "close": "closed", "restore": "open"}
    line.limit, line.as_of = decision.new_limit, decided_at
    line.status = status.get(decision.action, line.status)
    line.save()
    return decision


def scope(**overrides):
    return Scope(
        **{
            "rule_id": RULE["rule_id"],
            "rule_version": RULE["rule_version"],
            "since": timezone.now() - timedelta(days=30),
            **overrides,
        }
    )


def opened(by, **overrides):
    return open_incident(scope=scope(**overrides), title="Scores fell for no reason", by=by)


def approved(first, second, incident=None, **plan):
    """A remedy for everybody at once, unless a first share is asked for."""
    incident = incident or opened(first)
    fields = {"because": "The rule read the score upside down.", "canary_share": 100, **plan}
    remedy = propose_remedy(incident=incident, plan=Plan(**fields), by=first)
    return approve_remedy(remedy=remedy, by=second)


def run(remedy):
    """What a worker does until nothing is left."""
    while work_on(remedy.pk, seconds=ENOUGH_SECONDS):
        pass
    remedy.refresh_from_db()
    remedy.incident.refresh_from_db()
    return remedy


def counts(incident):
    incident.refresh_from_db()
    return incident.size, incident.restored, incident.already, incident.cannot


__all__ = [
    "approved",
    "counts",
    "hit",
    "later",
    "opened",
    "run",
    "scope",
    "sofia",
    "tomas",
]
