"""Nobody judges their own: asked by the database itself, whatever program writes the row."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from appeals.actions.claims import claim_next, reassign_appeal
from appeals.actions.independence import bar_of, list_bars, never_your_own
from appeals.actions.outcomes import approve_outcome, propose_outcome, send_back_outcome
from appeals.errors import NotAllowed
from appeals.models import (
    Action,
    Appeal,
    Claim,
    ConflictOfInterest,
    Outcome,
    QualityReview,
    RuleOwner,
)
from appeals.states import AppealState, OutcomeKind
from tests.appeals.answers import FULL, propose, ready
from tests.appeals.builders import create_appeal, create_claim, create_decision, create_line
from tests.appeals.desks import queue, rosa, sam, sofia

__all__ = ["queue", "rosa", "sam", "sofia"]


def outcome_of(appeal, by, **fields):
    """A row as the database would get it from any program."""
    return Outcome.objects.create(
        appeal=appeal,
        kind=OutcomeKind.KEPT,
        sentence="It stays as it is.",
        decided_by=by,
        decided_at=timezone.now(),
        **fields,
    )


def own_appeal(person):
    return create_decision(person, with_notice=False)


def own_decision(person):
    return create_decision(with_notice=False, automated=False, decided_by=person)


def own_rule(person):
    RuleOwner.objects.create(rule_id="MY-RULE", owner=person)
    return create_decision(with_notice=False, rule_id="MY-RULE")


def known_customer(person):
    decision = create_decision(with_notice=False)
    declare(person, customer=decision.customer)
    return decision


def approved_before(person):
    """A decision that came out of an appeal whose outcome this person approved."""
    from_before = create_decision(with_notice=False)
    made = create_decision(from_before.customer, with_notice=False, automated=False)
    before = create_appeal(from_before, state=AppealState.DECIDED)
    decider = create_decision(with_notice=False).customer
    now = timezone.now()
    outcome_of(
        before,
        decider,
        needs_approval=True,
        approved_by=person,
        approved_at=now,
        is_final=True,
        line_decision=made,
    )
    return made


def ended_what_they_decided(person):
    """The end of a limit restored for a time, by an outcome of this person."""
    from_before = create_decision(with_notice=False)
    line = create_line(from_before.customer)
    end = create_decision(from_before.customer, line=line, with_notice=False, action=Action.REDUCE)
    before = create_appeal(from_before, state=AppealState.DECIDED)
    Outcome.objects.create(
        appeal=before,
        kind=OutcomeKind.TEMPORARY,
        new_limit=4000,
        until=timezone.now().date() - timedelta(days=1),
        sentence="For a time.",
        decided_by=person,
        decided_at=timezone.now(),
        is_final=True,
        end_decision=end,
    )
    return end


def declare(person, **about):
    return ConflictOfInterest.objects.create(
        person=person, because="A friend.", declared_at=timezone.now(), declared_by=person, **about
    )


OWN = {
    "own_appeal": own_appeal,
    "own_decision": own_decision,
    "own_rule": own_rule,
    "conflict": known_customer,
    "own_outcome": approved_before,
}
each_own = pytest.mark.parametrize(("bar", "make"), OWN.items(), ids=OWN)


def refused():
    """The database says no, by the name of the rule."""
    return pytest.raises(IntegrityError, match="nobody judges their own")


# --- The rows themselves ----------------------------------------------------------------------


@each_own
def test_the_database_refuses_the_claim(queue, rosa, sam, bar, make):
    appeal = create_appeal(make(rosa), state=AppealState.IN_REVIEW, queue=queue)

    assert bar_of(appeal, rosa) == bar
    assert bar_of(appeal, sam) is None
    with refused(), transaction.atomic():
        create_claim(appeal, rosa)
    claim = create_claim(appeal, sam)
    with refused(), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(reviewer=rosa)
    assert Claim.objects.get().reviewer == sam


@each_own
def test_the_database_refuses_the_outcome_and_its_approval(queue, rosa, sam, bar, make):
    appeal = create_appeal(make(rosa), state=AppealState.APPROVAL, queue=queue)

    with refused(), transaction.atomic():
        outcome_of(appeal, rosa)
    with refused(), transaction.atomic():
        outcome_of(appeal, sam, needs_approval=True, approved_by=rosa)
    outcome = outcome_of(appeal, sam, needs_approval=True)
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE appeals_outcome SET approved_by_id = %s WHERE id = %s", [rosa.pk, outcome.pk]
        )
    with refused(), transaction.atomic():
        Outcome.objects.filter(pk=outcome.pk).update(decided_by=rosa)


@each_own
def test_the_database_keeps_it_for_nobody_who_must_not_have_it(queue, rosa, sam, bar, make):
    appeal = create_appeal(make(rosa), state=AppealState.SUBMITTED, queue=queue)

    rows = Appeal.objects.filter(pk=appeal.pk)
    with refused(), transaction.atomic():
        rows.update(reserved_for=rosa)
    assert rows.update(reserved_for=sam) == 1


@each_own
def test_the_database_lets_nobody_read_it_again_who_must_not(queue, rosa, sam, bar, make):
    appeal = create_appeal(make(rosa), state=AppealState.DECIDED, queue=queue)
    outcome = outcome_of(appeal, sam, is_final=True)
    sample = QualityReview.objects.create(
        outcome=outcome, queue=queue, decided_by=sam, sampled_at=timezone.now()
    )

    with refused(), transaction.atomic():
        QualityReview.objects.filter(pk=sample.pk).update(reader=rosa)


def test_who_approved_an_outcome_does_not_read_it_again(queue, rosa, sam, sofia):
    appeal = create_appeal(state=AppealState.DECIDED, queue=queue)
    now = timezone.now()
    outcome = outcome_of(
        appeal, sam, is_final=True, needs_approval=True, approved_by=rosa, approved_at=now
    )
    sample = {"outcome": outcome, "queue": queue, "decided_by": sam, "sampled_at": now}

    with refused(), transaction.atomic():
        QualityReview.objects.create(**sample, reader=rosa)
    QualityReview.objects.create(**sample, reader=sofia)


def test_the_end_of_what_i_restored_is_not_mine_to_judge(queue, rosa):
    appeal = create_appeal(ended_what_they_decided(rosa), state=AppealState.IN_REVIEW, queue=queue)

    with refused(), transaction.atomic():
        create_claim(appeal, rosa)


def test_a_conflict_with_one_appeal_leaves_the_customers_others(queue, rosa):
    decision = create_decision(with_notice=False)
    one = create_appeal(decision, state=AppealState.IN_REVIEW, queue=queue)
    other = create_appeal(
        create_decision(decision.customer, with_notice=False),
        state=AppealState.IN_REVIEW,
        queue=queue,
    )
    declare(rosa, appeal=one)

    with refused(), transaction.atomic():
        create_claim(one, rosa)
    create_claim(other, rosa)


def test_a_row_that_is_saved_for_other_reasons_is_not_asked_about_again(queue, rosa, sam):
    held = create_appeal(state=AppealState.IN_REVIEW, queue=queue)
    claim = create_claim(held, rosa)
    answered = create_appeal(state=AppealState.APPROVAL, queue=queue)
    outcome = outcome_of(answered, rosa, needs_approval=True)
    kept = create_appeal(state=AppealState.SUBMITTED, queue=queue, reserved_for=rosa)
    RuleOwner.objects.create(rule_id="LATE-6M", owner=rosa)

    claim.until += timedelta(minutes=5)
    claim.save()
    outcome.internal_note = "Seen."
    outcome.save()
    kept.statement = "Seen."
    kept.save()


def test_pairs_of_people_and_appeals_are_asked_at_once(queue, rosa, sam, django_assert_num_queries):
    mine = create_appeal(own_decision(rosa), state=AppealState.SUBMITTED, queue=queue)
    his = create_appeal(own_rule(sam), state=AppealState.SUBMITTED, queue=queue)

    with django_assert_num_queries(1):
        bars = list_bars([rosa.pk, sam.pk], [mine.pk, his.pk])

    assert bars == {(rosa.pk, mine.pk), (sam.pk, his.pk)}


# --- In words ---------------------------------------------------------------------------------


def test_what_the_database_refuses_is_said_in_plain_words(queue, rosa, sam):
    appeal = create_appeal(own_decision(rosa), state=AppealState.IN_REVIEW, queue=queue)

    @never_your_own
    @transaction.atomic
    def put(*, to=None):
        create_claim(appeal, rosa)

    with pytest.raises(NotAllowed, match="a decision of yours"):
        put()
    with pytest.raises(NotAllowed, match="Rosa Vega made the decision"):
        put(to=rosa)


def test_another_broken_rule_is_not_dressed_up_as_this_one(queue, rosa):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue)
    create_claim(appeal, rosa)

    @never_your_own
    @transaction.atomic
    def twice():
        create_claim(appeal, rosa)

    with pytest.raises(IntegrityError):
        twice()


def test_who_comes_to_own_the_rule_meanwhile_decides_nothing(queue, rosa):
    held = ready(create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa), rosa)
    RuleOwner.objects.create(rule_id=held.decision.rule_id, owner=rosa)

    with pytest.raises(NotAllowed, match="answer for the rule"):
        propose_outcome(appeal=held, by=rosa, version=held.version, answer=FULL)
    assert not Outcome.objects.exists()


def test_an_approver_who_owns_the_rule_approves_nothing(queue, rosa, sam):
    queue.needs_second_approval = True
    queue.save()
    held = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(held, rosa), rosa, FULL)
    RuleOwner.objects.create(rule_id=held.decision.rule_id, owner=sam)

    with pytest.raises(NotAllowed, match="answer for the rule"):
        approve_outcome(appeal=held, by=sam, version=held.version)


def test_what_is_sent_back_to_who_may_not_go_on_waits_for_somebody_else(queue, rosa, sam, sofia):
    queue.needs_second_approval = True
    queue.save()
    held = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(held, rosa), rosa, FULL)
    RuleOwner.objects.create(rule_id=held.decision.rule_id, owner=rosa)

    send_back_outcome(appeal=held, by=sam, version=held.version, note="Not yours any more.")

    held.refresh_from_db()
    assert held.state == AppealState.SUBMITTED
    assert claim_next(by=rosa) is None
    reassign_appeal(appeal=held, by=sofia, to=sam)
