"""Numbers for Prometheus: right, bounded, and never by counting deliveries."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client import generate_latest

from notifications import metrics, watching
from notifications.ids import delivery_id
from notifications.kinds import ChannelKind
from notifications.models import Campaign, Delivery, Notification
from portal.lib.metrics import REGISTRY
from tests.notifications.builders import create_person, owe, owe_email, owe_sms, send

pytestmark = pytest.mark.django_db
TEN_DAYS = timedelta(days=10)


def published():
    return generate_latest(REGISTRY).decode()


def numbers(name):
    lines = [line for line in published().splitlines() if line.startswith(name)]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def create_campaign(state="running", **more):
    staff = get_user_model().objects.create_user(
        reference=f"S-{state}", name="Sam", email=f"{state}@example.org"
    )
    fields = {"reference": f"C-{state}", "title": "News", "type": "announcement"}
    return Campaign.objects.create(
        **fields, audience="all", state=state, created_at=timezone.now(), created_by=staff, **more
    )


def owe_letter(due_in, **more):
    notification = owe(
        create_person(),
        is_mandatory=True,
        legal_due_at=timezone.now() + due_in,
        only=ChannelKind.SMS,
        **more,
    )
    Delivery.objects.create(
        id=delivery_id(notification.created_at, notification.pk, ChannelKind.LETTER),
        notification=notification,
        channel="letter",
        lane="standard",
        not_before=timezone.now(),
        created_at=timezone.now(),
    )
    return notification


def test_what_waits_was_sent_and_failed_is_published_by_lane_channel_and_provider():
    owe_sms(3)
    owe_email(2)
    send("email")
    Delivery.objects.filter(channel="email").update(state="undelivered")
    way = 'lane="standard"'

    assert (
        numbers("recourse_deliveries_waiting{")[
            f'recourse_deliveries_waiting{{channel="sms",{way},provider=""}}'
        ]
        == 3
    )
    for name, count in (("sent", 2), ("failed", 2)):
        (number,) = numbers(f"recourse_deliveries_{name}{{").values()
        assert number == count


def test_the_oldest_that_may_go_counts_and_what_waits_for_its_time_does_not():
    owe_sms(2)
    owe_email(1)
    now = timezone.now()
    Delivery.objects.filter(channel="sms").update(not_before=now - timedelta(minutes=5))
    Delivery.objects.filter(channel="email").update(not_before=now + timedelta(hours=5))

    ages = metrics.oldest()

    assert 300 <= ages["standard", "sms"] < 330
    assert ages["standard", "email"] == 0
    assert set(ages) == {("standard", "sms"), ("standard", "email")}


def test_a_paused_campaign_is_not_late():
    for state, minutes in (("paused", 90), ("running", 30)):
        campaign = create_campaign(state)
        (one,) = owe_email(1)
        Delivery.objects.filter(pk=one.pk).update(
            campaign_id=campaign.pk,
            lane="bulk",
            not_before=timezone.now() - timedelta(minutes=minutes),
        )

    assert 1_800 <= metrics.oldest()["bulk", "email"] < 1_830


def test_letters_and_their_nearest_due_date_are_published():
    assert numbers("recourse_letters_due_seconds") == {}
    owe(create_person(), is_mandatory=True, legal_due_at=timezone.now() + timedelta(days=1))
    owe_letter(TEN_DAYS)
    owe_letter(TEN_DAYS * 2)

    assert numbers("recourse_letters_waiting") == {"recourse_letters_waiting": 2}
    (due,) = numbers("recourse_letters_due_seconds").values()
    assert TEN_DAYS.total_seconds() - 30 < due <= TEN_DAYS.total_seconds()


def test_what_is_owed_and_late_is_counted_until_it_is_settled():
    owe_letter(-TEN_DAYS)
    late = owe_letter(-TEN_DAYS)
    owe_letter(TEN_DAYS)
    owe(create_person(), legal_due_at=timezone.now() - TEN_DAYS)
    assert metrics.overdue() == {(): 2}

    Notification.objects.filter(pk=late.pk).update(settled_at=timezone.now())

    assert metrics.overdue() == {(): 1}


def test_providers_and_months_are_published():
    text = published()

    assert 'recourse_provider_breaker{channel="sms",provider="local",state="' in text
    assert 'recourse_provider_rate_factor{channel="sms",provider="local"} 1.0' in text
    assert 'recourse_partitions_astray{table="notifications_delivery"} 0.0' in text


def test_a_scrape_costs_the_same_however_much_waits():
    def cost():
        with CaptureQueriesContext(connection) as queries:
            published()
        return len(queries)

    owe_sms(1)
    before = cost()
    owe_sms(30)
    owe_email(30)
    assert cost() == before <= 22


def test_no_number_is_read_by_walking_over_deliveries():
    owe_sms(300)
    owe_letter(TEN_DAYS)
    campaign = create_campaign()
    Delivery.objects.filter(channel="sms").update(campaign_id=campaign.pk)
    owe_sms(300)
    with CaptureQueriesContext(connection) as queries:
        watching.look()
        published()
    with connection.cursor() as cursor:
        # On a few pages the planner would rather read them all.
        cursor.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for query in queries.captured_queries:
            if not query["sql"].lstrip().startswith(("SELECT", "WITH")):
                continue
            cursor.execute(f"EXPLAIN {query['sql']}")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    about_deliveries = [plan for plan in plans if "on notifications_delivery_2" in plan]
    assert about_deliveries
    assert not [plan for plan in about_deliveries if "Seq Scan on notifications_delivery_" in plan]
    # An index gives its head; only the heads of the months are merged.
    assert not [
        plan
        for plan in about_deliveries
        if re.search(r"-> +(Incremental )?Sort.*\n.*delivery", plan)
    ]
