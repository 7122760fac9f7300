"""Who may see and do what at the desk, and what nobody may do there."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from appeals.models import Appeal, Claim, LineInstruction, Outcome
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import LIST, at, queue, rosa, sam, sofia

__all__ = ["queue", "rosa", "sam", "sofia"]


BUTTONS = ("claim", "release", "reassign", "approve", "send-back", "renew", "note", "clock")
# It has a page of its own as well, for whoever has no script.
ASK = "ask"


@pytest.fixture
def outsider(db):
    return create_reviewer("Olga Hart", queue=create_queue("income_verification"))


@pytest.fixture
def clerk(db):
    """A member of staff who has nothing to do with appeals."""
    return create_customer("Carl Boone", is_staff=True)


@pytest.fixture
def appeal(queue):
    return create_appeal(state=AppealState.SUBMITTED, queue=queue)


# --- Seeing ------------------------------------------------------------------------------------


def test_members_and_supervisors_see_a_case_and_nobody_else(
    browse, appeal, rosa, sofia, outsider, clerk
):
    assert browse(rosa).get(at(appeal)).status_code == 200
    assert browse(sofia).get(at(appeal)).status_code == 200
    assert browse(outsider).get(at(appeal)).status_code == 404
    assert browse(clerk).get(at(appeal)).status_code == 403


def test_a_strange_case_and_none_look_the_same(browse, appeal, outsider):
    client = browse(outsider)

    there = client.get(at(appeal))
    nowhere = client.get("/admin/cases/AP-2222-2222/")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert without_what_differs(there) == without_what_differs(nowhere)


def without_what_differs(answer):
    """The page without its own address and its form's token."""
    return re.sub(rb"AP-\w{4}-\w{4}|[A-Za-z0-9]{64}", b"", answer.content)


def test_customers_are_sent_to_the_door(browse, appeal, client):
    for visitor in (client, browse(appeal.customer)):
        for address in ("/admin/", at(appeal), LIST, "/admin/cases/next/"):
            assert visitor.get(address).status_code in {302, 403, 404}, address
        assert visitor.post(at(appeal, "claim/")).status_code in {302, 403, 404}
    assert not Claim.objects.exists()


def test_lists_and_searches_hold_only_own_queues(browse, appeal, rosa, outsider, sofia):
    for person, sees in ((rosa, True), (sofia, True), (outsider, False)):
        client = browse(person)
        for query in ({}, {"q": appeal.reference}, {"state": "all"}, {"queue": appeal.queue_id}):
            found = client.get(LIST, query).context["page"].appeals
            assert (appeal in found) == sees, (person.name, query)


def test_nobody_sees_their_own_case(browse, rosa, queue):
    own = create_appeal(create_decision(rosa), state=AppealState.SUBMITTED, queue=queue)

    assert browse(rosa).get(at(own)).status_code == 404


def test_a_draft_is_nobodys_business(browse, sofia, queue):
    draft = create_appeal(queue=queue)

    assert browse(sofia).get(at(draft)).status_code == 404


# --- Doing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", [*BUTTONS, ASK])
def test_an_outsider_presses_nothing(browse, appeal, outsider, button):
    before = Appeal.objects.filter(pk=appeal.pk).values().get()

    assert browse(outsider).post(at(appeal, f"{button}/"), {"note": "x"}).status_code == 404

    assert Appeal.objects.filter(pk=appeal.pk).values().get() == before


@pytest.mark.parametrize("button", BUTTONS)
def test_buttons_are_pressed_not_followed(browse, appeal, rosa, button):
    assert browse(rosa).get(at(appeal, f"{button}/")).status_code == 405


def test_a_reviewer_does_not_press_the_supervisors_buttons(browse, queue, rosa):
    sam = create_reviewer("Sam Okoro", queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue)
    create_claim(appeal, sam)
    client = browse(rosa)

    client.post(at(appeal, "release/"))
    client.post(at(appeal, "reassign/"), {"to": rosa.pk})
    client.post(at(appeal), {"version": appeal.version, "do": "decide", "kind": "kept"})

    assert Claim.objects.get().reviewer == sam
    assert not Outcome.objects.exists()
    page = client.get(at(appeal)).content.decode()
    assert "reassign/" not in page
    assert "release/" not in page


def test_a_supervisor_passes_on_and_releases(browse, queue, rosa, sofia, outsider):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue)
    create_claim(appeal, create_reviewer("Sam Okoro", queue=queue))
    client = browse(sofia)

    client.post(at(appeal, "reassign/"), {"to": outsider.pk})
    assert Claim.objects.get().reviewer.name == "Sam Okoro"
    client.post(at(appeal, "reassign/"), {"to": rosa.pk})
    assert Claim.objects.get().reviewer == rosa

    client.post(at(appeal, "release/"))
    assert not Claim.objects.exists()


def test_the_groups_made_by_migration_open_the_desk(browse, queue):
    reviewer = create_customer("Rita Gold", is_staff=True)
    reviewer.groups.add(Group.objects.get_or_create(name="Reviewers")[0])
    group = Group.objects.get(name="Reviewers")
    group.permissions.add(Permission.objects.get(codename="review_appeal"))
    queue.members.add(reviewer)
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)

    client = browse(reviewer)
    assert client.post("/admin/cases/next/").url == at(appeal)
    assert client.get("/admin/appeals/routingrule/").status_code == 403


# --- What nobody may do ------------------------------------------------------------------------


@pytest.fixture
def root(db):
    return create_customer("Root Admin", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("person", ["rosa", "sofia", "root"])
def test_no_row_of_an_appeal_is_edited_freely(browse, appeal, person, request):
    client = browse(request.getfixturevalue(person))
    row = f"{LIST}{appeal.pk}/"

    assert client.get(f"{row}change/").status_code in {302, 403, 404}
    for address in (f"{row}change/", f"{row}delete/", f"{LIST}add/"):
        answer = client.post(address, {"state": "decided", "_save": "Save"})
        assert answer.status_code in {403, 404}, address
    client.post(LIST, {"action": "delete_selected", "_selected_action": appeal.pk, "post": "yes"})

    appeal.refresh_from_db()
    assert appeal.state == AppealState.SUBMITTED


@pytest.mark.parametrize(
    "model",
    ["outcome", "finding", "caseevent", "claim", "linedecision", "notice", "decisionreason"],
)
def test_records_of_a_case_cannot_be_added_or_changed_by_hand(browse, root, model):
    client = browse(root)

    assert client.post(f"/admin/appeals/{model}/add/", {}).status_code in {403, 404}
    assert client.post(f"/admin/appeals/{model}/1/change/", {}).status_code in {302, 403, 404}


def test_an_instruction_is_read_only(browse, root, appeal, rosa):
    instruction = LineInstruction.objects.create(
        outcome=Outcome.objects.create(
            appeal=appeal, kind="kept", sentence="-", decided_by=rosa, decided_at=timezone.now()
        ),
        payload={"data": {"line": "L-1", "new_limit": "10.00", "currency": "USD"}},
        created_at=timezone.now(),
        next_try_at=timezone.now(),
    )
    client = browse(root)
    row = f"/admin/appeals/lineinstruction/{instruction.pk}/"

    assert client.get(f"{row}change/").status_code == 200
    assert client.post(f"{row}change/", {"state": "confirmed"}).status_code == 403
    assert client.post(f"{row}delete/", {"post": "yes"}).status_code == 403
    instruction.refresh_from_db()
    assert instruction.state == "pending"
