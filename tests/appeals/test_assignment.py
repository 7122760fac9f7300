"""Sharing out: whoever holds the least gets the next, nobody more than they may have."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from appeals.actions.assignment import return_reservations
from appeals.actions.sharing_out import share_out
from appeals.models import (
    Appeal,
    Assignment,
    CaseEvent,
    ConflictOfInterest,
    EventKind,
    RuleOwner,
    Urgency,
)
from appeals.review_periodic import share_out_appeals
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
    set_profile,
)

# A Friday noon in New York.
FRIDAY = datetime(2026, 10, 2, 16, tzinfo=UTC)


@pytest.fixture
def queue(db):
    return create_queue("credit_review", assignment=Assignment.BALANCED, most_held=20)


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def lin(queue):
    return create_reviewer("Lin Tao", queue=queue)


def waiting(queue, **fields):
    decision = fields.pop("decision", None) or create_decision(with_notice=False)
    return create_appeal(decision, state=AppealState.SUBMITTED, queue=queue, **fields)


def kept_for(person):
    return Appeal.objects.filter(reserved_for=person).count()


def today():
    return timezone.now().date()


def test_appeals_go_to_whoever_holds_and_has_waiting_the_least(queue, rosa, lin):
    create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    waiting(queue, reserved_for=rosa, reserved_until=timezone.now() + timedelta(days=1))
    for _ in range(4):
        waiting(queue)

    assert share_out() == 4

    # Rosa had two and gets one more, Lin has three: both have three.
    assert (kept_for(rosa), kept_for(lin)) == (2, 3)


def test_what_is_kept_says_so_and_until_when(queue, lin):
    with time_machine.travel(FRIDAY, tick=False):
        appeal = waiting(queue)
        share_out_appeals()

    appeal.refresh_from_db()
    assert (appeal.reserved_for, appeal.state) == (lin, AppealState.SUBMITTED)
    # Monday ends in New York at four in the morning UTC.
    assert appeal.reserved_until == datetime(2026, 10, 6, 4, tzinfo=UTC)
    event = CaseEvent.objects.get(appeal=appeal, kind=EventKind.RESERVED)
    assert (event.details, event.is_visible) == ({"reviewer": lin.reference}, False)


def test_a_second_round_changes_nothing(queue, rosa, lin):
    for _ in range(3):
        waiting(queue)
    share_out()
    before = list(Appeal.objects.order_by("pk").values("reserved_for", "reserved_until"))

    assert share_out() == 0

    assert list(Appeal.objects.order_by("pk").values("reserved_for", "reserved_until")) == before


def test_nobody_gets_more_than_a_reviewer_holds_at_most(queue, rosa):
    queue.most_held = 2
    queue.save()
    create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    for _ in range(3):
        waiting(queue)

    assert share_out() == 1
    assert share_out() == 0


def test_the_most_urgent_are_shared_out_first(queue, rosa):
    queue.most_held = 2
    queue.save()
    now = timezone.now()
    late = waiting(queue, promised_at=now + timedelta(days=1))
    waiting(queue, promised_at=now + timedelta(days=9))
    hardship = waiting(queue, urgency=Urgency.FIRST, promised_at=now + timedelta(days=5))

    share_out()

    assert set(Appeal.objects.filter(reserved_for=rosa)) == {late, hardship}


@pytest.mark.parametrize("assignment", [Assignment.PULL, Assignment.NAMED])
def test_other_queues_are_left_alone(queue, rosa, assignment):
    queue.assignment, queue.named_reviewer = assignment, rosa
    queue.save()
    waiting(queue)

    assert share_out() == 0


# --- Who cannot have it ----------------------------------------------------------------------


def test_languages_are_looked_at(queue, rosa, lin):
    set_profile(rosa, languages=["en"])
    set_profile(lin, languages=["zh-hans"])
    chinese = waiting(queue, language="zh-hans")
    english = waiting(queue, language="en")

    share_out()

    chinese.refresh_from_db()
    english.refresh_from_db()
    assert (chinese.reserved_for, english.reserved_for) == (lin, rosa)


def test_restricted_appeals_go_to_cleared_members_only(queue, rosa, lin):
    set_profile(lin, is_cleared=True)
    hidden = [waiting(queue, is_restricted=True) for _ in range(2)]

    share_out()

    assert {Appeal.objects.get(pk=one.pk).reserved_for for one in hidden} == {lin}


@pytest.mark.parametrize("days", [1, 30])
def test_who_is_away_gets_nothing(queue, rosa, days):
    set_profile(rosa, away_until=today() + timedelta(days=days))
    waiting(queue)

    assert share_out() == 0


def test_who_is_back_today_is_here(queue, rosa):
    with time_machine.travel(FRIDAY, tick=False):
        set_profile(rosa, away_until=FRIDAY.date())
        waiting(queue)

        assert share_out() == 1


def test_who_lost_the_right_to_review_gets_nothing(queue, rosa):
    rosa.user_permissions.clear()
    waiting(queue)

    assert share_out() == 0


def bar_by_customer(rosa, appeal):
    declare(rosa, customer=appeal.customer)


def bar_by_appeal(rosa, appeal):
    declare(rosa, appeal=appeal)


def bar_by_rule(rosa, appeal):
    RuleOwner.objects.create(rule_id=appeal.decision.rule_id, owner=rosa)


def declare(person, **with_what):
    ConflictOfInterest.objects.create(
        person=person,
        because="Family.",
        declared_at=timezone.now(),
        declared_by=person,
        **with_what,
    )


@pytest.mark.parametrize("bar", [bar_by_customer, bar_by_appeal, bar_by_rule])
def test_a_conflict_of_interest_sends_it_to_somebody_else(queue, rosa, lin, bar):
    appeal = waiting(queue)
    bar(rosa, appeal)

    share_out()

    appeal.refresh_from_db()
    assert appeal.reserved_for == lin


def test_nobody_gets_a_decision_they_made_or_their_own_appeal(queue, rosa):
    alice = create_customer()
    waiting(
        queue,
        decision=create_decision(alice, with_notice=False, automated=False, decided_by=rosa),
    )
    waiting(queue, decision=create_decision(rosa, with_notice=False))

    assert share_out() == 0


def test_a_conflict_declared_while_a_round_looks_is_seen_by_the_next(queue, rosa, lin, monkeypatch):
    appeal = waiting(queue)
    with monkeypatch.context() as moment:
        # What the round had asked before the conflict was declared.
        moment.setattr("appeals.actions.sharing_out.list_bars", lambda *_args: frozenset())
        declare(rosa, appeal=appeal)

        assert share_out() == 0

    assert share_out() == 1
    appeal.refresh_from_db()
    assert appeal.reserved_for == lin


def test_one_that_nobody_may_take_does_not_hold_up_the_next(queue, rosa):
    declare(rosa, appeal=waiting(queue, promised_at=timezone.now()))
    free = waiting(queue)

    assert share_out() == 1

    free.refresh_from_db()
    assert free.reserved_for == rosa


def test_a_round_asks_as_many_questions_for_nine_appeals_as_for_two(
    queue, rosa, lin, django_assert_max_num_queries
):
    counts = []
    for number in (2, 9):
        for _ in range(number):
            waiting(queue)
        with django_assert_max_num_queries(30) as asked:
            assert share_out() == number
        counts.append(len(asked))

    assert counts[0] == counts[1]


# --- At the same time ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_rounds_at_the_same_time_never_give_anybody_too_much_or_one_appeal_twice():
    first = create_queue("credit_review", assignment=Assignment.BALANCED, most_held=5)
    second = create_queue("income_verification", assignment=Assignment.BALANCED, most_held=5)
    people = [create_reviewer(f"Reviewer{n} Vega", queue=first) for n in range(3)]
    second.members.set(people)
    for queue in (first, second):
        for _ in range(20):
            waiting(queue)
    together = threading.Barrier(6)

    def one_round():
        try:
            together.wait(30)
            share_out()
        finally:
            connection.close()

    threads = [threading.Thread(target=one_round) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # Whoever was being looked at by another round is looked at in the next.
    share_out()

    assert [kept_for(person) for person in people] == [10, 10, 10]
    for queue in (first, second):
        kept = Appeal.objects.filter(queue=queue, reserved_for__isnull=False)
        assert kept.count() == 15
    events = CaseEvent.objects.filter(kind=EventKind.RESERVED)
    assert events.count() == events.values("appeal").distinct().count() == 30


# --- Giving back -----------------------------------------------------------------------------


@pytest.fixture
def kept(queue, rosa):
    """An appeal that waits for Rosa."""
    appeal = waiting(queue)
    share_out()
    appeal.refresh_from_db()
    assert appeal.reserved_for == rosa
    return appeal


def test_what_is_not_begun_in_time_goes_back_to_everybody_and_stays_there(kept, rosa):
    with time_machine.travel(kept.reserved_until + timedelta(minutes=1), tick=False):
        share_out_appeals()
        share_out_appeals()

    kept.refresh_from_db()
    assert (kept.reserved_for, kept.state) == (None, AppealState.SUBMITTED)
    event = CaseEvent.objects.get(appeal=kept, kind=EventKind.RELEASED)
    assert event.details == {"reviewer": rosa.reference, "because": "not_begun"}


def test_before_its_time_nothing_goes_back(kept, rosa):
    with time_machine.travel(kept.reserved_until - timedelta(minutes=1), tick=False):
        assert return_reservations() == 0


def go_away(rosa, kept):
    set_profile(rosa, away_until=today() + timedelta(days=5))


def leave_the_queue(rosa, kept):
    rosa.review_queues.clear()


def lose_the_right(rosa, kept):
    rosa.user_permissions.clear()


def leave_the_house(rosa, kept):
    rosa.is_active = False
    rosa.save()


def see_it_restricted(rosa, kept):
    Appeal.objects.update(is_restricted=True)


def know_the_customer(rosa, kept):
    declare(rosa, customer=kept.customer)


@pytest.mark.parametrize(
    "happens",
    [
        go_away,
        leave_the_queue,
        lose_the_right,
        leave_the_house,
        see_it_restricted,
        know_the_customer,
    ],
)
def test_who_cannot_take_it_any_more_gives_it_to_the_next(kept, queue, rosa, happens):
    happens(rosa, kept)
    lin = create_reviewer("Lin Tao", queue=queue)
    set_profile(lin, is_cleared=True)

    share_out_appeals()

    kept.refresh_from_db()
    assert kept.reserved_for == lin
    released = CaseEvent.objects.get(appeal=kept, kind=EventKind.RELEASED)
    assert released.details["because"] == "cannot_take_it"


def test_what_has_been_begun_is_nobody_elses(kept, rosa):
    Appeal.objects.filter(pk=kept.pk).update(state=AppealState.IN_REVIEW)
    go_away(rosa, kept)

    assert return_reservations() == 0


def test_the_clock_rings_for_it():
    assert "appeals.share_out_appeals" in settings.CELERY_BEAT_SCHEDULE
