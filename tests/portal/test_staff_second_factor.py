"""The staff's door, and the second factor without which it leads nowhere."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import SignInTry
from portal.sign_in.limits import Kind
from portal.sign_in.staff import set_up_link
from tests.portal.people import (
    PASSWORD,
    app_secret,
    code_now,
    come_in,
    come_in_as_staff,
    create_customer,
    create_staff,
    found,
    give_password,
    is_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def rosa():
    return create_staff(is_superuser=True)


def second_step(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


@pytest.mark.parametrize("login", ["email", "reference"])
def test_staff_come_in_with_password_and_app(client, rosa, clock, login):
    page = give_password(
        client, getattr(rosa, login).upper() if login == "email" else rosa.reference
    )

    assert page["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert second_step(client, code_now())["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_password_alone_opens_nothing(client, rosa):
    give_password(client, rosa.email)

    assert client.get(reverse("admin:index"))["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("what", ["password", "customer", "inactive", "unknown"])
def test_every_refusal_at_the_staff_door_looks_alike(client, rosa, what):
    alice = create_customer(password=PASSWORD)
    gone = create_staff("Gone Away", is_active=False)
    login, password = {
        "password": (rosa.email, "not the password"),
        "customer": (alice.email, PASSWORD),
        "inactive": (gone.email, PASSWORD),
        "unknown": ("nobody@example.org", PASSWORD),
    }[what]

    page = give_password(client, login, password)

    assert page.status_code == 422
    assert "do not match" in page.content.decode()
    assert not is_in(client)
    assert "account_login" not in client.session


def test_a_code_of_the_app_works_once(client, rosa, clock):
    give_password(client, rosa.email)
    second_step(client, code_now())
    other = Client()
    give_password(other, rosa.email)

    page = second_step(other, code_now())
    clock.shift(timedelta(seconds=30))
    second_step(other, code_now())

    assert "not right" in page.content.decode()
    assert is_in(other)


def test_an_earlier_code_does_not_work_after_a_later_one(client, rosa, clock):
    give_password(client, rosa.email)
    second_step(client, code_now(steps=1))
    other = Client()
    give_password(other, rosa.email)

    second_step(other, code_now())

    assert is_in(client)
    assert not is_in(other)


def test_the_app_cannot_be_guessed(client, rosa, clock):
    give_password(client, rosa.email)
    pages = [second_step(client, f"{number:06}") for number in range(11)]

    assert "That was too often" in pages[-1].content.decode()
    assert "That was too often" not in pages[-2].content.decode()
    page = second_step(client, code_now())
    assert page.status_code == 200
    assert not is_in(client)


def test_the_password_cannot_be_guessed(client, rosa, clock):
    for number in range(10):
        give_password(client, rosa.email, f"guess {number}")

    page = give_password(client, rosa.email)
    by_reference = give_password(Client(REMOTE_ADDR="198.51.100.8"), rosa.reference)
    clock.shift(timedelta(hours=1, seconds=1))
    later = give_password(client, rosa.email)

    assert page.status_code == 429
    assert "do not match" in by_reference.content.decode()
    assert later["Location"] == reverse("mfa_authenticate")


def test_success_leaves_no_failure_behind(client, rosa, clock):
    come_in_as_staff(client, rosa)

    assert not SignInTry.objects.filter(kind=Kind.TRY_NAME).exists()


def test_staff_without_a_second_factor_set_one_up_before_anything_else(client, clock):
    new = create_staff("New Person", has_app=False, is_superuser=True)
    give_password(client, new.email)
    assert is_in(client)

    for page in (
        "admin:index",
        "portal:home",
        "portal:settings",
        "appeals:lines",
        "usersessions_list",
    ):
        assert client.get(reverse(page))["Location"] == reverse("mfa_index")
    assert "Set up your second step" in client.get(reverse("mfa_index")).content.decode()
    secret = app_secret(client)
    done = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})

    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("admin:index")).status_code == 200
    stored = Authenticator.objects.get(user=new, type="totp").data["secret"]
    assert secret not in stored


def test_a_session_from_before_must_show_the_factor(client, rosa, clock):
    """Nobody comes around the door: a bare session is led to the second step."""
    client.force_login(rosa)
    session = client.session
    del session["account_authentication_methods"]
    session.save()

    page = client.get(reverse("admin:index"))
    assert page["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Fadmin%2F"
    shown = client.post(page["Location"], {"code": code_now(), "next": "/admin/"})

    assert shown["Location"] == "/admin/"
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_password_alone_cannot_change_a_second_factor(client, clock):
    """Somebody who learned the password signed in before the first factor was set up."""
    new = create_staff("New Person", has_app=False)
    thief = Client()
    give_password(thief, new.email)
    give_password(client, new.email)
    client.post(reverse("mfa_activate_totp"), {"code": code_now(app_secret(client))})
    assert thief.get(reverse("mfa_index"))["Location"].startswith("/account/sign-in/")

    thief.force_login(new)
    session = thief.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
    ]
    session.save()
    for page in ("mfa_view_recovery_codes", "mfa_add_webauthn", "mfa_deactivate_totp", "mfa_index"):
        assert thief.get(reverse(page))["Location"].startswith(reverse("mfa_reauthenticate"))


def test_a_customers_other_sessions_end_when_a_factor_is_added(client, clock):
    alice = create_customer()
    other = Client()
    come_in(other, alice)
    clock.shift(timedelta(minutes=1))
    come_in(client, alice)

    client.post(reverse("mfa_activate_totp"), {"code": code_now(app_secret(client))})

    assert other.get("/settings/").status_code == 302
    assert client.get("/settings/").status_code == 200


def test_staff_show_themselves_again_before_they_change_a_factor(client, rosa, clock):
    come_in_as_staff(client, rosa)
    clock.shift(timedelta(minutes=14))
    client.get("/settings/")
    clock.shift(timedelta(minutes=2))
    add = reverse("mfa_add_webauthn")
    confirm = client.get(add)["Location"]
    assert (
        confirm
        == f"{reverse('account_reauthenticate')}?next=%2Faccount%2Fsecurity%2Fpasskeys%2Fadd%2F"
    )

    wrong = client.post(confirm, {"password": "not mine", "next": add})
    right = client.post(confirm, {"password": PASSWORD, "next": add})

    assert "This is not your password." in wrong.content.decode()
    assert right["Location"] == add
    assert client.get(add).status_code == 200


def test_tokens_are_not_asked_for_a_second_factor(client):
    give_password(client, create_staff("New Person", has_app=False).email)

    assert client.get(reverse("api-schema")).status_code == 200


def test_a_recovery_code_works_once_in_place_of_the_app(client, clock):
    new = create_staff("New Person", has_app=False)
    give_password(client, new.email)
    secret = app_secret(client)
    client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    listed = client.get(reverse("mfa_view_recovery_codes"))
    code = found(r'<li class="code">(\d{8})<', listed)
    first, second = Client(), Client()
    for browser in (first, second):
        give_password(browser, new.email)
        second_step(browser, code)

    assert is_in(first)
    assert not is_in(second)


def test_the_admin_has_no_door_of_its_own(client):
    page = client.get("/admin/login/?next=/admin/appeals/")

    assert page["Location"] == "/staff/sign-in/?next=%2Fadmin%2Fappeals%2F"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 405


def test_a_customer_has_no_way_into_the_admin(client):
    come_in(client, create_customer())

    page = client.get(reverse("admin:index"), follow=True)

    assert page.redirect_chain[-1][0] == reverse("appeals:lines")
    assert [url.split("?")[0] for url, _ in page.redirect_chain][:2] == [
        "/admin/login/",
        "/staff/sign-in/",
    ]


def test_staff_keep_at_least_one_second_factor(client, rosa, clock):
    come_in_as_staff(client, rosa)

    page = client.post(reverse("mfa_deactivate_totp"))

    assert "Staff always need a second step" in page.content.decode()
    assert Authenticator.objects.filter(user=rosa, type="totp").exists()


def test_a_customer_with_an_app_is_asked_for_it_after_the_code(client, clock):
    alice = create_customer()
    come_in(client, alice)
    secret = app_secret(client)
    client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    client.post(reverse("account_logout"))
    clock.shift(timedelta(minutes=1))

    page = come_in(client, alice)
    assert page["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    second_step(client, code_now(secret))

    assert is_in(client)


def test_a_stale_session_signs_in_again_before_it_adds_a_factor(client, clock):
    come_in(client, create_customer())
    clock.shift(timedelta(minutes=10))
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    clock.shift(timedelta(minutes=6))

    for page in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert "Please sign in again first" in client.get(reverse(page)).content.decode()
    client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert not Authenticator.objects.exists()


def test_the_set_up_link_makes_a_password_once(client, clock):
    new = create_staff("New Person", has_app=False)
    new.set_unusable_password()
    new.save()
    link = set_up_link(new).removeprefix("http://localhost:8000")
    fields = {"password": "seventeen green doors", "again": "seventeen green doors"}

    assert client.get(link).status_code == 200
    assert client.post(link, {**fields, "again": "other"}).status_code == 422
    assert client.post(link, {"password": "short", "again": "short"}).status_code == 422
    assert client.post(link, fields)["Location"] == reverse("portal:staff-sign-in")
    assert client.get(link).status_code == 404
    assert client.post(link, fields).status_code == 404
    give_password(client, new.email, "seventeen green doors")
    assert is_in(client)


def test_the_set_up_link_lasts_a_day(client):
    new = create_staff("New Person", has_app=False)
    link = set_up_link(new).removeprefix("http://localhost:8000")

    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert client.get(link).status_code == 404


@pytest.mark.parametrize("who", ["!!!", "MQ", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "w7_Dv8O_"])
def test_a_made_up_set_up_link_is_not_there(client, who):
    assert client.get(reverse("portal:staff-set-up", args=[who, "abc-def"])).status_code == 404


def test_passkeys_are_listed_with_their_times(client):
    alice = create_customer()
    client.force_login(alice)
    data = {
        "name": "My phone",
        "credential": {"clientExtensionResults": {"credProps": {"rk": True}}},
    }
    key = Authenticator.objects.create(user=alice, type="webauthn", data=data)
    page = client.get(reverse("mfa_list_webauthn")).content.decode()
    key.record_usage()
    after = client.get(reverse("mfa_list_webauthn")).content.decode()

    assert "My phone" in page
    assert "Signs you in alone" in page
    assert "not used yet" in page
    assert "last used" in after
    assert reverse("mfa_remove_webauthn", args=[key.pk]) in page
