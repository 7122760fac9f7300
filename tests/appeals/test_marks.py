"""Marks on documents: made by who holds the case, seen by everybody who reads it."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from appeals.actions.claims import release_claim
from appeals.actions.marks import MOST_MARKS, Place, place_mark
from appeals.errors import AppealError
from appeals.models import EvidenceMark, ReviewerProfile
from appeals.states import AppealState, EvidenceState
from tests.appeals.builders import create_appeal, create_queue, create_reviewer
from tests.appeals.desks import add_paper, at, desk, held, queue, rosa, sam, sofia

__all__ = ["desk", "held", "queue", "rosa", "sam", "sofia"]

BOX = {"left": "0.1", "top": "0.25", "width": "0.5", "height": "0.08"}


@pytest.fixture
def paper(held):
    """A payslip of three pages that answers the first ground."""
    document = add_paper(held, 1)
    document.pages = 3
    document.save()
    return document


@pytest.fixture
def ground(held):
    return held.grounds.all()[0]


def mark(client, appeal, paper, **fields):
    form = {"document": paper.public_id, "page": 2, **BOX, **fields}
    return client.post(at(appeal, "marks/"), form)


# --- Making -------------------------------------------------------------------------------------


def test_a_mark_is_listed_under_its_ground_with_a_way_to_the_page(desk, held, paper, ground, rosa):
    answer = mark(desk, held, paper, ground=ground.pk, note="Net pay is higher than we thought.")

    assert answer.status_code == 201
    made = EvidenceMark.objects.get()
    assert (made.document, made.page, made.ground, made.by) == (paper, 2, ground, rosa)
    assert (made.left, made.top) == (Decimal("0.1000"), Decimal("0.2500"))
    told = answer.json()
    assert (told["mark"], told["ground"]) == (made.pk, ground.pk)

    page = desk.get(at(held))
    (card,) = [card for card in page.context["page"].reasons if card.ground == ground]
    assert [line.mark for line in card.marks] == [made]
    text = page.content.decode()
    for part in ("Recent payslips p. 2", "Net pay is higher than we thought.", "0.1000 0.2500"):
        assert part in text
        assert part in told["html"]


def test_a_mark_need_not_answer_a_ground(desk, held, paper):
    assert mark(desk, held, paper).json()["ground"] == 0

    page = desk.get(at(held)).context["page"]
    assert [line.mark.page for line in page.loose_marks] == [2]
    assert not any(card.marks for card in page.reasons)


def test_a_photograph_has_one_page(desk, held):
    photo = add_paper(held, 7)

    assert mark(desk, held, photo, page=2).status_code == 400
    assert mark(desk, held, photo, page=1).status_code == 201


def test_the_same_mark_sent_twice_is_one(desk, held, paper):
    first, second = (mark(desk, held, paper, note="Here.").json() for _ in range(2))

    assert first["mark"] == second["mark"]
    assert EvidenceMark.objects.count() == 1
    assert mark(desk, held, paper, note="And here.").json()["mark"] != first["mark"]


@pytest.mark.parametrize(
    "fields",
    [
        {"page": 0},
        {"page": 4},
        {"left": "-0.1"},
        {"left": "0.6"},
        {"top": "0.95"},
        {"width": "0"},
        {"width": "0.0049"},
        {"height": "1.2"},
        {"left": "NaN"},
        {"left": ""},
        {"note": "n" * 501},
        {"ground": "999999999"},
    ],
)
def test_what_lies_on_no_page_is_refused_in_words(desk, held, paper, fields):
    answer = mark(desk, held, paper, **fields)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not EvidenceMark.objects.exists()


def test_a_mark_over_the_whole_page_fits(desk, held, paper):
    whole = {"left": "0.33337", "top": "0", "width": "0.66663", "height": "1"}

    assert mark(desk, held, paper, **whole).status_code == 201


def test_the_database_keeps_marks_on_the_page(held, paper, rosa):
    sides = {"left": "0.9", "top": "0.1", "width": "0.2", "height": "0.1"}
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceMark.objects.create(document=paper, page=1, by=rosa, at=timezone.now(), **sides)


def test_a_case_holds_so_many_marks_and_no_more(desk, held, paper, rosa):
    now = timezone.now()
    EvidenceMark.objects.bulk_create(
        EvidenceMark(document=paper, page=1, by=rosa, at=now, **BOX) for _ in range(MOST_MARKS)
    )

    answer = mark(desk, held, paper)

    assert answer.status_code == 400
    assert "Remove some first" in answer.json()["error"]


# --- Who may ------------------------------------------------------------------------------------


def test_only_who_holds_the_case_marks(browse, held, paper, sam, sofia):
    for person in (sam, sofia):
        answer = mark(browse(person), held, paper)
        assert answer.status_code == 409
        assert "Rosa Vega holds this appeal now" in answer.json()["error"]
    assert not EvidenceMark.objects.exists()


def test_strangers_find_nothing_to_mark(browse, client, held, paper):
    outsider = create_reviewer("Olga Hart", queue=create_queue("income_verification"))

    assert mark(browse(outsider), held, paper).status_code == 404
    assert mark(client, held, paper).status_code == 302
    assert mark(browse(held.customer), held, paper).status_code in {302, 403, 404}
    assert not EvidenceMark.objects.exists()


def test_a_restricted_case_is_marked_by_the_cleared_alone(browse, queue, rosa):
    appeal = create_appeal(
        state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa, is_restricted=True
    )
    document = add_paper(appeal, 1)

    assert mark(browse(rosa), appeal, document, page=1).status_code == 404
    ReviewerProfile.objects.create(person=rosa, is_cleared=True)
    assert mark(browse(rosa), appeal, document, page=1).status_code == 201


def test_documents_and_grounds_of_other_cases_are_not_there(desk, queue, rosa, held, paper):
    other = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    their_paper, their_ground = add_paper(other, 3), other.grounds.all()[0]

    assert mark(desk, held, their_paper, page=1).status_code == 404
    assert mark(desk, held, paper, ground=their_ground.pk).status_code == 400
    assert not EvidenceMark.objects.exists()


def test_the_action_itself_knows_whose_ground_it_is(held, paper, queue, rosa):
    other = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    place = Place(1, *(Decimal(part) for part in BOX.values()))

    with pytest.raises(AppealError, match="another case"):
        place_mark(document=paper, by=rosa, place=place, ground=other.grounds.all()[0])


@pytest.mark.parametrize("state", [EvidenceState.WAITING, EvidenceState.REFUSED])
def test_what_cannot_be_opened_cannot_be_marked(desk, held, state):
    assert mark(desk, held, add_paper(held, 4, state), page=1).status_code == 404


# --- Seeing and removing ------------------------------------------------------------------------


def test_everybody_who_reads_the_case_sees_the_marks_and_only_their_maker_removes(
    browse, desk, held, paper, ground, sam
):
    mark(desk, held, paper, ground=ground.pk, note="Look here.")
    key = EvidenceMark.objects.get().pk

    assert f"marks/{key}/remove/" in desk.get(at(held)).content.decode()
    reader = browse(sam).get(at(held)).content.decode()
    assert "Look here." in reader
    assert "Rosa Vega" in reader
    assert f"marks/{key}/remove/" not in reader
    assert "data-desk-mark-form" not in reader

    assert browse(sam).post(at(held, f"marks/{key}/remove/")).status_code == 409
    assert EvidenceMark.objects.get().removed_at is None


def test_a_removed_mark_is_gone_from_the_page_and_stays_in_the_record(desk, held, paper):
    key = mark(desk, held, paper, note="Not this.").json()["mark"]

    for _ in range(2):
        assert desk.post(at(held, f"marks/{key}/remove/")).status_code == 204
    gone_at = EvidenceMark.objects.get().removed_at
    assert gone_at is not None
    desk.post(at(held, f"marks/{key}/remove/"))
    assert EvidenceMark.objects.get().removed_at == gone_at
    assert "Not this." not in desk.get(at(held)).content.decode()
    assert mark(desk, held, paper, note="Not this.").json()["mark"] != key


def test_a_mark_of_a_colleague_stays_when_the_case_changes_hands(
    browse, desk, held, paper, queue, rosa, sam
):
    key = mark(desk, held, paper).json()["mark"]
    release_claim(appeal=held, by=rosa)
    second = browse(sam)
    second.post(at(held, "claim/"))

    answer = second.post(at(held, f"marks/{key}/remove/"))

    assert answer.status_code == 409
    assert "Only the person who made a mark" in answer.json()["error"]
    assert desk.post(at(held, f"marks/{key}/remove/")).status_code == 409
    assert EvidenceMark.objects.get().removed_at is None


def test_a_mark_of_another_case_is_not_removed_through_this_one(desk, held, paper, queue, rosa):
    key = mark(desk, held, paper).json()["mark"]
    other = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)

    assert desk.post(at(other, f"marks/{key}/remove/")).status_code == 404
    assert desk.get(at(held, f"marks/{key}/remove/")).status_code == 405
    assert EvidenceMark.objects.get().removed_at is None


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_mark():
    queue = create_queue("credit_review")
    rosa = create_reviewer("Rosa Vega", queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    document = add_paper(appeal, 1)
    place = Place(1, *(Decimal(part) for part in BOX.values()))
    gate, made = threading.Barrier(4), []

    def click():
        try:
            gate.wait()
            made.append(place_mark(document=document, by=rosa, place=place).pk)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert len(made) == 4
    assert EvidenceMark.objects.count() == len(set(made)) == 1
