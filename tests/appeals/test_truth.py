"""What was overtaken before it went out is not said any more; what still holds is."""

from decimal import Decimal

import pytest
from django.utils import timezone

from appeals.actions.appeals import withdraw_appeal
from appeals.actions.escalations import escalate_deadlines
from appeals.actions.notices import line_changed
from appeals.models import Action
from appeals.states import AppealState, OutcomeKind
from appeals.truth import undone_decisions, withdrawn_appeals
from notifications.api import Lane, notify_many
from notifications.models import Notification
from tests.appeals.answers import FULL, KEPT, PART, propose, ready
from tests.appeals.builders import create_appeal, create_decision, create_queue, create_reviewer
from tests.notifications.builders import prefer, send

pytestmark = pytest.mark.django_db
UNDONE = "The decision it speaks of was undone."
WITHDRAWN = "The appeal it speaks of was withdrawn."


@pytest.fixture(autouse=True)
def awake(alice):
    prefer(alice, push=False)


@pytest.fixture
def rosa(alice):
    return create_reviewer("Rosa Diaz", queue=create_queue())


@pytest.fixture
def owed(decision):
    """The customer is owed the news of a cut, and nothing of it has gone out yet."""
    notify_many([line_changed(decision, decision.notice, Lane.STANDARD)])
    return Notification.objects.get(type="line_changed")


def decide(decision, rosa, answer):
    appeal = create_appeal(
        decision, state=AppealState.IN_REVIEW, queue=create_queue(), reviewer=rosa
    )
    propose(ready(appeal, rosa), rosa, answer)
    return appeal


def what_became_of(notification):
    """Let the workers send everything, and return the state and reason of each delivery."""
    for channel in ("sms", "email"):
        send(channel)
    notification.refresh_from_db()
    return set(notification.deliveries.values_list("state", "reason"))


def override(decision, **fields):
    return create_decision(
        decision.customer,
        line=decision.line,
        overrides=decision,
        decided_at=timezone.now(),
        with_notice=False,
        **fields,
    )


def test_a_cut_that_was_given_back_in_full_is_not_announced_any_more(decision, owed, rosa):
    decide(decision, rosa, FULL)

    assert what_became_of(owed) == {("cancelled", UNDONE)}
    assert (owed.is_mandatory, owed.settled_as) == (True, "no_longer_true")
    assert owed.settle_at is None


@pytest.mark.parametrize("answer", [PART, KEPT], ids=["part", "kept"])
def test_a_cut_of_which_something_remains_is_still_announced(decision, owed, rosa, answer):
    decide(decision, rosa, answer)

    assert what_became_of(owed) == {("delivered", "")}


def test_a_further_cut_does_not_silence_the_first(decision, owed):
    override(decision, old_limit=Decimal("1400.00"), new_limit=Decimal("500.00"))

    assert what_became_of(owed) == {("delivered", "")}


def test_a_higher_limit_does_not_open_a_suspended_line(alice):
    suspended = create_decision(
        alice, action=Action.SUSPEND, old_limit=Decimal("4000.00"), new_limit=Decimal("4000.00")
    )
    override(
        suspended, action=Action.RAISE, old_limit=Decimal("4000.00"), new_limit=Decimal("5000.00")
    )

    assert undone_decisions({f"decision:{suspended.reference}"}) == {}


def test_a_limit_given_back_on_a_condition_may_be_lost_again(decision, rosa):
    appeal = decide(decision, rosa, FULL)
    key = f"decision:{decision.reference}"
    assert undone_decisions({key}) == {key: UNDONE}

    appeal.outcomes.update(kind=OutcomeKind.CONDITIONAL, condition="Pay by May.")

    assert undone_decisions({key}) == {}


def test_another_decision_given_back_says_nothing_about_this_one(decision, owed):
    other = create_decision(decision.customer, line=decision.line)
    override(
        other, action=Action.RESTORE, old_limit=Decimal("1400.00"), new_limit=Decimal("4000.00")
    )

    assert what_became_of(owed) == {("delivered", "")}


def test_nobody_is_told_that_a_withdrawn_appeal_is_late(alice, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED, promised_at=timezone.now())
    escalate_deadlines()
    late = Notification.objects.get(type="promise_overdue")

    withdraw_appeal(appeal=appeal, by=alice)

    assert what_became_of(late) == {("cancelled", WITHDRAWN)}
    confirmed = Notification.objects.get(type="appeal_withdrawn")
    assert {row.state for row in confirmed.deliveries.all()} == {"delivered"}


def test_the_answer_to_an_appeal_is_sent_whatever_happened(decision, rosa):
    decide(decision, rosa, FULL)
    answer = Notification.objects.get(type="appeal_decided")

    assert answer.about
    assert what_became_of(answer) == {("delivered", "")}


def test_many_are_looked_at_in_one_query(decision, django_assert_num_queries):
    appeal = create_appeal(decision, state=AppealState.WITHDRAWN)
    keys = {f"appeal:{appeal.reference}", *(f"appeal:AP-{number}" for number in range(50))}

    with django_assert_num_queries(1):
        assert withdrawn_appeals(keys) == {f"appeal:{appeal.reference}": WITHDRAWN}
    with django_assert_num_queries(1):
        assert undone_decisions({f"decision:LD-{number}" for number in range(50)}) == {}
