"""Whom a policy or a rule touched: each person once, with the newest decision."""

from copy import copy
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone

from appeals.audiences import PolicyForm, RuleForm, touched_by_policy, touched_by_rule
from appeals.models import LineDecision
from appeals.truth import about_decision
from notifications.campaigns.actions import start_campaign
from notifications.campaigns.tasks import expand_campaign
from notifications.models import Campaign, Notification
from portal.models import Customer
from tests.appeals.builders import create_customer, create_decision

pytestmark = pytest.mark.django_db
POLICY = {"ref": "POL-2026-07", "title": "Limits in the north", "region": "US-NY"}


@pytest.fixture
def clerk(db):
    clerk = create_customer("Cora Lang", is_staff=True)
    rights = ("view_campaign", "add_campaign", "run_campaign")
    clerk.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return Customer.objects.get(pk=clerk.pk)


def touched(days_ago=2, customer=None, **fields):
    return create_decision(
        customer=customer,
        decided_at=timezone.now() - timedelta(days=days_ago),
        with_notice=False,
        **{"policy": POLICY, **fields},
    )


def test_everyone_a_policy_touched_is_told_of_their_newest_decision(clerk):
    first, alice_before = touched(), touched(days_ago=9)
    alice_now = touched(days_ago=1, customer=alice_before.customer)
    touched(policy={**POLICY, "ref": "POL-OTHER"})
    touched(policy=None)
    desk = Client()
    desk.force_login(clerk)
    typed = {
        "title": "North",
        "audience": "policy",
        "policy-policy": POLICY["ref"],
        "type": "line_changed",
        "share": "0",
    }

    answer = desk.post("/admin/notifications/campaign/add/", typed)
    campaign = Campaign.objects.get()
    shown = desk.get(answer["Location"]).content.decode()
    assert "Everyone a policy touched" in shown
    assert f"/decisions/{alice_now.reference}/" in shown

    start_campaign(campaign=campaign, by=clerk)
    expand_campaign(campaign.pk)

    made = Notification.objects.filter(campaign=campaign).order_by("recipient_id")
    assert {(one.recipient_id, one.path, one.about) for one in made} == {
        (one.customer_id, f"/decisions/{one.reference}/", about_decision(one))
        for one in (first, alice_now)
    }
    campaign.refresh_from_db()
    assert campaign.audience_size == campaign.recipients == made.count() == 2


def test_a_policy_nobody_was_touched_by_is_a_slip_of_the_pen(clerk):
    touched()
    desk = Client()
    desk.force_login(clerk)

    answer = desk.post(
        "/admin/notifications/campaign/add/",
        {"title": "North", "audience": "policy", "policy-policy": "POL-2062-07", "share": "0"},
    )

    assert answer.status_code == 400
    assert "We hold no decision under a policy of this reference." in answer.content.decode()


def people(query):
    return {row["recipient_id"] for row in query}


def test_a_rule_may_be_narrowed_to_a_version_and_a_time():
    old = create_decision(rule_version="4.1.0", decided_at=datetime(2026, 5, 1, 12, tzinfo=UTC))
    new = create_decision(rule_version="4.2.0", decided_at=datetime(2026, 6, 1, 12, tzinfo=UTC))
    create_decision(rule_id="OTHER", decided_at=datetime(2026, 6, 1, 12, tzinfo=UTC))
    rule = {"rule": "LATE-6M"}

    assert people(touched_by_rule(rule)) == {old.customer_id, new.customer_id}
    assert people(touched_by_rule({**rule, "version": "4.2.0"})) == {new.customer_id}
    assert people(touched_by_rule({**rule, "since": "2026-05-02"})) == {new.customer_id}
    assert people(touched_by_rule({**rule, "until": "2026-05-01"})) == {old.customer_id}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"rule": "LATE-7M"}, "rule"),
        ({"rule": "LATE-6M", "version": "9"}, "rule"),
        ({"rule": "LATE-6M", "since": "2026-02-02", "until": "2026-02-01"}, "until"),
        ({"rule": ""}, "rule"),
    ],
)
def test_a_rule_that_decided_nothing_is_said_so(typed, field):
    create_decision()

    form = RuleForm(typed)

    assert field in form.errors


def test_a_known_policy_and_rule_are_kept_as_they_were_typed():
    touched()
    policy, rule = PolicyForm({"policy": POLICY["ref"]}), RuleForm({"rule": "LATE-6M"})

    assert policy.is_valid()
    assert rule.is_valid()
    assert policy.parameters() == {"policy": POLICY["ref"]}
    assert rule.parameters() == {"rule": "LATE-6M"}


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (touched_by_policy({"policy": "POL-2026-07"}), "decisions_by_policy"),
        (touched_by_rule({"rule": "LATE-6M", "version": "4.2.0"}), "decisions_by_rule"),
    ],
)
def test_the_next_people_are_read_along_an_index_without_sorting(query, index):
    touched()
    # Enough of another rule and policy that only the right index is short.
    other = touched(policy={**POLICY, "ref": "POL-OTHER"}, rule_id="OTHER")
    copies = [copy(other) for _ in range(300)]
    for number, one in enumerate(copies):
        one.pk, one.source_id, one.reference = None, f"OTHER-{number}", f"LD-OTHER-{number}"
    LineDecision.objects.bulk_create(copies)
    statement, values = query.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE appeals_linedecision")
        # So few rows would be sorted; so many that it matters would not.
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN SELECT * FROM ({statement}) AS audience"
            " WHERE recipient_id > 5 ORDER BY recipient_id LIMIT 10",
            values,
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert index in plan
    assert "Sort" not in plan
    # From the cursor on, not from the beginning.
    assert "customer_id > 5" in plan.split("Index Cond:")[1].splitlines()[0]
