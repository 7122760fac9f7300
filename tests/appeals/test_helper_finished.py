"""Whoever helps with a draft says that they have finished: the customer is told once, and reads."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from appeals.actions.finished import ToldAlready, say_finished
from appeals.actions.representatives import Helper, name_representative
from appeals.errors import NotAllowed, WrongState
from appeals.models import Authority, EventKind, Representative
from appeals.states import AppealState
from appeals.truth import about_appeal, drafts_gone
from notifications.api import messages_for
from tests.appeals import files
from tests.appeals.builders import create_appeal, create_customer, create_decision
from tests.appeals.journeys import answer_all, page, send, words
from tests.appeals.papers import no_child, received_and_checked, shelf

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]
# In New York it is the evening of the 23rd.
EVENING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def named(appeal):
    return name_representative(
        appeal=appeal,
        helper=Helper("Ben Ito", "ben@example.net", Authority.ADVISER),
        words="This appeal.",
        by=appeal.customer,
    )


def finish(browser, appeal):
    return browser.post(page(appeal, "helper_finished"), follow=True)


def told(person):
    return messages_for(person).filter(type="helper_ready")


def events(appeal):
    return appeal.events.filter(kind=EventKind.HELPER_FINISHED)


@pytest.fixture
def draft(decision):
    return create_appeal(decision, disputed=[], statement="")


@pytest.fixture
def ben(draft):
    return named(draft).person


@pytest.fixture
def bens(browse, ben):
    return browse(ben)


def test_the_customer_is_told_once_reads_it_and_sends_it(browser, bens, ben, alice, draft):
    answer_all(bens, draft)
    assert f"I have finished: tell {alice.name}" in words(bens.get(page(draft, "check")))
    assert "ready to read" not in words(browser.get("/appeals/"))

    answer = words(finish(bens, draft))

    assert f"We have told {alice.name}." in answer
    assert f"You told {alice.name} that you have finished:" in answer
    event = events(draft).get()
    assert (event.by, event.is_visible, event.details) == (ben, True, {})
    message = told(alice).get()
    assert message.path == page(draft, "check")
    assert message.context == {"reference": draft.reference}
    assert not told(ben).exists()
    listed = words(browser.get("/appeals/"))
    assert "Carry on with your appeal" in listed
    assert "The person who helps you finished their part on" in listed
    mine = words(browser.get(message.path))
    assert "The person who helps you finished their part on" in mine
    assert "Nothing is sent until you do." in mine
    assert "I have finished" not in mine
    send(browser, draft)
    story = words(browser.get(page(draft, "appeal")))
    assert "The person who helps you finished their part" in story
    assert "ready to read" not in words(browser.get("/appeals/"))


def test_the_reviewer_reads_it_in_the_case(admin_client, browser, bens, draft):
    answer_all(bens, draft)
    finish(bens, draft)
    send(browser, draft)

    case = admin_client.get(f"/admin/appeals/appeal/{draft.pk}/change/", follow=True)

    assert "Whoever helps the customer finished their part" in words(case)


def test_papers_alone_are_a_part_that_can_be_finished(browser, bens, alice, draft):
    received_and_checked(bens, draft, files.pdf(), "letter.pdf")

    assert "We have told" in words(finish(bens, draft))

    assert told(alice).count() == 1
    assert "Some answers are missing" in words(browser.get(page(draft, "check")))


def test_pressed_twice_it_is_told_once(bens, alice, draft):
    answer_all(bens, draft)
    finish(bens, draft)
    bens.post(page(draft, "more"), {"statement": "One thing more."})

    answer = finish(bens, draft)

    assert answer.status_code == 200
    assert f"{alice.name} was told already. We tell them once a day at most." in words(answer)
    assert (told(alice).count(), events(draft).count()) == (1, 1)


def test_named_anew_the_same_day_they_cannot_tell_it_again(browser, bens, alice, draft):
    finish(bens, draft)
    browser.post(page(draft, "helper_end"))
    named(draft)

    assert "was told already" in words(finish(bens, draft))
    assert (told(alice).count(), events(draft).count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_from_two_tabs_at_once_it_is_told_once():
    draft = create_appeal(create_decision(create_customer()), disputed=[], statement="")
    row = named(draft)
    start, heard = threading.Barrier(2), []

    def run():
        try:
            start.wait()
            say_finished(representative=row, by=row.person)
        except ToldAlready as error:
            heard.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(heard) == 1
    assert (told(draft.customer).count(), events(draft).count()) == (1, 1)


def test_the_customers_next_day_counts_and_only_if_something_changed(alice, draft, ben):
    assert alice.time_zone == "America/New_York"
    row = Representative.objects.get()
    draft.saved_at = EVENING - timedelta(hours=1)
    draft.save(update_fields=["saved_at"])
    with time_machine.travel(EVENING, tick=False):
        say_finished(representative=row, by=ben)
    # Elsewhere it is long the 24th, and still the 23rd where she lives.
    with (
        time_machine.travel(EVENING + timedelta(hours=2), tick=False),
        pytest.raises(ToldAlready, match="once a day"),
    ):
        say_finished(representative=row, by=ben)
    with (
        time_machine.travel(EVENING + timedelta(hours=4), tick=False),
        pytest.raises(ToldAlready, match="nothing has changed"),
    ):
        say_finished(representative=row, by=ben)

    draft.saved_at = EVENING + timedelta(hours=3)
    draft.save(update_fields=["saved_at"])
    with time_machine.travel(EVENING + timedelta(hours=4), tick=False):
        say_finished(representative=row, by=ben)

    assert (told(alice).count(), events(draft).count()) == (2, 2)


def test_a_new_paper_is_a_change(bens, alice, draft, ben):
    row = Representative.objects.get()
    now = datetime.now(UTC)
    with time_machine.travel(now - timedelta(days=2)):
        say_finished(representative=row, by=ben)
    draft.saved_at = now - timedelta(days=3)
    draft.save(update_fields=["saved_at"])
    received_and_checked(bens, draft, files.pdf(), "letter.pdf")

    assert "We have told" in words(finish(bens, draft))
    assert told(alice).count() == 2


def test_after_it_was_sent_there_is_nothing_to_tell(browser, bens, alice, draft):
    answer_all(bens, draft)
    send(browser, draft)

    answer = finish(bens, draft)

    assert answer.status_code == 409
    assert f"This appeal is no longer a draft. {alice.name} has sent it" in words(answer)
    assert not told(alice).exists()
    assert not events(draft).exists()


def test_a_message_that_waits_is_not_sent_once_the_draft_is_gone(browser, bens, draft):
    answer_all(bens, draft)
    finish(bens, draft)
    key = about_appeal(draft)
    assert told(draft.customer).get().about == key
    assert drafts_gone({key}) == {}

    send(browser, draft)

    assert drafts_gone({key}) == {key: "The draft it speaks of was sent or thrown away."}


def test_a_stranger_finds_nothing_to_finish(strange_browser, client, bens, browser, alice, draft):
    assert finish(strange_browser, draft).status_code == 404
    assert client.post(page(draft, "helper_finished")).url.startswith("/account/sign-in/")
    assert bens.get(page(draft, "helper_finished")).status_code == 405

    browser.post(page(draft, "helper_end"))

    assert finish(bens, draft).status_code == 404
    assert not told(alice).exists()


def test_ended_while_they_pressed_it_is_not_told(browser, draft, ben):
    row = Representative.objects.get()
    browser.post(page(draft, "helper_end"))

    with pytest.raises(WrongState, match="You no longer help"):
        say_finished(representative=row, by=ben)

    assert not events(draft).exists()


@pytest.mark.usefixtures("ben")
def test_the_customer_has_nobody_to_tell(browser, charlie, alice, draft):
    answer = finish(browser, draft)

    assert answer.status_code == 409
    assert "Only the person who helps can say that they have finished." in words(answer)
    with pytest.raises(NotAllowed):
        say_finished(representative=Representative.objects.get(), by=charlie)
    assert not told(alice).exists()
    draft.refresh_from_db()
    assert draft.state == AppealState.DRAFT


def test_in_chinese_both_read_it_in_chinese(browse):
    wei = create_customer("陈伟", locale="zh-Hans", time_zone="Asia/Shanghai")
    draft = create_appeal(create_decision(wei), disputed=[], statement="")
    theirs, mine = browse(named(draft).person), browse(wei)
    for one in (theirs, mine):
        one.cookies["django_language"] = "zh-hans"
    answer_all(theirs, draft)
    assert "我已完成：通知陈伟" in words(theirs.get(page(draft, "check")))

    answer = words(finish(theirs, draft))

    assert "我们已通知陈伟。" in answer
    assert "我们已通知过陈伟。我们每天最多通知一次。" in words(finish(theirs, draft))
    assert "继续填写" in words(mine.get("/appeals/"))
    assert "协助您的人已于" in words(mine.get(page(draft, "check")))


@pytest.mark.parametrize("times", [1, 4])
def test_the_pages_ask_a_fixed_number_of_questions(
    browser, bens, ben, draft, django_assert_num_queries, times
):
    answer_all(bens, draft)
    row, now = Representative.objects.get(), datetime.now(UTC)
    for day in range(times, 0, -1):
        with time_machine.travel(now - timedelta(days=day)):
            draft.refresh_from_db()
            draft.saved_at = datetime.now(UTC)
            draft.save(update_fields=["saved_at"])
            say_finished(representative=row, by=ben)
    for one in (browser, bens):
        one.get(page(draft, "check"))

    with django_assert_num_queries(8):
        browser.get(page(draft, "check"))
    with django_assert_num_queries(5):
        browser.get("/appeals/")
