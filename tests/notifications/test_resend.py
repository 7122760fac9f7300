"""Sending a message again: once a click, with a reason, never where it must not."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from notifications import truth
from notifications.kinds import ChannelKind, SuppressionCause
from notifications.models import Campaign, Notification
from notifications.preferences import Stop, suppress
from notifications.resending import Resend, ResendRefused, resend
from tests.notifications.builders import create_person, owe, prefer, send

pytestmark = pytest.mark.django_db
BECAUSE = "The customer says it never came."


def staff_who(*codenames):
    person = create_person("Sam Staff", is_staff=True, is_active=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return person


@pytest.fixture
def sam():
    return staff_who("view_notification", "view_delivery", "resend_notification")


@pytest.fixture
def desk(client, sam):
    client.force_login(sam)
    return client


def page_of(notification):
    return reverse("admin:notifications_notification_resend", args=[notification.pk])


def click(desk, notification, **typed):
    return desk.post(page_of(notification), {"because": BECAUSE, "number": 0, **typed}, follow=True)


def copies(notification):
    return list(Notification.objects.filter(resends=notification).order_by("pk"))


def stop(channel, address):
    suppress(channel, {address: Stop(SuppressionCause.STOP)}, timezone.now())


def refusal(notification, by, **wish):
    with pytest.raises(ResendRefused) as error:
        resend(public_id=notification.public_id, wish=Resend(BECAUSE, 0, **wish), by=by)
    assert copies(notification) == []
    return error.value.message


def test_a_copy_goes_out_with_a_reason_and_a_name(desk, sam):
    original = owe(create_person(), "appeal_decided", context={"reference": "AP-1"})

    answer = click(desk, original)

    (copy,) = copies(original)
    assert answer.redirect_chain[-1][0].endswith(f"/notification/{copy.pk}/change/")
    assert (copy.resent_because, copy.resent_by) == (BECAUSE, sam)
    assert copy.dedupe_key == f"resend:{original.pk}:1"
    assert (copy.context, copy.path, copy.is_mandatory) == (original.context, original.path, False)
    assert {one.channel for one in copy.deliveries.all()} == {"sms", "email"}
    send("email")
    assert copy.deliveries.get(channel="email").state == "delivered"


def test_two_clicks_are_one_and_a_new_page_is_another(desk):
    original = owe(create_person())

    for _ in range(2):
        click(desk, original, number=0)
    assert len(copies(original)) == 1

    click(desk, original, number=1)
    assert [one.dedupe_key for one in copies(original)] == [
        f"resend:{original.pk}:1",
        f"resend:{original.pk}:2",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_click_at_once_send_one():
    original, by = owe(create_person()), create_person("Sam", is_staff=True)
    start = threading.Barrier(2)

    def press():
        start.wait(20)
        resend(public_id=original.public_id, wish=Resend(BECAUSE, 0), by=by)
        connection.close()

    both = [threading.Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)

    assert len(copies(original)) == 1


def test_another_channel_is_chosen_among_those_the_person_has(desk):
    original = owe(create_person(phone=None))

    page = desk.get(page_of(original)).content.decode()
    assert 'value="email"' in page
    assert 'value="sms"' not in page
    click(desk, original, channel="email")

    assert [one.channel for one in copies(original)[0].deliveries.all()] == ["email"]


def test_a_channel_that_was_switched_off_is_not_offered_nor_taken(desk, sam):
    person = create_person()
    prefer(person, sms=False)
    original = owe(person)

    assert 'value="sms"' not in desk.get(page_of(original)).content.decode()
    click(desk, original, channel="sms")

    assert copies(original) == []
    assert refusal(original, sam, channel=ChannelKind.SMS)


def test_without_a_reason_nothing_is_sent(desk):
    original = owe(create_person())

    answer = click(desk, original, because="  ")

    assert copies(original) == []
    assert "This field is required" in answer.content.decode()


def test_a_code_is_never_sent_again(desk, sam):
    code = owe(create_person(), "sign_in_code", secret="12345678")

    assert "never sent again" in click(desk, code).content.decode()
    assert "never sent again" in refusal(code, sam)


def test_what_must_not_be_sent_to_is_refused_and_says_why(desk, sam):
    person = create_person()
    original = owe(person)
    stop("sms", person.phone)
    assert "answered STOP" in refusal(original, sam, channel=ChannelKind.SMS)

    stop("email", person.email)
    assert "answered STOP" in refusal(original, sam)
    assert "answered STOP" in click(desk, original).content.decode()


def test_what_was_overtaken_is_refused(sam, monkeypatch):
    monkeypatch.setattr(
        truth,
        "_CHECKS",
        {"line_changed": lambda abouts: dict.fromkeys(abouts, "The line is back.")},
    )
    original = owe(create_person(), about="LD-1")

    assert refusal(original, sam) == "It is no longer true: The line is back."


def test_what_ran_out_or_is_no_longer_kept_is_refused(sam):
    now = timezone.now()
    late = owe(create_person(), expires_at=now - timedelta(minutes=1))
    old = owe(create_person())
    Notification.objects.filter(dedupe_key=old.dedupe_key).update(
        created_at=now - timedelta(days=401)
    )

    assert "no use" in refusal(late, sam)
    assert "no longer kept" in refusal(old, sam)


def test_a_campaigns_message_is_sent_again_whatever_became_of_the_campaign(sam):
    person = create_person()
    campaign = Campaign.objects.create(
        reference="C-1", title="News", type="announcement", audience="all", state="stopped",
        words={"en": {"title": "New terms", "text": "They hold from May."}},
        created_at=timezone.now(), created_by=sam,
    )  # fmt: skip
    original = owe(person, "announcement", lane="bulk", context={})
    Notification.objects.filter(dedupe_key=original.dedupe_key).update(campaign=campaign)

    copy = resend(public_id=original.public_id, wish=Resend(BECAUSE, 0), by=sam)
    send("email")

    assert (copy.lane, copy.campaign_id) == ("standard", None)
    delivery = copy.deliveries.get(channel="email")
    kept = delivery.attempts.get().local_message
    assert (kept.subject, "They hold from May." in kept.text) == ("New terms", True)


@pytest.mark.parametrize("rights", [(), ("view_notification", "view_delivery")])
def test_only_those_with_the_right_send_again(client, rights):
    original = owe(create_person())
    client.force_login(staff_who(*rights))

    assert client.get(page_of(original)).status_code == 403
    assert client.post(page_of(original), {"because": BECAUSE, "number": 0}).status_code == 403
    assert copies(original) == []


@pytest.mark.parametrize("key", ["0", "nonsense", "99999999999999999999"])
def test_a_message_that_is_not_there_is_not_found(desk, key):
    address = reverse("admin:notifications_notification_resend", args=[key])

    assert desk.get(address).status_code == 404
    assert desk.post(address, {"because": BECAUSE, "number": 0}).status_code == 404


def test_customers_find_no_such_page(client):
    original = owe(create_person())
    client.force_login(create_person())

    assert client.get(page_of(original)).status_code in {302, 404}
    assert copies(original) == []
