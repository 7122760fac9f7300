"""No two reviewers ever hold the same appeal, and none holds it for ever."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from appeals.actions.claims import (
    LEASE,
    claim_appeal,
    claim_next,
    reassign_appeal,
    release_claim,
    renew_claim,
    return_abandoned,
)
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, CaseEvent, Claim, EventKind, Finding
from appeals.review_periodic import return_abandoned_cases
from appeals.states import AppealState, Ruling
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)

SUBMITTED, IN_REVIEW = AppealState.SUBMITTED, AppealState.IN_REVIEW


def days(number):
    return timezone.now() + timedelta(days=number)


@pytest.fixture
def queue(db):
    return create_queue("credit_review")


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def sam(queue):
    return create_reviewer("Sam Okoro", queue=queue)


def waiting(queue, **overrides):
    return create_appeal(state=SUBMITTED, queue=queue, **overrides)


# --- The next one ---------------------------------------------------------------------------


def test_the_oldest_promise_comes_first(queue, rosa):
    waiting(queue, promised_at=days(5))
    oldest = waiting(queue, promised_at=days(2))
    waiting(queue, promised_at=days(9))

    assert claim_next(by=rosa) == oldest
    oldest.refresh_from_db()
    assert oldest.state == IN_REVIEW
    assert oldest.claim.reviewer == rosa
    assert [event.kind for event in oldest.events.all()] == [EventKind.CLAIMED]


def test_hardship_goes_before_an_older_promise(queue, rosa):
    care = create_queue("hardship_care", priority=10)
    care.members.add(rosa)
    waiting(queue, promised_at=days(-3))
    urgent = waiting(care, promised_at=days(4))

    assert claim_next(by=rosa) == urgent


def test_queues_served_alike_are_served_by_promise(queue, rosa):
    other = create_queue("income_verification", priority=queue.priority)
    other.members.add(rosa)
    waiting(queue, promised_at=days(4))
    older = waiting(other, promised_at=days(3))

    assert claim_next(by=rosa) == older


def test_only_my_queues_are_looked_at(queue, rosa):
    waiting(create_queue("fraud_identity"), promised_at=days(-9))
    mine = waiting(queue)

    assert claim_next(by=rosa) == mine
    assert claim_next(by=rosa) is None


def test_what_nobody_may_claim_is_passed_over(queue, rosa):
    create_appeal(state=AppealState.WAITING, queue=queue)
    create_appeal(state=AppealState.APPROVAL, queue=queue)
    create_appeal(state=AppealState.DECIDED, queue=queue)

    assert claim_next(by=rosa) is None


def test_my_own_case_is_never_given_to_me(queue, rosa, sam):
    own = create_appeal(create_decision(rosa), state=SUBMITTED, queue=queue)

    assert claim_next(by=rosa) is None
    assert claim_next(by=sam) == own


def test_a_decision_i_made_is_never_given_to_me(queue, rosa, sam):
    made = create_decision(automated=False, decided_by=rosa)
    appeal = create_appeal(made, state=SUBMITTED, queue=queue)

    assert claim_next(by=rosa) is None
    assert claim_next(by=sam) == appeal


def test_a_customer_can_claim_nothing(queue):
    waiting(queue)

    with pytest.raises(NotAllowed):
        claim_next(by=create_customer())


def test_a_claim_is_one_look_however_many_wait(queue, rosa, django_assert_num_queries):
    for _ in range(5):
        waiting(queue)

    # Rights, and all the rest.
    with django_assert_num_queries(2):
        claim_next(by=rosa)


@pytest.mark.django_db(transaction=True)
def test_sixty_four_reviewers_at_once_get_sixty_four_different_appeals():
    queue = create_queue("credit_review")
    appeals = [
        create_appeal(create_decision(with_notice=False), state=SUBMITTED, queue=queue)
        for _ in range(64)
    ]
    reviewers = [create_reviewer(f"Reviewer{n} Vega", queue=queue) for n in range(64)]
    together = threading.Barrier(16)
    got: list[Appeal | None] = []

    def claim_some(people):
        try:
            together.wait(30)
            got.extend(claim_next(by=person) for person in people)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=claim_some, args=(reviewers[start::16],)) for start in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert {appeal.pk for appeal in got if appeal} == {appeal.pk for appeal in appeals}
    assert Claim.objects.count() == 64


# --- A chosen one ---------------------------------------------------------------------------


def test_a_chosen_appeal_goes_to_the_first_who_asks(queue, rosa, sam):
    appeal = waiting(queue)
    as_sam_saw_it = type(appeal).objects.get(pk=appeal.pk)

    claim_appeal(appeal=appeal, by=rosa)

    with pytest.raises(WrongState):
        claim_appeal(appeal=as_sam_saw_it, by=sam)
    assert Claim.objects.get().reviewer == rosa


@pytest.mark.parametrize("made_by_me", [True, False])
def test_nobody_chooses_their_own(queue, rosa, made_by_me):
    decision = create_decision(decided_by=rosa) if made_by_me else create_decision(rosa)
    appeal = create_appeal(decision, state=SUBMITTED, queue=queue)

    with pytest.raises(NotAllowed):
        claim_appeal(appeal=appeal, by=rosa)
    assert not Claim.objects.exists()


# --- Keeping, giving back, passing on ---------------------------------------------------------


def test_a_lease_is_renewed_only_by_its_holder(queue, rosa, sam):
    appeal = create_appeal(state=IN_REVIEW, queue=queue)
    claim = create_claim(appeal, rosa, minutes=5)

    assert renew_claim(appeal=appeal, by=sam) is None
    claim.refresh_from_db()
    assert claim.until < timezone.now() + timedelta(minutes=6)

    renew_claim(appeal=appeal, by=rosa)
    claim.refresh_from_db()
    assert claim.until > timezone.now() + LEASE - timedelta(minutes=1)


def test_a_page_that_is_looked_at_again_at_once_writes_nothing(
    queue, rosa, django_assert_num_queries
):
    appeal = create_appeal(state=IN_REVIEW, queue=queue)
    create_claim(appeal, rosa, minutes=45)

    # Rights, and the claim.
    with django_assert_num_queries(2):
        renew_claim(appeal=appeal, by=rosa)


def test_a_lease_that_is_longer_is_not_cut_short(queue, rosa):
    appeal = create_appeal(state=IN_REVIEW, queue=queue)
    claim = create_claim(appeal, rosa, minutes=600)

    renew_claim(appeal=appeal, by=rosa)

    claim.refresh_from_db()
    assert claim.until > timezone.now() + timedelta(minutes=590)


def test_only_the_holder_or_a_supervisor_releases(queue, rosa, sam):
    appeal = create_appeal(state=IN_REVIEW, queue=queue)
    create_claim(appeal, rosa)

    with pytest.raises(NotAllowed):
        release_claim(appeal=appeal, by=sam)
    release_claim(appeal=appeal, by=create_reviewer("Sofia Lind", is_supervisor=True))

    appeal.refresh_from_db()
    assert appeal.state == SUBMITTED
    assert not Claim.objects.exists()
    assert claim_next(by=sam) == appeal


def test_an_abandoned_appeal_returns_with_its_findings(queue, rosa, sam):
    appeal = create_appeal(state=IN_REVIEW, queue=queue, review_draft={"sentence": "So far"})
    create_claim(appeal, rosa)
    ground = appeal.grounds.all()[0]
    Finding.objects.create(
        ground=ground, ruling=Ruling.ACCEPTED, sentence="Yes.", by=rosa, at=timezone.now()
    )

    return_abandoned_cases()
    appeal.refresh_from_db()
    assert appeal.state == IN_REVIEW

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        return_abandoned_cases()
        return_abandoned_cases()

    appeal.refresh_from_db()
    assert appeal.state == SUBMITTED
    assert appeal.review_draft == {"sentence": "So far"}
    assert ground.finding.sentence == "Yes."
    assert CaseEvent.objects.filter(kind=EventKind.LEASE_ENDED).count() == 1
    assert claim_next(by=sam) == appeal


def test_a_leftover_claim_does_not_move_a_closed_appeal(queue, rosa):
    appeal = create_appeal(state=AppealState.DECIDED, queue=queue)
    create_claim(appeal, rosa, minutes=-5)

    assert return_abandoned() == 0
    appeal.refresh_from_db()
    assert appeal.state == AppealState.DECIDED
    assert not Claim.objects.exists()


def test_a_supervisor_passes_a_held_appeal_to_a_member(queue, rosa, sam):
    sofia = create_reviewer("Sofia Lind", is_supervisor=True)
    outsider = create_reviewer("Olga Hart", queue=create_queue("fraud_identity"))
    appeal = create_appeal(state=IN_REVIEW, queue=queue)
    create_claim(appeal, rosa)

    with pytest.raises(NotAllowed):
        reassign_appeal(appeal=appeal, by=rosa, to=sam)
    with pytest.raises(NotAllowed):
        reassign_appeal(appeal=appeal, by=sofia, to=outsider)
    reassign_appeal(appeal=appeal, by=sofia, to=sam)

    assert Claim.objects.get().reviewer == sam
    appeal.refresh_from_db()
    assert appeal.state == IN_REVIEW


def test_a_supervisor_cannot_pass_an_appeal_to_whoever_made_the_decision(queue, sam):
    sofia = create_reviewer("Sofia Lind", is_supervisor=True)
    appeal = create_appeal(create_decision(decided_by=sam), state=SUBMITTED, queue=queue)

    with pytest.raises(NotAllowed):
        reassign_appeal(appeal=appeal, by=sofia, to=sam)
