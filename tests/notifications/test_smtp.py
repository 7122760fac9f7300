"""The second way of e-mail: what a mail server says, and what becomes of a delivery after it."""

import pytest
from django.utils import timezone

from notifications.channels import calls
from notifications.channels.base import fingerprint
from notifications.models import Delivery, Suppression
from tests.doubles import SmtpDouble
from tests.doubles.fixtures import carry, provider
from tests.doubles.smtp import USER
from tests.notifications.builders import attempt_of, create_person, owe, owe_email, send

pytestmark = pytest.mark.django_db


def refreshed(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def test_a_mail_is_accepted_with_the_words_we_wrote_down(smtp, settings):
    (delivery,) = owe_email()

    send("email")

    (taken,) = smtp.accepted
    attempt = attempt_of(refreshed(delivery))
    assert (delivery.state, delivery.provider) == ("accepted", "smtp")
    assert taken.to == delivery.address
    assert taken.attempt_id == str(attempt.pk)
    assert delivery.provider_ref == f"{attempt.pk}@lender.example"
    assert taken.headers["auto-submitted"] == "auto-generated"
    # A mail ends with a line break, and cannot do otherwise.
    text = taken.content["text"].removesuffix("\n")
    said = fingerprint(taken.content["subject"], text, taken.content["html"])
    assert delivery.content_sha256 == said


def test_a_mail_in_chinese_arrives_as_it_was_written(smtp):
    person = create_person(phone=None, locale="zh-hans")
    owe(person)

    send("email")

    (taken,) = smtp.accepted
    assert 'lang="zh-Hans"' in taken.content["html"]
    assert not taken.content["text"].isascii()


def test_a_few_connections_carry_many_mails(smtp):
    owe_email(60)

    send("email")

    assert len(smtp.accepted) == 60
    assert smtp.connections <= 4
    assert smtp.twice() == {}


@pytest.mark.parametrize(
    ("step", "reply", "state", "outcome", "code"),
    [
        ("GREETING", "421 4.3.2 too many connections", "ready", "retry", "421 4.3.2"),
        ("GREETING", "554 no service for you", "ready", "misconfigured", "554"),
        ("MAIL", "451 4.3.0 try later", "ready", "retry", "451 4.3.0"),
        ("MAIL", "530 5.7.0 log in first", "ready", "misconfigured", "530 5.7.0"),
        ("MAIL", "553 5.7.1 not your address", "ready", "misconfigured", "553 5.7.1"),
        ("RCPT", "421 4.7.0 too fast", "ready", "retry", "421 4.7.0"),
        ("RCPT", "450 4.2.1 greylisted", "ready", "retry", "450 4.2.1"),
        ("RCPT", "452 4.2.2 mailbox full", "ready", "retry", "452 4.2.2"),
        ("RCPT", "550 no", "failed", "permanent", "550"),
        ("RCPT", "552 5.2.2 mailbox full", "failed", "permanent", "552 5.2.2"),
        ("RCPT", "554 5.7.1 relay denied", "failed", "permanent", "554 5.7.1"),
        ("DATA", "451 4.3.0 try later", "ready", "retry", "451 4.3.0"),
        ("BODY", "451 4.3.0 no room", "ready", "retry", "451 4.3.0"),
        ("BODY", "554 5.6.0 this looks bad", "failed", "permanent", "554 5.6.0"),
        ("GREETING", "", "ready", "retry", "SMTPConnectError"),
        ("MAIL", "", "ready", "retry", "SMTPServerDisconnected"),
        ("RCPT", "", "ready", "retry", "SMTPServerDisconnected"),
        ("DATA", "", "unknown", "unknown", "SMTPServerDisconnected"),
        ("BODY", "", "unknown", "unknown", "SMTPServerDisconnected"),
    ],
)
def test_each_answer_has_one_meaning(smtp, step, reply, state, outcome, code):
    (delivery,) = owe_email()
    smtp.say(step, reply)

    send("email")

    attempt = attempt_of(refreshed(delivery))
    assert (delivery.state, attempt.outcome, attempt.code) == (state, outcome, code)
    assert delivery.reason == attempt.detail != ""
    assert delivery.tries == (0 if outcome == "misconfigured" else 1)
    assert (smtp.accepted, Suppression.objects.count()) == ([], 0)


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.10"])
def test_a_mailbox_that_is_none_is_never_written_to_again(smtp, status):
    (delivery,) = owe_email()
    smtp.say("RCPT", f"550 {status} <{delivery.address}> is unknown here")

    send("email")

    suppression = Suppression.objects.get()
    attempt = attempt_of(refreshed(delivery))
    assert (delivery.state, suppression.cause) == ("failed", "bounce")
    assert delivery.address not in delivery.reason + attempt.detail + attempt.code


def test_one_refused_mail_does_not_spoil_the_next_on_its_line(smtp):
    deliveries = owe_email(30)
    for one in deliveries[::3]:
        smtp.say("RCPT", "550 5.7.1 no", to=one.address)

    send("email")

    states = [refreshed(one).state for one in deliveries]
    assert states == ["failed", "accepted", "accepted"] * 10
    assert smtp.connections <= 4


def test_a_mail_that_was_taken_before_the_line_broke_is_not_sent_again(smtp):
    (delivery,) = owe_email()
    smtp.hang_up("BODY", is_taking=True)

    for _ in range(3):
        Delivery.objects.update(not_before=timezone.now())
        send("email")

    assert refreshed(delivery).state == "unknown"
    assert [one.to for one in smtp.accepted] == [delivery.address]


def test_a_line_the_server_left_is_replaced(smtp):
    owe_email()
    send("email")
    (second,) = owe_email()
    smtp.say("MAIL", "421 4.4.2 idle for too long")

    send("email")

    assert (refreshed(second).state, second.tries, smtp.connections) == ("accepted", 1, 2)


def test_a_refused_connection_is_tried_again(smtp):
    (delivery,) = owe_email()
    smtp.refuse_connections()

    send("email")
    assert (refreshed(delivery).state, delivery.reason) == ("ready", calls.UNREACHABLE)

    smtp.listen()
    Delivery.objects.update(not_before=timezone.now())
    send("email")
    assert (refreshed(delivery).state, delivery.tries) == ("accepted", 2)


def test_a_server_that_thinks_for_ever_is_unknown(smtp, monkeypatch):
    monkeypatch.setattr("notifications.channels.smtp.READ_SECONDS", 0.3)
    smtp.latency = 30.0
    (delivery,) = owe_email()

    send("email")

    assert refreshed(delivery).state == "unknown"


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_login_is_given_and_a_wrong_one_is_our_own_mistake(settings, closed_channels, password):
    with SmtpDouble(needs_login=True) as double:
        wrong = f"smtp://{USER}:{password}@127.0.0.1:{double.port}"
        url = wrong if password else double.url
        carry(settings, "email", provider("smtp", sender="a@lender.example", options={"url": url}))
        (delivery,) = owe_email()

        send("email")

        expected = "misconfigured" if password else "accepted"
        assert attempt_of(refreshed(delivery)).outcome == expected
        assert len(double.accepted) == (0 if password else 1)


def test_an_address_with_a_line_break_in_it_writes_no_header_of_its_own(smtp):
    (delivery,) = owe_email()
    Delivery.objects.update(address="a@example.org\r\nBcc: b@example.org")

    send("email")

    assert (refreshed(delivery).state, smtp.accepted) == ("failed", [])
