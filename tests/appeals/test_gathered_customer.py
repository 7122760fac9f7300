"""What a customer reads while their appeal is gathered: the truth, and a day that still holds."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from appeals.actions.incident_hold import gather_appeals, look_after_holds
from appeals.actions.incidents import close_incident
from appeals.actions.no_news import tell_no_news
from appeals.actions.promises import tell_of_promises_at_risk
from appeals.models import CaseClock, DocumentRequest, IncidentState
from appeals.states import AppealState
from notifications.api import Notification
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_document_request,
    create_queue,
)
from tests.appeals.incident_world import approved, hit, later, opened, run, sofia, tomas
from tests.appeals.journeys import page, words

__all__ = ["sofia", "tomas"]
CHECKING = "We are checking one of our rules"
A_PERSON = "A person will read what you wrote"
NOTHING_TO_DO = "You need not do anything."
DAY = timedelta(days=1)


@pytest.fixture
def queue(db):
    return create_queue()


@pytest.fixture
def ana(db):
    return create_customer("Ana Cruz")


@pytest.fixture
def appeal(queue, ana):
    return create_appeal(hit(ana), state=AppealState.SUBMITTED, queue=queue)


@pytest.fixture
def incident(appeal, sofia):
    incident = opened(sofia)
    gather_appeals(incident)
    return incident


def read(browse, appeal, path=""):
    return words(browse(appeal.customer).get(path or page(appeal, "appeal")))


def promised(appeal):
    appeal.refresh_from_db()
    return appeal.promised_at


def test_every_page_says_what_happens_and_none_says_that_a_person_reads_it(browse, appeal, sofia):
    assert A_PERSON in read(browse, appeal)
    before = promised(appeal)
    gather_appeals(opened(sofia))

    text = read(browse, appeal)
    assert CHECKING in text
    assert "We look at all its decisions together" in text
    assert "You need do nothing more" in text
    assert "You may still send some if you want to" in text
    assert "Rule being checked" in text
    for untrue in (A_PERSON, "With a reviewer", "Second check", "a fault in our own system"):
        assert untrue not in text
    # The day we gave still holds, and is counted on.
    assert promised(appeal) == before
    assert "You get an answer by" in text
    assert "The count goes on while we check the rule." in text

    for path in ("/appeals/", "/lines/", f"/decisions/{appeal.decision.reference}/"):
        text = read(browse, appeal, path)
        assert "may be wrong" in text, path
        assert NOTHING_TO_DO in text, path
        assert "You get an answer by" in text, path
        assert "We are looking at" not in text, path


def test_papers_are_still_taken(browse, appeal, incident):
    assert "Add papers to your appeal" in read(browse, appeal, page(appeal, "documents"))


@pytest.mark.parametrize("state", ["in_review", "approval"])
def test_so_it_is_where_somebody_had_it(browse, queue, ana, sofia, state):
    appeal = create_appeal(hit(ana), state=AppealState(state), queue=queue)
    gather_appeals(opened(sofia))
    text = read(browse, appeal)
    assert CHECKING in text
    assert "A person is looking" not in text
    assert "A second person" not in text


def test_what_was_asked_is_called_off_and_the_customer_is_told(browse, queue, ana, sofia):
    appeal = create_appeal(
        hit(ana), state=AppealState.WAITING, queue=queue, paused_at=timezone.now() - 3 * DAY
    )
    create_document_request(appeal)
    assert "We need something from you" in read(browse, appeal)
    opened(sofia)
    look_after_holds()
    look_after_holds()

    text = read(browse, appeal)
    assert "we do not need this any more" in text
    assert "Your answer of" not in text
    assert "You answered on" not in text
    message = Notification.objects.get(recipient=ana, type="appeal_gathered")
    assert message.path == page(appeal, "appeal")
    assert DocumentRequest.objects.get().is_called_off
    answer = browse(ana).post(page(appeal, "answer"), {"answer": "Here."}, follow=True)
    assert "We do not need this any more. You need not answer." in words(answer)


def test_before_the_day_is_missed_the_customer_hears_of_it_all_the_same(browse, appeal, incident):
    clock = CaseClock.objects.get(appeal=appeal, kind="reconsideration")
    assert clock.tell_at is not None
    with time_machine.travel(clock.tell_at + timedelta(minutes=1), tick=False):
        assert tell_of_promises_at_risk() == 1
    assert Notification.objects.filter(recipient=appeal.customer, type="promise_at_risk").exists()
    with time_machine.travel(clock.due_at + DAY, tick=False):
        text = read(browse, appeal)
        assert "We are late, and we are sorry. We are still checking the rule." in text
        assert "one of the next we take" not in text
        assert "We are late We are still checking the rule" in read(browse, appeal, "/appeals/")


def test_nothing_new_is_said_in_its_own_words(browse, appeal, incident):
    with time_machine.travel(timezone.now() + 8 * DAY, tick=False):
        assert tell_no_news() == 1
        text = read(browse, appeal)
    assert Notification.objects.get(recipient=appeal.customer).type == "appeal_gathered"
    assert "Nothing is new yet. We are still checking the rule." in text
    assert "with this team" not in text


def test_once_it_is_closed_a_person_reads_it_again_and_the_page_says_so(
    browse, appeal, incident, sofia
):
    close_incident(incident=incident, by=sofia, because="No fault.")
    text = read(browse, appeal)
    assert A_PERSON in text
    assert "Your appeal is looked at by itself again" in text
    assert CHECKING not in text
    assert appeal.events.filter(kind="parted").count() == 1
    # A ring that began before it was closed gathers nothing under it any more.
    late = create_appeal(hit(), state=AppealState.SUBMITTED, queue=appeal.queue)
    incident.state = IncidentState.OPEN
    assert gather_appeals(incident) == 0
    assert not late.gathered.exists()


def test_what_a_remedy_leaves_to_a_person_is_parted(browse, queue, ana, sofia, tomas):
    fault = hit(ana)
    later(fault, action="close", new_limit=0)
    appeal = create_appeal(fault, state=AppealState.SUBMITTED, queue=queue)
    incident = opened(sofia)
    gather_appeals(incident)
    remedy = run(approved(sofia, tomas, incident))
    assert remedy.incident.cannot == 1
    assert A_PERSON in read(browse, appeal)
    assert appeal.events.filter(kind="parted").count() == 1


def test_lists_ask_no_more_for_it(browse, appeal, incident, django_assert_num_queries):
    browser = browse(appeal.customer)
    browser.get("/appeals/")
    with django_assert_num_queries(5):
        browser.get("/appeals/")
