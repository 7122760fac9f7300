"""An appeal that is gathered under an incident is not decided by hand meanwhile, and says why."""

import pytest

from appeals.actions.incident_hold import gather_appeals
from appeals.actions.incidents import close_incident
from appeals.actions.outcomes import approve_outcome
from appeals.errors import WrongState
from appeals.models import AffectedDecision, Outcome
from appeals.states import AppealState
from tests.appeals.builders import create_appeal
from tests.appeals.desks import at, queue, rosa, typed
from tests.appeals.incident_world import hit, opened, sofia

__all__ = ["queue", "rosa", "sofia"]
WHY = "whom the rule touched is put right together"
KEPT = {"kind": "kept", "sentence": "We looked at it."}


@pytest.fixture
def held(queue, rosa):
    return create_appeal(hit(), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)


@pytest.fixture
def incident(held, sofia):
    incident = opened(sofia)
    gather_appeals(incident)
    return incident


def decide(browser, appeal):
    appeal.refresh_from_db()
    return browser.post(at(appeal), typed(appeal, **KEPT))


def test_the_page_says_it_and_the_form_refuses(browse, held, incident, rosa, sofia):
    page = browse(rosa).get(at(held)).text
    assert WHY in page
    assert incident.reference in page
    assert f"/incidents/{incident.reference}/" not in page  # reviewers see no incidents
    assert f"/admin/incidents/{incident.reference}/" in browse(sofia).get(at(held)).text

    refused = decide(browse(rosa), held)
    assert refused.status_code == 400
    assert refused.text.count(WHY) == 2
    assert not Outcome.objects.exists()
    held.refresh_from_db()
    assert held.state == AppealState.IN_REVIEW


def test_once_the_incident_is_closed_it_is_decided_as_usual(browse, held, incident, rosa, sofia):
    close_incident(incident=incident, by=sofia, because="No fault.")
    assert WHY not in browse(rosa).get(at(held)).text
    assert decide(browse(rosa), held).status_code == 302
    assert Outcome.objects.get().is_final


def test_what_the_remedy_leaves_to_a_person_a_person_decides(browse, held, incident, rosa):
    row = AffectedDecision.objects.create(
        incident=incident, decision=held.decision, share=1, joined_at=incident.opened_at
    )
    assert decide(browse(rosa), held).status_code == 400
    AffectedDecision.objects.filter(pk=row.pk).update(state="cannot", obstacle="lower")
    assert decide(browse(rosa), held).status_code == 302


def test_a_second_person_does_not_agree_to_it_either(browse, held, queue, rosa, sofia):
    type(queue).objects.filter(pk=queue.pk).update(needs_second_approval=True)
    assert decide(browse(rosa), held).status_code == 302
    outcome = Outcome.objects.get()
    gather_appeals(opened(sofia))
    held.refresh_from_db()
    with pytest.raises(WrongState, match=WHY):
        approve_outcome(appeal=held, by=sofia, version=held.version)
    outcome.refresh_from_db()
    assert not outcome.is_final
