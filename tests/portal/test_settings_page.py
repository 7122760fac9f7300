"""A person's own settings, and the language of every page."""

from datetime import time

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Preference
from portal.models import Customer
from tests.portal.people import create_customer

pytestmark = pytest.mark.django_db

URL = "/settings/"


@pytest.fixture
def alice():
    return create_customer()


@pytest.fixture
def alice_client(alice):
    client = Client()
    client.force_login(alice)
    return client


def fields(**overrides):
    return {
        "locale": "en",
        "time_zone": "Asia/Shanghai",
        "email": "on",
        "quiet_from": "22:30",
        "quiet_until": "07:00",
    } | overrides


def test_choices_are_kept_and_shown_again(alice_client, alice):
    saved = alice_client.post(URL, fields())
    page = alice_client.get(saved["Location"]).content.decode()

    alice.refresh_from_db()
    chosen = Preference.objects.get(person=alice)
    assert alice.time_zone == "Asia/Shanghai"
    assert (chosen.email, chosen.sms, chosen.push) == (True, False, False)
    assert (chosen.quiet_from, chosen.quiet_until) == (time(22, 30), time(7))
    assert "Your settings are saved." in page
    assert '<option value="22:30" selected>' in page
    assert '<option value="Asia/Shanghai" selected>' in page


def test_a_new_language_is_spoken_at_once_and_after_signing_out(alice_client, alice):
    alice_client.post(URL, fields(locale="zh-hans"))

    page = alice_client.get(URL)
    assert 'lang="zh-Hans"' in page.content.decode()
    assert page["Content-Language"] == "zh-hans"
    alice_client.post(reverse("account_logout"))
    assert 'lang="zh-Hans"' in alice_client.get("/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"locale": "fr"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"quiet_from": "25:00"},
        {"quiet_until": ""},
    ],
)
def test_a_wrong_choice_is_explained_and_changes_nothing(alice_client, alice, wrong):
    page = alice_client.post(URL, fields(**wrong))

    alice.refresh_from_db()
    assert page.status_code == 422
    assert "There is a problem" in page.content.decode()
    assert alice.time_zone == "America/New_York"
    assert not Preference.objects.exists()


def test_a_time_zone_we_would_not_offer_is_kept(alice_client, alice):
    alice.time_zone = "US/Eastern"
    alice.save()

    assert '<option value="US/Eastern" selected>' in alice_client.get(URL).content.decode()
    assert alice_client.post(URL, fields(time_zone="US/Eastern")).status_code == 302


def test_contacts_are_shown_but_cannot_be_changed(alice_client, alice):
    page = alice_client.get(URL).content.decode()
    assert alice.email in page
    assert alice.phone in page

    alice_client.post(
        URL, fields() | {"phone": "+12025550000", "is_staff": "on", "name": "Mallory"}
    )

    changed = Customer.objects.get(pk=alice.pk)
    assert (changed.phone, changed.name, changed.is_staff) == (alice.phone, alice.name, False)


def test_the_page_costs_the_same_with_and_without_choices(alice_client, django_assert_num_queries):
    with django_assert_num_queries(3):
        alice_client.get(URL)
    alice_client.post(URL, fields())
    with django_assert_num_queries(3):
        alice_client.get(URL)


def test_settings_are_for_people_who_signed_in(client):
    assert client.get(URL)["Location"] == "/account/sign-in/?next=/settings/"
    assert client.post(URL, fields()).status_code == 302
    assert client.put(URL).status_code == 405
    assert not Preference.objects.exists()


def test_the_language_switch_stays_on_the_page(client):
    answer = client.post(reverse("set_language"), {"language": "zh-hans", "next": "/help/"})

    assert answer["Location"] == "/help/"
    assert 'lang="zh-Hans"' in client.get("/help/").content.decode()


def test_the_language_switch_is_kept_with_the_person(alice_client, alice):
    alice_client.post(reverse("set_language"), {"language": "zh-hans", "next": "/help/"})

    alice.refresh_from_db()
    assert alice.locale == "zh-hans"
    assert 'lang="zh-Hans"' in alice_client.get("/help/").content.decode()


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example/"])
def test_the_language_switch_never_leaves_the_site(client, evil):
    answer = client.post(reverse("set_language"), {"language": "zh-hans", "next": evil})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("language", ["fr", "", "zh-hans\n", "x" * 10_000])
def test_an_unknown_language_changes_nothing(alice_client, alice, language):
    alice_client.post(reverse("set_language"), {"language": language, "next": "/help/"})

    alice.refresh_from_db()
    assert alice.locale == "en"


def test_the_persons_language_is_stronger_than_the_browsers(alice_client):
    page = alice_client.get("/help/", headers={"Accept-Language": "zh-CN"})

    assert page["Content-Language"] == "en"
    assert (
        Client().get("/help/", headers={"Accept-Language": "zh-CN"})["Content-Language"]
        == "zh-hans"
    )
