"""How long a session lasts, and how it ends."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.periodic import clean_up_sign_in
from portal.sign_in.staff import set_active
from tests.portal.people import come_in, come_in_as_staff, create_customer, create_staff, is_in

pytestmark = pytest.mark.django_db

SETTINGS = "/settings/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(("minutes", "stays"), [(19, True), (21, False)])
def test_an_idle_customer_is_signed_out(client, clock, minutes, stays):
    come_in(client, create_customer())

    clock.shift(timedelta(minutes=minutes))
    page = client.get(SETTINGS)

    assert (page.status_code == 200) is stays
    assert is_in(client) is stays


@pytest.mark.parametrize(("minutes", "stays"), [(14, True), (16, False)])
def test_idle_staff_are_signed_out_sooner(client, clock, minutes, stays):
    come_in_as_staff(client, create_staff(is_superuser=True))

    clock.shift(timedelta(minutes=minutes))

    assert (client.get(reverse("admin:index")).status_code == 200) is stays


@pytest.mark.parametrize(("hours", "is_staff"), [(12, False), (10, True)])
def test_even_the_busiest_session_ends(client, clock, hours, is_staff):
    if is_staff:
        come_in_as_staff(client, create_staff())
    else:
        come_in(client, create_customer())
    clock.shift(timedelta(hours=hours) - timedelta(minutes=4))
    session = client.session
    session["seen_at"] = int(timezone.now().timestamp())
    session.save()

    assert client.get(SETTINGS).status_code == 200
    clock.shift(timedelta(minutes=5))
    assert client.get(SETTINGS).status_code == 302


def test_somebody_who_goes_on_reading_stays_signed_in(client, clock):
    come_in(client, create_customer())
    for _ in range(4):
        clock.shift(timedelta(minutes=15))
        assert client.get(SETTINGS).status_code == 200


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(client, clock):
    come_in(client, create_customer())
    clock.shift(timedelta(minutes=15))
    assert client.get(SETTINGS, headers={"HX-Request": "true"}).status_code == 200
    clock.shift(timedelta(minutes=6))

    answer = client.get(
        SETTINGS,
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/appeals/AP-1/"},
    )

    assert answer["HX-Redirect"] == "/account/sign-in/?next=%2Fappeals%2FAP-1%2F"


def test_after_a_time_out_the_way_leads_back_to_the_page(client, clock):
    alice = create_customer()
    come_in(client, alice)
    clock.shift(timedelta(minutes=25))

    page = client.get(SETTINGS, follow=True)

    assert page.redirect_chain[-1][0] == "/account/sign-in/?next=/settings/"
    assert "You were away for a while" in page.content.decode()


def test_a_form_sent_after_a_time_out_leads_back_to_its_page(client, clock):
    come_in(client, create_customer())
    clock.shift(timedelta(minutes=25))

    answer = client.post(
        reverse("end-other-sessions"),
        headers={"Referer": "http://testserver/account/sessions/"},
    )

    assert answer["Location"] == "/account/sign-in/?next=%2Faccount%2Fsessions%2F"


def test_a_session_nobody_began_is_over(client, clock):
    come_in(client, create_customer())
    session = client.session
    del session["begun_at"]
    session.save()

    assert client.get(SETTINGS).status_code == 302


def test_signing_out_kills_the_session_on_the_server(client):
    come_in(client, create_customer())
    cookie = client.cookies["session"].value
    thief = Client()
    thief.cookies["session"] = cookie
    assert thief.get(SETTINGS).status_code == 200

    assert client.get(reverse("account_logout")).status_code == 200
    assert thief.get(SETTINGS).status_code == 200
    client.post(reverse("account_logout"))

    assert thief.get(SETTINGS).status_code == 302
    assert not Session.objects.filter(session_key=cookie).exists()
    assert not UserSession.objects.exists()


def test_disabling_a_person_kills_every_session_at_once(client):
    alice = create_customer()
    come_in(client, alice)

    set_active(person=alice, is_active=False, by=create_staff())
    assert client.get(SETTINGS).status_code == 302
    assert not Session.objects.exists()
    set_active(person=alice, is_active=True, by=create_staff())

    assert client.get(SETTINGS).status_code == 302


def test_a_disabled_person_is_out_even_if_it_was_done_by_hand(client):
    alice = create_customer()
    come_in(client, alice)
    alice.is_active = False
    alice.save()

    assert client.get(SETTINGS).status_code == 302


def test_a_person_sees_and_ends_their_own_sessions(client, clock):
    alice = create_customer()
    come_in(client, alice, headers={"User-Agent": CHROME})
    clock.shift(timedelta(minutes=1))
    phone = Client(headers={"User-Agent": IPHONE})
    come_in(phone, alice)

    page = client.get(reverse("usersessions_list")).content.decode()
    assert page.index("Chrome · Windows") < page.index("Safari · iPhone")
    other = UserSession.objects.get(user_agent=IPHONE)
    client.post(reverse("end-session", args=[other.pk]))

    assert phone.get(SETTINGS).status_code == 302
    assert client.get(SETTINGS).status_code == 200


def test_all_other_sessions_end_at_once(client, clock):
    alice = create_customer()
    come_in(client, alice)
    others = [Client(), Client()]
    for other in others:
        clock.shift(timedelta(minutes=1))
        come_in(other, alice)

    client.post(reverse("end-other-sessions"))

    assert [other.get(SETTINGS).status_code for other in others] == [302, 302]
    assert client.get(SETTINGS).status_code == 200


def test_nobody_ends_a_strangers_session_or_their_own_by_number(client):
    alice, bob = create_customer(), create_customer("Bob Ray")
    other = Client()
    come_in(client, alice)
    come_in(other, bob)
    own, strange = UserSession.objects.get(user=alice), UserSession.objects.get(user=bob)

    for pk in (own.pk, strange.pk, 999_999):
        assert client.post(reverse("end-session", args=[pk])).status_code == 404
    assert client.get(reverse("end-session", args=[strange.pk])).status_code == 405
    assert other.get(SETTINGS).status_code == 200


def test_the_list_of_sessions_costs_the_same_for_many(client, django_assert_num_queries, clock):
    alice = create_customer()
    come_in(client, alice)
    with django_assert_num_queries(3):
        client.get(reverse("usersessions_list"))
    for _ in range(3):
        clock.shift(timedelta(minutes=16))
        come_in(Client(), alice)
        client.get(SETTINGS)

    with django_assert_num_queries(3):
        page = client.get(reverse("usersessions_list"))
    assert page.content.decode().count("Sign out there") == 3


def test_the_clean_up_forgets_sessions_that_ran_out(client, clock):
    come_in(client, create_customer())
    clock.shift(timedelta(hours=13))

    clean_up_sign_in()

    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


def test_personal_pages_are_kept_by_no_cache(client):
    come_in(client, create_customer())

    assert "no-store" in client.get(SETTINGS)["Cache-Control"]
    assert "no-store" in client.get(reverse("portal:help"))["Cache-Control"]
    assert "Cookie" in client.get(reverse("portal:help"))["Vary"]
