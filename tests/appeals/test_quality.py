"""Sampled cases are read again blind; the answers meet only when both are written."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals.access import get_case_evidence, list_quality_reviews
from appeals.actions import quality
from appeals.actions.events import record
from appeals.actions.quality import give_back, record_reading, take_next
from appeals.errors import AppealNotFound, BadInput, NotAllowed, WrongState
from appeals.models import EventKind, Outcome, QualityReview, ReviewerProfile
from appeals.states import AppealState
from tests.appeals.answers import KEPT, PART, propose, ready
from tests.appeals.builders import create_appeal, create_customer, create_queue, create_reviewer
from tests.appeals.desks import add_paper, at, queue, rosa, sam, sofia
from tests.appeals.editors import create_staff

__all__ = ["queue", "rosa", "sam", "sofia"]

HOME = "/admin/quality/"
REAL_DRAW = quality.draw


@pytest.fixture(autouse=True)
def every_draw_hits(monkeypatch):
    monkeypatch.setattr(quality, "draw", lambda: 0)


@pytest.fixture
def quinn(db):
    """Reads decided cases again, and nothing else."""
    return create_staff("Quinn Abara", "Quality")


@pytest.fixture
def sampled(queue, rosa):
    return decide(queue, rosa)


def decide(queue, reviewer, answer=PART):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=reviewer)
    propose(ready(appeal, reviewer), reviewer, answer)
    return QualityReview.objects.get(outcome__appeal=appeal)


def rulings(review, ruling="accepted"):
    return {ground.pk: ruling for ground in review.outcome.appeal.grounds.all()}


def read(review, by, kind="partly_restored", ruling="accepted"):
    review.reader = by
    review.save(update_fields=["reader"])
    return record_reading(review=review, by=by, kind=kind, rulings=rulings(review, ruling))


# --- What is drawn ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "drawn", "is_sampled"),
    [
        (5, 49, True),
        (5, 50, False),
        (0, 0, False),
        (100, 999, True),
        (Decimal("0.1"), 0, True),
        (Decimal("0.1"), 1, False),
    ],
)
def test_a_share_of_the_final_outcomes_is_drawn(
    queue, rosa, monkeypatch, percent, drawn, is_sampled
):
    queue.sample_percent = percent
    queue.save()
    monkeypatch.setattr(quality, "draw", lambda: drawn)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)

    propose(ready(appeal, rosa), rosa, KEPT)

    assert QualityReview.objects.exists() is is_sampled


def test_a_proposal_is_drawn_only_once_it_is_final(queue, rosa):
    queue.needs_second_approval = True
    queue.save()
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)

    propose(ready(appeal, rosa), rosa, KEPT)

    assert not QualityReview.objects.exists()


def test_no_more_a_month_than_the_queue_says(queue, rosa):
    queue.sample_most = 2
    queue.save()
    for _ in range(3):
        appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
        propose(ready(appeal, rosa), rosa, KEPT)
    assert QualityReview.objects.count() == 2

    QualityReview.objects.update(sampled_at=timezone.now() - timedelta(days=32))
    decide(queue, rosa)

    assert QualityReview.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_when_many_decide_at_once():
    queue = create_queue(needs_second_approval=False, sample_percent=100, sample_most=3)
    people = [create_reviewer(f"Rosa {number}", queue=queue) for number in range(8)]
    cases = [
        ready(create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=one), one)
        for one in people
    ]

    def one(pair):
        appeal, reviewer = pair
        try:
            propose(appeal, reviewer, KEPT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, zip(cases, people, strict=True)))

    assert Outcome.objects.filter(is_final=True).count() == 8
    assert QualityReview.objects.count() == 3


def test_nobody_can_foresee_a_draw():
    drawn = {REAL_DRAW() for _ in range(50)}

    assert len(drawn) > 10
    assert drawn <= set(range(1_000))


# --- Who reads what -------------------------------------------------------------------------------


def test_nobody_reads_their_own_outcome_again(queue, quinn, sampled, rosa):
    QualityReview.objects.update(decided_by=quinn)

    assert take_next(by=quinn) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        QualityReview.objects.update(reader=quinn)


def test_nobody_reads_what_they_approved(quinn, sampled):
    Outcome.objects.update(approved_by=quinn, approved_at=timezone.now())

    assert take_next(by=quinn) is None


def test_nobody_reads_again_what_they_worked_on(quinn, sampled):
    record(sampled.outcome.appeal, EventKind.RELEASED, quinn, visible=False)

    assert take_next(by=quinn) is None


def test_restricted_cases_are_for_cleared_readers(quinn, rosa):
    fraud = create_queue("fraud_identity", is_restricted=True, needs_second_approval=False)
    nina = create_reviewer("Nina Roth", queue=fraud)
    review = decide(fraud, nina)

    assert take_next(by=quinn) is None
    assert not list_quality_reviews(quinn).exists()

    ReviewerProfile.objects.create(person=quinn, is_cleared=True)
    assert take_next(by=quinn) == review


def test_reviewers_see_nothing_of_quality(browse, rosa, sampled):
    client = browse(rosa)

    assert client.get(HOME).status_code == 403
    assert client.get(f"{HOME}{sampled.pk}/").status_code == 403


def test_two_readers_get_two_cases_and_what_is_begun_comes_first(queue, rosa, quinn):
    other = create_staff("Olu Bello", "Quality")
    first, second = decide(queue, rosa), decide(queue, rosa)

    assert take_next(by=quinn) == first
    assert take_next(by=other) == second
    assert take_next(by=quinn) == first

    give_back(review=first, by=quinn)
    QualityReview.objects.filter(pk=second.pk).update(reader=None)
    assert take_next(by=other) == first


def test_a_reader_opens_the_papers_of_the_case_they_read_and_no_other(quinn, sampled, queue):
    paper = add_paper(sampled.outcome.appeal)
    other = add_paper(create_appeal(state=AppealState.SUBMITTED, queue=queue))
    with pytest.raises(AppealNotFound):
        get_case_evidence(quinn, paper.public_id)

    take_next(by=quinn)

    assert get_case_evidence(quinn, paper.public_id) == paper
    with pytest.raises(AppealNotFound):
        get_case_evidence(quinn, other.public_id)


# --- Reading --------------------------------------------------------------------------------------


def test_the_page_shows_what_the_reviewer_saw_and_nothing_of_the_answer(browse, quinn, sampled):
    appeal = sampled.outcome.appeal
    client = browse(quinn)
    page = client.post(f"{HOME}next/", follow=True).text

    for seen in ("$4,000.00", "$1,400.00", "This was paid in July.", "A late payment"):
        assert seen in page, seen
    for hidden in ("Rosa Vega", "Half is back.", "$2,700.00", appeal.reference, "Yes."):
        assert hidden not in page, hidden


def test_the_answers_meet_once_both_are_written(browse, quinn, sampled):
    client = browse(quinn)
    client.post(f"{HOME}next/")
    form = {f"ruling-{pk}": ruling for pk, ruling in rulings(sampled).items()}

    page = client.post(f"{HOME}{sampled.pk}/", {**form, "kind": "kept"}, follow=True).text

    sampled.refresh_from_db()
    assert sampled.agrees is False
    for shown in ("Rosa Vega", "Half is back.", "The two answers differ.", "Kept as it is"):
        assert shown in page, shown
    client.post(f"{HOME}{sampled.pk}/note/", {"note": "The payslip was new."})
    sampled.refresh_from_db()
    assert sampled.note == "The payslip was new."


@pytest.mark.parametrize(
    ("kind", "ruling", "agrees"),
    [
        ("partly_restored", "accepted", True),
        ("partly_restored", "refuted", False),
        ("restored", "accepted", False),
    ],
)
def test_agreement_is_the_same_outcome_and_the_same_rulings(quinn, sampled, kind, ruling, agrees):
    assert read(sampled, quinn, kind, ruling).agrees is agrees


def test_a_later_finding_does_not_change_what_is_compared(quinn, sampled):
    sampled.outcome.appeal.grounds.get(decision_reason__rank=1).finding.delete()

    assert read(sampled, quinn).agrees is True


def test_half_an_answer_is_refused(browse, quinn, sampled):
    sampled = take_next(by=quinn)

    answer = browse(quinn).post(f"{HOME}{sampled.pk}/", {"kind": "kept"})

    assert answer.status_code == 400
    assert "Rosa Vega" not in answer.text
    with pytest.raises(BadInput):
        record_reading(review=sampled, by=quinn, kind="", rulings=rulings(sampled))


def test_an_answer_is_given_once(quinn, sampled):
    read(sampled, quinn)

    with pytest.raises(WrongState):
        record_reading(review=sampled, by=quinn, kind="kept", rulings=rulings(sampled))
    with pytest.raises(WrongState):
        give_back(review=sampled, by=quinn)


def test_another_readers_case_is_not_mine(browse, quinn, sampled):
    other = create_staff("Olu Bello", "Quality")
    take_next(by=quinn)

    assert browse(other).get(f"{HOME}{sampled.pk}/").status_code == 404
    sampled.refresh_from_db()
    with pytest.raises(NotAllowed):
        record_reading(review=sampled, by=other, kind="kept", rulings=rulings(sampled))


# --- How often they agree -------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "shown"), [(4, "fewer than 5 read"), (5, "80%")])
def test_a_rate_of_few_is_hidden(browse, queue, rosa, quinn, sofia, number, shown):
    for one in range(number):
        read(decide(queue, rosa), quinn, ruling="refuted" if one == 0 else "accepted")

    for person in (quinn, sofia):
        assert shown in browse(person).get(HOME).text


def test_the_page_of_all_costs_the_same_however_many_were_read(browse, queue, rosa, quinn):
    client = browse(quinn)
    read(decide(queue, rosa), quinn)
    few = cost(client, HOME)
    for _ in range(6):
        read(decide(queue, rosa), quinn)

    assert cost(client, HOME) == few <= 20


def test_a_case_costs_the_same_whatever_its_size(browse, quinn, sampled):
    client = browse(quinn)
    client.post(f"{HOME}next/")
    page = f"{HOME}{sampled.pk}/"
    small = cost(client, page)
    for number in range(5):
        add_paper(sampled.outcome.appeal, number)

    assert cost(client, page) == small <= 30
    read(sampled, quinn)
    assert cost(client, page) <= 30


def cost(client, address):
    """Queries of the page, once it is warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_a_supervisor_reads_both_answers_but_writes_none(browse, sofia, quinn, sampled):
    client = browse(sofia)
    assert client.get(f"{HOME}{sampled.pk}/").status_code == 404
    assert client.post(f"{HOME}next/").status_code == 403

    read(sampled, quinn)

    assert "Half is back." in client.get(f"{HOME}{sampled.pk}/").text
    client.post(f"{HOME}{sampled.pk}/note/", {"note": "Mine."})
    sampled.refresh_from_db()
    assert sampled.note == ""


def test_quality_people_do_not_sit_at_the_desk(browse, quinn, sampled):
    assert browse(quinn).get(at(sampled.outcome.appeal)).status_code in {403, 404}


def test_customers_find_no_quality_page(browse, sampled):
    assert browse(create_customer("Charlie Stone")).get(HOME).status_code in {302, 403}
