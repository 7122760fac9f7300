"""How often anybody may try."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from notifications.kinds import ChannelKind
from portal.models import SignInCode, SignInTry
from portal.periodic import clean_up_sign_in
from portal.sign_in.addresses import Address
from portal.sign_in.limits import Bucket, Kind, TooMany, give_back, take
from portal.sign_in.sender import sender_key
from tests.portal.people import (
    ask,
    come_in,
    create_customer,
    give,
    is_in,
    sent_code,
    work_off,
    wrong,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def fill(kind, times, key="somebody"):
    SignInTry.objects.bulk_create(
        SignInTry(kind=kind, key=key, at=timezone.now()) for _ in range(times)
    )


def fill_sender(kind, **meta):
    """Let this sender have done all they may."""
    fill(kind, 30, key=sender_key(RequestFactory(**meta).get("/")))


@pytest.mark.parametrize(
    ("kind", "most", "within"),
    [
        (Kind.TRY_NAME, 10, timedelta(hours=1)),
        (Kind.TRY_ACCOUNT, 10, timedelta(hours=1)),
        (Kind.TRY_DEVICE, 10, timedelta(hours=1)),
        (Kind.TRY_SENDER, 30, timedelta(minutes=5)),
        (Kind.TRY_ALL, 500, timedelta(minutes=5)),
        (Kind.SEND_ADDRESS, 1, timedelta(seconds=30)),
    ],
)
def test_a_full_bucket_is_free_again_after_its_time(clock, kind, most, within):
    fill(kind, most)

    clock.shift(within - timedelta(seconds=1))
    with pytest.raises(TooMany) as refused:
        take([Bucket(kind, "somebody")])
    assert refused.value.seconds <= 2
    take([Bucket(kind, "somebody else")])
    clock.shift(timedelta(seconds=2))
    take([Bucket(kind, "somebody")])


def test_a_day_holds_twenty_however_they_are_spread(clock):
    for _ in range(2):
        fill(Kind.TRY_NAME, 10)
        clock.shift(timedelta(hours=1, seconds=1))

    with pytest.raises(TooMany) as refused:
        take([Bucket(Kind.TRY_NAME, "somebody")])
    assert refused.value.minutes > 20 * 60


def test_three_codes_in_a_quarter_of_an_hour_and_eight_a_day(clock):
    sent = []
    for quarter in range(10):
        for _ in range(5):
            try:
                take([Bucket(Kind.SEND_ADDRESS, "somebody")])
                sent.append(quarter)
            except TooMany:
                pass
            clock.shift(timedelta(minutes=1))
        clock.shift(timedelta(minutes=11))
    assert sent == [0, 0, 0, 1, 1, 1, 2, 2]


def test_what_was_refused_does_not_count_anywhere(clock):
    fill(Kind.TRY_NAME, 10)

    with pytest.raises(TooMany):
        take([Bucket(Kind.TRY_SENDER, "here"), Bucket(Kind.TRY_NAME, "somebody")])

    assert not SignInTry.objects.filter(kind=Kind.TRY_SENDER).exists()


def test_a_success_forgets_itself_and_no_failure(clock):
    fill(Kind.TRY_NAME, 9)

    give_back(take([Bucket(Kind.TRY_NAME, "somebody")]))

    assert SignInTry.objects.count() == 9


def test_codes_to_one_address_are_half_a_minute_apart(client, clock):
    page = ask(client, "stranger@example.org")
    too_soon = ask(Client(), "Stranger@Example.org")
    clock.shift(timedelta(seconds=31))
    again = ask(Client(), "stranger@example.org")

    assert page.status_code == again.status_code == 302
    assert too_soon.status_code == 429
    assert too_soon["Retry-After"] == "31"
    assert "Please wait 31 seconds" in too_soon.content.decode()


def test_an_account_is_shut_after_ten_wrong_codes_in_an_hour(client, clock):
    alice = create_customer()
    for _ in range(2):
        ask(client, alice.email)
        for number in range(1, 6):
            give(client, wrong(sent_code(alice), number))
        clock.shift(timedelta(seconds=31))
    ask(client, alice.email)

    refused = give(client, sent_code(alice))
    clock.shift(timedelta(hours=1))
    ask(client, alice.email)
    let_in = give(client, sent_code(alice))

    assert refused.status_code == 429
    assert "Please wait 59 minutes" in refused.content.decode()
    assert let_in.status_code == 302
    assert is_in(client)


def test_a_long_wait_names_the_hours_and_the_help_line(client, clock):
    alice = create_customer()
    ask(client, alice.email)
    for _ in range(2):
        fill(Kind.TRY_NAME, 10, key=Address(ChannelKind.EMAIL, alice.email or "").key)
        clock.shift(timedelta(hours=1, seconds=1))
    ask(client, alice.email)

    page = give(client, sent_code(alice)).content.decode()

    assert "Please wait 22 hours, then try again, or call us." in page


def test_a_strangers_tries_do_not_lock_out_the_owners_known_device(client, clock):
    alice = create_customer()
    come_in(client, alice)
    client.post(reverse("account_logout"))
    clock.shift(timedelta(days=30))
    stranger = Client(REMOTE_ADDR="198.51.100.7")
    for _ in range(2):
        ask(stranger, alice.email)
        for number in range(1, 6):
            give(stranger, wrong(sent_code(alice), number))
        clock.shift(timedelta(seconds=31))
    ask(stranger, alice.email)
    assert give(stranger, sent_code(alice)).status_code == 429

    # The stranger has used up the sends of this quarter of an hour too.
    assert ask(Client(), alice.email).status_code == 429
    assert ask(client, alice.email).status_code == 302
    give(client, sent_code(alice))

    assert is_in(client)


def test_a_known_device_has_limits_of_its_own(client, clock):
    alice = create_customer()
    come_in(client, alice)
    client.post(reverse("account_logout"))
    for _ in range(2):
        clock.shift(timedelta(minutes=10))
        ask(client, alice.email)
        for number in range(1, 6):
            give(client, wrong(sent_code(alice), number))
    clock.shift(timedelta(minutes=10))
    ask(client, alice.email)

    assert give(client, sent_code(alice)).status_code == 429


def test_a_device_is_known_to_its_own_account_only(client, clock):
    come_in(client, create_customer())
    client.post(reverse("account_logout"))
    bob = create_customer("Bob Ray")
    ask(client, bob.email)

    give(client, wrong(sent_code(bob)))

    assert not SignInTry.objects.filter(kind=Kind.TRY_DEVICE).exists()
    assert SignInTry.objects.filter(kind=Kind.TRY_NAME).count() == 1


def test_a_made_up_device_cookie_is_nothing(client, clock):
    alice = create_customer()
    client.cookies["device"] = "WyJhYSIsWyJiYiJdXQ:1abc:forged"

    ask(client, alice.email)

    assert SignInTry.objects.filter(kind=Kind.SEND_ADDRESS).count() == 1


def test_one_sender_cannot_ask_for_many_addresses(clock):
    for number in range(3):
        ask(Client(REMOTE_ADDR="198.51.100.7"), f"nobody{number}@example.org")
    assert SignInTry.objects.filter(kind=Kind.SEND_SENDER).count() == 3
    fill_sender(Kind.SEND_SENDER, REMOTE_ADDR="198.51.100.7")

    assert ask(Client(REMOTE_ADDR="198.51.100.7"), "x@example.org").status_code == 429
    assert ask(Client(REMOTE_ADDR="198.51.100.8"), "x@example.org").status_code == 302


def test_one_sender_cannot_guess_at_many_addresses(client, clock):
    alice = create_customer()
    ask(client, alice.email)
    fill_sender(Kind.TRY_SENDER, REMOTE_ADDR="127.0.0.1")

    assert give(client, sent_code(alice)).status_code == 429
    give(client, sent_code(alice), REMOTE_ADDR="198.51.100.8")
    assert is_in(client)


def test_one_home_has_one_bucket_in_ipv6(clock):
    fill_sender(Kind.SEND_SENDER, REMOTE_ADDR="2001:db8:1:2::7")

    same = ask(Client(REMOTE_ADDR="2001:db8:1:2:ffff::1"), "x@example.org")
    other = ask(Client(REMOTE_ADDR="2001:db8:1:3::1"), "y@example.org")

    assert same.status_code == 429
    assert other.status_code == 302


def test_a_made_up_forwarding_header_is_no_way_around(clock):
    fill_sender(Kind.SEND_SENDER, REMOTE_ADDR="127.0.0.1")

    page = ask(Client(), "x@example.org", headers={"X-Forwarded-For": "198.51.100.1"})

    assert page.status_code == 429


def test_behind_our_proxy_each_client_has_its_own_bucket(settings, clock):
    settings.TRUSTED_PROXY_COUNT = 1
    fill_sender(Kind.SEND_SENDER, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7")

    same = ask(Client(), "x@example.org", headers={"X-Forwarded-For": "9.9.9.9, 198.51.100.7"})
    other = ask(Client(), "y@example.org", headers={"X-Forwarded-For": "198.51.100.8"})
    around = ask(Client(), "z@example.org", headers={"X-Forwarded-For": ""})

    assert same.status_code == 429
    assert other.status_code == around.status_code == 302


def test_when_all_the_world_guesses_only_known_devices_come_in(client, clock):
    alice, bob = create_customer(), create_customer("Bob Ray")
    come_in(client, alice)
    client.post(reverse("account_logout"))
    clock.shift(timedelta(minutes=1))
    fill(Kind.TRY_ALL, 500, key="")
    new_device = Client()
    ask(new_device, bob.email)
    ask(client, alice.email)

    refused = give(new_device, sent_code(bob))
    give(client, sent_code(alice))

    assert refused.status_code == 429
    assert "Please wait" in refused.content.decode()
    assert is_in(client)
    assert not is_in(new_device)


def test_the_clean_up_keeps_what_limits_still_look_at(client, clock):
    alice = create_customer()
    come_in(client, alice)
    fill(Kind.TRY_NAME, 3)
    clock.shift(timedelta(hours=23))
    clean_up_sign_in()
    assert SignInTry.objects.filter(kind=Kind.TRY_NAME).count() == 3
    assert SignInCode.objects.count() == 1

    clock.shift(timedelta(hours=3))
    clean_up_sign_in()

    assert not SignInTry.objects.exists()
    assert not SignInCode.objects.exists()


def test_the_tables_of_tries_hold_no_address_and_no_sender(client, clock):
    ask(client, "alice@example.org", REMOTE_ADDR="198.51.100.7")

    rows = str(list(SignInTry.objects.values()))

    assert "alice" not in rows
    assert "198.51" not in rows


def test_limits_hold_without_redis(client, settings, clock):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }
    alice = create_customer()
    ask(client, alice.email)
    for number in range(1, 6):
        give(client, wrong(sent_code(alice), number))

    assert give(client, sent_code(alice)).status_code == 422
    clock.shift(timedelta(seconds=31))
    client.post(reverse("sign-in-again"))
    work_off()
    give(client, sent_code(alice))
    assert is_in(client)
