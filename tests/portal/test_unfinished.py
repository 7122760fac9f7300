"""A session ended while somebody was writing: nothing they wrote is lost."""

import html
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from appeals.models import Appeal
from tests.appeals.builders import create_all_queues, create_decision
from tests.appeals.journeys import begin, page
from tests.portal.people import ask, come_in, create_customer, give, sent_code

pytestmark = pytest.mark.django_db

GO_ON = "/account/go-on/"
WRITTEN = 'I paid "in full" & in time.\r\nPlease look <again>.'


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def alice():
    return create_customer()


@pytest.fixture
def draft(client, alice):
    create_all_queues()
    come_in(client, alice)
    return begin(client, create_decision(alice))


def write(client, address, **fields):
    """Send a form as a browser does."""
    return client.post(address, urlencode(fields), "application/x-www-form-urlencoded")


def hidden_fields(answer):
    form = answer.text.partition('action="/appeals/')[2]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if "csrf" not in name}


def test_what_was_sent_too_late_is_saved_after_signing_in_again(client, clock, alice, draft):
    clock.shift(timedelta(minutes=21))
    answer = write(client, page(draft, "more"), statement=WRITTEN)
    assert answer.url == f"/account/sign-in/?next={GO_ON.replace('/', '%2F')}"
    assert Appeal.objects.get(pk=draft.pk).statement == ""

    ask(client, alice.email, follow=True, QUERY_STRING=answer.url.partition("?")[2])
    give(client, sent_code(alice))
    shown = client.get(GO_ON)
    assert hidden_fields(shown) == {"statement": WRITTEN}
    assert "Please look &lt;again&gt;." in shown.text

    write(client, page(draft, "more"), **hidden_fields(shown))
    assert Appeal.objects.get(pk=draft.pk).statement == WRITTEN.replace("\r\n", "\n").strip()


def test_somebody_else_at_the_same_browser_sees_nothing_of_it(client, clock, draft):
    clock.shift(timedelta(minutes=21))
    write(client, page(draft, "more"), statement=WRITTEN)
    come_in(client, create_customer("Charlie Stone"))

    answer = client.get(GO_ON)

    assert answer.status_code == 302
    assert "unfinished_form" not in client.session


def test_after_half_an_hour_it_is_thrown_away(client, clock, alice, draft):
    clock.shift(timedelta(minutes=21))
    write(client, page(draft, "more"), statement=WRITTEN)
    clock.shift(timedelta(minutes=31))
    come_in(client, alice)

    assert client.get(GO_ON).status_code == 302


def test_codes_and_passwords_are_never_kept(client, clock, alice):
    come_in(client, alice)
    clock.shift(timedelta(minutes=21))

    write(client, reverse("mfa_activate_totp"), code="123456")

    assert "unfinished_form" not in client.session


def test_more_than_a_person_writes_is_not_kept(client, clock, draft):
    clock.shift(timedelta(minutes=21))
    write(client, page(draft, "more"), statement="x" * 70_000)

    assert "unfinished_form" not in client.session


def test_somebody_who_says_they_are_there_stays_signed_in(client, clock, alice):
    come_in(client, alice)
    for _ in range(4):
        clock.shift(timedelta(minutes=15))
        assert client.post("/account/stay/").status_code == 204
    clock.shift(timedelta(minutes=21))

    assert client.post("/account/stay/").status_code == 302
