"""Many requests at once, with a real PostgreSQL and nothing rolled back in between."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from portal.models import SignInCode, SignInTry
from portal.sign_in.limits import Bucket, Kind, TooMany, take
from tests.portal.people import ask, create_customer, give, is_in, sent_code, wrong

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 20


def all_at_once(do):
    """Run `do` with 0 to 19 in threads that start together, each with its own connection."""
    barrier = Barrier(AT_ONCE)

    def one(number):
        barrier.wait()
        try:
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def same_browser(client):
    """Another tab: the same cookies."""
    tab = Client()
    tab.cookies = client.cookies.copy()
    return tab


def test_of_twenty_tries_in_one_bucket_ten_are_let_through():
    def one(_number):
        try:
            take([Bucket(Kind.TRY_NAME, "somebody"), Bucket(Kind.TRY_SENDER, "here")])
        except TooMany:
            return False
        return True

    assert sum(all_at_once(one)) == 10
    assert SignInTry.objects.filter(kind=Kind.TRY_NAME).count() == 10
    assert SignInTry.objects.filter(kind=Kind.TRY_SENDER).count() == 10


def test_twenty_tries_from_twenty_accounts_count_twenty():
    all_at_once(lambda number: take([Bucket(Kind.TRY_NAME, str(number)), Bucket(Kind.TRY_ALL)]))

    assert SignInTry.objects.filter(kind=Kind.TRY_ALL).count() == AT_ONCE


def test_buckets_in_any_order_do_not_wait_for_each_other_for_ever():
    buckets = [Bucket(Kind.TRY_SENDER, "a"), Bucket(Kind.TRY_SENDER, "b")]

    all_at_once(lambda number: take(buckets if number % 2 else buckets[::-1]))

    assert SignInTry.objects.count() == 2 * AT_ONCE


def test_twenty_wrong_codes_at_once_are_five_tries_and_ten_failures(client):
    alice = create_customer()
    ask(client, alice.email)
    code = sent_code(alice)
    tabs = [same_browser(client) for _ in range(AT_ONCE)]

    answers = all_at_once(lambda number: give(tabs[number], wrong(code, number + 1)).status_code)

    assert sorted(set(answers)) == [422, 429]
    assert answers.count(422) == 10
    assert SignInCode.objects.get().tries == 5
    assert SignInTry.objects.filter(kind=Kind.TRY_NAME).count() == 10
    assert give(client, code).status_code == 429
    assert not is_in(client)


def test_the_right_code_at_once_from_everywhere_signs_in_once(client):
    alice = create_customer()
    ask(client, alice.email)
    code = sent_code(alice)
    tabs = [same_browser(client) for _ in range(AT_ONCE)]

    all_at_once(lambda number: give(tabs[number], code).status_code)

    # A loser may be given a fresh, empty session: its old one ended with the winner's sign-in.
    assert sum(is_in(tab) for tab in tabs) == 1
    assert SignInCode.objects.get().used_at
    assert SignInCode.objects.get().tries <= 5


def test_twenty_wishes_at_once_send_one_code():
    alice = create_customer()

    answers = all_at_once(lambda _number: ask(Client(), alice.email).status_code)

    assert answers.count(302) == 1
    assert answers.count(429) == AT_ONCE - 1
    assert SignInCode.objects.count() == 1
