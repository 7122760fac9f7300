"""Asking the customer, and two pairs of eyes, through the pages of the admin."""

import threading
from functools import partial

import pytest
from django.db import connection

from appeals.actions.outcomes import approve_outcome, send_back_outcome
from appeals.errors import WrongState
from appeals.models import Appeal, Claim, DocumentRequest, Outcome
from appeals.states import AppealState
from tests.appeals.answers import FULL, propose, ready
from tests.appeals.builders import create_appeal, create_queue, create_reviewer
from tests.appeals.desks import HOME, at, desk, held, queue, rosa, sam, typed
from tests.appeals.editors import create_staff

__all__ = ["desk", "held", "queue", "rosa", "sam"]


# --- Asking, second approval -------------------------------------------------------------------


def test_asking_for_documents(desk, held, rosa):
    form = {"kinds": ["payslip", "bank_statement"], "message": "Please send two payslips."}

    answer = desk.post(at(held, "ask/"), form, follow=True)

    assert answer.redirect_chain[-1][0] == HOME
    assert DocumentRequest.objects.get().kinds == ["payslip", "bank_statement"]
    page = desk.get(at(held)).content.decode()
    assert "Paused: waiting for the customer" in page


def test_a_request_without_words_is_refused(desk, held):
    answer = desk.post(at(held, "ask/"), {"kinds": ["payslip"]}, follow=True)

    assert "Write to the customer what you need" in answer.content.decode()
    assert not DocumentRequest.objects.exists()


@pytest.fixture
def proposed(desk, held, queue):
    queue.needs_second_approval = True
    queue.save()
    desk.post(at(held), typed(held, kind="restored", sentence="It is all back."))
    held.refresh_from_db()
    return held


def test_a_proposal_is_approved_by_somebody_else(proposed, desk, browse, sam):
    assert "waits for somebody else" in desk.get(at(proposed)).content.decode()
    desk.post(at(proposed, "approve/"), {"version": proposed.version})
    proposed.refresh_from_db()
    assert proposed.state == AppealState.APPROVAL

    second = browse(sam)
    page = second.get(at(proposed)).content.decode()
    assert "It is all back." in page
    assert 'name="sentence"' not in page
    second.post(at(proposed, "approve/"), {"version": proposed.version})

    proposed.refresh_from_db()
    assert proposed.state == AppealState.DECIDED


def test_an_approver_who_saw_an_old_page_approves_nothing(proposed, browse, sam):
    browse(sam).post(at(proposed, "approve/"), {"version": proposed.version - 1})

    proposed.refresh_from_db()
    assert proposed.state == AppealState.APPROVAL


def test_a_proposal_is_sent_back_with_a_note(proposed, desk, browse, sam, rosa):
    browse(sam).post(
        at(proposed, "send-back/"), {"version": proposed.version, "note": "Look at page 2."}
    )

    page = desk.get(at(proposed)).content.decode()
    assert "Look at page 2." in page
    assert "It is all back." in page
    assert Claim.objects.get().reviewer == rosa


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second_step", ["approve", "send_back"])
def test_of_two_approvers_at_once_one_answers_and_the_other_is_told(second_step):
    queue = create_queue("credit_review", needs_second_approval=True)
    rosa, sam, kim = (
        create_reviewer(name, queue=queue) for name in ("Rosa Vega", "Sam Okoro", "Kim Berg")
    )
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(appeal, rosa), rosa, FULL)
    steps = {
        "approve": approve_outcome,
        "send_back": partial(send_back_outcome, note="Look at page 2."),
    }
    together = threading.Barrier(2)
    said: list[str] = []

    def answer(person, step):
        mine = Appeal.objects.select_related("decision", "customer").get(pk=appeal.pk)
        try:
            together.wait(30)
            step(appeal=mine, by=person, version=mine.version)
        except WrongState as error:
            said.append(error.message)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=answer, args=(sam, steps["approve"])),
        threading.Thread(target=answer, args=(kim, steps[second_step])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert said == ["A colleague was quicker and has just answered this. Please reload."]
    outcome = Outcome.objects.get()
    assert outcome.is_final is (outcome.sent_back_at is None)
    assert outcome.approved_by_id in {sam.pk, kim.pk, None}


# --- What an approver compares ------------------------------------------------------------------


def test_the_approver_sees_the_limit_step_by_step(proposed, browse, sam):
    text = browse(sam).get(at(proposed)).text

    for words in ("before the cut", "after the cut", "after this outcome", "the customer asks"):
        assert words in text
    assert "Gives back up to $2,600.00, 100% of the cut." in text
    assert "Changed since it was sent back" not in text


def test_a_case_that_comes_a_second_time_shows_what_changed(proposed, desk, browse, sam):
    second = browse(sam)
    second.post(at(proposed, "send-back/"), {"version": proposed.version, "note": "Only half."})
    proposed.refresh_from_db()
    first, other = proposed.grounds.all()
    form = typed(
        proposed,
        kind="partly_restored",
        new_limit="2700",
        sentence="It is half back.",
        **{f"ruling-{other.pk}": "refuted", f"said-{other.pk}": "Your use is high."},
    )
    desk.post(at(proposed), form)

    text = second.get(at(proposed)).text

    assert "Changed since it was sent back" in text
    assert "Only half." in text
    assert "It is <del>all</del><ins>half</ins> back." in text
    assert "Your use is high." in text
    assert "Gives back up to $1,300.00, 50% of the cut." in text
    # The finding that stayed as it was is not among the changes.
    since = text.split("Changed since it was sent back")[1].split("</section>")[0]
    assert "A late payment with another lender" not in since
    assert first.finding.ruling == "accepted"


def test_sent_again_unchanged_is_said(proposed, desk, browse, sam):
    second = browse(sam)
    second.post(at(proposed, "send-back/"), {"version": proposed.version, "note": "Why?"})
    proposed.refresh_from_db()
    desk.post(at(proposed), typed(proposed, kind="restored", sentence="It is all back."))

    assert "Nothing was changed." in second.get(at(proposed)).text


def test_who_may_not_approve_is_shown_no_button(proposed, browse, queue):
    junior = create_staff("Jo Junior", "Reviewers")
    queue.members.add(junior)

    text = browse(junior).get(at(proposed)).text

    assert "waits for somebody else" in text
    assert "Approve and tell the customer" not in text
    assert proposed.reference not in browse(junior).get(HOME).text


def test_decide_and_next_opens_the_next_case(desk, held, queue):
    following = create_appeal(state=AppealState.SUBMITTED, queue=queue)

    answer = desk.post(at(held), typed(held, kind="kept", sentence="It stays.", do="decide_next"))

    assert answer.url == at(following)
    held.refresh_from_db()
    following.refresh_from_db()
    assert (held.state, following.state) == (AppealState.DECIDED, AppealState.IN_REVIEW)


def test_after_the_last_case_the_desk_is_empty(desk, held):
    form = typed(held, kind="kept", sentence="It stays.", do="decide_next")

    assert desk.post(at(held), form).url == HOME
