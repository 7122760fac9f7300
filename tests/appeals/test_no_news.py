"""When nothing changed for a while the customer hears who has it, once a period."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from appeals.actions.events import record
from appeals.actions.no_news import tell_no_news
from appeals.models import EventKind
from appeals.periodic import tell_of_no_news
from appeals.states import AppealState
from notifications.api import Notification, messages_for
from tests.appeals.builders import create_appeal, create_customer, create_decision, create_queue
from tests.appeals.journeys import page, words

DAY = timedelta(days=1)


@pytest.fixture
def queue(db):
    return create_queue()


def sent(queue, days_ago, customer=None, **fields):
    """An appeal sent so many days ago, of which nothing was heard since."""
    at = timezone.now() - days_ago * DAY
    decision = create_decision(customer or create_customer(), decided_at=at - DAY)
    appeal = create_appeal(
        decision, **{"state": AppealState.SUBMITTED, "queue": queue, "submitted_at": at, **fields}
    )
    assert not appeal.events.filter(is_visible=True).exists()
    return appeal


def in_days(days):
    with time_machine.travel(timezone.now() + days * DAY, tick=False):
        return tell_no_news()


def told(appeal):
    return Notification.objects.filter(recipient=appeal.customer, type__startswith="no_news")


def test_after_seven_days_the_customer_hears_who_has_it(queue, browse):
    appeal = sent(queue, 8)
    tell_of_no_news()
    tell_of_no_news()

    [message] = told(appeal)
    assert (message.type, message.context["team"]) == ("no_news", queue.name_en)
    text = words(browse(appeal.customer).get(page(appeal, "appeal")))
    assert "Nothing is new yet" in text
    assert f"with this team: {queue.name_en}" in text


def test_before_that_nobody_is_told(queue):
    appeal = sent(queue, 6)
    assert tell_no_news() == 0
    assert not told(appeal)


def test_again_only_after_another_period(queue):
    appeal = sent(queue, 8)
    assert [in_days(days) for days in (0, 3, 6, 7.1, 8)] == [1, 0, 0, 1, 0]
    assert told(appeal).count() == 2


def test_not_when_something_was_told_meanwhile(queue):
    appeal = sent(queue, 30)
    record(appeal, EventKind.CLAIMED)
    assert tell_no_news() == 0
    # What only staff see is no news to the customer.
    record(appeal, EventKind.NOTE, visible=False)
    assert in_days(7.5) == 1


def test_a_paused_case_gets_its_own_words(queue, browse):
    appeal = sent(queue, 9, state=AppealState.WAITING, paused_at=timezone.now() - 8 * DAY)
    tell_of_no_news()
    [message] = told(appeal)
    assert message.type == "no_news_waiting"
    assert "the count of days has stopped" in words(
        browse(appeal.customer).get(page(appeal, "appeal"))
    )


def test_in_the_customers_language_and_never_what_a_guarded_queue_is_for(db):
    wang = create_customer("Wang Fang", locale="zh-hans", jurisdiction="CN")
    tell = sent(create_queue(), 8, wang)
    guarded = sent(create_queue("fraud_identity", is_restricted=True), 8)
    assert tell_no_news() == 2
    assert told(tell).get().context["team"] == "综合额度复议"
    assert told(guarded).get().context["team"] == "our review team"


@pytest.mark.parametrize("state", [AppealState.DECIDED, AppealState.WITHDRAWN])
def test_what_is_closed_is_no_longer_told(queue, state):
    sent(queue, 30, state=state)
    assert tell_no_news() == 0


def test_a_queue_may_choose_another_number_or_none(db):
    sent(create_queue("model_review", no_news_days=3), 4)
    sent(create_queue("credit_review", no_news_days=0), 40)
    assert tell_no_news() == 1


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_tell_once():
    appeal = sent(create_queue(), 8)

    def one(_number):
        try:
            return tell_no_news()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        list(both.map(one, range(2)))
    assert messages_for(appeal.customer).count() == 1
