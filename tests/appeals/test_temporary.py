"""A limit for a time: told before it ends, ended once, with the notice that a cut is owed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from appeals.actions.outcome_ends import end_what_was_for_a_time, remind_of_ends
from appeals.models import (
    Action,
    CaseEvent,
    CreditLine,
    EventKind,
    LineDecision,
    LineInstruction,
    LineStatus,
    Notice,
    Outcome,
    Purpose,
)
from appeals.review_periodic import end_limits_for_a_time
from appeals.states import AppealState
from appeals.truth import about_decision, undone_decisions
from notifications.api import Notification
from tests.appeals.answers import for_a_time, in_days, propose, ready
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_line,
    create_queue,
    create_reviewer,
)
from tests.appeals.journeys import page


@pytest.fixture
def queue(db):
    return create_queue(needs_second_approval=False, sample_percent=0)


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def lent(queue, rosa):
    """3,000 for sixty days, after a cut from 4,000 to 1,400."""
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    return propose(ready(appeal, rosa), rosa, for_a_time())


def later(days):
    return timezone.now() + timedelta(days=days)


def test_it_holds_until_its_last_day_and_then_goes_back(lent):
    assert CreditLine.objects.get().limit == Decimal("3000.00")
    assert end_what_was_for_a_time(later(59)) == 0

    assert end_what_was_for_a_time(later(62)) == 1

    lent.refresh_from_db()
    new = lent.end_decision
    assert (new.action, new.old_limit, new.new_limit) == (
        Action.REDUCE,
        Decimal("3000.00"),
        Decimal("1400.00"),
    )
    assert (new.overrides, new.automated) == (lent.line_decision, False)
    assert CreditLine.objects.get().limit == Decimal("1400.00")
    told = LineInstruction.objects.get(purpose=Purpose.TIME_ENDED).payload
    assert (told["type"], told["data"]["new_limit"]) == ("line.reduce", "1400.00")
    assert CaseEvent.objects.filter(kind=EventKind.TIME_ENDED, is_visible=True).count() == 1


def test_the_end_is_owed_a_whole_notice_that_says_it_was_announced(lent):
    end_what_was_for_a_time(later(62))

    lent.refresh_from_db()
    notice = Notice.objects.get(decision=lent.end_decision)
    english = notice.content["en"]
    assert "We told you on" in english["effective"]
    assert "That time is over." in english["effective"]
    assert "该期限现已结束" in notice.content["zh-hans"]["effective"]
    # The reasons of the cut stand, and the customer may appeal against its return.
    cut = lent.appeal.decision
    assert [one["code"] for one in english["reasons"]] == [row.code for row in cut.reasons.all()]
    assert english["deadline"]
    assert english["rights"]
    message = Notification.objects.get(type="line_changed")
    assert (message.recipient, message.is_mandatory) == (lent.appeal.customer, True)


def test_the_end_comes_once(lent):
    ended = [end_what_was_for_a_time(later(62)) for _ in range(3)]

    assert ended == [1, 0, 0]
    assert LineDecision.objects.count() == 3
    assert Notification.objects.filter(type="line_changed").count() == 1


def test_a_newer_decision_is_left_alone(lent):
    create_decision(lent.appeal.customer, line=lent.appeal.decision.line, decided_at=timezone.now())
    CreditLine.objects.update(limit=Decimal("5000.00"))

    assert end_what_was_for_a_time(later(62)) == 1

    lent.refresh_from_db()
    assert lent.end_decision is None
    assert lent.ended_at is not None
    assert CreditLine.objects.get().limit == Decimal("5000.00")
    assert not LineInstruction.objects.filter(purpose=Purpose.TIME_ENDED).exists()
    assert CaseEvent.objects.get(kind=EventKind.TIME_ENDED).is_visible is False
    assert end_what_was_for_a_time(later(63)) == 0


def test_a_suspended_line_is_suspended_again(queue, rosa):
    line = create_line(create_customer(), limit=Decimal(0), status=LineStatus.SUSPENDED)
    decision = create_decision(
        line.customer, line=line, action=Action.SUSPEND, new_limit=Decimal("0.00")
    )
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(appeal, rosa), rosa, for_a_time())
    line.refresh_from_db()
    assert line.status == LineStatus.OPEN

    end_what_was_for_a_time(later(62))

    line.refresh_from_db()
    assert (line.status, line.limit) == (LineStatus.SUSPENDED, Decimal("0.00"))


@pytest.mark.parametrize(("days", "reminded"), [(51, 0), (54, 1)])
def test_the_customer_is_reminded_a_week_before_once(lent, days, reminded):
    assert remind_of_ends(later(days)) == reminded
    assert remind_of_ends(later(days)) == 0

    messages = Notification.objects.filter(type="time_ends")
    assert messages.count() == reminded
    if reminded:
        assert messages.get().context["until"] == lent.until.isoformat()


def test_a_time_of_days_needs_no_reminder(queue, rosa):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(appeal, rosa), rosa, for_a_time(days=4))

    assert remind_of_ends(later(1)) == 0


def test_the_day_is_the_customers(queue, rosa):
    """In Honolulu the last day lasts ten hours longer than in Greenwich."""
    keola = create_customer("Keola Kai", time_zone="Pacific/Honolulu")
    appeal = create_appeal(
        create_decision(keola), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )
    propose(ready(appeal, rosa), rosa, for_a_time(days=10))
    midnight = timezone.now().replace(hour=0, minute=0, second=0) + timedelta(days=11)

    assert end_what_was_for_a_time(midnight + timedelta(hours=9)) == 0
    assert end_what_was_for_a_time(midnight + timedelta(hours=11)) == 1


def test_the_clock_reminds_and_ends(lent):
    Outcome.objects.update(until=in_days(-2))

    end_limits_for_a_time()

    assert CreditLine.objects.get().limit == Decimal("1400.00")


def test_the_customer_is_told_when_it_ends_and_that_it_ended(lent, browse):
    browser = browse(lent.appeal.customer)
    before = browser.get(page(lent.appeal, "appeal")).text
    assert "your limit goes back to $1,400.00" in before

    end_what_was_for_a_time(later(62))

    after = browser.get(page(lent.appeal, "appeal")).text
    assert "That time ended on" in after
    assert "The time of your higher limit ended" in after


def test_the_cut_is_still_told_of_though_all_was_given_back_for_a_time(queue, rosa):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    whole = replace(for_a_time(), new_limit=Decimal("4000.00"))
    propose(ready(appeal, rosa), rosa, whole)

    assert undone_decisions({about_decision(appeal.decision)}) == {}


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_end_it_once():
    queue = create_queue(needs_second_approval=False, sample_percent=0)
    rosa = create_reviewer("Rosa Vega", queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(appeal, rosa), rosa, for_a_time())

    def ring(_):
        try:
            return end_what_was_for_a_time(later(62))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(ring, range(4)))

    assert sum(ended) == 1
    assert LineInstruction.objects.filter(purpose=Purpose.TIME_ENDED).count() == 1
    assert Notification.objects.filter(type="line_changed").count() == 1
