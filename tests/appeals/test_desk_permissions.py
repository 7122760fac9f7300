"""Who may see and do what at the desk, and what nobody may do there."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from appeals.models import Appeal, Claim, LineInstruction, Outcome, ReviewQueue, RoutingRule
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)

LIST = "/admin/appeals/appeal/"
BUTTONS = ("claim", "release", "reassign", "ask", "approve", "send-back", "renew")


@pytest.fixture
def queue(db):
    return create_queue("credit_review", needs_second_approval=False)


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def sofia(db):
    return create_reviewer("Sofia Lind", is_supervisor=True)


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


def at(appeal, action=""):
    return f"/admin/cases/{appeal.reference}/{action}"


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
            found = appeal in client.get(LIST, query).context["cl"].result_list
            assert found == sees, (person.name, query)


def test_nobody_sees_their_own_case(browse, rosa, queue):
    own = create_appeal(create_decision(rosa), state=AppealState.SUBMITTED, queue=queue)

    assert browse(rosa).get(at(own)).status_code == 404


def test_a_draft_is_nobodys_business(browse, sofia, queue):
    draft = create_appeal(queue=queue)

    assert browse(sofia).get(at(draft)).status_code == 404


# --- Doing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", BUTTONS)
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


# --- Settings that supervisors keep ------------------------------------------------------------


def queue_form(queue, **fields):
    return {
        "name_en": queue.name_en,
        "name_zh": queue.name_zh,
        "purpose": queue.purpose,
        "target_working_days": queue.target_working_days,
        "priority": queue.priority,
        **fields,
    }


def test_supervisors_set_the_promise_and_the_members(browse, sofia, rosa, queue):
    address = f"/admin/appeals/reviewqueue/{queue.pk}/change/"
    form = queue_form(queue, target_working_days=7, members=[rosa.pk], needs_second_approval="on")

    assert browse(sofia).post(address, form).status_code == 302

    queue.refresh_from_db()
    assert (queue.target_working_days, queue.needs_second_approval) == (7, True)
    assert list(queue.members.all()) == [rosa]
    assert browse(rosa).get(address).status_code == 403


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"target_working_days": 0}, "target_working_days"), ({"members": "stranger"}, "members")],
)
def test_a_queue_takes_no_nonsense(browse, sofia, queue, fields, field):
    if "members" in fields:
        fields = {"members": [create_customer("Charlie Stone").pk]}

    answer = browse(sofia).post(
        f"/admin/appeals/reviewqueue/{queue.pk}/change/", queue_form(queue, **fields)
    )

    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


def test_queues_are_neither_added_nor_removed(browse, sofia, queue):
    client = browse(sofia)

    assert client.get("/admin/appeals/reviewqueue/add/").status_code == 403
    assert client.post(
        f"/admin/appeals/reviewqueue/{queue.pk}/delete/", {"post": "yes"}
    ).status_code in {403, 404}
    assert ReviewQueue.objects.filter(pk=queue.pk).exists()


RULE = {
    "reason_code": "BUR-UTIL-HIGH",
    "origin": "",
    "jurisdiction": "US",
    "language": "",
    "minimum_cut": "500",
    "because": "Large cuts in the United States.",
    "is_active": "on",
}
ADD_RULE = "/admin/appeals/routingrule/add/"


def test_supervisors_write_rules(browse, sofia, queue):
    assert browse(sofia).post(ADD_RULE, {**RULE, "queue": queue.pk}).status_code == 302

    rule = RoutingRule.objects.get(reason_code="BUR-UTIL-HIGH")
    assert (rule.jurisdiction, rule.queue) == ("US", queue)
    assert rule.minimum_cut == Decimal(500)
    assert (
        browse(sofia)
        .post(f"/admin/appeals/routingrule/{rule.pk}/delete/", {"post": "yes"})
        .status_code
        == 403
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"reason_code": "NO-SUCH"},
        {"origin": "gossip"},
        {"language": "fr"},
        {"minimum_cut": "-1"},
        {"because": ""},
        {"queue": ""},
    ],
)
def test_a_rule_takes_no_nonsense(browse, sofia, queue, fields):
    answer = browse(sofia).post(ADD_RULE, {**RULE, "queue": queue.pk, **fields})

    assert answer.status_code == 200
    assert set(fields) <= set(answer.context["adminform"].form.errors)
    assert not RoutingRule.objects.filter(reason_code="BUR-UTIL-HIGH").exists()


def test_two_rules_for_one_case_are_refused_in_words(browse, sofia, queue):
    client = browse(sofia)
    client.post(ADD_RULE, {**RULE, "queue": queue.pk})

    answer = client.post(ADD_RULE, {**RULE, "queue": queue.pk, "because": "Again."})

    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors()
    assert RoutingRule.objects.filter(reason_code="BUR-UTIL-HIGH").count() == 1


# --- The sidebar and the list of what is not applied -------------------------------------------


def links(client):
    groups = client.get("/admin/").context["sidebar_navigation"]
    return {str(item["title"]) for group in groups for item in group["items"]}


def test_each_sees_the_links_they_may_follow(browse, rosa, sofia, clerk, queue):
    assert {"My work", "Claim next", queue.name_en} == links(browse(rosa))
    assert {
        "My work",
        "Claim next",
        "All appeals",
        "Routing rules",
        "Queues",
        "Decided, not applied",
    } <= links(browse(sofia))
    assert not links(browse(clerk)) & {"My work", "Claim next", "All appeals"}


def test_every_link_of_the_sidebar_opens(browse, root):
    client = browse(root)
    groups = client.get("/admin/").context["sidebar_navigation"]
    for item in (item for group in groups for item in group["items"]):
        assert client.get(item["link"]).status_code == 200, item["link"]


@pytest.fixture
def instruction(appeal, rosa):
    outcome = Outcome.objects.create(
        appeal=appeal, kind="kept", sentence="-", decided_by=rosa, decided_at=timezone.now()
    )
    return LineInstruction.objects.create(
        outcome=outcome,
        payload={"data": {"line": "L-77", "new_limit": "2700.00", "currency": "USD"}},
        created_at=timezone.now(),
        next_try_at=timezone.now(),
        last_error="HTTP 503",
    )


def test_what_is_not_applied_is_listed_with_its_trouble(browse, sofia, instruction, settings):
    settings.LEDGER_WEBHOOK_URL = "http://127.0.0.1:9/"
    settings.LEDGER_WEBHOOK_SECRET = "whsec_TGVkZ2Vy"
    text = browse(sofia).get("/admin/appeals/lineinstruction/").content.decode()
    assert "L-77: 2700.00 USD" in text
    assert "HTTP 503" in text

    settings.LEDGER_WEBHOOK_URL = ""
    text = browse(sofia).get("/admin/appeals/lineinstruction/").content.decode()
    assert "No ledger address is configured." in text


def test_try_now_is_a_supervisors_button(
    browse, sofia, rosa, instruction, settings, django_capture_on_commit_callbacks
):
    settings.LEDGER_WEBHOOK_URL = "http://127.0.0.1:9/"
    settings.LEDGER_WEBHOOK_SECRET = "whsec_TGVkZ2Vy"
    LineInstruction.objects.update(next_try_at=timezone.now() + timedelta(hours=1))
    form = {"action": "send_again", "_selected_action": instruction.pk}
    address = "/admin/appeals/lineinstruction/"

    assert browse(rosa).post(address, form).status_code == 403
    with django_capture_on_commit_callbacks() as rung:
        browse(sofia).post(address, form)

    assert len(rung) == 1
    instruction.refresh_from_db()
    assert instruction.next_try_at <= timezone.now()
