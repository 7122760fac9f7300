"""Deliveries in the admin: found by exact words, shown with all their proofs, never counted."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications.admin.finding import find_deliveries
from notifications.ids import receipt_id
from notifications.models import Delivery, Notification, Receipt
from notifications.wording import forget_drafts
from tests.notifications.builders import attempt_of, create_person, owe, owe_sms, send

pytestmark = pytest.mark.django_db
LIST = reverse("admin:notifications_delivery_changelist")
MESSAGES = reverse("admin:notifications_notification_changelist")


@pytest.fixture
def desk(client):
    staff = create_person("Sam Staff", is_staff=True)
    rights = ["view_notification", "view_delivery"]
    staff.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(staff)
    return client


def page_of(row):
    kind = row._meta.model_name
    return reverse(f"admin:notifications_{kind}_change", args=[row.pk])


def shown(desk, query):
    text = desk.get(f"{LIST}?{query}").content.decode()
    return {str(pk) for pk in Delivery.objects.values_list("pk", flat=True) if str(pk) in text}


def queries_of(desk, address):
    desk.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(address).status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def sent_sms(**more):
    notification = owe(create_person(email=None), **more)
    send("sms")
    delivery = Delivery.objects.get(notification=notification)
    Delivery.objects.filter(pk=delivery.pk).update(provider_ref=f"SM{delivery.pk.hex}")
    delivery.refresh_from_db()
    return delivery


def note_receipt(delivery):
    attempt = attempt_of(delivery)
    return Receipt.objects.create(
        id=receipt_id(attempt.pk, "twilio", "e1"), provider="twilio", event_id="e1",
        attempt=attempt, word="undelivered", code="30003", received_at=timezone.now(),
        body_sha256="ab" * 32,
    )  # fmt: skip


def test_a_delivery_is_found_by_customer_message_provider_and_ids(desk):
    delivery, _other = sent_sms(), sent_sms()
    for said in (
        delivery.notification.recipient.reference,
        delivery.notification.dedupe_key,
        delivery.provider_ref,
        str(delivery.pk),
        str(attempt_of(delivery).pk),
    ):
        assert shown(desk, f"q={said}") == {str(delivery.pk)}, said
    for said in ("P-", delivery.provider_ref[:-1], "test:", "nobody"):
        assert shown(desk, f"q={said}") == set(), said


def test_looking_up_a_providers_id_uses_its_index():
    sent_sms()
    with CaptureQueriesContext(connection) as queries:
        find_deliveries("SM1")
    (lookup,) = [
        one["sql"]
        for one in queries.captured_queries
        if "provider_ref" in one["sql"].split("WHERE")[1]
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {lookup}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "provider_ref_idx" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize("address", [LIST, MESSAGES])
def test_a_list_costs_the_same_however_long_and_counts_nothing(desk, address):
    sent_sms()
    before = queries_of(desk, address)
    for _ in range(5):
        sent_sms()

    after = queries_of(desk, address)

    assert len(after) == len(before) <= 25
    assert not [sql for sql in after if re.search(r"COUNT\(\*\).*notifications_(deliv|notif)", sql)]


def test_a_list_goes_on_page_after_page(desk):
    owe_sms(51)

    assert len(shown(desk, "")) == 50
    assert len(shown(desk, "p=2")) == 1


def test_filters_are_those_that_have_an_index(desk):
    waiting, gone = owe_sms(2)
    Delivery.objects.filter(pk=gone.pk).update(state="delivered")
    month = f"{timezone.now():%Y_%m}"

    assert shown(desk, "now=waiting") == {str(waiting.pk)}
    assert shown(desk, f"month={month}") == {str(waiting.pk), str(gone.pk)}
    assert shown(desk, "month=1999_01") == set()
    assert shown(desk, "month=nonsense") == {str(waiting.pk), str(gone.pk)}
    for state in ("sending", "asked"):
        assert shown(desk, f"now={state}") == set()
    Delivery.objects.filter(pk=gone.pk).update(ask_at=timezone.now())
    assert shown(desk, "now=asked") == {str(gone.pk)}


def test_a_delivery_shows_its_calls_receipts_wording_and_fingerprint(desk):
    forget_drafts()  # another test's rows are gone
    delivery = sent_sms()
    note_receipt(delivery)

    text = desk.get(page_of(delivery)).content.decode()

    for proof in (delivery.content_sha256, "ab" * 32, "30003", "undelivered"):
        assert proof in text
    assert delivery.wording.sha256 in text
    assert "Taken" in text


def test_a_delivery_page_costs_a_fixed_number_of_queries(desk):
    delivery = sent_sms()
    before = len(queries_of(desk, page_of(delivery)))
    note_receipt(delivery)

    assert len(queries_of(desk, page_of(delivery))) == before <= 20


def test_a_message_shows_its_duty_deliveries_and_copies(desk):
    due = timezone.now() + timedelta(days=20)
    first = owe(create_person(), is_mandatory=True, legal_due_at=due)
    copy = owe(create_person())
    Notification.objects.filter(pk=copy.pk).update(
        resends=first, resent_because="It never came.", resent_by=first.recipient
    )

    text = desk.get(page_of(first)).content.decode()
    assert "ends in a letter" in text
    assert "Not yet" in text
    assert "It never came." in text
    for delivery in first.deliveries.all():
        assert page_of(delivery) in text
    assert page_of(first) in desk.get(page_of(copy)).content.decode()


def test_a_message_page_costs_a_fixed_number_of_queries(desk):
    first = owe(create_person())
    before = len(queries_of(desk, page_of(first)))
    for _ in range(3):
        copy = owe(create_person())
        Notification.objects.filter(pk=copy.pk).update(resends=first, resent_by=first.recipient)

    assert len(queries_of(desk, page_of(first))) == before <= 20


def test_what_needs_attention_is_found(desk):
    now = timezone.now()
    late = owe(create_person(), is_mandatory=True, legal_due_at=now - timedelta(days=1))
    owed = owe(create_person(), is_mandatory=True, legal_due_at=now + timedelta(days=20))
    lost = owe(create_person(phone=None, email=None))
    everybody = {late, owed, lost}

    def found(query):
        text = desk.get(f"{MESSAGES}?{query}").content.decode()
        return {one for one in everybody if f"{page_of(one)}" in text}

    assert found("attention=overdue") == {late}
    assert found("attention=owed") == {late, owed}
    assert found("attention=unreached") == {lost}
    assert found(f"q={owed.recipient.reference}") == {owed}


def test_a_code_is_nowhere_to_be_read(desk):
    code = owe(create_person(), "sign_in_code", secret="87654321")
    send("email", "urgent")
    for address in (
        page_of(code),
        MESSAGES,
        LIST,
        *(page_of(one) for one in code.deliveries.all()),
    ):
        assert "87654321" not in desk.get(address).content.decode()


def test_nothing_can_be_changed_and_strangers_see_nothing(client, desk):
    delivery = sent_sms()
    assert desk.post(page_of(delivery), {"state": "ready"}).status_code == 403

    client.force_login(create_person("Rita", is_staff=True))
    for address in (LIST, MESSAGES, page_of(delivery), page_of(delivery.notification)):
        assert client.get(address).status_code == 403
