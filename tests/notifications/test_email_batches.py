"""Many people a call: who shares one, what each of them reads, and who spoils it."""

from collections import Counter

import pytest
from django.utils import timezone

from notifications.channels.base import Message, fingerprint
from notifications.channels.email import SendGridProvider
from notifications.channels.mailings import mailings
from notifications.ids import attempt_id, delivery_id
from notifications.kinds import ChannelKind
from notifications.models import Delivery
from notifications.rendering import Words
from notifications.wording import Draft
from tests.doubles.messages import Accepted
from tests.notifications.builders import create_person, owe, owe_email, send

pytestmark = pytest.mark.django_db


def as_read(mail: Accepted) -> str:
    """The fingerprint of what the person gets to read."""
    text, html = (part["value"] for part in mail.content["content"])
    return fingerprint(mail.content["subject"], text, html)


def states(deliveries: list[Delivery]) -> list[str]:
    found = dict(Delivery.objects.values_list("pk", "state"))
    return [found[one.pk] for one in deliveries]


def test_a_call_tells_many_and_each_reads_the_words_we_wrote_down(sendgrid, settings):
    settings.EMAIL_CALL_SIZE = 40
    for number in range(100):
        owe(create_person(phone=None), path=f"/decisions/LD-{number}/")

    send("email")

    assert sendgrid.calls == 3
    assert len({as_read(mail) for mail in sendgrid.accepted}) == 100
    hashes = dict(Delivery.objects.values_list("address", "content_sha256"))
    assert {mail.to: as_read(mail) for mail in sendgrid.accepted} == hashes
    ids = {str(pk) for pk in Delivery.objects.values_list("attempts__pk", flat=True)}
    assert {mail.attempt_id for mail in sendgrid.accepted} == ids


def test_each_language_has_a_call_of_its_own(sendgrid):
    for language in ("en", "zh-hans", "en", "zh-hans"):
        owe(create_person(phone=None, locale=language))

    send("email")

    assert (sendgrid.calls, len(sendgrid.accepted)) == (2, 4)


def test_an_address_is_named_once_a_call(sendgrid):
    for address in ("a@example.org", "A@Example.org", "b@example.org"):
        owe(create_person(phone=None, email=address))
    Delivery.objects.filter(address="b@example.org").update(address="a@example.org")

    send("email")

    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}
    assert sendgrid.calls == 3


def test_what_html_would_write_otherwise_goes_alone_and_arrives_as_we_wrote_it(sendgrid):
    for path in ("/decisions/?a=1&b=2", "/decisions/1/", "/decisions/2/", "/[[code]]/"):
        owe(create_person(phone=None), path=path)

    send("email")

    assert sendgrid.calls == 3
    hashes = dict(Delivery.objects.values_list("address", "content_sha256"))
    assert {mail.to: as_read(mail) for mail in sendgrid.accepted} == hashes


@pytest.mark.parametrize("places", [[0], [49], [17, 18, 40]])
def test_one_bad_address_costs_nobody_else_the_message(sendgrid, places):
    deliveries = owe_email(50)
    sendgrid.bad = {deliveries[place].address for place in places}

    send("email")

    expected = ["failed" if place in places else "accepted" for place in range(50)]
    assert states(deliveries) == expected
    assert len(sendgrid.accepted) == 50 - len(places)
    assert sendgrid.twice() == {}


def test_a_call_that_is_too_big_goes_in_parts(sendgrid):
    deliveries = owe_email(50)
    sendgrid.most_bytes = 8_000

    send("email")

    assert set(states(deliveries)) == {"accepted"}
    assert (len(sendgrid.accepted), sendgrid.twice()) == (50, {})


@pytest.mark.parametrize("fault", ["accept_then_cut", "accept_then_half", "accept_then_status"])
def test_a_lost_answer_leaves_everybody_of_its_call_in_doubt_and_nobody_else(
    sendgrid, settings, fault
):
    settings.EMAIL_CALL_SIZE = 10
    deliveries = owe_email(30)
    sendgrid.play(fault, to=deliveries[12].address)

    for _ in range(2):
        Delivery.objects.update(not_before=timezone.now())
        send("email")

    found = states(deliveries)
    assert (found[12], Counter(found)) == ("unknown", {"accepted": 20, "unknown": 10})
    assert (len(sendgrid.accepted), sendgrid.twice()) == (30, {})


def test_a_half_whose_answer_is_lost_is_in_doubt_and_the_rest_is_not(sendgrid):
    deliveries = owe_email(8)
    bad, lost = deliveries[0], deliveries[7]
    sendgrid.bad = {bad.address}
    # The whole call is refused for the bad one, so the fault meets a part without it.
    sendgrid.play("accept_then_cut", to=lost.address)

    send("email")

    found = states(deliveries)
    assert (found[0], found[7]) == ("failed", "unknown")
    assert 3 <= found.count("accepted") <= 6
    assert (len(sendgrid.accepted), sendgrid.twice()) == (7, {})


def test_our_own_mistake_is_not_looked_for_in_halves(sendgrid):
    deliveries = owe_email(100)
    sendgrid.play("code", code="from.email", times=None)

    send("email")

    assert sendgrid.calls == 1
    assert Delivery.objects.filter(state="ready", tries=0).count() == len(deliveries)


def test_words_that_are_refused_hold_up_nobody_elses(sendgrid, monkeypatch):
    # One call after the other, so that the second could be held back.
    monkeypatch.setattr(SendGridProvider, "in_flight", 1)
    for language in ("en", "zh-hans"):
        owe(create_person(phone=None, locale=language))
    sendgrid.play("code", code="content")

    send("email")

    assert sorted(states(list(Delivery.objects.all()))) == ["accepted", "ready"]


def test_no_more_than_500_share_a_call_whatever_the_settings_say():
    draft = Draft.of(1, Words("Look: [[link]]", "News"))
    made_at = timezone.now()
    messages = [
        Message(
            attempt_id(delivery_id(made_at, number, ChannelKind.EMAIL), 1),
            f"p{number}@example.org",
            "Look: x",
            "News",
            draft=draft,
            values={"link": "x"},
        )
        for number in range(1_200)
    ]

    assert [len(one.messages) for one in mailings(messages, 10_000)] == [500, 500, 200]
