"""My work, claiming and lists, through the pages of the admin."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appeals.models import (
    Claim,
    DocumentRequest,
    Outcome,
)
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_document_request,
)
from tests.appeals.desks import HOME, LIST, at, desk, held, queue, rosa, sam, sofia

__all__ = ["desk", "held", "queue", "rosa", "sam", "sofia"]


# --- My work -----------------------------------------------------------------------------------


def test_my_work_comes_first(desk, rosa, sam, queue):
    held = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    others = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=sam)
    asked = create_appeal(state=AppealState.WAITING, queue=queue)
    create_document_request(asked, by=rosa)
    answered = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    request = create_document_request(answered, by=rosa)
    DocumentRequest.objects.filter(pk=request.pk).update(answered_at=timezone.now())

    page = desk.get(HOME)

    rows = {
        section["key"]: [row["appeal"] for row in section["rows"]]
        for section in page.context["sections"]
    }
    assert rows == {
        "held": [held],
        "kept": [],
        "to_approve": [],
        "answered": [answered],
        "waiting": [asked],
    }
    assert others.reference not in page.content.decode()


def test_what_a_colleague_proposed_waits_for_me(browse, rosa, sam, queue):
    appeal = create_appeal(state=AppealState.APPROVAL, queue=queue)
    Outcome.objects.create(
        appeal=appeal,
        kind="kept",
        sentence="No.",
        needs_approval=True,
        decided_by=sam,
        decided_at=timezone.now(),
    )

    def rows(person, key):
        sections = browse(person).get(HOME).context["sections"]
        return next([r["appeal"] for r in s["rows"]] for s in sections if s["key"] == key)

    assert rows(rosa, "to_approve") == [appeal]
    assert rows(sam, "to_approve") == []
    assert rows(sam, "waiting") == [appeal]


def test_lists_hold_no_names_and_no_words_of_customers(desk, queue, rosa):
    create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa, statement="My secret.")
    create_appeal(state=AppealState.SUBMITTED, queue=queue, statement="My secret.")

    for address in (HOME, LIST):
        text = desk.get(address).content.decode()
        assert "Alice" not in text
        assert "My secret." not in text
        assert "example.org" not in text.replace(rosa.email, "")


def test_queues_show_what_waits_and_the_oldest_promise(desk, queue):
    for days in (3, 1, 2):
        create_appeal(
            state=AppealState.SUBMITTED,
            queue=queue,
            promised_at=timezone.now() + timedelta(days=days),
        )

    (load,) = desk.get(HOME).context["queues"]

    assert (load.queue, load.waiting) == (queue, 3)
    assert load.oldest < timezone.now() + timedelta(days=1, minutes=1)
    assert load.tone == "soon"


def test_what_is_worked_on_waited_for_or_restricted_does_not_wait(desk, queue, rosa):
    for state in (AppealState.SUBMITTED, AppealState.SUBMITTED, AppealState.APPROVAL):
        create_appeal(state=state, queue=queue)
    create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    create_appeal(state=AppealState.WAITING, queue=queue)
    create_appeal(state=AppealState.SUBMITTED, queue=queue, is_restricted=True)
    create_appeal(state=AppealState.IN_REVIEW, queue=queue, is_restricted=True)

    (load,) = desk.get(HOME).context["queues"]

    assert load.waiting == 2


@pytest.mark.parametrize("appeals", [2, 12])
def test_my_work_costs_the_same_however_much_there_is(
    desk, queue, rosa, appeals, django_assert_max_num_queries
):
    for _ in range(appeals):
        create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
        create_appeal(state=AppealState.SUBMITTED, queue=queue)
    desk.get(HOME)

    with django_assert_max_num_queries(19):
        desk.get(HOME)


# --- Claiming ----------------------------------------------------------------------------------


def test_claim_next_opens_the_case(desk, queue):
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)

    assert desk.get("/admin/cases/next/").status_code == 200
    answer = desk.post("/admin/cases/next/")

    assert answer.url == at(appeal)
    assert "Findings" in desk.get(answer.url).content.decode()


def test_nothing_to_claim_is_said(desk):
    answer = desk.post("/admin/cases/next/", follow=True)

    assert "Nothing waits in your queues" in answer.content.decode()


def test_whoever_is_in_no_queue_hears_why_there_is_nothing(browse, sofia):
    answer = browse(sofia).post("/admin/cases/next/", follow=True)

    assert "You are not in any queue yet" in answer.content.decode()


def test_looking_does_not_claim_and_cannot_save(desk, queue, rosa):
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)

    page = desk.get(at(appeal)).content.decode()
    assert "Claim this case" in page
    assert 'name="sentence"' not in page

    desk.post(at(appeal, "claim/"))
    assert Claim.objects.get().reviewer == rosa


def test_a_case_that_was_taken_meanwhile_says_so(desk, queue, sam):
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    appeal.move_to(AppealState.IN_REVIEW)
    create_claim(appeal, sam)

    answer = desk.post(at(appeal, "claim/"), follow=True)

    text = answer.content.decode()
    assert "Sam Okoro holds this appeal, until" in text
    assert "held by Sam Okoro" in text


def test_opening_the_case_holds_it_longer(desk, held):
    Claim.objects.update(until=timezone.now() + timedelta(minutes=2))

    desk.get(at(held))

    assert Claim.objects.get().until > timezone.now() + timedelta(minutes=40)


def test_the_open_page_asks_for_more_time(desk, held, browse, sam):
    Claim.objects.update(until=timezone.now() + timedelta(minutes=2))

    assert desk.post(at(held, "renew/")).json()["until"]
    assert browse(sam).post(at(held, "renew/")).json() == {"until": None}


def test_release_puts_it_back(desk, held):
    desk.post(at(held, "release/"))

    held.refresh_from_db()
    assert held.state == AppealState.SUBMITTED
    assert not Claim.objects.exists()


# --- Lists -------------------------------------------------------------------------------------


def listed(page):
    return page.context["page"].appeals


def test_the_list_opens_with_what_is_open(desk, queue):
    shown = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    hidden = create_appeal(state=AppealState.DECIDED, queue=queue)

    page = desk.get(LIST)

    assert listed(page) == [shown]
    assert listed(desk.get(LIST, {"state": "decided"})) == [hidden]
    assert len(listed(desk.get(LIST, {"state": "all"}))) == 2


def test_late_ones_are_found(desk, queue):
    late = create_appeal(
        state=AppealState.SUBMITTED, queue=queue, promised_at=timezone.now() - timedelta(days=1)
    )
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    assert listed(desk.get(LIST, {"state": "late"})) == [late]


def test_an_appeal_is_found_by_its_number_even_when_it_is_closed(desk, queue):
    appeal = create_appeal(state=AppealState.DECIDED, queue=queue)
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    for term in (
        appeal.reference.lower(),
        appeal.customer.reference,
        appeal.decision.line.reference,
    ):
        assert listed(desk.get(LIST, {"q": term})) == [appeal]
    assert not listed(desk.get(LIST, {"q": appeal.reference[:6]}))


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long(
    desk, queue, rosa, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    desk.get(LIST)

    with django_assert_max_num_queries(18):
        desk.get(LIST)
