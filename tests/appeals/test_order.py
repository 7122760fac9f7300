"""The suggested order: what "Claim next" gives, one after the other, and why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from appeals.actions.appeals import submit_appeal
from appeals.actions.claims import claim_next
from appeals.admin.order import suggested_order
from appeals.models import Appeal, Harm, ReviewQueue, Urgency, Wish
from appeals.routing import harm_of
from appeals.states import AppealState
from tests.appeals.builders import (
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    set_profile,
)
from tests.appeals.desks import desk, queue, rosa, sam, sofia

__all__ = ["desk", "queue", "rosa", "sam", "sofia"]
pytestmark = pytest.mark.django_db
ORDER = "/admin/order/"
SOON = timezone.now() + timedelta(days=5)


def wait(queue, *, promised_at=SOON, **overrides):
    decision = overrides.pop("decision", None) or create_decision(with_notice=False)
    return create_appeal(
        decision, state=AppealState.SUBMITTED, queue=queue, promised_at=promised_at, **overrides
    )


def everything_that_waits(queue, rosa):
    """One of each kind, sent in the wrong order."""
    first = create_queue("hardship_care")
    ReviewQueue.objects.filter(pk=first.pk).update(priority=1)
    ReviewQueue.objects.filter(pk=queue.pk).update(priority=5)
    first.members.add(rosa)
    less = wait(queue)
    half = wait(queue, harm=Harm.HALF)
    whole = wait(queue, harm=Harm.ALL)
    chinese = wait(queue, harm=Harm.ALL, language="zh-hans")
    care = wait(
        queue, promised_at=SOON + timedelta(days=9), is_vulnerable=True, urgency=Urgency.FIRST
    )
    sooner = wait(queue, promised_at=SOON - timedelta(days=1))
    kept = wait(queue, promised_at=SOON + timedelta(days=20), reserved_for=rosa)
    hardship = wait(first, promised_at=SOON + timedelta(days=10), urgency=Urgency.FIRST)
    return [kept, hardship, care, sooner, whole, chinese, half, less]


def test_it_is_the_order_in_which_cases_are_given(queue, rosa):
    expected = everything_that_waits(queue, rosa)
    ReviewQueue.objects.update(most_held=20)

    suggested = suggested_order(rosa)
    given = [claim_next(by=rosa) for _one in expected]

    assert suggested == expected
    assert given == expected


def test_each_row_says_why_it_stands_there(desk, queue, rosa):
    wait(
        queue,
        promised_at=timezone.now() + timedelta(hours=36),
        is_vulnerable=True,
        urgency=Urgency.FIRST,
        harm=Harm.HALF,
    )
    wait(queue, promised_at=timezone.now() - timedelta(days=3))

    page = desk.get(ORDER).content.decode()

    assert "needs care; " in page
    assert "at least half of the limit was taken" in page
    assert "the promised day has passed" in page
    assert page.index("needs care") < page.index("the promised day has passed")


def test_what_a_person_may_not_take_is_not_there(desk, queue, rosa, sam):
    secret = create_queue("fraud_identity", is_restricted=True)
    secret.members.add(rosa)
    hidden = [
        wait(secret),
        wait(create_queue("hardship_care")),
        wait(queue, reserved_for=sam),
        wait(queue, decision=create_decision(rosa, with_notice=False)),
        wait(queue, decision=create_decision(decided_by=rosa, automated=False, with_notice=False)),
    ]
    mine = wait(queue)

    assert suggested_order(rosa) == [mine]
    page = desk.get(ORDER).content.decode()
    assert not any(one.reference in page for one in hidden)


def test_languages_a_person_does_not_review_in_are_left_out(queue, rosa):
    set_profile(rosa, languages=["en"])
    wait(queue, language="zh-hans")
    english = wait(queue)

    assert suggested_order(rosa) == [english]


def test_where_and_who_somebody_is_has_no_part(queue, rosa):
    people = [
        create_customer(locale="zh-hans", jurisdiction="EU", region="DE"),
        create_customer(locale="en", jurisdiction="US", region="US-NY"),
    ]
    appeals = [
        wait(
            queue,
            decision=create_decision(person, with_notice=False),
            language=person.locale,
            region=person.region,
        )
        for person in (*people, *reversed(people))
    ]

    # As they were sent, in whichever order they live and speak.
    assert suggested_order(rosa) == appeals


@pytest.mark.parametrize(
    ("action", "new", "harm"),
    [
        ("reduce", 3000, Harm.LESS),
        ("reduce", 2001, Harm.LESS),
        ("reduce", 2000, Harm.HALF),
        ("reduce", 1001, Harm.HALF),
        ("reduce", 1000, Harm.ALL),
        ("suspend", 4000, Harm.ALL),
        ("close", 0, Harm.ALL),
    ],
)
def test_harm_is_the_share_of_the_limit_that_was_taken(action, new, harm):
    decision = create_decision(action=action, new_limit=Decimal(new), with_notice=False)

    assert harm_of(decision) == harm


def test_harm_is_written_down_when_the_appeal_is_sent(alice):
    create_all_queues()
    appeal = create_appeal(create_decision(alice, new_limit=Decimal(1000)), wish=Wish.FULL)

    submit_appeal(appeal=appeal, by=alice)

    assert Appeal.objects.get(pk=appeal.pk).harm == Harm.ALL


def test_the_page_costs_the_same_whatever_waits(desk, queue, rosa, django_assert_num_queries):
    wait(queue)
    desk.get(ORDER)
    with django_assert_num_queries(QUERIES):
        desk.get(ORDER)
    for number in range(30):
        wait(queue, promised_at=SOON + timedelta(days=number))
    with django_assert_num_queries(QUERIES):
        page = desk.get(ORDER).content.decode()
    assert page.count("data-desk-row") == 25


QUERIES = 11
