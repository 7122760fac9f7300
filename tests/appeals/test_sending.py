"""Sending an appeal: its queue, its promise, its receipt, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from appeals.actions.appeals import submit_appeal, withdraw_appeal
from appeals.deadlines import last_day
from appeals.errors import WrongState
from appeals.models import Appeal, CaseEvent, EventKind, RoutingRule
from appeals.states import AppealState
from notifications.api import messages_for
from tests.appeals.builders import (
    HIGH_USE,
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_line,
    create_queue,
)
from tests.appeals.journeys import answer_all, begin, page, send, words

THURSDAY = datetime(2026, 9, 24, 15, tzinfo=UTC)


@pytest.fixture
def ready(browser, decision):
    """A draft in which nothing is missing, and queues to send it to."""
    create_all_queues()
    appeal = begin(browser, decision)
    answer_all(browser, appeal)
    return appeal


def kinds(appeal: Appeal) -> list[str]:
    return [event.kind for event in appeal.events.all()]


def test_a_sent_appeal_has_a_queue_a_promise_and_a_history(browser, alice, ready):
    create_queue("bureau_dispute", target_working_days=4)

    with time_machine.travel(THURSDAY, tick=False):
        answer = browser.post(page(ready, "check"))

    ready.refresh_from_db()
    assert answer.url == page(ready, "receipt")
    assert (ready.state, ready.submitted_at) == (AppealState.SUBMITTED, THURSDAY)
    assert ready.queue.key == "bureau_dispute"
    assert (ready.routed_reason, ready.routed_because) == ("BUR-DELINQ-ELSEWHERE", "")
    assert last_day(ready.promised_at, alice.zone) == date(2026, 9, 30)
    submitted, routed, clock = ready.events.all()
    assert (submitted.kind, submitted.by, submitted.is_visible) == (
        EventKind.SUBMITTED,
        alice,
        True,
    )
    assert (routed.kind, routed.is_visible) == (EventKind.ROUTED, False)
    assert routed.details["queue"] == "bureau_dispute"
    # The disputed reason rests on a credit file, so a clock of the law runs as well.
    assert (clock.kind, clock.is_visible) == (EventKind.CLOCK_STARTED, False)


def test_the_rule_that_chose_the_queue_is_kept(browser, ready):
    rule = RoutingRule.objects.create(
        reason_code="BUR-DELINQ-ELSEWHERE",
        queue=create_queue("hardship_care"),
        because="Somebody who is late elsewhere may need help.",
    )

    send(browser, ready)

    assert (ready.queue.key, ready.routed_by) == ("hardship_care", rule)
    assert "may need help" in ready.routed_because


def test_the_customer_is_told_once(browser, alice, ready):
    send(browser, ready)

    [message] = messages_for(alice)
    assert message.type == "appeal_received"
    assert message.dedupe_key == f"appeal:{ready.reference}:received"
    promised_on = last_day(ready.promised_at, alice.zone).isoformat()
    assert message.context == {"reference": ready.reference, "promised_on": promised_on}
    assert message.path == page(ready, "appeal")


def test_the_receipt_shows_number_day_and_count(browse, alice, ready):
    create_queue("bureau_dispute", target_working_days=4)
    with time_machine.travel(datetime(2026, 11, 23, 15, tzinfo=UTC), tick=False):
        browser = browse(alice)
        browser.post(page(ready, "check"))

        text = words(browser.get(page(ready, "receipt")))

    assert ready.reference in text
    assert "Monday 30 November 2026" in text  # not Friday the 27th: Thanksgiving lies between
    assert "within 4 working days" in text
    assert "Thursday 26 November 2026" in text


@pytest.mark.django_db
def test_the_receipt_counts_chinese_make_up_days(browse):
    wang = create_customer("Wang Fang", jurisdiction="CN", time_zone="Asia/Shanghai")
    decision = create_decision(
        wang, line=create_line(wang, currency="CNY"), decided_at=datetime(2026, 9, 28, tzinfo=UTC)
    )
    create_all_queues()
    create_queue("bureau_dispute", target_working_days=4)

    with time_machine.travel(datetime(2026, 9, 29, 4, tzinfo=UTC), tick=False):
        browser = browse(wang)
        appeal = begin(browser, decision)
        answer_all(browser, appeal)
        send(browser, appeal)
        text = words(browser.get(page(appeal, "receipt")))

    assert "Saturday 10 October 2026" in text
    assert "Weekend days on which people here work do count" in text
    assert "Wednesday 7 October 2026" in text


def test_a_receipt_is_there_only_for_what_was_sent(browser, ready):
    assert browser.get(page(ready, "receipt")).url == page(ready, "check")

    send(browser, ready)
    assert browser.get(page(ready, "receipt")).status_code == 200

    browser.post(page(ready, "withdraw"))
    assert browser.get(page(ready, "receipt")).status_code == 200


def test_a_stranger_sees_no_receipt(browser, strange_browser, ready):
    send(browser, ready)

    assert strange_browser.get(page(ready, "receipt")).status_code == 404
    assert browser.get(page(ready, "receipt")).status_code == 200
    assert browser.post(page(ready, "receipt")).status_code == 405


def test_sending_twice_sends_once(browser, alice, ready):
    browser.post(page(ready, "check"))

    answer = browser.post(page(ready, "check"), follow=True)

    assert "You have already sent this appeal" in answer.text
    assert kinds(ready).count(EventKind.SUBMITTED) == 1
    assert messages_for(alice).count() == 1


def test_an_appeal_against_a_decision_that_was_replaced_meanwhile_is_not_sent(
    browser, alice, ready
):
    create_decision(alice, line=ready.decision.line, overrides=ready.decision)

    answer = browser.post(page(ready, "check"))

    assert answer.status_code == 409
    assert "A newer decision has replaced this one" in answer.text
    ready.refresh_from_db()
    assert ready.state == AppealState.DRAFT


def test_nothing_is_sent_when_the_customer_cannot_be_told(browser, ready, monkeypatch):
    def broken(**_):
        raise RuntimeError("no message can be written")

    monkeypatch.setattr("appeals.actions.appeals.notify", broken)

    with pytest.raises(RuntimeError):
        browser.post(page(ready, "check"))

    ready.refresh_from_db()
    assert ready.state == AppealState.DRAFT
    assert not CaseEvent.objects.exists()


def test_a_late_appeal_is_sent_with_its_reason(browser, alice):
    with time_machine.travel(datetime(2026, 1, 5, tzinfo=UTC)):
        decision = create_decision(alice)
    create_all_queues()
    appeal = begin(browser, decision)
    answer_all(browser, appeal)

    assert "Tell us why you are asking now" in browser.post(page(appeal, "check")).text
    browser.post(page(appeal, "late") + "?return=check", {"late_reason": "I was abroad."})

    assert send(browser, appeal).state == AppealState.SUBMITTED


# --- two at once ----------------------------------------------------------------------------


def at_once(*doings):
    """Run each in a thread of its own and return what it gave, an error of ours included."""

    def run(doing):
        try:
            return doing()
        except WrongState as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))


@pytest.mark.django_db(transaction=True)
def test_of_two_taps_on_send_one_sends_and_both_read_the_receipt(browse):
    create_all_queues()
    alice = create_customer()
    appeal = create_appeal(create_decision(alice, reasons=[HIGH_USE]), wish="full")
    browsers = [browse(alice) for _ in range(4)]

    answers = at_once(*[lambda b=b: b.post(page(appeal, "check")) for b in browsers])

    assert {answer.status_code for answer in answers} == {302}
    assert kinds(appeal).count(EventKind.SUBMITTED) == 1
    assert messages_for(alice).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_taps_on_start_both_lead_to_one_draft(browse):
    alice = create_customer()
    decision = create_decision(alice)
    address = reverse("appeals:start", args=[decision.reference])
    browsers = [browse(alice) for _ in range(4)]

    answers = at_once(*[lambda b=b: b.post(address) for b in browsers])

    draft = Appeal.objects.get()
    assert {answer.url for answer in answers} == {page(draft, "reasons")}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(5))
def test_sending_and_withdrawing_at_once_has_one_winner(turn):
    create_all_queues()
    alice = create_customer()
    appeal = create_appeal(create_decision(alice, reasons=[HIGH_USE]), wish="full")
    mine, other = Appeal.objects.get(pk=appeal.pk), Appeal.objects.get(pk=appeal.pk)

    results = at_once(
        lambda: submit_appeal(appeal=mine, by=alice),
        lambda: withdraw_appeal(appeal=other, by=alice),
    )

    [loss] = [result for result in results if isinstance(result, WrongState)]
    [win] = [result for result in results if isinstance(result, Appeal)]
    appeal.refresh_from_db()
    assert appeal.state == win.state
    assert loss.message
    assert len(set(kinds(appeal)) & {EventKind.SUBMITTED, EventKind.WITHDRAWN}) == 1
