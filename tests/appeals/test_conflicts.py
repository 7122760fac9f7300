"""Somebody who knows the customer says so, and has no part in the case from then on."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from appeals.access import list_cases, list_supervisors, list_who_may_open
from appeals.actions.assignment import return_reservations
from appeals.actions.claims import claim_next
from appeals.actions.conflicts import declare_conflict, end_conflict
from appeals.actions.quality import give_back, take_next
from appeals.admin.work import list_to_approve
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    CaseEvent,
    Claim,
    ConflictOfInterest,
    EventKind,
    Finding,
    Outcome,
    QualityReview,
)
from appeals.states import AppealState, OutcomeKind, Ruling
from tests.appeals.answers import FULL, propose, ready
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import HOME, add_paper, at, desk, held, queue, rosa, sam, sofia

__all__ = ["desk", "held", "queue", "rosa", "sam", "sofia"]

LIST = "/admin/appeals/conflictofinterest/"
CASES = "/admin/appeals/appeal/"
SUBMITTED, IN_REVIEW = AppealState.SUBMITTED, AppealState.IN_REVIEW
BECAUSE = "She is my sister."


def another_case(customer, queue, state=SUBMITTED, **overrides):
    decision = create_decision(customer, with_notice=False)
    return create_appeal(decision, state=state, queue=queue, **overrides)


def reloaded(appeal):
    return type(appeal).objects.get(pk=appeal.pk)


# --- Declaring --------------------------------------------------------------------------------


def test_the_case_goes_back_at_once_without_what_was_found(held, rosa, sam):
    held.review_draft = {"sentence": "So far"}
    held.save()
    ground = held.grounds.all()[0]
    Finding.objects.create(
        ground=ground, ruling=Ruling.REFUTED, sentence="No.", by=rosa, at=timezone.now()
    )

    declare_conflict(person=rosa, about=held.customer, because=f" {BECAUSE} ", by=rosa)

    back = reloaded(held)
    assert (back.state, back.review_draft) == (SUBMITTED, {})
    assert not Claim.objects.exists()
    assert not Finding.objects.exists()
    assert ConflictOfInterest.objects.get().because == BECAUSE
    event = CaseEvent.objects.get(kind=EventKind.RECUSED)
    assert (event.by, event.details, event.is_visible) == (rosa, {}, False)
    assert claim_next(by=rosa) is None
    assert claim_next(by=sam) == held


def test_all_they_have_of_the_customer_is_taken_and_nothing_else(queue, rosa, sam):
    customer = create_customer("Ines Duarte")
    first = another_case(customer, queue, IN_REVIEW, reviewer=rosa)
    second = another_case(customer, queue, IN_REVIEW, reviewer=rosa)
    kept = another_case(customer, queue, reserved_for=rosa)
    a_colleagues = another_case(customer, queue, IN_REVIEW, reviewer=sam)
    somebody_elses = create_appeal(state=IN_REVIEW, queue=queue, reviewer=rosa)
    open_one = another_case(customer, queue)

    declare_conflict(person=rosa, about=first, because=BECAUSE, by=rosa)
    assert [reloaded(one).state for one in (first, second)] == [SUBMITTED, IN_REVIEW]
    assert reloaded(kept).reserved_for == rosa

    declare_conflict(person=rosa, about=customer, because=BECAUSE, by=rosa)
    assert reloaded(second).state == SUBMITTED
    assert reloaded(kept).reserved_for is None
    assert set(Claim.objects.values_list("appeal", "reviewer")) == {
        (a_colleagues.pk, sam.pk),
        (somebody_elses.pk, rosa.pk),
    }
    told = CaseEvent.objects.filter(kind=EventKind.RECUSED).values_list("appeal", flat=True)
    assert sorted(told) == sorted([first.pk, second.pk, kept.pk])
    assert reloaded(open_one).version == open_one.version


def test_what_they_proposed_is_put_before_nobody(queue, held, rosa, sam):
    queue.needs_second_approval = True
    queue.save()
    propose(ready(held, rosa), rosa, FULL)

    declare_conflict(person=rosa, about=held.customer, because=BECAUSE, by=rosa)

    assert reloaded(held).state == SUBMITTED
    outcome = Outcome.objects.get()
    assert outcome.sent_back_at is not None
    assert "declared a conflict" in outcome.sent_back_note
    assert claim_next(by=sam) == held


def test_a_colleagues_proposal_stands(queue, rosa, sam):
    queue.needs_second_approval = True
    queue.save()
    his = create_appeal(state=IN_REVIEW, queue=queue, reviewer=sam)
    propose(ready(his, sam), sam, FULL)

    declare_conflict(person=rosa, about=his, because=BECAUSE, by=rosa)

    assert reloaded(his).state == AppealState.APPROVAL
    assert CaseEvent.objects.filter(appeal=his, kind=EventKind.RECUSED).count() == 1


def test_a_sample_they_were_to_read_is_for_somebody_else(queue, rosa, sam):
    decided = create_appeal(state=AppealState.DECIDED, queue=queue)
    now = timezone.now()
    outcome = Outcome.objects.create(
        appeal=decided,
        kind=OutcomeKind.KEPT,
        sentence="It stays.",
        decided_by=sam,
        decided_at=now,
        is_final=True,
    )
    sample = QualityReview.objects.create(
        outcome=outcome, queue=queue, decided_by=sam, sampled_at=now, reader=rosa
    )

    declare_conflict(person=rosa, about=decided.customer, because=BECAUSE, by=rosa)

    sample.refresh_from_db()
    assert sample.reader is None


def test_declared_twice_is_once(held, rosa):
    for _ in range(2):
        declare_conflict(person=rosa, about=held, because=BECAUSE, by=rosa)

    assert ConflictOfInterest.objects.count() == 1
    assert CaseEvent.objects.filter(kind=EventKind.RECUSED).count() == 1


def test_it_needs_a_reason_and_a_member_of_staff(held, rosa, sofia):
    for because in ("", "  ", "x" * 301):
        with pytest.raises(BadInput):
            declare_conflict(person=rosa, about=held, because=because, by=rosa)
    with pytest.raises(BadInput, match="member of staff"):
        declare_conflict(person=create_customer(), about=held, because=BECAUSE, by=sofia)
    with pytest.raises(BadInput, match="their own case"):
        declare_conflict(person=rosa, about=rosa, because=BECAUSE, by=sofia)
    assert not ConflictOfInterest.objects.exists()


def test_only_a_supervisor_says_it_of_somebody_else(held, rosa, sam, sofia):
    with pytest.raises(NotAllowed):
        declare_conflict(person=rosa, about=held, because=BECAUSE, by=sam)
    assert reloaded(held).state == IN_REVIEW

    declared = declare_conflict(person=rosa, about=held, because=BECAUSE, by=sofia)

    assert declared.declared_by == sofia
    assert reloaded(held).state == SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_a_claim_and_a_declaration_at_once_leave_nothing_in_their_hands():
    queue = create_queue("credit_review", most_held=50)
    rosa = create_reviewer("Rosa Vega", queue=queue)
    customer = create_customer("Ines Duarte")
    for _ in range(12):
        another_case(customer, queue)
    together = threading.Barrier(5)

    def run(work):
        try:
            together.wait(30)
            work()
        finally:
            connection.close()

    def claim():
        for _ in range(3):
            claim_next(by=rosa)

    def declare():
        declare_conflict(person=rosa, about=customer, because=BECAUSE, by=rosa)

    threads = [threading.Thread(target=run, args=(work,)) for work in [claim] * 4 + [declare]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert ConflictOfInterest.objects.count() == 1
    assert not Claim.objects.exists()
    assert claim_next(by=rosa) is None


# --- Ending one -------------------------------------------------------------------------------


@pytest.fixture
def declared(held, rosa):
    return declare_conflict(person=rosa, about=held.customer, because="The wrong case.", by=rosa)


def test_another_supervisor_ends_one_that_was_a_mistake(declared, held, rosa, sofia):
    end_conflict(conflict=declared, because="Rosa meant another case.", by=sofia)

    declared.refresh_from_db()
    assert (declared.ended_by, declared.ended_because) == (sofia, "Rosa meant another case.")
    assert claim_next(by=rosa) == held
    with pytest.raises(WrongState):
        end_conflict(conflict=declared, because="Again.", by=sofia)
    # A new one can be declared, and both are written down.
    declare_conflict(person=rosa, about=held.customer, because=BECAUSE, by=rosa)
    assert ConflictOfInterest.objects.count() == 2
    assert not Claim.objects.exists()


def test_nobody_ends_their_own(declared, held, rosa, sam, sofia):
    for person in (rosa, sam):
        with pytest.raises(NotAllowed):
            end_conflict(conflict=declared, because="I changed my mind.", by=person)
    mine = declare_conflict(person=sofia, about=held.customer, because=BECAUSE, by=sofia)
    with pytest.raises(NotAllowed):
        end_conflict(conflict=mine, because="I changed my mind.", by=sofia)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConflictOfInterest.objects.filter(pk=mine.pk).update(
            ended_at=timezone.now(), ended_by=sofia, ended_because="I changed my mind."
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ConflictOfInterest.objects.filter(pk=mine.pk).update(ended_at=timezone.now())


def test_a_reservation_that_came_before_is_freed_by_the_clock(queue, rosa):
    kept = create_appeal(
        state=SUBMITTED,
        queue=queue,
        reserved_for=rosa,
        reserved_until=timezone.now() + timedelta(days=2),
    )
    ConflictOfInterest.objects.create(
        person=rosa,
        customer=kept.customer,
        because=BECAUSE,
        declared_at=timezone.now(),
        declared_by=rosa,
    )

    assert claim_next(by=rosa) is None
    return_reservations()
    assert reloaded(kept).reserved_for is None


# --- On the page ------------------------------------------------------------------------------


def test_a_reviewer_recuses_themselves_on_the_case(desk, held, rosa, browse, sam):
    page = desk.get(at(held)).content.decode()
    assert 'data-key="w"' in page

    answer = desk.post(at(held, "recuse/"), {"about": "customer", "because": BECAUSE}, follow=True)

    assert answer.redirect_chain[-1][0] == HOME
    assert "is written down" in answer.content.decode()
    assert ConflictOfInterest.objects.get().customer == held.customer
    assert desk.get(at(held)).status_code == 404
    assert desk.post(at(held, "claim/")).status_code == 404
    assert not Claim.objects.exists()
    history = browse(sam).get(at(held)).content.decode()
    assert BECAUSE not in history


def test_with_this_case_only(desk, held):
    another = another_case(held.customer, held.queue)
    desk.post(at(held, "recuse/"), {"about": "appeal", "because": BECAUSE})

    conflict = ConflictOfInterest.objects.get()
    assert (conflict.appeal, conflict.customer) == (held, None)
    assert desk.get(at(held)).status_code == 404
    assert desk.get(at(another)).status_code == 200


def test_who_stays_away_reads_nothing_of_it_until_it_is_ended(browse, queue, rosa, sam, sofia):
    """To stay away from a customer is not to read their papers either; nor is a supervisor told."""
    customer = create_customer("Ines Duarte")
    first, second = (another_case(customer, queue) for _ in range(2))
    others = create_appeal(state=SUBMITTED, queue=queue)
    paper = add_paper(first, 1)
    hers, opened = browse(rosa), reverse("appeals:evidence_open", args=[paper.public_id])
    declared = declare_conflict(person=rosa, about=customer, because=BECAUSE, by=sofia)
    boss_too = declare_conflict(person=sofia, about=second, because=BECAUSE, by=sofia)

    assert list(list_cases(rosa)) == [others]
    assert set(list_cases(sofia)) == {others, first}
    assert hers.get(at(first)).status_code == hers.get(opened).status_code == 404
    assert first.reference not in hers.get(CASES).content.decode()
    assert at(first) not in hers.get(f"{CASES}?q={first.reference}").content.decode()
    assert at(first) in browse(sam).get(f"{CASES}?q={first.reference}").content.decode()
    assert {rosa, sofia} & set(list_who_may_open(first)) == {sofia}
    assert {rosa, sofia} & set(list_who_may_open(second)) == set()
    assert sofia not in list_supervisors(second)
    assert set(list_cases(sam)) == {others, first, second}

    end_conflict(conflict=declared, because="Another Ines.", by=sofia)

    assert boss_too.ended_at is None
    assert hers.get(at(first)).status_code == hers.get(opened).status_code == 200
    assert set(list_cases(rosa)) == {others, first, second}


def test_without_a_reason_nothing_happens(desk, held):
    answer = desk.post(at(held, "recuse/"), {"about": "customer", "because": " "}, follow=True)

    assert "Say why" in answer.content.decode()
    assert reloaded(held).state == IN_REVIEW


def test_a_supervisor_adds_reads_and_ends_them(browse, held, rosa, sofia):
    hers = browse(sofia)
    form = {"person": rosa.pk, "because": BECAUSE, "appeal_reference": ""}

    for wrong in ("", "C-nobody"):
        answer = hers.post(f"{LIST}add/", {**form, "customer_reference": wrong})
        assert answer.status_code == 200
    both = {"customer_reference": held.customer.reference, "appeal_reference": held.reference}
    assert hers.post(f"{LIST}add/", {**form, **both}).status_code == 200
    assert not ConflictOfInterest.objects.exists()

    hers.post(f"{LIST}add/", {**form, "customer_reference": held.customer.reference})
    conflict = ConflictOfInterest.objects.get()
    assert (conflict.person, conflict.declared_by) == (rosa, sofia)
    assert reloaded(held).state == SUBMITTED
    assert BECAUSE in hers.get(LIST).content.decode()

    page = f"{LIST}{conflict.pk}/change/"
    assert hers.post(page, {"ended_because": ""}).status_code == 200
    hers.post(page, {"ended_because": "Another Ines."})
    conflict.refresh_from_db()
    assert conflict.ended_by == sofia
    assert "Another Ines." in hers.get(page).content.decode()
    assert hers.post(f"{LIST}{conflict.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ConflictOfInterest.objects.count() == 1


def test_neither_to_approve_nor_to_read_again_is_offered(browse, queue, rosa, sam):
    queue.needs_second_approval = True
    queue.save()
    his = create_appeal(state=IN_REVIEW, queue=queue, reviewer=sam)
    propose(ready(his, sam), sam, FULL)
    assert his in list_to_approve(rosa)
    decided = create_appeal(state=AppealState.DECIDED, queue=queue)
    now = timezone.now()
    outcome = Outcome.objects.create(
        appeal=decided,
        kind=OutcomeKind.KEPT,
        sentence="It stays.",
        decided_by=sam,
        decided_at=now,
        is_final=True,
    )
    sample = QualityReview.objects.create(
        outcome=outcome, queue=queue, decided_by=sam, sampled_at=now
    )
    reader = create_customer("Jonas Berg", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="check_quality"))

    for customer in (his.customer, decided.customer):
        declare_conflict(person=rosa, about=customer, because=BECAUSE, by=rosa)
    assert list(list_to_approve(rosa)) == []
    assert take_next(by=reader) == sample
    give_back(review=sample, by=reader)
    declare_conflict(person=reader, about=decided, because=BECAUSE, by=reader)
    assert take_next(by=reader) is None


def test_a_reviewer_reads_nobodys_conflicts(desk, declared):
    assert desk.get(LIST).status_code == 403
    assert desk.get(f"{LIST}{declared.pk}/change/").status_code == 403


def test_one_with_a_restricted_case_is_hidden_from_who_is_not_cleared(browse, sofia):
    fraud = create_queue("fraud_identity", is_restricted=True)
    kim = create_reviewer("Kim Berg", queue=fraud)
    hidden = create_appeal(state=IN_REVIEW, queue=fraud)
    create_claim(hidden, kim)
    conflict = declare_conflict(person=kim, about=hidden, because=BECAUSE, by=kim)

    hers = browse(sofia)
    assert hidden.reference not in hers.get(LIST).content.decode()
    page = hers.get(f"{LIST}{conflict.pk}/change/", follow=True)
    assert hidden.reference not in page.content.decode()
    form = {"person": kim.pk, "because": BECAUSE, "appeal_reference": hidden.reference}
    assert "There is nothing with this reference" in hers.post(f"{LIST}add/", form).content.decode()
