"""The clocks of a case: begun with it, paused and resumed with it, ended with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from appeals.actions.appeals import submit_appeal, withdraw_appeal
from appeals.actions.clocks import restart_clocks, running, stop_clocks
from appeals.actions.document_requests import answer_document_request
from appeals.actions.requests_by_staff import ask_for_documents
from appeals.catalogue.packs import pack_for
from appeals.clock_rules import CLOCKS, SOURCE, ClockTableError, load_clocks
from appeals.deadlines import end_of_day, last_day
from appeals.errors import AppealError
from appeals.models import Appeal, CaseClock, ClockEnd, ClockKind, EventKind, Wish
from appeals.states import AppealState
from tests.appeals.answers import KEPT, propose, ready
from tests.appeals.builders import (
    TWO_REASONS,
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_line,
    create_queue,
)
from tests.appeals.desks import at, desk, held, queue, rosa

__all__ = ["desk", "held", "queue", "rosa"]

MONDAY = datetime(2026, 11, 16, 17, tzinfo=UTC)
OURS = "own.reconsideration"


def send(customer, *, reasons=None, **queue_fields):
    """Send an appeal on Monday against a decision of two days before."""
    create_all_queues()
    create_queue("bureau_dispute", **queue_fields)
    line = create_line(customer, currency="CNY" if customer.jurisdiction == "CN" else "USD")
    decided_at = MONDAY - timedelta(days=2)
    decision = create_decision(
        customer, line=line, reasons=reasons or TWO_REASONS, decided_at=decided_at
    )
    with time_machine.travel(MONDAY, tick=False):
        draft = create_appeal(decision, wish=Wish.FULL)
        return submit_appeal(appeal=draft, by=customer)


def clocks(appeal) -> dict[str, CaseClock]:
    return {clock.rule: clock for clock in CaseClock.objects.filter(appeal=appeal)}


def last_of(clock) -> date:
    return last_day(clock.due_at, clock.appeal.customer.zone)


def check_promise(appeal) -> CaseClock:
    """The promise stands the same on the appeal and in its clock."""
    appeal.refresh_from_db()
    clock = CaseClock.objects.get(appeal=appeal, kind=ClockKind.RECONSIDERATION)
    assert (clock.due_at, clock.paused_at) == (appeal.promised_at, appeal.paused_at)
    return clock


# --- The table -----------------------------------------------------------------------------------


def test_each_rule_names_its_source():
    for rule in CLOCKS.rules.values():
        for texts in (rule.label, rule.source):
            assert {"en", "zh-hans"} == set(texts)


@pytest.mark.parametrize(
    ("jurisdiction", "kind", "rows"),
    [
        ("US", "complaint", []),
        ("US", "data_dispute", [(30, "calendar")]),
        ("US", "data_right", [(30, "calendar")]),
        ("GB", "complaint", [(3, "working"), (56, "calendar")]),
        ("GB", "data_right", [(1, "month")]),
        ("EU", "data_right", [(1, "month")]),
        ("EU", "complaint", []),
        ("CN", "complaint", [(15, "calendar")]),
        ("CN", "data_dispute", [(20, "calendar")]),
    ],
)
def test_each_law_has_its_own_clocks(jurisdiction, kind, rows):
    rules = CLOCKS.of_kind(ClockKind(kind), pack_for(jurisdiction, "", date(2026, 11, 27)))

    assert [(rule.number, rule.unit) for rule in rules] == rows
    assert not any(rule.can_pause for rule in rules)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("zh-Hans: 我们承诺的答复期限", "zh-Hant: 我们承诺的答复期限", "every language"),
        ("  complaint:\n", "  moan:\n", "no kind 'moan'"),
        ("    - ombudsman\n", "    - 5\n", "words of complaint"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused_by_name(tmp_path, old, new, words):
    text = SOURCE.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "clocks.yaml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ClockTableError, match=words):
        load_clocks(broken)


# --- Beginning -----------------------------------------------------------------------------------


def test_a_sent_appeal_has_the_clock_of_its_promise(alice):
    appeal = send(alice, target_working_days=5)

    clock = check_promise(appeal)
    assert (clock.rule, clock.unit, clock.days, clock.calendar) == (OURS, "working", 5, "US")
    assert (clock.started_at, clock.can_pause) == (MONDAY, True)
    assert last_of(clock) == date(2026, 11, 23)
    # Staff are warned two working days before, the customer told one before, both in the morning.
    assert clock.warn_at.astimezone(alice.zone) == datetime(2026, 11, 19, 9, tzinfo=alice.zone)
    assert clock.tell_at is not None
    assert clock.tell_at.astimezone(alice.zone) == datetime(2026, 11, 20, 9, tzinfo=alice.zone)


def test_the_queues_own_calendar_counts_its_days(alice):
    clock = check_promise(send(alice, target_working_days=8, calendar="GB"))

    # Thanksgiving is no holiday in the queue's calendar.
    assert (clock.calendar, last_of(clock)) == ("GB", date(2026, 11, 26))


def test_a_dispute_about_a_credit_file_begins_its_legal_clock(alice):
    appeal = send(alice)

    clock = clocks(appeal)["US.data_dispute.furnisher"]
    assert (clock.days, clock.unit, last_of(clock)) == (30, "calendar", date(2026, 12, 16))
    assert clock.because.startswith("BUR-DELINQ-ELSEWHERE")
    assert not clock.is_suggested
    event = appeal.events.get(kind=EventKind.CLOCK_STARTED)
    assert (event.is_visible, event.by) == (False, None)
    assert event.details == {
        "clock": "data_dispute",
        "rule": "US.data_dispute.furnisher",
        "suggested": 0,
    }


def test_a_reason_of_our_own_records_begins_none(alice):
    appeal = send(alice, reasons=[("ACC-INACTIVE", {"date": "2026-02-01", "months": 6})])

    assert set(clocks(appeal)) == {OURS}


def test_one_clock_of_a_rule_whatever_asks_for_it(db, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)
    clock = CaseClock.objects.get(appeal=appeal)
    clock.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        clock.save(force_insert=True)


# --- Waiting for the customer --------------------------------------------------------------------


def waiting_case(alice, rosa, queue):
    """Sent on Monday, asked on Tuesday; with a legal clock beside the promise."""
    with time_machine.travel(MONDAY, tick=False):
        appeal = create_appeal(
            create_decision(alice),
            state=AppealState.IN_REVIEW,
            queue=queue,
            reviewer=rosa,
            submitted_at=MONDAY,
            promised_at=end_of_day(date(2026, 11, 24), alice.zone),
        )
        CaseClock.objects.filter(appeal=appeal).update(warned_at=MONDAY, customer_told_at=MONDAY)
        CaseClock.objects.create(
            appeal=appeal,
            kind=ClockKind.DATA_DISPUTE,
            rule="US.data_dispute.furnisher",
            unit="calendar",
            days=30,
            calendar="US",
            started_at=MONDAY,
            due_at=end_of_day(date(2026, 12, 16), alice.zone),
            warn_at=MONDAY + timedelta(days=23),
        )
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        request = ask_for_documents(appeal=appeal, by=rosa, kinds=["payslip"], message="Please.")
    return appeal, request


def test_while_we_wait_the_promise_stands_still_and_the_law_goes_on(alice, rosa, queue):
    appeal, _request = waiting_case(alice, rosa, queue)

    promise = check_promise(appeal)
    assert promise.paused_at == MONDAY + timedelta(days=1)
    assert clocks(appeal)["US.data_dispute.furnisher"].paused_at is None


def test_after_the_answer_what_was_left_is_left_and_everybody_is_told_anew(alice, rosa, queue):
    appeal, request = waiting_case(alice, rosa, queue)

    with time_machine.travel(MONDAY + timedelta(days=8), tick=False):  # Tuesday, a week later
        answer_document_request(request=request, answer="Here.", by=alice)

    promise = check_promise(appeal)
    assert promise.paused_at is None
    assert last_of(promise) == date(2026, 12, 2)  # five working days, over Thanksgiving
    assert (promise.warned_at, promise.customer_told_at) == (None, None)
    assert promise.warn_at.astimezone(alice.zone).date() == date(2026, 11, 30)
    assert last_of(clocks(appeal)["US.data_dispute.furnisher"]) == date(2026, 12, 16)


def test_an_answer_on_the_same_day_moves_nothing(alice, rosa, queue):
    appeal, request = waiting_case(alice, rosa, queue)
    before = check_promise(appeal)

    with time_machine.travel(MONDAY + timedelta(days=1, hours=2), tick=False):
        answer_document_request(request=request, answer="Here.", by=alice)

    after = check_promise(appeal)
    assert (after.due_at, after.warned_at) == (before.due_at, MONDAY)


def test_the_database_lets_no_clock_of_the_law_pause(alice, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        CaseClock.objects.filter(appeal=appeal).update(can_pause=False, paused_at=timezone.now())


# --- Ending --------------------------------------------------------------------------------------


def add_clock(appeal, rule, due_at):
    return CaseClock.objects.create(
        appeal=appeal,
        kind=CLOCKS.rules[rule].kind,
        rule=rule,
        unit="calendar",
        days=30,
        calendar="GB",
        started_at=appeal.submitted_at,
        due_at=due_at,
        warn_at=due_at,
    )


def test_the_answer_ends_each_clock_as_kept_or_late(rosa, queue, held):
    now = timezone.now()
    add_clock(held, "GB.complaint.final", now + timedelta(days=1))
    add_clock(held, "GB.data_right.month", now - timedelta(days=1))
    add_clock(held, "GB.complaint.summary", now - timedelta(days=1))

    propose(ready(held, rosa), rosa, KEPT)

    ends = {rule: clock.ended_as for rule, clock in clocks(held).items()}
    assert ends == {
        OURS: ClockEnd.MET,
        "GB.complaint.final": ClockEnd.MET,
        "GB.data_right.month": ClockEnd.MISSED,
        # Nobody is late with a chance that passed.
        "GB.complaint.summary": ClockEnd.STOPPED,
    }
    held.refresh_from_db()
    assert {clock.ended_at for clock in clocks(held).values()} == {held.closed_at}


def test_an_answer_that_waits_for_a_second_person_ends_nothing(rosa, held, queue):
    queue.needs_second_approval = True
    queue.save()
    held.refresh_from_db()

    propose(ready(held, rosa), rosa, KEPT)

    assert running(held).count() == 1


@pytest.mark.parametrize("state", [AppealState.SUBMITTED, AppealState.WAITING])
def test_a_withdrawn_appeal_needs_no_answer(alice, decision, state):
    appeal = create_appeal(decision, state=state)

    withdraw_appeal(appeal=appeal, by=alice)

    [clock] = clocks(appeal).values()
    assert (clock.ended_as, clock.paused_at) == (ClockEnd.STOPPED, None)


def test_a_draft_has_no_clocks_to_end(alice, decision):
    draft = create_appeal(decision)

    withdraw_appeal(appeal=draft, by=alice)

    assert not CaseClock.objects.exists()


def test_a_closing_that_is_undone_lets_its_clocks_run_on(decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)
    put_aside = add_clock(appeal, "GB.complaint.final", timezone.now() + timedelta(days=9))
    earlier = timezone.now() - timedelta(hours=1)
    CaseClock.objects.filter(pk=put_aside.pk).update(ended_at=earlier, ended_as=ClockEnd.STOPPED)
    closed_at = timezone.now()
    stop_clocks(appeal, closed_at, is_answered=False)
    assert not running(appeal).exists()

    restart_clocks(appeal, closed_at)

    assert [clock.rule for clock in running(appeal)] == [OURS]


def test_a_clock_that_ended_says_how(decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        CaseClock.objects.filter(appeal=appeal).update(ended_at=timezone.now())


# --- On the case ---------------------------------------------------------------------------------


def test_the_case_shows_every_clock_in_words_and_how_it_was_counted(browse, rosa, queue):
    with time_machine.travel(datetime(2026, 11, 24, 15, tzinfo=UTC), tick=False):
        appeal = create_appeal(
            create_decision(create_customer("Alice Moore")),
            state=AppealState.IN_REVIEW,
            queue=queue,
            reviewer=rosa,
            submitted_at=MONDAY,
            promised_at=end_of_day(date(2026, 12, 1), rosa.zone),
        )
        add_clock(appeal, "US.data_right.reasons", end_of_day(date(2026, 11, 26), rosa.zone))

        text = browse(rosa).get(at(appeal)).content.decode()

    assert "4 working days left · 1 Dec" in text
    assert "2 days left · 26 Nov" in text
    assert 'data-tone="soon"' in text
    assert "10 working days after 16 Nov: until 1 Dec." in text
    assert "Holidays that do not count: 26 Nov." in text
    assert "12 CFR 1002.9(a)(2)(ii)" in text
    # The strictest stands first, and beside the promise at the top.
    assert text.index("Statement of the specific reasons") < text.index("Our promise of an answer")
    assert "Right to see or correct data: 2 days left" in text


def test_a_pause_is_shown_as_one(desk, held, rosa):
    ask_for_documents(appeal=held, by=rosa, kinds=[], message="What happened?")

    text = desk.get(at(held)).content.decode()

    assert "Paused: waiting for the customer" in text
    assert "What is left is counted from the customer's answer" in text


def test_days_of_waiting_are_counted_apart(browse, alice, rosa, queue):
    appeal, request = waiting_case(alice, rosa, queue)
    with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
        answer_document_request(request=request, answer="Here.", by=alice)
        CaseClock.objects.filter(appeal=appeal, rule=OURS).update(days=6)

        text = browse(rosa).get(at(appeal)).content.decode()

    assert "The clock stood still for 5 days while we waited for the customer." in text


def test_an_ended_clock_says_how_it_ended(desk, held, rosa):
    propose(ready(held, rosa), rosa, KEPT)

    assert "Kept: answered on" in desk.get(at(held)).content.decode()


# --- Two at the same time ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_an_answer_at_once_leave_one_truth():
    alice = create_customer()
    appeal = create_appeal(create_decision(alice), state=AppealState.WAITING)
    request = create_document_request(appeal)

    def work(number):
        try:
            if number % 2:
                withdraw_appeal(appeal=Appeal.objects.get(pk=appeal.pk), by=alice)
            else:
                answer_document_request(request=request, answer="Here.", by=alice)
        except AppealError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(work, range(4)))

    appeal.refresh_from_db()
    clock = CaseClock.objects.get(appeal=appeal)
    assert done in {1, 2}
    is_withdrawn = appeal.state == AppealState.WITHDRAWN
    assert (clock.ended_at is not None) is is_withdrawn
    assert clock.paused_at is None
    assert clock.due_at == appeal.promised_at
