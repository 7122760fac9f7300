"""People and cases of the reviewers' desk, and what its pages send."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appeals.models import EvidenceDocument
from appeals.states import AppealState, EvidenceState, Ruling
from tests.appeals.builders import create_appeal, create_queue, create_reviewer

HOME = "/admin/"
LIST = "/admin/appeals/appeal/"


@pytest.fixture
def queue(db):
    """A queue in which one person decides."""
    return create_queue("credit_review", needs_second_approval=False)


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def sam(queue):
    return create_reviewer("Sam Okoro", queue=queue)


@pytest.fixture
def sofia(db):
    return create_reviewer("Sofia Lind", is_supervisor=True)


@pytest.fixture
def desk(browse, rosa):
    """Rosa's browser."""
    return browse(rosa)


@pytest.fixture
def held(queue, rosa):
    """An appeal that Rosa holds."""
    return create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)


def at(appeal, action=""):
    return f"/admin/cases/{appeal.reference}/{action}"


def typed(appeal, **fields):
    """The big form as the page sends it, every ground accepted."""
    grounds = {f"ruling-{ground.pk}": Ruling.ACCEPTED.value for ground in appeal.grounds.all()}
    # The page has filled this day in; it counts when the decision is kept.
    usual = {"look_again_on": (timezone.now() + timedelta(days=90)).date().isoformat()}
    return {"version": appeal.version, "do": "decide", **grounds, **usual, **fields}


def add_paper(appeal, number=0, state=EvidenceState.READY):
    return EvidenceDocument.objects.create(
        appeal=appeal,
        ground=appeal.grounds.all()[0],
        kind="payslip",
        original_name=f"payslip-{number}.pdf",
        stored_name=f"stored-{appeal.pk}-{number}",
        size=2048,
        sha256=f"{number:064d}",
        state=state,
        uploaded_at=timezone.now(),
    )
