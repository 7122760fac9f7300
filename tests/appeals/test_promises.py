"""Warning before a deadline and telling after it: staff, supervisors and the customer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from appeals.actions.appeals import withdraw_appeal
from appeals.actions.document_requests import answer_document_request
from appeals.actions.escalations import escalate_deadlines, warn_of_deadlines
from appeals.actions.promises import tell_of_promises_at_risk
from appeals.actions.requests_by_staff import ask_for_documents
from appeals.clock_rules import CLOCKS
from appeals.deadlines import end_of_day
from appeals.models import Appeal, CaseClock, ClockEnd, EventKind
from appeals.periodic import watch_deadlines
from appeals.states import AppealState
from appeals.truth import appeals_not_due, closed_appeals
from notifications.api import messages_for
from notifications.models import Notification
from tests.appeals.answers import KEPT, propose, ready
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import held, queue, rosa, sofia
from tests.notifications.builders import prefer, send

__all__ = ["held", "queue", "rosa", "sofia"]

AT_RISK, OVERDUE = "promise_at_risk", "promise_overdue"
OPEN_STATES = [AppealState.SUBMITTED, AppealState.IN_REVIEW, AppealState.APPROVAL]


def missed(decision, state=AppealState.IN_REVIEW) -> Appeal:
    return create_appeal(decision, state=state, promised_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("state", OPEN_STATES)
def test_a_missed_promise_is_told_once(alice, decision, state):
    appeal = missed(decision, state)

    watch_deadlines()
    watch_deadlines()

    [message] = messages_for(alice)
    assert message.type == "promise_overdue"
    assert message.context["reference"] == appeal.reference
    [event] = appeal.events.filter(is_visible=True)
    assert (event.kind, event.is_visible, event.by) == (EventKind.LATE, True, None)
    appeal.refresh_from_db()
    assert appeal.lateness_told_at is not None
    assert appeal.state == state


@pytest.mark.parametrize(
    "state",
    [AppealState.WAITING, AppealState.DECIDED, AppealState.WITHDRAWN],
)
def test_whom_we_do_not_keep_waiting_is_not_told(alice, decision, state):
    missed(decision, state)

    watch_deadlines()

    assert not messages_for(alice).exists()


def test_the_promised_day_has_to_be_over_where_the_customer_lives(db):
    keola = create_customer("Keola Kai", time_zone="Pacific/Honolulu")
    create_appeal(
        create_decision(keola),
        state=AppealState.SUBMITTED,
        promised_at=end_of_day(date(2026, 11, 20), keola.zone),
    )

    with time_machine.travel(datetime(2026, 11, 21, 9, 59, tzinfo=UTC), tick=False):
        watch_deadlines()
    assert not messages_for(keola).filter(type=OVERDUE).exists()

    with time_machine.travel(datetime(2026, 11, 21, 10, 0, 1, tzinfo=UTC), tick=False):
        watch_deadlines()
    [message] = messages_for(keola).filter(type=OVERDUE)
    assert message.context["promised_on"] == "2026-11-20"


def test_the_oldest_promises_come_first(alice, decision):
    older = create_appeal(
        create_decision(alice),
        state=AppealState.SUBMITTED,
        promised_at=timezone.now() - timedelta(days=3),
    )
    missed(decision)

    assert escalate_deadlines(limit=1) == 1

    assert Appeal.objects.get(lateness_told_at__isnull=False) == older


# --- Before: staff are warned --------------------------------------------------------------------

MONDAY = datetime(2026, 11, 16, 17, tzinfo=UTC)
WARNED = datetime(2026, 11, 27, 14, 0, 1, tzinfo=UTC)  # Friday, nine in New York
EVE = datetime(2026, 11, 30, 14, 0, 1, tzinfo=UTC)  # the last working day before
OVER = datetime(2026, 12, 2, 5, 0, 1, tzinfo=UTC)  # Tuesday 1 December has ended there


def due_on_first_of_december(customer=None, **fields):
    """Sent on 16 November with ten working days: until 1 December, over Thanksgiving."""
    customer = customer or create_customer()
    with time_machine.travel(MONDAY, tick=False):
        return create_appeal(
            create_decision(customer),
            submitted_at=MONDAY,
            promised_at=end_of_day(date(2026, 12, 1), customer.zone),
            **{"state": AppealState.SUBMITTED, **fields},
        )


def ring(moment):
    """Let the clock ring twice: the second time changes nothing."""
    with time_machine.travel(moment, tick=False):
        watch_deadlines()
        watch_deadlines()


def told(type_name):
    return [row.recipient.name for row in Notification.objects.filter(type=type_name)]


def test_whoever_holds_the_case_is_warned_once(queue, rosa, sofia):
    appeal = due_on_first_of_december(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)

    ring(WARNED - timedelta(seconds=2))
    assert not Notification.objects.exists()
    ring(WARNED)

    assert told("deadline_near") == ["Rosa Vega"]
    message = Notification.objects.get()
    assert message.context == {"reference": appeal.reference, "due_on": "2026-12-01"}
    assert message.path == f"/admin/cases/{appeal.reference}/"
    event = appeal.events.get(kind=EventKind.WARNED)
    assert (event.is_visible, event.by) == (False, None)
    assert event.details == {"clock": "reconsideration", "rule": "own.reconsideration"}


def test_where_nobody_holds_it_the_supervisors_of_the_queue_are_warned(queue, sofia):
    queue.members.add(sofia)
    create_reviewer("Rosa Vega", queue=queue)
    create_reviewer("Otto Berg", is_supervisor=True)
    due_on_first_of_december(queue=queue)

    ring(WARNED)

    assert told("deadline_near") == ["Sofia Lind"]


def test_a_queue_without_a_supervisor_of_its_own_has_all_of_them(queue, sofia):
    due_on_first_of_december(queue=queue)

    ring(WARNED)

    assert told("deadline_near") == ["Sofia Lind"]


def test_only_cleared_supervisors_hear_of_a_restricted_case(db):
    guarded = create_queue("fraud_identity", is_restricted=True)
    create_reviewer("Otto Berg", is_supervisor=True)
    create_reviewer("Cleo Marsh", is_supervisor=True, queue=guarded)
    due_on_first_of_december(queue=guarded)

    ring(WARNED)
    ring(OVER)

    assert told("deadline_near") == ["Cleo Marsh"]
    assert told("deadline_passed") == ["Cleo Marsh"]


# --- Before: the customer is told ----------------------------------------------------------------


def test_a_case_nobody_has_taken_is_told_of_when_staff_are_warned(alice, sofia):
    appeal = due_on_first_of_december(alice)

    ring(WARNED)

    [message] = messages_for(alice)
    assert message.type == "promise_at_risk"
    assert message.context == {"reference": appeal.reference, "promised_on": "2026-12-01"}
    assert message.path == f"/appeals/{appeal.reference}/"
    event = appeal.events.get(kind=EventKind.WARNED, is_visible=True)
    assert event.details == {"clock": "reconsideration"}


@pytest.mark.parametrize("state", [AppealState.IN_REVIEW, AppealState.APPROVAL])
def test_a_case_in_hand_is_told_of_on_the_last_working_day_before(alice, queue, rosa, state):
    appeal = due_on_first_of_december(alice, state=state, queue=queue)
    create_claim(appeal, rosa)

    ring(WARNED)
    ring(EVE - timedelta(seconds=2))
    assert not messages_for(alice).exists()
    ring(EVE)

    assert [message.type for message in messages_for(alice)] == ["promise_at_risk"]
    assert CaseClock.objects.get(appeal=appeal).customer_told_at == EVE


def test_the_customer_reads_what_happens_then(browser, alice, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)
    CaseClock.objects.filter(appeal=appeal).update(tell_at=timezone.now())
    prefer(alice, push=False)

    tell_of_promises_at_risk()

    message = Notification.objects.get(type="promise_at_risk")
    text = browser.get(f"/messages/{message.public_id}/").text
    assert "We may not be done by then" in text
    assert "a supervisor looks at your appeal" in text
    assert "our answer may come late" in browser.get(f"/appeals/{appeal.reference}/").text


def test_what_was_answered_meanwhile_is_not_said(alice, queue, rosa, held):
    customer = held.customer
    prefer(customer, push=False)
    CaseClock.objects.filter(appeal=held).update(tell_at=timezone.now())
    tell_of_promises_at_risk()
    message = Notification.objects.get(type="promise_at_risk")

    propose(ready(held, rosa), rosa, KEPT)
    send("email")

    states = message.deliveries.values_list("state", "reason")
    assert set(states) == {
        ("cancelled", "The appeal it speaks of needs no answer from us at the moment.")
    }


def test_our_promise_waits_with_the_customer_and_a_law_does_not(decision):
    waiting = create_appeal(decision, state=AppealState.WAITING)
    key = f"appeal:{waiting.reference}"

    assert set(appeals_not_due({key})) == {key}
    assert closed_appeals({key}) == {}


def test_while_we_wait_for_the_customer_nobody_is_told_of_the_promise(alice, sofia):
    due_on_first_of_december(alice, state=AppealState.WAITING)

    ring(WARNED)
    ring(OVER)

    assert not Notification.objects.exists()


def test_a_promise_that_moved_is_warned_of_again(alice, queue, rosa):
    appeal = due_on_first_of_december(
        alice, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )
    ring(EVE)
    with time_machine.travel(EVE + timedelta(minutes=1), tick=False):
        ask_for_documents(appeal=appeal, by=rosa, kinds=[], message="What happened?")
    later = EVE + timedelta(days=2)
    with time_machine.travel(later, tick=False):
        appeal.refresh_from_db()
        request = appeal.document_requests.get()
        answer_document_request(request=request, answer="This.", by=alice)

    ring(later + timedelta(days=1))

    dates = {row.context["promised_on"] for row in messages_for(alice).filter(type=AT_RISK)}
    assert dates == {"2026-12-01", "2026-12-03"}


# --- After: supervisors are told -----------------------------------------------------------------


def test_a_missed_promise_goes_before_the_supervisors_once(alice, queue, rosa, sofia):
    appeal = due_on_first_of_december(
        alice, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )

    ring(OVER)

    assert told("deadline_passed") == ["Sofia Lind"]
    assert CaseClock.objects.get(appeal=appeal).escalated_at == OVER
    event = appeal.events.get(kind=EventKind.ESCALATED)
    assert (event.is_visible, event.by) == (False, None)
    # It is too late to say that it may be late: the apology is another message.
    assert [message.type for message in messages_for(alice)] == ["promise_overdue"]


def test_a_chance_that_passed_only_ends(sofia):
    appeal = due_on_first_of_december()
    rule = CLOCKS.rules["GB.complaint.summary"]
    chance = CaseClock.objects.create(
        appeal=appeal,
        kind=rule.kind,
        rule=rule.key,
        unit=rule.unit,
        days=3,
        calendar="GB",
        started_at=MONDAY,
        due_at=MONDAY + timedelta(days=3),
        warn_at=MONDAY + timedelta(days=2),
        warned_at=MONDAY + timedelta(days=2),
    )

    ring(MONDAY + timedelta(days=4))

    chance.refresh_from_db()
    assert (chance.ended_as, chance.escalated_at) == (ClockEnd.STOPPED, None)
    assert not Notification.objects.exists()
    assert appeal.events.get(kind=EventKind.CLOCK_STOPPED).details == {"rule": rule.key}


def test_a_withdrawn_appeal_disturbs_nobody(alice, sofia):
    appeal = due_on_first_of_december(alice)
    with time_machine.travel(MONDAY, tick=False):
        withdraw_appeal(appeal=appeal, by=alice)

    ring(OVER)

    assert {row.type for row in Notification.objects.all()} == {"appeal_withdrawn"}


@pytest.mark.parametrize("act", [warn_of_deadlines, tell_of_promises_at_risk, escalate_deadlines])
def test_no_more_than_a_batch_at_a_time_and_the_most_urgent_first(sofia, act):
    for _number in range(3):
        due_on_first_of_december()
    moment = OVER if act is escalate_deadlines else EVE

    with time_machine.travel(moment, tick=False):
        assert [act(limit=2), act(limit=2), act(limit=2)] == [2, 1, 0]


def test_the_clock_rings_for_deadlines():
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert watch_deadlines.name in tasks


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("clocks_to_warn", {"warned_at__isnull": True, "warn_at__lte": OVER}),
        ("clocks_to_escalate", {"escalated_at__isnull": True, "due_at__lte": OVER}),
        ("clocks_to_tell_of", {"customer_told_at__isnull": True, "tell_at__lte": OVER}),
    ],
)
def test_what_is_due_is_found_by_an_index(db, index, rows):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    live = CaseClock.objects.filter(ended_at__isnull=True, paused_at__isnull=True, **rows)
    order = next(name for name in rows if name.endswith("__lte")).removesuffix("__lte")

    assert index in live.order_by(order)[:200].explain()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("act", "kind"),
    [(warn_of_deadlines, EventKind.WARNED), (escalate_deadlines, EventKind.ESCALATED)],
)
def test_workers_who_ring_together_tell_once(act, kind):
    create_reviewer("Sofia Lind", is_supervisor=True)
    appeal = create_appeal(state=AppealState.SUBMITTED)
    is_over = act is escalate_deadlines
    due = timezone.now() + timedelta(minutes=-1 if is_over else 60)
    CaseClock.objects.filter(appeal=appeal).update(due_at=due, warn_at=due - timedelta(hours=2))

    def work(_):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 1

    assert appeal.events.filter(kind=kind).count() == 1
    assert told("deadline_passed" if is_over else "deadline_near") == ["Sofia Lind"]
    assert appeal.events.filter(kind=EventKind.LATE).count() == int(is_over)


def test_a_promise_that_moved_and_is_missed_again_is_apologised_for_again(alice, queue, rosa):
    appeal = due_on_first_of_december(
        alice, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )
    ring(OVER)
    later = OVER + timedelta(days=2)
    with time_machine.travel(OVER + timedelta(hours=1), tick=False):
        ask_for_documents(appeal=appeal, by=rosa, kinds=[], message="What happened?")
    with time_machine.travel(later, tick=False):
        appeal.refresh_from_db()
        answer_document_request(request=appeal.document_requests.get(), answer="This.", by=alice)

    ring(later + timedelta(days=7))

    dates = [row.context["promised_on"] for row in messages_for(alice).filter(type=OVERDUE)]
    assert sorted(dates) == ["2026-12-01", "2026-12-07"]


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_an_escalation_at_once_do_not_wait_for_each_other():
    alice = create_customer()
    appeals = [
        create_appeal(
            create_decision(alice),
            state=AppealState.SUBMITTED,
            promised_at=timezone.now() - timedelta(minutes=1),
        )
        for _number in range(6)
    ]

    def work(number):
        try:
            if number:
                withdraw_appeal(appeal=Appeal.objects.get(pk=appeals[number - 1].pk), by=alice)
            else:
                escalate_deadlines()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(7)))

    assert not CaseClock.objects.filter(ended_at__isnull=True).exists()
