"""What supervisors keep: queues, rules, and the list of what is not applied."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from appeals.models import LineInstruction, Outcome, ReviewQueue, RoutingRule
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_customer
from tests.appeals.desks import queue, rosa, sofia

__all__ = ["queue", "rosa", "sofia"]


@pytest.fixture
def appeal(queue):
    return create_appeal(state=AppealState.SUBMITTED, queue=queue)


@pytest.fixture
def clerk(db):
    """A member of staff who has nothing to do with appeals."""
    return create_customer("Carl Boone", is_staff=True)


@pytest.fixture
def root(db):
    return create_customer("Root Admin", is_staff=True, is_superuser=True)


# --- Settings that supervisors keep ------------------------------------------------------------


def queue_form(queue, **fields):
    return {
        "name_en": queue.name_en,
        "name_zh": queue.name_zh,
        "purpose": queue.purpose,
        "target_working_days": queue.target_working_days,
        "priority": queue.priority,
        "warn_working_days": 2,
        "no_news_days": 7,
        "assignment": "pull",
        "most_held": 20,
        "sample_percent": "5",
        "sample_most": 40,
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
        {"is_vulnerable": "perhaps"},
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
    assert {
        "My work",
        "Claim next",
        "Suggested order",
        "To look at again",
        "Proposed restores",
        "Requests of customers",
        queue.name_en,
    } == links(browse(rosa))
    assert {
        "My work",
        "Claim next",
        "Appeals",
        "Suggestions",
        "Routing rules",
        "Queues",
        "Reviewers",
        "Rule owners",
        "Decided, not applied",
    } <= links(browse(sofia))
    assert not links(browse(clerk)) & {"My work", "Claim next", "Appeals"}


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
        payload={
            "data": {
                "instruction": "set_limit",
                "line": "L-77",
                "new_limit": "2700.00",
                "currency": "USD",
            }
        },
        created_at=timezone.now(),
        next_try_at=timezone.now(),
        last_error="HTTP 503",
    )


def test_what_is_not_applied_is_listed_with_its_trouble(browse, sofia, instruction, settings):
    settings.LEDGER_WEBHOOK_URL = "http://127.0.0.1:9/"
    settings.LEDGER_WEBHOOK_SECRET = "whsec_TGVkZ2Vy"
    text = browse(sofia).get("/admin/appeals/lineinstruction/").content.decode()
    assert "L-77: $2,700.00" in text
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
