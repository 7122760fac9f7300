"""What a person sees of messages: their own, readable for good, and their browsers."""

import json

import pytest
from django.urls import reverse

from notifications.models import LocalMessage, PushSubscription
from tests.notifications.builders import create_person, owe, send

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


def turn_on(client, endpoint=ENDPOINT, **more):
    told = {"endpoint": endpoint, "keys": {"p256dh": "key", "auth": "auth"}, **more}
    return client.post(
        reverse("notifications:push_on"), json.dumps(told), content_type="application/json"
    )


def test_a_person_reads_their_messages_and_nobody_elses(client):
    alice, charlie = create_person(), create_person("Charlie Stone")
    mine, theirs = owe(alice), owe(charlie)
    send("email", "standard")
    client.force_login(alice)

    page = client.get(reverse("notifications:messages"))

    assert page.status_code == 200
    assert str(mine.public_id) in page.content.decode()
    assert str(theirs.public_id) not in page.content.decode()
    text = client.get(reverse("notifications:message", args=[mine.public_id])).content.decode()
    assert "One of your credit lines has changed" in text
    stranger = reverse("notifications:message", args=[theirs.public_id])
    assert client.get(stranger).status_code == 404


def test_a_code_is_never_shown_again(client):
    alice = create_person()
    code = owe(alice, "sign_in_code", secret="12345678")
    client.force_login(alice)

    assert "12345678" not in client.get(reverse("notifications:messages")).content.decode()
    assert client.get(reverse("notifications:message", args=[code.public_id])).status_code == 404


def test_the_list_costs_the_same_however_long(client, django_assert_num_queries):
    alice = create_person()
    owe(alice)
    client.force_login(alice)
    client.get(reverse("notifications:messages"))
    with django_assert_num_queries(5):
        client.get(reverse("notifications:messages"))
    for _ in range(10):
        owe(alice)

    with django_assert_num_queries(5):
        client.get(reverse("notifications:messages"))


def test_signed_out_there_is_nothing_to_read(client):
    assert client.get(reverse("notifications:messages")).status_code == 302
    assert turn_on(client).status_code == 302


def test_a_browser_says_yes_and_no_again(client):
    alice = create_person()
    client.force_login(alice)

    assert turn_on(client).status_code == 204
    assert alice.push_subscriptions.get().gone_at is None
    off = client.post(
        reverse("notifications:push_off"),
        json.dumps({"endpoint": ENDPOINT}),
        content_type="application/json",
    )

    assert off.status_code == 204
    assert alice.push_subscriptions.get().gone_at is not None


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://attacker.example/x",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com.attacker.example/x",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_stranger_does_not_choose_where_our_server_posts(client, endpoint):
    client.force_login(create_person())

    assert turn_on(client, endpoint).status_code == 400
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"endpoint": "https://fcm.googleapis.com/x"}'])
def test_a_browsers_nonsense_is_refused(client, body):
    client.force_login(create_person())

    answer = client.post(reverse("notifications:push_on"), body, content_type="application/json")

    assert answer.status_code == 400


def test_a_browser_that_changes_hands_tells_only_its_new_owner(client):
    alice, charlie = create_person(), create_person("Charlie Stone")
    for person in (alice, charlie):
        client.force_login(person)
        turn_on(client)

    assert PushSubscription.objects.get().person == charlie


def test_staff_see_the_kept_messages_as_they_would_have_arrived(client):
    owe(create_person())
    for channel in ("sms", "email"):
        send(channel)
    staff = create_person(is_staff=True, is_superuser=True)
    client.force_login(staff)

    page = client.get(reverse("admin:notifications_localmessage_changelist"))

    assert page.status_code == 200
    assert page.content.decode().count("kept-meta") == 2
    mail = LocalMessage.objects.get(channel="email")
    frame = client.get(reverse("admin:notifications_localmessage_html", args=[mail.pk]))
    assert "sandbox" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"


def test_customers_do_not_see_the_kept_messages(client):
    client.force_login(create_person())

    answer = client.get(reverse("admin:notifications_localmessage_changelist"))

    assert answer.status_code in {302, 404}
