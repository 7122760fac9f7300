"""The providers call back: signed words move a delivery forward, everything else is refused."""

import base64
import json
import time
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse
from twilio.request_validator import RequestValidator

from notifications.models import Receipt
from notifications.partitions import rows_astray
from tests.notifications.builders import attempt_of
from tests.notifications.sent import sent_email, sent_sms

pytestmark = pytest.mark.django_db
SENDGRID = "/webhooks/sendgrid/"
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def token(settings):
    settings.TWILIO_AUTH_TOKEN = "our-token"


@pytest.fixture
def sms():
    return sent_sms()[0]


@pytest.fixture
def mail():
    return sent_email()[0]


@pytest.fixture
def sendgrid_key(settings):
    key, settings.SENDGRID_WEBHOOK_PUBLIC_KEY = new_key()
    return key


def new_key():
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return key, base64.b64encode(public).decode()


def twilio_says(client, settings, delivery, status, *, token=None, **more):
    path = reverse("notifications:twilio_status", args=[attempt_of(delivery).pk])
    form = {"MessageSid": "SM1", "MessageStatus": status, **more}
    signature = RequestValidator(token or settings.TWILIO_AUTH_TOKEN).compute_signature(
        settings.PUBLIC_URL + path, form
    )
    return client.post(path, form, headers={"X-Twilio-Signature": signature})


def sendgrid_says(client, key, *events, body=None, timestamp=None):
    body = json.dumps(events).encode() if body is None else body
    timestamp = timestamp or str(int(time.time()))
    signed = key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return client.post(
        SENDGRID,
        body,
        content_type="application/json",
        headers={
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signed).decode(),
        },
    )


def event(delivery, word, **more):
    attempt_id = str(attempt_of(delivery).pk)
    return {"event": word, "sg_event_id": uuid4().hex, "attempt_id": attempt_id, **more}


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state


def test_twilio_says_it_arrived(client, settings, sms):
    assert twilio_says(client, settings, sms, "delivered").status_code == 204
    assert state_of(sms) == "delivered"


def test_a_word_of_twilio_that_is_not_signed_by_it_is_refused(client, settings, sms):
    assert twilio_says(client, settings, sms, "delivered", token="another").status_code == 403
    path = f"/webhooks/twilio/{attempt_of(sms).pk}/"
    assert client.post(path, {"MessageStatus": "delivered"}).status_code == 403

    assert state_of(sms) == "accepted"
    assert not Receipt.objects.exists()


def test_a_signed_word_cannot_be_turned_to_another_message(client, settings, sms):
    other = sent_sms()[0]
    path = f"/webhooks/twilio/{attempt_of(sms).pk}/"
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered"}
    signature = RequestValidator("our-token").compute_signature(settings.PUBLIC_URL + path, form)

    aimed = f"/webhooks/twilio/{attempt_of(other).pk}/"
    assert client.post(aimed, form, headers={"X-Twilio-Signature": signature}).status_code == 403
    assert state_of(other) == "accepted"


def test_a_second_account_at_twilio_signs_with_its_own_token(client, settings, sms):
    assert twilio_says(client, settings, sms, "delivered", token="second").status_code == 403

    second = {"name": "twilio-2", "channel": "sms", "options": {"auth_token": "second"}}
    settings.PROVIDERS = [*settings.PROVIDERS, second]

    assert twilio_says(client, settings, sms, "delivered", token="second").status_code == 204
    assert state_of(sms) == "delivered"


def test_the_same_word_twice_counts_once(client, settings, sms):
    for _ in range(2):
        assert twilio_says(client, settings, sms, "delivered").status_code == 204

    assert Receipt.objects.count() == 1


def test_without_a_token_of_ours_nothing_is_believed(client, settings, sms):
    settings.TWILIO_AUTH_TOKEN = ""

    assert twilio_says(client, settings, sms, "delivered", token="guess").status_code == 403


def test_sendgrid_says_what_became_of_mails(client, mail, sendgrid_key):
    answer = sendgrid_says(client, sendgrid_key, event(mail, "delivered"), event(mail, "processed"))

    assert answer.status_code == 204
    assert state_of(mail) == "delivered"


def test_one_changed_byte_and_sendgrids_word_is_refused(client, mail, sendgrid_key):
    other, _public = new_key()

    assert sendgrid_says(client, other, event(mail, "delivered")).status_code == 403
    assert client.post(SENDGRID, b"[]", content_type="application/json").status_code == 403
    assert state_of(mail) == "accepted"


@pytest.mark.parametrize("seconds", [-3 * DAY - 60, 11 * 60])
def test_a_genuine_post_from_another_time_is_refused(client, mail, sendgrid_key, seconds, caplog):
    timestamp = str(int(time.time() + seconds))

    answer = sendgrid_says(client, sendgrid_key, event(mail, "bounce"), timestamp=timestamp)

    assert answer.status_code == 403
    assert state_of(mail) == "accepted"
    assert "too old or too new" in caplog.text


@pytest.mark.parametrize("seconds", [-2 * DAY, 9 * 60])
def test_a_late_try_of_sendgrid_is_still_believed(client, mail, sendgrid_key, seconds):
    timestamp = str(int(time.time() + seconds))

    sendgrid_says(client, sendgrid_key, event(mail, "delivered"), timestamp=timestamp)

    assert state_of(mail) == "delivered"


@pytest.mark.parametrize("timestamp", ["soon", "9" * 40, "1e3"])
def test_a_time_that_is_none_is_refused(client, mail, sendgrid_key, timestamp):
    answer = sendgrid_says(client, sendgrid_key, event(mail, "delivered"), timestamp=timestamp)

    assert answer.status_code == 403


@pytest.mark.parametrize("public_key", ["", "not base64!", base64.b64encode(b"no key").decode()])
def test_without_a_good_key_nothing_of_sendgrid_is_believed(
    client, settings, mail, sendgrid_key, public_key
):
    settings.SENDGRID_WEBHOOK_PUBLIC_KEY = public_key

    assert sendgrid_says(client, sendgrid_key, event(mail, "delivered")).status_code == 403


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"{}", b"[1, null]", b'[{"event": "delivered"}]', b"[[]]"]
)
def test_genuine_nonsense_is_taken_so_that_it_is_not_sent_again(client, sendgrid_key, body):
    assert sendgrid_says(client, sendgrid_key, body=body).status_code == 204
    assert not Receipt.objects.exists()


# Named, for each of the test processes looks at a clock of its own.
@pytest.mark.parametrize(
    "told_at",
    [pytest.param(int(time.time()) - 60, id="a minute ago"), "", None, [], 10**30, -5, "soon"],
)
def test_a_word_about_a_message_we_do_not_know_is_kept_once(client, sendgrid_key, told_at):
    told = {"event": "delivered", "sg_event_id": "e-1", "attempt_id": "no", "timestamp": told_at}

    for _ in range(2):
        assert sendgrid_says(client, sendgrid_key, told).status_code == 204

    assert Receipt.objects.get().attempt is None
    assert not rows_astray()["notifications_receipt"]


def test_a_bounce_does_not_bring_an_address_into_our_tables(client, mail, sendgrid_key):
    told = event(mail, "bounce", type="x@mail.example refused", reason="550 x@mail.example")
    sendgrid_says(client, sendgrid_key, told)

    assert Receipt.objects.get().code == ""
    assert state_of(mail) == "undelivered"


def test_a_post_that_is_too_large_is_refused_unread(client, sendgrid_key):
    body = b"[" + b" " * (2 * 1024 * 1024) + b"]"

    assert sendgrid_says(client, sendgrid_key, body=body).status_code == 413


@pytest.mark.parametrize("path", [SENDGRID, f"/webhooks/twilio/{UUID(int=1)}/"])
def test_a_webhook_is_only_posted_to(client, path):
    assert client.get(path).status_code == 405
