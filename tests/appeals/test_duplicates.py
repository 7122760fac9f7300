"""Two appeals about one matter: closed for the other, told after a while, opened again."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from appeals.actions.appeals import withdraw_appeal
from appeals.actions.duplicates import (
    SECOND_THOUGHTS,
    close_as_duplicate,
    list_others,
    reopen_duplicate,
    tell_of_duplicates,
)
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, CaseEvent, Claim
from appeals.states import AppealState
from notifications.models import Notification
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import queue, rosa, sofia

__all__ = ["queue", "rosa", "sofia"]

SUBMITTED = AppealState.SUBMITTED


@pytest.fixture
def pair(alice, queue):
    """Two appeals of one customer; the second was sent later."""
    return tuple(
        create_appeal(create_decision(alice), state=SUBMITTED, queue=queue) for _ in range(2)
    )


def closed_ago(appeal, how_long):
    Appeal.objects.filter(pk=appeal.pk).update(closed_at=timezone.now() - how_long)


def test_one_is_closed_for_the_other(pair, sofia):
    appeal, other = pair

    close_as_duplicate(appeal=appeal, of=other, by=sofia)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.duplicate_of) == (AppealState.DUPLICATE, other)
    assert appeal.closed_at is not None
    event = CaseEvent.objects.get(appeal=appeal, kind="duplicate")
    assert (event.is_visible, event.details) == (False, {"other": other.reference})


def test_the_reviewer_who_held_it_is_free(pair, rosa, sofia):
    appeal, other = pair
    appeal.move_to(AppealState.IN_REVIEW)
    now = timezone.now()
    Claim.objects.create(appeal=appeal, reviewer=rosa, claimed_at=now, until=now)

    close_as_duplicate(appeal=appeal, of=other, by=sofia)

    assert not Claim.objects.exists()


def test_nobody_is_told_at_once_and_everybody_after_a_while(pair, sofia):
    appeal, other = pair
    close_as_duplicate(appeal=appeal, of=other, by=sofia)

    assert tell_of_duplicates() == 0
    assert not Notification.objects.exists()

    closed_ago(appeal, SECOND_THOUGHTS + timedelta(seconds=1))
    assert tell_of_duplicates() == 1
    assert tell_of_duplicates() == 0

    message = Notification.objects.get()
    assert message.type == "appeal_duplicate"
    assert message.recipient == appeal.customer
    assert CaseEvent.objects.filter(appeal=appeal, kind="duplicate", is_visible=True).count() == 1


def test_what_nobody_was_told_can_be_undone(pair, sofia):
    appeal, other = pair
    promised = appeal.promised_at
    close_as_duplicate(appeal=appeal, of=other, by=sofia)

    reopen_duplicate(appeal=appeal, by=sofia)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.duplicate_of, appeal.closed_at) == (SUBMITTED, None, None)
    assert appeal.promised_at == promised
    assert not CaseEvent.objects.filter(appeal=appeal, is_visible=True).exists()


def test_what_was_told_cannot(pair, sofia):
    appeal, other = pair
    close_as_duplicate(appeal=appeal, of=other, by=sofia)
    closed_ago(appeal, timedelta(hours=1))
    tell_of_duplicates()

    with pytest.raises(NotAllowed, match="has been told"):
        reopen_duplicate(appeal=appeal, by=sofia)

    appeal.refresh_from_db()
    assert appeal.state == AppealState.DUPLICATE


def test_an_appeal_that_was_to_be_answered_with_a_withdrawn_one_is_open_again(pair, alice, sofia):
    appeal, other = pair
    close_as_duplicate(appeal=appeal, of=other, by=sofia)
    closed_ago(appeal, timedelta(hours=1))
    tell_of_duplicates()

    withdraw_appeal(appeal=other, by=alice)

    appeal.refresh_from_db()
    assert appeal.state == SUBMITTED
    # The customer was told that it is closed, so they see that it is open.
    assert CaseEvent.objects.get(appeal=appeal, kind="reopened").is_visible


def test_only_another_open_or_decided_appeal_of_the_same_customer_answers(pair, charlie, sofia):
    appeal, other = pair
    queue = appeal.queue
    wrong = [
        create_appeal(create_decision(charlie), state=SUBMITTED, queue=queue),
        create_appeal(create_decision(appeal.customer), queue=queue),
        create_appeal(create_decision(appeal.customer), state=AppealState.WITHDRAWN, queue=queue),
        create_appeal(
            create_decision(appeal.customer), state=SUBMITTED, queue=queue, is_restricted=True
        ),
        appeal,
    ]

    for one in wrong:
        with pytest.raises(WrongState):
            close_as_duplicate(appeal=appeal, of=one, by=sofia)
    assert list(list_others(appeal, sofia)) == [other]


def test_open_ones_come_before_decided_ones_and_new_before_old(alice, queue, sofia):
    now = timezone.now()
    appeal, old, new, decided = (
        create_appeal(
            create_decision(alice),
            state=state,
            queue=queue,
            submitted_at=now - timedelta(hours=hours),
        )
        for state, hours in (
            (SUBMITTED, 1),
            (SUBMITTED, 9),
            (SUBMITTED, 5),
            (AppealState.DECIDED, 2),
        )
    )

    assert list(list_others(appeal, sofia)) == [new, old, decided]


def test_no_ring_and_no_chain(pair, alice, queue, sofia):
    first, second = pair
    third = create_appeal(create_decision(alice), state=SUBMITTED, queue=queue)
    close_as_duplicate(appeal=first, of=second, by=sofia)

    with pytest.raises(WrongState, match="answered with this one"):
        close_as_duplicate(appeal=second, of=third, by=sofia)
    with pytest.raises(WrongState):
        close_as_duplicate(appeal=third, of=first, by=sofia)


def test_only_a_supervisor_closes_and_opens(pair, rosa, sofia):
    appeal, other = pair

    with pytest.raises(NotAllowed):
        close_as_duplicate(appeal=appeal, of=other, by=rosa)
    close_as_duplicate(appeal=appeal, of=other, by=sofia)
    with pytest.raises(NotAllowed):
        reopen_duplicate(appeal=appeal, by=rosa)


def test_the_database_wants_the_other_appeal_named(pair):
    appeal, _other = pair

    for fields in ({"duplicate_of": None}, {"duplicate_of": appeal}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.filter(pk=appeal.pk).update(state=AppealState.DUPLICATE, **fields)


def test_the_customer_reads_where_the_answer_will_be(pair, sofia, browser):
    appeal, other = pair
    close_as_duplicate(appeal=appeal, of=other, by=sofia)
    address = f"/appeals/{appeal.reference}/"

    for page in (browser.get(address), browser.get("/appeals/")):
        assert "together with your other appeal" not in page.content.decode()
    closed_ago(appeal, timedelta(hours=1))
    tell_of_duplicates()
    page = browser.get(address)

    assert page.status_code == 200
    assert other.reference in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_who_close_each_for_the_other_close_one_at_most():
    alice, queue = create_customer("Alice Moore"), create_queue("credit_review")
    first, second = (
        create_appeal(create_decision(alice), state=SUBMITTED, queue=queue) for _ in range(2)
    )
    together = threading.Barrier(2)
    refused = []

    def close(appeal, of, by):
        try:
            together.wait(30)
            close_as_duplicate(appeal=appeal, of=of, by=by)
        except WrongState as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=close, args=(one, of, create_reviewer("S", is_supervisor=True)))
        for one, of in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    closed = Appeal.objects.filter(state=AppealState.DUPLICATE).count()
    assert closed == 2 - len(refused)
    assert closed <= 1
