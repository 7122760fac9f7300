"""The customers' door."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Delivery, Notification
from portal.models import SignInCode
from portal.periodic import send_waiting_codes
from tests.portal.people import (
    ask,
    come_in,
    create_customer,
    create_staff,
    give,
    is_in,
    sent_code,
    work_off,
    wrong,
)

pytestmark = pytest.mark.django_db


def test_a_customer_comes_in_with_the_code_sent_to_their_mail(client):
    alice = create_customer(email="alice@example.org")

    page = ask(client, "  Alice@EXAMPLE.org ")

    assert page.status_code == 302
    assert page["Location"] == reverse("sign-in-code")
    delivery = Delivery.objects.get(notification__recipient=alice)
    assert (delivery.channel, delivery.address) == ("email", "alice@example.org")
    answer = give(client, sent_code(alice))
    assert answer["Location"] == reverse("portal:home")
    assert is_in(client)


@pytest.mark.parametrize("typed", ["+1 202 555 0147", "(202) 555-0147", "＋１２０２５５５０１４７"])
def test_a_phone_number_may_be_typed_as_people_type_it(client, typed):
    alice = create_customer(phone="+12025550147")

    ask(client, typed)

    assert Delivery.objects.get(notification__recipient=alice).address == "+12025550147"
    assert give(client, sent_code(alice)).status_code == 302
    assert is_in(client)


def test_a_code_may_be_typed_with_spaces_and_wide_digits(client):
    alice = create_customer()
    ask(client, alice.email)
    code = sent_code(alice)
    wide = code[4:].translate({ord("0") + n: ord("０") + n for n in range(10)})

    give(client, f" {code[:4]} {wide}")

    assert is_in(client)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Please type your e-mail"),
        ("alice@", "not complete"),
        ("call me", "country code"),
        ("+1 202", "country code"),
        ("+", "country code"),
        ("+999 12345678", "country code"),
        ("1" * 300, "at most 254"),
    ],
)
def test_what_cannot_be_an_address_is_explained(client, typed, says):
    page = client.post(reverse("account_login"), {"address": typed})

    assert page.status_code == 422
    assert says in page.content.decode()
    assert not SignInCode.objects.exists()


@pytest.mark.parametrize(("channel", "minutes"), [("email", 10), ("phone", 5)])
def test_a_code_lives_as_long_as_its_channel_is_safe(client, channel, minutes):
    alice = create_customer()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, getattr(alice, channel))
        clock.shift(timedelta(minutes=minutes, seconds=1))
        too_late = give(client, sent_code(alice))

    assert too_late.status_code == 422
    assert "no longer works" in too_late.content.decode()
    assert not is_in(client)


def test_a_code_works_until_its_time_is_over(client):
    alice = create_customer()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, alice.email)
        clock.shift(timedelta(minutes=9, seconds=59))
        give(client, sent_code(alice))

    assert is_in(client)


def test_after_five_wrong_codes_the_right_one_is_wrong_too(client):
    alice = create_customer()
    ask(client, alice.email)
    code = sent_code(alice)

    pages = [give(client, wrong(code, number)) for number in range(1, 6)]

    assert "4 more times" in pages[0].content.decode()
    assert "1 more time." in pages[3].content.decode()
    assert "cannot be tried again" in pages[4].content.decode()
    assert "no longer works" in give(client, code).content.decode()
    assert not is_in(client)


def test_seven_digits_are_no_try(client):
    alice = create_customer()
    ask(client, alice.email)

    page = give(client, "1234567")

    assert "A code has 8 digits" in page.content.decode()
    assert SignInCode.objects.get().tries == 0


def test_a_code_works_once(client):
    alice = create_customer()
    ask(client, alice.email)
    code = sent_code(alice)
    give(client, code)
    asked = client.session.get("sign_in")

    other = Client()
    ask(other, create_customer("Bob Ray").email)
    session = other.session
    session["sign_in"] = {**session["sign_in"], "code": SignInCode.objects.earliest("pk").pk}
    session.save()
    again = give(other, code)

    assert asked is None
    assert again["Location"] == reverse("portal:home")
    assert not is_in(other)


def test_a_code_works_only_in_the_session_that_asked(client):
    alice = create_customer()
    ask(client, alice.email)
    code = sent_code(alice)
    stranger = Client()
    ask(stranger, create_customer("Mallory Quick").email)

    assert give(stranger, code).status_code == 422
    assert give(Client(), code)["Location"] == reverse("account_login")
    assert not is_in(stranger)


def test_only_the_newest_code_works(client):
    alice = create_customer()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, alice.email)
        old = sent_code(alice)
        clock.shift(timedelta(seconds=31))
        client.post(reverse("sign-in-again"))
        work_off()
        new = sent_code(alice)

        assert give(client, old).status_code == 422
        assert give(client, new).status_code == 302


def test_nowhere_is_the_code_in_clear_but_in_the_message(client):
    alice = create_customer()
    ask(client, alice.email)
    code = sent_code(alice)

    asked = SignInCode.objects.get()

    assert code not in str(dict(client.session.items()))
    assert code not in " ".join(str(value) for value in vars(asked).values())
    assert asked.address == ""
    assert Notification.objects.get(recipient=alice).secret == code


def test_the_session_has_a_new_name_after_signing_in(client):
    alice = create_customer()
    ask(client, alice.email)
    before = client.session.session_key

    give(client, sent_code(alice))

    assert client.session.session_key != before


def test_a_lost_hint_is_made_good_by_the_sweep(client):
    alice = create_customer()
    client.post(reverse("account_login"), {"address": alice.email})
    assert not Notification.objects.exists()

    send_waiting_codes()
    send_waiting_codes()

    assert Notification.objects.filter(recipient=alice).count() == 1
    give(client, sent_code(alice))
    assert is_in(client)


def test_a_code_nobody_waits_for_any_more_is_not_sent(client):
    alice = create_customer()
    with time_machine.travel(timezone.now() - timedelta(minutes=16)):
        client.post(reverse("account_login"), {"address": alice.email})

    send_waiting_codes()

    assert not Notification.objects.exists()


def test_somebody_signed_in_is_sent_on(client):
    alice = create_customer()
    come_in(client, alice)

    assert client.get(reverse("account_login"))["Location"] == reverse("portal:home")
    assert client.get(reverse("sign-in-code"))["Location"] == reverse("portal:home")


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example/",
        "https://evil.example/",
        r"\\evil.example",
        "https:evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "///evil.example",
    ],
)
def test_the_way_on_never_leaves_the_site(client, evil):
    alice = create_customer()
    ask(client, alice.email, wanted=evil)

    assert give(client, sent_code(alice))["Location"] == reverse("portal:home")


def test_the_way_on_leads_back_to_the_page(client):
    alice = create_customer()
    page = client.get(reverse("portal:settings"))
    assert page["Location"] == f"{reverse('account_login')}?next=/settings/"
    assert 'value="/settings/"' in client.get(page["Location"]).content.decode()

    ask(client, alice.email, wanted="/settings/")

    assert give(client, sent_code(alice))["Location"] == "/settings/"


def test_staff_get_nothing_at_the_customers_door(client):
    rosa = create_staff()

    page = ask(client, rosa.email)

    assert page["Location"] == reverse("sign-in-code")
    assert not Notification.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize(
    "name", ["account_login", "sign-in-code", "account_logout", "mfa_authenticate"]
)
def test_other_methods_are_refused(client, method, name):
    assert getattr(client, method)(reverse(name)).status_code == 405


def test_sending_again_is_a_post(client):
    assert client.get(reverse("sign-in-again")).status_code == 405
    assert client.get(reverse("set_language")).status_code == 405
