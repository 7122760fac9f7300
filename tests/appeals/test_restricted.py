"""A restricted case is there for cleared people only, whatever page they look on."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from appeals.actions.digests import send_digests
from appeals.models import Appeal, Claim, LineInstruction, Outcome
from appeals.states import AppealState
from notifications.api import Notification, notify
from tests.appeals.builders import (
    RESTRICTED,
    create_all_queues,
    create_appeal,
    create_claim,
    create_decision,
    create_queue,
    create_reviewer,
    set_profile,
)
from tests.appeals.desks import LIST, add_paper, at

MORNING = datetime(2026, 10, 6, 13, 0, tzinfo=UTC)


@pytest.fixture
def queue(db):
    """Everybody's queue, in which one case is restricted by its reason."""
    return create_all_queues()["credit_review"]


@pytest.fixture
def hidden_queue(queue):
    return create_queue("fraud_identity", is_restricted=True)


@pytest.fixture
def by_reason(queue):
    decision = create_decision(reasons=[RESTRICTED])
    return create_appeal(decision, state=AppealState.SUBMITTED, queue=queue, is_restricted=True)


@pytest.fixture
def by_queue(hidden_queue):
    return create_appeal(state=AppealState.SUBMITTED, queue=hidden_queue)


@pytest.fixture
def hidden(by_reason, by_queue):
    return [by_reason, by_queue]


@pytest.fixture
def reviewer(queue, hidden_queue):
    """Works in both queues, and is not cleared."""
    person = create_reviewer("Rosa Vega", queue=queue)
    hidden_queue.members.add(person)
    return person


@pytest.fixture
def supervisor(db):
    return create_reviewer("Sofia Lind", is_supervisor=True)


@pytest.fixture
def auditor(db):
    person = create_reviewer("Ines Costa")
    person.user_permissions.set(Permission.objects.filter(codename="audit_appeal"))
    return person


@pytest.fixture(params=["reviewer", "supervisor", "auditor"])
def uncleared(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["reviewer", "supervisor", "auditor"])
def cleared(request):
    person = request.getfixturevalue(request.param)
    set_profile(person, is_cleared=True)
    return person


def lists(client, appeal, query):
    """Whether the list leads to the case; what was looked for stands in its search field."""
    return at(appeal) in client.get(LIST, query, follow=True).content.decode()


# --- Cases -----------------------------------------------------------------------------------


def test_the_case_is_not_there_for_the_uncleared(browse, hidden, uncleared):
    client = browse(uncleared)

    for appeal in hidden:
        assert client.get(at(appeal)).status_code == 404
        assert client.get(f"{LIST}{appeal.pk}/change/").status_code in {302, 404}
        assert appeal.reference not in client.get(
            f"{LIST}{appeal.pk}/change/", follow=True
        ).content.decode().replace(f"{LIST}{appeal.pk}", "")


def test_the_case_is_there_for_the_cleared(browse, hidden, cleared):
    for appeal in hidden:
        assert browse(cleared).get(at(appeal)).status_code == 200


@pytest.mark.parametrize(
    "action",
    ["claim", "release", "reassign", "ask", "approve", "send-back", "renew", "care", "move"],
)
def test_no_button_of_it_works_for_the_uncleared(browse, hidden, uncleared, action):
    for appeal in hidden:
        before = Appeal.objects.filter(pk=appeal.pk).values().get()
        answer = browse(uncleared).post(at(appeal, f"{action}/"), {"needs_care": "1"})
        assert answer.status_code == 404
        assert Appeal.objects.filter(pk=appeal.pk).values().get() == before


# --- Lists, counts, search -------------------------------------------------------------------


def test_no_list_and_no_search_holds_it(browse, hidden, uncleared, cleared_twin):
    for appeal in hidden:
        for query in (
            {},
            {"state": "all"},
            {"q": appeal.reference},
            {"q": appeal.customer.reference},
            {"q": appeal.decision.line.reference},
            {"queue": str(appeal.queue_id)},
        ):
            assert not lists(browse(uncleared), appeal, query), query
            assert lists(browse(cleared_twin), appeal, query), query


@pytest.fixture
def cleared_twin(queue, hidden_queue):
    """Sees all that the others do not: a refusal cannot pass for the wrong reason."""
    person = create_reviewer("Sam Okoro", is_supervisor=True)
    set_profile(person, is_cleared=True)
    return person


def badge_of(client, queue):
    groups = client.get("/admin/").context["sidebar_navigation"]
    items = [item for group in groups for item in group["items"]]
    return next((item["badge"] for item in items if item["title"] == str(queue)), None)


def test_no_badge_counts_it(browse, queue, hidden, supervisor, cleared_twin):
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    assert badge_of(browse(supervisor), queue).startswith("1 ·")
    assert badge_of(browse(cleared_twin), queue).startswith("2 ·")


def test_the_restricted_queue_is_in_no_sidebar_and_no_filter(
    browse, hidden_queue, by_queue, uncleared, cleared_twin
):
    text = browse(uncleared).get(LIST, {"state": "all"}).content.decode()
    assert hidden_queue.name_en not in text
    assert hidden_queue.name_en in browse(cleared_twin).get(LIST).content.decode()


def test_the_first_page_counts_only_what_one_may_see(browse, queue, by_reason, reviewer):
    create_claim(by_reason, reviewer)
    Appeal.objects.filter(pk=by_reason.pk).update(state=AppealState.IN_REVIEW)

    page = browse(reviewer).get("/admin/")

    assert by_reason.reference not in page.content.decode()
    work = page.context["sidebar_navigation"][0]["items"][0]
    assert work["badge"] == ""


def test_a_colleagues_proposal_in_hiding_is_nothing_to_approve(browse, by_reason, reviewer):
    other = create_reviewer("Lin Tao")
    Appeal.objects.filter(pk=by_reason.pk).update(state=AppealState.APPROVAL)
    Outcome.objects.create(
        appeal=by_reason,
        kind="kept",
        sentence="-",
        decided_by=other,
        decided_at=timezone.now(),
        needs_approval=True,
    )

    page = browse(reviewer).get("/admin/")

    assert by_reason.reference not in page.content.decode()
    assert page.context["sidebar_navigation"][0]["items"][0]["badge"] == ""


# --- What belongs to a case ------------------------------------------------------------------


def test_its_papers_open_for_the_cleared_only(browse, hidden, uncleared):
    for appeal in hidden:
        paper = add_paper(appeal)
        for name, more in (
            ("evidence_open", []),
            ("evidence_download", []),
            ("evidence_page", [1]),
        ):
            address = reverse(f"appeals:{name}", args=[paper.public_id, *more])
            assert browse(uncleared).get(address).status_code == 404, name


def test_its_ledger_instruction_is_in_no_list_and_no_badge(
    browse, by_reason, supervisor, cleared_twin
):
    outcome = Outcome.objects.create(
        appeal=by_reason,
        kind="kept",
        sentence="-",
        decided_by=cleared_twin,
        decided_at=timezone.now(),
    )
    instruction = LineInstruction.objects.create(
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
    )
    rows = "/admin/appeals/lineinstruction/"
    row = f"{rows}{instruction.pk}/change/"

    text = browse(supervisor).get(rows).content.decode()
    assert by_reason.reference not in text
    assert "L-77" not in text
    assert by_reason.reference not in browse(supervisor).get(row, follow=True).content.decode()
    assert "Decided, not applied" in text
    assert waiting_instructions(browse(supervisor)) == ""

    assert by_reason.reference in browse(cleared_twin).get(rows).content.decode()
    assert waiting_instructions(browse(cleared_twin)) == "1"


def waiting_instructions(client):
    groups = client.get("/admin/").context["sidebar_navigation"]
    items = [item for group in groups for item in group["items"]]
    return next(item["badge"] for item in items if item["title"] == "Decided, not applied")


def test_the_morning_note_counts_only_what_one_may_see(queue, by_reason, reviewer):
    reviewer.time_zone = "America/New_York"
    reviewer.save()
    with time_machine.travel(MORNING, tick=False):
        assert send_digests() == 0

        create_appeal(state=AppealState.SUBMITTED, queue=queue)
        assert send_digests() == 1
    assert Notification.objects.get(type="reviewer_digest").context["waiting"] == "1"


def test_claim_next_never_gives_it_to_the_uncleared(browse, hidden, reviewer):
    browse(reviewer).post("/admin/cases/next/")

    assert not Claim.objects.exists()


# --- Settings that lead there ----------------------------------------------------------------


def test_the_trial_of_the_table_shows_none_of_them(browse, hidden, supervisor, cleared_twin):
    address = "/admin/appeals/routingrule/try/"

    assert browse(supervisor).get(address).context["trial"].tried == 0
    assert browse(cleared_twin).get(address).context["trial"].tried == 2


def test_the_restricted_queue_is_no_setting_of_the_uncleared(
    browse, hidden_queue, supervisor, cleared_twin
):
    rows = "/admin/appeals/reviewqueue/"
    row = f"{rows}{hidden_queue.pk}/change/"

    assert hidden_queue.name_en not in browse(supervisor).get(rows).content.decode()
    assert browse(supervisor).get(row).status_code == 302
    assert browse(supervisor).get(f"{rows}{hidden_queue.pk}/history/").status_code == 404
    assert browse(cleared_twin).get(row).status_code == 200


# --- Messages about it -------------------------------------------------------------------------


def test_no_list_of_messages_and_deliveries_tells_of_it(
    browse, queue, hidden, supervisor, cleared_twin
):
    rights = Permission.objects.filter(codename__in=["view_notification", "view_delivery"])
    for person in (supervisor, cleared_twin):
        person.user_permissions.add(*rights)
    plain = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    for appeal in (plain, *hidden):
        notify(
            recipient=appeal.customer,
            type="appeal_received",
            dedupe_key=f"appeal:{appeal.reference}:received",
            context={"reference": appeal.reference, "promised_on": "2026-12-24"},
            path=f"/appeals/{appeal.reference}/",
        )

    for rows in ("/admin/notifications/notification/", "/admin/notifications/delivery/"):
        for person, sees in ((supervisor, False), (cleared_twin, True)):
            text = browse(person).get(rows).content.decode()
            assert plain.customer.reference in text
            for appeal in hidden:
                assert (appeal.customer.reference in text) == sees, (rows, person.name)

    for message in Notification.objects.filter(recipient=hidden[0].customer):
        address = f"/admin/notifications/notification/{message.pk}/change/"
        assert browse(supervisor).get(address).status_code == 302
        assert browse(cleared_twin).get(address).status_code == 200
