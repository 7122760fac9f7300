"""The providers call back: signed words move a delivery forward, everything else is refused."""

import base64
import json
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twilio.request_validator import RequestValidator

from notifications.models import Receipt
from tests.notifications.builders import attempt_of, owe_email, owe_sms, send

pytestmark = pytest.mark.django_db
SENDGRID = "/webhooks/sendgrid/"


@pytest.fixture
def sms(twilio):
    (delivery,) = owe_sms()
    send("sms")
    return delivery


@pytest.fixture
def mail(sendgrid):
    (delivery,) = owe_email()
    send("email")
    return delivery


@pytest.fixture
def sendgrid_key(settings):
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    settings.SENDGRID_WEBHOOK_PUBLIC_KEY = base64.b64encode(public).decode()
    return key


def twilio_says(client, settings, delivery, status, *, token=None, **more):
    attempt = attempt_of(delivery)
    path = f"/webhooks/twilio/{attempt.pk}/"
    form = {"MessageSid": "SM1", "MessageStatus": status, **more}
    signature = RequestValidator(token or settings.TWILIO_AUTH_TOKEN).compute_signature(
        settings.PUBLIC_URL + path, form
    )
    return client.post(path, form, headers={"X-Twilio-Signature": signature})


def sendgrid_says(client, key, *events, body=None, timestamp="1790000000"):
    body = json.dumps(events).encode() if body is None else body
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
    answer = twilio_says(client, settings, sms, "delivered")

    assert answer.status_code == 204
    assert state_of(sms) == "delivered"


def test_a_word_of_twilio_that_is_not_signed_by_it_is_refused(client, settings, sms):
    before = state_of(sms)

    assert twilio_says(client, settings, sms, "delivered", token="another").status_code == 403
    path = f"/webhooks/twilio/{attempt_of(sms).pk}/"
    assert client.post(path, {"MessageStatus": "delivered"}).status_code == 403
    assert state_of(sms) == before
    assert not Receipt.objects.exists()


def test_a_late_word_does_not_move_a_delivery_back(client, settings, sms):
    twilio_says(client, settings, sms, "delivered")
    twilio_says(client, settings, sms, "sent")

    assert state_of(sms) == "delivered"
    assert Receipt.objects.count() == 2


def test_the_same_word_twice_counts_once(client, settings, sms):
    for _ in range(2):
        assert twilio_says(client, settings, sms, "delivered").status_code == 204

    assert Receipt.objects.count() == 1


def test_without_a_token_of_ours_nothing_is_believed(client, settings, sms):
    settings.TWILIO_AUTH_TOKEN = ""

    assert twilio_says(client, settings, sms, "delivered", token="guess").status_code == 403


def test_sendgrid_says_what_became_of_mails(client, mail, sendgrid_key):
    answer = sendgrid_says(client, sendgrid_key, event(mail, "processed"), event(mail, "delivered"))

    assert answer.status_code == 204
    assert state_of(mail) == "delivered"


def test_a_bounce_after_delivery_is_believed(client, mail, sendgrid_key):
    sendgrid_says(client, sendgrid_key, event(mail, "delivered"))
    sendgrid_says(client, sendgrid_key, event(mail, "bounce", type="bounce"))

    assert state_of(mail) == "undelivered"
    assert mail.reason


def test_one_changed_byte_and_sendgrids_word_is_refused(client, mail, sendgrid_key):
    other = ec.generate_private_key(ec.SECP256R1())

    assert sendgrid_says(client, other, event(mail, "delivered")).status_code == 403
    assert client.post(SENDGRID, b"[]", content_type="application/json").status_code == 403
    assert state_of(mail) == "accepted"


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


def test_a_word_about_a_message_we_do_not_know_is_kept(client, sendgrid_key):
    told = {"event": "delivered", "sg_event_id": "e-1", "attempt_id": "not-an-id"}

    assert sendgrid_says(client, sendgrid_key, told).status_code == 204
    assert Receipt.objects.get().attempt is None


@pytest.mark.parametrize("path", [SENDGRID, f"/webhooks/twilio/{UUID(int=1)}/"])
def test_a_webhook_is_only_posted_to(client, path):
    assert client.get(path).status_code == 405
