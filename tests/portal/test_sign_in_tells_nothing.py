"""Nobody learns at the door whether an address is somebody's: same page, same work."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from tests.portal.people import create_customer, create_staff, give, sent_code, work_off, wrong

pytestmark = pytest.mark.django_db

KINDS = ["known", "unknown", "shared", "inactive", "staff", "known phone", "shared phone"]


def address_of(kind):
    """An address of the kind, all of one length so that pages can be compared."""
    address = f"{kind.replace(' ', '-'):x<12}@example.org"
    phone = "+12025550198" if kind == "known phone" else "+12025550199"
    match kind:
        case "known":
            create_customer(email=address)
        case "shared":
            create_customer(email=address)
            create_customer("Adam Moore", email=address)
        case "inactive":
            create_customer(email=address, is_active=False)
        case "staff":
            create_staff(email=address)
        case "known phone":
            create_customer(phone=phone)
        case "shared phone":
            create_customer(phone=phone)
            create_customer("Adam Moore", phone=phone)
    return phone if "phone" in kind else address


def comparable(answer, address):
    """What somebody sees, without what differs for everybody."""
    body = answer.content.decode().replace(address, "ADDRESS")
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "TOKEN", body)
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"X-Request-ID", "Expires"}
    }
    return answer.status_code, headers, body, sorted(answer.cookies)


def story(kind):
    """All a stranger can see and measure with one address: the pages, the queries, the bells."""
    address, client, seen = address_of(kind), Client(), []
    start = timezone.now()

    def note(make):
        with CaptureQueriesContext(connection) as queries:
            answer = make()
        shapes = [
            re.sub(r"'[^']*'|\d+|%s|\"[0-9a-f]{32}\"", "?", query["sql"]) for query in queries
        ]
        seen.append((comparable(answer, address), len(shapes), [shape[:40] for shape in shapes]))

    with time_machine.travel(start, tick=False) as clock:
        note(lambda: client.post(reverse("account_login"), {"address": address}))
        note(lambda: client.get(reverse("sign-in-code")))
        note(lambda: client.post(reverse("account_login"), {"address": address}))
        work_off()
        for number in range(6):
            note(lambda number=number: give(client, f"0000000{number}"))
        clock.shift(timedelta(seconds=40))
        note(lambda: client.post(reverse("sign-in-again")))
        note(lambda: client.post(reverse("sign-in-again")))
        work_off()
        for number in range(2):
            note(lambda number=number: give(client, f"1000000{number}"))
        clock.shift(timedelta(minutes=11))
        note(lambda: give(client, "20000000"))
    return seen


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if "phone" not in kind and kind != "known"]
)
def test_an_address_that_opens_nothing_looks_like_one_that_does(kind):
    known, other = story("known"), story(kind)

    assert [page for page, *_ in other] == [page for page, *_ in known]
    assert [work for _, *work in other] == [work for _, *work in known]


def test_a_shared_phone_looks_like_ones_own():
    own, shared = story("known phone"), story("shared phone")

    assert [page for page, *_ in shared] == [page for page, *_ in own]
    assert [work for _, *work in shared] == [work for _, *work in own]


@pytest.mark.parametrize("kind", ["unknown", "shared", "inactive", "staff", "shared phone"])
def test_nothing_is_sent_to_such_an_address(client, kind):
    client.post(reverse("account_login"), {"address": address_of(kind)})
    work_off()

    assert not Notification.objects.exists()


def test_both_ring_the_same_bell(client, django_capture_on_commit_callbacks):
    bells = []
    for address in (address_of("known"), address_of("unknown")):
        with django_capture_on_commit_callbacks() as callbacks:
            client.post(reverse("account_login"), {"address": address})
        bells.append(len(callbacks))

    assert bells == [1, 1]


def test_a_full_account_is_not_betrayed_at_its_other_address(client):
    """Ten wrong codes at the e-mail address must not show at the phone whose both are."""
    alice = create_customer()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            client.post(reverse("account_login"), {"address": alice.email})
            work_off()
            for number in range(1, 6):
                give(client, wrong(sent_code(alice), number))
            clock.shift(timedelta(seconds=40))
        client.post(reverse("account_login"), {"address": alice.phone})
        work_off()

        page = give(client, sent_code(alice))

    assert page.status_code == 422
    assert "4 more times" in page.content.decode()
