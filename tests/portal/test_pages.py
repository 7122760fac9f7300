"""The front page, the help page, and what people see when something is refused."""

import re

import pytest
from django.test import Client
from django.urls import path, reverse

from appeals.errors import AppealNotFound, WrongState
from tests.portal.people import create_customer, create_staff

pytestmark = pytest.mark.django_db


def refuse(request):
    raise WrongState("This appeal was already sent.")


def hide(request):
    raise AppealNotFound("We could not find this page.")


def fail(request):
    raise RuntimeError("secret detail")


def comparable(page):
    """The page without the token and its own address in the language switch."""
    return re.sub(rb'name="(csrfmiddlewaretoken|next)" value="[^"]+"', b"", page.content)


class Broken:
    """The site with three more pages, each refusing in its own way."""

    from portal.urls import (  # noqa: PLC0415
        handler400,
        handler403,
        handler404,
        handler500,
        urlpatterns,
    )

    urlpatterns = [
        path("refuse/", refuse),
        path("hide/", hide),
        path("fail/", fail),
        *urlpatterns,
    ]


@pytest.fixture
def broken(settings):
    settings.ROOT_URLCONF = Broken


def test_the_front_page_says_what_this_is_and_leads_in(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/").content.decode()

    assert reverse("account_login") in page
    assert "ask us to look again" in page


def test_somebody_signed_in_goes_on_from_the_front_page(client):
    client.force_login(create_customer())
    assert client.get("/")["Location"] == reverse("appeals:lines")
    client.force_login(create_staff())
    assert client.get("/")["Location"] == reverse("admin:index")


def test_help_names_a_phone_and_outside_bodies(client, settings):
    settings.HELP_PHONE = "+1 202 555 0111"
    page = client.get("/help/").content.decode()

    assert 'href="tel:+12025550111"' in page
    assert "New York" in page
    for body in ("consumerfinance.gov", "financial-ombudsman.org.uk", "FIN-NET", "12378"):
        assert body in page


def test_help_names_the_bodies_of_ones_own_country(client):
    client.force_login(create_customer(jurisdiction="GB"))
    page = client.get("/help/").content.decode()

    assert "financial-ombudsman.org.uk" in page
    assert "consumerfinance.gov" not in page


@pytest.mark.parametrize("name", ["portal:home", "portal:help"])
def test_pages_that_only_show_take_no_form(client, name):
    assert client.post(reverse(name)).status_code == 405


def test_what_is_refused_is_said_in_words(client, broken):
    page = client.get("/refuse/", headers={"Referer": "http://testserver/lines/?page=2"})

    assert page.status_code == 409
    assert "This appeal was already sent." in page.content.decode()
    assert 'href="/lines/?page=2"' in page.content.decode()


def test_the_way_back_from_a_refusal_stays_here(client, broken):
    page = client.get("/refuse/", headers={"Referer": "https://evil.example/"})

    assert "evil" not in page.content.decode()


def test_what_is_not_theirs_looks_like_what_does_not_exist(client, broken):
    hidden, missing = client.get("/hide/"), client.get("/nothing/")

    assert hidden.status_code == missing.status_code == 404
    assert comparable(hidden) == comparable(missing)


def test_a_fault_of_ours_shows_a_page_and_no_detail(broken):
    client = Client(raise_request_exception=False)

    page = client.get("/fail/")

    assert page.status_code == 500
    assert "Something broke on our side" in page.content.decode()
    assert "secret detail" not in page.content.decode()


def test_a_form_from_nowhere_is_refused_in_words():
    page = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"address": "x"})

    assert page.status_code == 403
    assert "Please send it once more" in page.content.decode()


@pytest.mark.parametrize(
    "url", ["/", "/help/", "/account/sign-in/", "/staff/sign-in/", "/nothing/"]
)
def test_no_page_has_code_or_style_of_its_own(client, url):
    page = client.get(url)

    assert "script-src 'self'" in page["Content-Security-Policy"]
    body = page.content.decode()
    assert " style=" not in body
    assert "<style" not in body
    assert "onclick" not in body
    assert body.count("<h1") == 1
