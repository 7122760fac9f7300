"""Every page, button and list action of the admin against every role, as the role table says.

People and rows are made once, in a transaction that is never committed; each request is taken back
before the next, so that every role meets the same rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from appeals import kept_settings
from portal.models import Customer
from tests.appeals.role_requests import (
    address_of,
    ask_for_button,
    ask_for_page,
    before_action,
    form_to_add,
    form_to_change,
)
from tests.appeals.role_table import (
    ACTIONS,
    BUTTONS,
    MODELS,
    PAGES,
    STAFF,
    STRANGERS,
    read,
)
from tests.appeals.role_world import World, make_world

pytestmark = pytest.mark.django_db

WHERE = "tests/appeals/role_table.py"
# The pages that Django's admin makes for every list.
OF_A_LIST = ("changelist", "add", "change", "history", "delete")
# Where somebody is, and what was opened when: no part of what the table guards.
NOT_LOOKED_AT = ("django_session", "usersessions_usersession", "django_admin_log")
TOUCHED = """
SELECT sum(
    pg_stat_get_xact_tuples_inserted(oid)
    + pg_stat_get_xact_tuples_updated(oid)
    + pg_stat_get_xact_tuples_deleted(oid)
)
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)
"""
SENT_BACK = "/admin/"
ELSEWHERE = ("GET appeals.appeal change", "GET appeals.bulkstep change")


@dataclass
class Got:
    """What one request was answered with, and whether it left anything behind."""

    status: int
    to: str
    is_stored: bool

    @property
    def is_kept_out(self) -> bool:
        """Refused, not found, or sent to the first page since there is no such row for them."""
        is_missing = self.status == 302 and self.to == SENT_BACK
        return not self.is_stored and (self.status in {403, 404} or is_missing)

    @property
    def is_at_the_door(self) -> bool:
        """For customers and for people who are not signed in."""
        return not self.is_stored and self.status in {302, 403, 404, 405}

    def __str__(self) -> str:
        return f"{self.status}{' to ' + self.to if self.to else ''}{' stored' * self.is_stored}"


class Desk:
    """One role's browser; whatever it asks for is taken back at once."""

    def __init__(self, world: World, role: str) -> None:
        self.world = world
        self.client = Client()
        self.person = world.people.get(role)
        if role == "customer":
            self.person = world.waiting.customer
        if self.person is not None:
            self.client.force_login(self.person)
        self.cookies = copy(self.client.cookies)

    @property
    def who(self) -> Customer:
        """Somebody to prepare for; a visitor comes to the rows of nobody in particular."""
        return self.person or self.world.waiting.customer

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.client.cookies = copy(self.cookies)
        kept_settings.forget()

    def ask(self, method: str, address: str, data: Any = None) -> Got:
        touched = _touched()
        answer = getattr(self.client, method)(address, data or {})
        if hasattr(answer, "streaming_content"):
            b"".join(answer.streaming_content)
        is_stored = _touched() != touched
        return Got(answer.status_code, answer.headers.get("Location", ""), is_stored)


def _touched() -> int:
    """How many rows this transaction has written so far, also those it took back."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [list(NOT_LOOKED_AT)])
        return int(cursor.fetchone()[0])


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def ledger_is_there(settings):
    settings.LEDGER_WEBHOOK_URL = "http://127.0.0.1:9/"
    settings.LEDGER_WEBHOOK_SECRET = "whsec_TGVkZ2Vy"


@pytest.fixture
def quick(monkeypatch):
    """Without a copy of every template's context, which nobody here looks at."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)


# --- The table is whole --------------------------------------------------------------------------


def addresses():
    """Every address under /admin/, by its name, or as it is written where it has none."""
    return dict(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns, start, namespace):
    for one in patterns:
        address = f"{start}{one.pattern}"
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one.url_patterns, address, inner)
        elif isinstance(one, URLPattern) and address.startswith("admin/"):
            yield f"{namespace}{one.name}" if one.name else address, address


def of_lists():
    """The pages Django makes for each list, which the table of lists speaks for."""
    names = {label.replace(".", "_") for label in read(MODELS)}
    named = {f"admin:{name}_{page}" for name in names for page in OF_A_LIST}
    short = {f"admin/{label.replace('.', '/')}/<path:object_id>/" for label in read(MODELS)}
    return named | short


def test_every_address_has_its_row_and_every_row_its_address():
    rows = {row.split()[0] for table in (PAGES, BUTTONS) for row in read(table)}
    # The staff's own door, which stands before Django's.
    there = addresses().keys() - {"admin/login/"}

    assert there - of_lists() - rows == set(), f"add a row for each to {WHERE}"
    assert rows - there == set(), f"no such address: take the row out of {WHERE}"
    assert of_lists() - there == set(), f"no such list: take the row out of {WHERE}"


def test_every_list_has_its_row():
    lists = {model._meta.label_lower for model in site._registry}

    assert lists == read(MODELS).keys(), f"add or take out a row in MODELS of {WHERE}"


def test_every_list_action_has_its_row(world, rf):
    request = rf.get("/admin/")
    request.user = world.people["administrator"]
    actions = {
        f"{model._meta.label_lower} {name}"
        for model, its_admin in site._registry.items()
        for name in its_admin.get_actions(request)
    }

    assert actions == read(ACTIONS).keys(), f"add or take out a row in ACTIONS of {WHERE}"


# --- What each role gets -------------------------------------------------------------------------


def fits_page(cell, got):
    expected = {"o": 200, ">": 302, "x": 403, "-": 404}
    return got.status == expected[cell] and not got.is_stored


def fits_button(cell, got):
    if cell == "+":
        return got.is_stored and got.status < 400
    is_refused = {"x": got.status == 403, "-": got.status == 404}
    is_told = got.status < 500 and got.status not in {403, 404}
    return not got.is_stored and is_refused.get(cell, is_told)


def every_page(desk):
    for row, cells in read(PAGES).items():
        with desk.taken_back():
            address = address_of(row, ask := ask_for_page(row, desk.world, desk.who))
            yield row, cells, desk.ask("get", address, ask.data)


def every_button(desk):
    for row, cells in read(BUTTONS).items():
        with desk.taken_back():
            address = address_of(row, ask := ask_for_button(row, desk.world, desk.who))
            yield row, cells, desk.ask("post", address, ask.data)


def wrong_way_round(desk):
    """Pages that are posted to, and buttons that are followed as links."""
    buttons = {row.split()[0] for row in read(BUTTONS)}
    pages = {row.split()[0] for row in read(PAGES)}
    for row in read(PAGES):
        if row.split()[0] not in buttons:
            with desk.taken_back():
                address = address_of(row, ask_for_page(row, desk.world, desk.who))
                yield f"POST {row}", desk.ask("post", address)
    for row in read(BUTTONS):
        if row.split()[0] not in pages:
            with desk.taken_back():
                address = address_of(row, ask_for_button(row, desk.world, desk.who))
                yield f"GET {row}", desk.ask("get", address)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", STAFF)
def test_pages(world, role):
    desk = Desk(world, role)

    wrong = [
        f"{row}: {cells[role]} in the table, got {got}"
        for row, cells, got in every_page(desk)
        if not fits_page(cells[role], got)
    ]

    assert not wrong, "\n".join([f"{role}:", *wrong])


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", STAFF)
def test_buttons(world, role):
    desk = Desk(world, role)

    wrong = [
        f"{row}: {cells[role]} in the table, got {got}"
        for row, cells, got in every_button(desk)
        if not fits_button(cells[role], got)
    ]

    assert not wrong, "\n".join([f"{role}:", *wrong])


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", [*STAFF, *STRANGERS])
def test_a_button_is_pressed_and_a_page_is_only_read(world, role):
    desk = Desk(world, role)

    wrong = [
        f"{row}: {got}" for row, got in wrong_way_round(desk) if got.is_stored or got.status >= 500
    ]

    assert not wrong, "\n".join([f"{role}:", *wrong])


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", STRANGERS)
def test_customers_and_visitors_stay_outside(world, role):
    desk = Desk(world, role)
    asked = [*every_page(desk), *every_button(desk)]
    lists = [(row, None, got) for row, _may, got in every_list(desk)]

    wrong = [f"{row}: {got}" for row, _cells, got in [*asked, *lists] if not got.is_at_the_door]

    assert not wrong, "\n".join([f"{role}:", *wrong])


# --- Lists ---------------------------------------------------------------------------------------

# What opens each page of a list: it answers 200 to who may, and keeps the others out.
OPENS = {"changelist": "v", "add": "a", "change": "v", "history": "v", "delete": "d"}
WRITES = {
    "add": ("a", form_to_add),
    "change": ("c", form_to_change),
    "delete": ("d", lambda _label, _world: {"post": "yes"}),
}


def address_in(label, page, world):
    name = f"admin:{label.replace('.', '_')}_{page}"
    return reverse(name, args=[] if page in {"changelist", "add"} else [world.rows[label].pk])


def every_list(desk):
    """Each page of each list, read and written: what was asked, who may, what came."""
    for label, cells in read(MODELS).items():
        for page, letter in OPENS.items():
            with desk.taken_back():
                got = desk.ask("get", address_in(label, page, desk.world))
                yield f"GET {label} {page}", (cells, letter), got
        with desk.taken_back():
            got = desk.ask("get", address_in(label, "change", desk.world).removesuffix("change/"))
            yield f"GET {label} row", (cells, ""), got
        for page, (letter, type_in) in WRITES.items():
            with desk.taken_back():
                typed = type_in(label, desk.world)
                got = desk.ask("post", address_in(label, page, desk.world), typed)
                yield f"POST {label} {page}", (cells, letter), got


def fits_list(row, may, got):
    if row.endswith(" row"):
        # Django's short address, which asks nobody anything: the page it leads to does.
        return got.status == 302 and got.to.endswith("/change/") and not got.is_stored
    if row.startswith("GET"):
        # Cases and steps over many cases open on pages of their own.
        opens = {200, 302} if row in ELSEWHERE else {200}
        return got.status in opens and not got.is_stored if may else got.is_kept_out
    return got.is_stored and got.status == 302 if may else not got.is_stored and got.status < 500


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", STAFF)
def test_lists(world, role):
    desk = Desk(world, role)

    wrong = [
        f"{row}: {cells[role]} in the table, got {got}"
        for row, (cells, letter), got in every_list(desk)
        if not fits_list(row, letter in cells[role], got)
    ]

    assert not wrong, "\n".join([f"{role}:", *wrong])


def every_action(desk):
    for row, cells in read(ACTIONS).items():
        label, action = row.split()
        with desk.taken_back():
            before_action(action, desk.world)
            typed = {"action": action, "_selected_action": desk.world.rows[label].pk, "post": "yes"}
            yield row, cells, desk.ask("post", address_in(label, "changelist", desk.world), typed)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", STAFF)
def test_list_actions(world, role):
    desk = Desk(world, role)

    wrong = [
        f"{row}: {cells[role]} in the table, got {got}"
        for row, cells, got in every_action(desk)
        if not fits_button(cells[role], got)
    ]

    assert not wrong, "\n".join([f"{role}:", *wrong])


# --- Two promises in a sentence each -------------------------------------------------------------


def test_an_auditor_changes_nothing():
    """The tests above hold the table, also for one who still has a case and a reading in hand."""
    does = {
        row
        for table in (BUTTONS, ACTIONS)
        for row, got in read(table).items()
        if got["auditor"] == "+"
    }
    keeps = {label: may["auditor"] for label, may in read(MODELS).items()}

    assert does == set()
    assert set(keeps.values()) <= {"v", "."}


def test_an_auditor_reads_all_but_codes_and_secrets(world):
    """Whatever page the supervisor sees, and the lists only administrators keep."""
    pages = read(PAGES).items()
    unseen = {row for row, cells in pages if cells["supervisor"] == "o" != cells["auditor"]}
    # Forms of buttons an auditor does not press.
    forms = {"desk:ask", "desk:new_incident", "admin:notifications_suppression_lift"}
    forms |= {"admin:notifications_notification_resend"}
    hidden = {label for label, cells in read(MODELS).items() if "v" not in cells["auditor"]}

    assert unseen == forms
    # Messages kept here hold codes that open accounts.
    assert hidden == {"notifications.localmessage"}


@pytest.mark.parametrize("role", STAFF)
def test_the_menu_leads_to_all_one_may_see_and_nowhere_else(world, role):
    desk = Desk(world, role)
    seen = {label for label, cells in read(MODELS).items() if "v" in cells[role]}
    # Reached from the pages they belong to, and cases of a reviewer from each queue.
    seen -= {"notifications.receipt", "notifications.pushsubscription"}
    seen -= {"appeals.appeal"} if role in {"reviewer", "approver"} else set()
    with desk.taken_back():
        groups = desk.client.get("/admin/").context["sidebar_navigation"]
        links = {item["link"] for group in groups for item in group["items"]}
        opened = {link: desk.client.get(link).status_code for link in links}

    assert set(opened.values()) <= {200}, opened
    assert {address_in(label, "changelist", world) for label in seen} <= links
