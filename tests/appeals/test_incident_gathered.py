"""An appeal that is gathered under an incident is not decided by hand meanwhile, and says why."""

import re

import pytest
from django.db import connection

from appeals.actions.claims import claim_appeal, claim_next, release_claim
from appeals.actions.incident_hold import gather_appeals, look_after_holds
from appeals.actions.incidents import close_incident
from appeals.actions.outcomes import approve_outcome
from appeals.actions.requests_by_staff import ask_for_documents
from appeals.actions.sharing_out import share_out
from appeals.admin.order import suggested_order
from appeals.errors import NotAllowed, WrongState
from appeals.incident_scope import is_gathered
from appeals.models import AffectedDecision, Appeal, Outcome, ReviewQueue
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_document_request
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


# --- From the start, not only when it is sent ----------------------------------------------------


def button(text, words):
    """The opening tag of a button by the words on it."""
    found = re.search(rf"<button[^>]*>(?=\s*{words})", text)
    return found.group(0) if found else ""


def test_its_buttons_and_keys_are_shut_and_lead_to_the_reason(browse, held, incident, rosa):
    page = browse(rosa).get(at(held)).text
    for words in ("Decide and tell the customer", "Decide, then next case", "Ask the customer"):
        assert " disabled" in button(page, words), words
        assert 'aria-describedby="desk-gathered"' in button(page, words)
        assert "data-key" not in button(page, words)
    assert re.search(r'<a [^>]*href="#desk-gathered" data-key="d"', page)
    assert 'id="desk-gathered"' in page
    # What was found so far may still be kept.
    assert "disabled" not in button(page, "Save draft")


def test_a_waiting_one_cannot_be_claimed_and_says_why(browse, queue, rosa, sofia):
    waiting = create_appeal(hit(), state=AppealState.SUBMITTED, queue=queue)
    gather_appeals(opened(sofia))
    page = browse(rosa).get(at(waiting)).text
    assert " disabled" in button(page, "Claim this case")
    assert re.search(r'<a [^>]*href="#desk-gathered" data-key="c"', page)
    with pytest.raises(NotAllowed, match=WHY):
        claim_appeal(appeal=waiting, by=rosa)
    assert WHY in browse(rosa).post(at(waiting, "claim/"), follow=True).text


def test_a_second_person_finds_the_button_shut(browse, held, queue, rosa, sofia):
    ReviewQueue.objects.filter(pk=queue.pk).update(needs_second_approval=True)
    decide(browse(rosa), held)
    gather_appeals(opened(sofia))
    assert " disabled" in button(browse(sofia).get(at(held)).text, "Approve and tell")


def test_nothing_is_asked_of_its_customer(held, incident, rosa):
    with pytest.raises(WrongState, match=WHY):
        ask_for_documents(appeal=held, by=rosa, kinds=["payslip"], message="Please send it.")


def test_claim_next_passes_over_it_until_it_is_parted(queue, rosa, sofia):
    waiting = create_appeal(hit(), state=AppealState.SUBMITTED, queue=queue)
    kept = create_appeal(hit(), state=AppealState.SUBMITTED, queue=queue, reserved_for=rosa)
    other = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    incident = opened(sofia)
    gather_appeals(incident)

    assert suggested_order(rosa) == [other]
    assert claim_next(by=rosa) == other
    # Full or not: where only gathered ones wait, nothing waits for them.
    ReviewQueue.objects.update(most_held=1)
    assert claim_next(by=rosa) is None
    assert share_out() == 0

    ReviewQueue.objects.update(most_held=9)
    close_incident(incident=incident, by=sofia, because="No fault.")
    assert claim_next(by=rosa) == kept
    assert claim_next(by=rosa) == waiting


def test_balanced_queues_do_not_keep_it_for_anybody(queue, rosa, sofia):
    ReviewQueue.objects.update(assignment="balanced")
    create_appeal(hit(), state=AppealState.SUBMITTED, queue=queue)
    incident = opened(sofia)
    gather_appeals(incident)
    assert share_out() == 0
    close_incident(incident=incident, by=sofia, because="No fault.")
    assert share_out() == 1


def test_the_database_and_the_pages_mean_the_same(queue, rosa, sofia):
    """Gathered, not gathered, left to a person, of a closed incident: one by one."""
    cases = [create_appeal(hit(), state=AppealState.SUBMITTED, queue=queue) for _ in range(4)]
    incident = opened(sofia)
    gather_appeals(incident)
    for case, state in ((cases[1], {}), (cases[2], {"state": "cannot", "obstacle": "lower"})):
        row = AffectedDecision.objects.create(
            incident=incident, decision=case.decision, share=1, joined_at=incident.opened_at
        )
        AffectedDecision.objects.filter(pk=row.pk).update(**{"share": 1, **state})
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    def said():
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, appeals_is_gathered(id, decision_id) FROM appeals_appeal")
            rows = dict(cursor.fetchall())
        assert rows == dict(Appeal.objects.values_list("pk", is_gathered()))
        assert rows == dict(Appeal.objects.values_list("pk", "is_set_aside"))
        return sum(rows.values())

    assert said() == 3
    close_incident(incident=incident, by=sofia, because="No fault.")
    assert said() == 0


def test_what_was_called_off_is_no_answer_of_the_customer(browse, queue, rosa, sofia):
    asked = create_appeal(hit(), state=AppealState.WAITING, queue=queue)
    create_document_request(asked, by=rosa)
    incident = opened(sofia)
    look_after_holds()
    assert asked.reference not in browse(rosa).get("/admin/").text.partition("Answered")[2]
    close_incident(incident=incident, by=sofia, because="No fault.")
    assert asked.events.filter(kind="parted").count() == 1
    asked.refresh_from_db()
    claim_appeal(appeal=asked, by=rosa)
    release_claim(appeal=asked, by=rosa)
