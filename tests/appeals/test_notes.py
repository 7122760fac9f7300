"""Notes among colleagues: who may write them, who is told, and that they never leave."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction

from appeals.access import list_cases, list_who_may_open
from appeals.actions.notes import add_note, find_mentions, see_mentions
from appeals.actions.tokens import create_token
from appeals.errors import BadInput, NotAllowed
from appeals.models import CaseNote, EventKind, Mention, ReviewerProfile, Scope
from appeals.states import AppealState
from notifications.models import Notification
from portal.models import Customer
from tests.appeals.answers import KEPT, propose, ready
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import HOME, at, desk, held, queue, rosa, sam, sofia
from tests.appeals.journeys import page

__all__ = ["desk", "held", "queue", "rosa", "sam", "sofia"]

SECRET = "Zebra crossing: ask the branch."
NAMES = ("Sam Okoro", "Sam Okoro-Lind", "林涛")


def create_auditor(name="Ada Young"):
    person = create_customer(name, is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="audit_appeal"))
    return person


def mentioned(appeal):
    rows = Mention.objects.filter(note__appeal=appeal)
    return sorted(row.person.name for row in rows.select_related("person"))


# --- Writing -------------------------------------------------------------------------------------


def test_a_note_stands_on_the_case_with_its_writer(desk, held, rosa):
    answer = desk.post(at(held, "note/"), {"text": f"  {SECRET} "})

    assert answer.url == f"{at(held)}#desk-notes"
    note = CaseNote.objects.get()
    assert (note.text, note.by, note.appeal) == (SECRET, rosa, held)
    text = desk.get(at(held)).content.decode()
    assert SECRET in text
    assert "Rosa Vega" in text
    event = held.events.get(kind=EventKind.NOTE)
    assert event.is_visible is False
    assert event.details == {"note": note.pk, "named": 0}


def test_notes_stand_in_their_order(desk, held):
    for text in ("First of all.", "Second thought."):
        desk.post(at(held, "note/"), {"text": text})

    text = desk.get(at(held)).content.decode()

    assert text.index("First of all.") < text.index("Second thought.")


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_note_has_words_and_not_too_many(held, rosa, text):
    with pytest.raises(BadInput):
        add_note(appeal=held, by=rosa, text=text)

    assert not CaseNote.objects.exists()


def test_a_note_is_never_changed_or_deleted(held, rosa):
    note = add_note(appeal=held, by=rosa, text=SECRET).note

    for change in (
        lambda: CaseNote.objects.filter(pk=note.pk).update(text="Nicer."),
        lambda: CaseNote.objects.filter(pk=note.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_markup_in_a_note_is_only_text(desk, held):
    desk.post(at(held, "note/"), {"text": "<script>alert(1)</script>"})

    assert "<script>alert(1)</script>" not in desk.get(at(held)).content.decode()


def test_a_decided_case_can_still_be_noted_on(desk, held, rosa):
    propose(ready(held, rosa), rosa, KEPT)

    desk.post(at(held, "note/"), {"text": "The customer called again."})

    assert CaseNote.objects.count() == 1


# --- Who may -------------------------------------------------------------------------------------


def test_people_of_other_queues_find_nothing_to_note_on(browse, held):
    stranger = create_reviewer("Nils Berg", queue=create_queue("income_verification"))

    assert browse(stranger).post(at(held, "note/"), {"text": "Me."}).status_code == 404
    assert not CaseNote.objects.exists()


def test_an_auditor_reads_notes_and_writes_none(browse, held, rosa):
    add_note(appeal=held, by=rosa, text=SECRET)
    browser = browse(create_auditor())

    text = browser.get(at(held)).content.decode()
    answer = browser.post(at(held, "note/"), {"text": "Me."}, follow=True)

    assert SECRET in text
    assert at(held, "note/") not in text
    assert "Only people who work on appeals can add notes." in answer.content.decode()
    assert CaseNote.objects.count() == 1


def test_reading_is_no_way_to_write(desk, held):
    assert desk.get(at(held, "note/"), {"text": "Me."}).status_code == 405


def test_a_customer_who_is_staff_writes_no_note_on_their_own_case(held):
    with pytest.raises(NotAllowed):
        add_note(appeal=held, by=held.customer, text="Me.")


# --- Naming a colleague --------------------------------------------------------------------------


def test_a_colleague_named_finds_it_on_their_first_page_until_they_have_seen_it(
    browse, desk, held, sam
):
    desk.post(at(held, "note/"), {"text": "@Sam Okoro, what do you think?"})
    browser = browse(sam)

    assert "Mentions: colleagues named me" in browser.get(HOME).content.decode()
    text = browser.get(at(held)).content.decode()
    assert "names you" in text
    assert Mention.objects.get().seen_at is not None
    assert "Mentions: colleagues named me" not in browser.get(HOME).content.decode()
    assert "names you" not in browser.get(at(held)).content.decode()


def test_somebody_else_opening_the_case_does_not_see_it_for_them(browse, desk, held, sam, sofia):
    desk.post(at(held, "note/"), {"text": "@Sam Okoro, look."})

    browse(sofia).get(at(held))

    assert Mention.objects.get().seen_at is None


def test_the_message_to_them_says_nothing_of_the_note(desk, held, sam):
    desk.post(at(held, "note/"), {"text": f"@Sam Okoro {SECRET}"})

    message = Notification.objects.get()
    assert (message.type, message.recipient) == ("mentioned", sam)
    assert message.context == {"reference": held.reference}
    assert message.path == at(held)
    assert SECRET not in json.dumps(message.context)


def test_the_first_page_shows_who_and_where_but_not_what(browse, desk, held, sam):
    desk.post(at(held, "note/"), {"text": f"@Sam Okoro {SECRET}"})

    text = browse(sam).get(HOME).content.decode()

    assert f"{at(held)}#desk-notes" in text
    assert "Rosa Vega" in text
    assert SECRET not in text


def test_picked_and_typed_is_told_once(held, rosa, sam):
    noted = add_note(appeal=held, by=rosa, text="@Sam Okoro and @sam okoro.", named=[sam.pk])

    assert noted.told == [sam]
    assert Notification.objects.count() == 1


def test_naming_oneself_tells_nobody(held, rosa):
    assert add_note(appeal=held, by=rosa, text="@Rosa Vega: tomorrow.", named=[rosa.pk]).told == []


def test_only_people_who_may_open_the_case_are_offered_and_told(desk, held, rosa, sam):
    nils = create_reviewer("Nils Berg", queue=create_queue("income_verification"))

    offered = desk.get(at(held)).content.decode()
    form = {"text": "@Nils Berg, yours?", "named": [nils.pk, "x", "999999"]}
    answer = desk.post(at(held, "note/"), form, follow=True)

    assert 'data-person="Sam Okoro"' in offered
    assert 'data-person="Nils Berg"' not in offered
    assert "Nobody was told of it as @Nils" in answer.content.decode()
    assert mentioned(held) == []
    assert not Notification.objects.exists()


def test_of_a_restricted_case_only_cleared_people_can_be_told(db):
    guarded = create_queue("fraud_identity", is_restricted=True)
    rosa = create_reviewer("Rosa Vega", queue=guarded)
    sam = create_reviewer("Sam Okoro", queue=guarded)
    ReviewerProfile.objects.filter(person=sam).update(is_cleared=False)
    create_reviewer("Sofia Lind", is_supervisor=True)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=guarded, reviewer=rosa)

    noted = add_note(appeal=appeal, by=rosa, text="@Sam Okoro @Sofia Lind", named=[sam.pk])

    assert noted.told == []
    assert noted.unknown == ["Sam", "Sofia"]


def test_a_mention_goes_when_the_case_may_not_be_opened_any_more(browse, desk, held, sam, queue):
    desk.post(at(held, "note/"), {"text": "@Sam Okoro, look."})
    queue.members.remove(sam)

    assert held.reference not in browse(sam).get(HOME).content.decode()


def test_whoever_may_be_named_is_whoever_may_open_the_case(held, rosa, sam, sofia):
    create_auditor()
    create_reviewer("Nils Berg", queue=create_queue("income_verification"))
    create_reviewer("Gone Away", queue=held.queue, is_active=False)
    create_customer("Clerk Only", is_staff=True)
    Customer.objects.create_superuser("ROOT", name="Root")
    everybody = Customer.objects.filter(is_staff=True, is_active=True)

    can_open = {person.name for person in everybody if list_cases(person).exists()}

    assert {person.name for person in list_who_may_open(held)} == can_open
    assert {"Rosa Vega", "Sam Okoro", "Sofia Lind", "Ada Young", "Root"} == can_open


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        ("@Sam Okoro please", ["Sam Okoro"], []),
        ("(@sam okoro)", ["Sam Okoro"], []),
        ("@Sam Okoros", [], ["Sam"]),
        ("@Samuel", [], ["Samuel"]),
        ("@Sam Okoro-Lind", ["Sam Okoro-Lind"], []),  # the longest name wins
        ("请@林涛看一下", ["林涛"], []),
        ("@林涛，@Sam Okoro", ["林涛", "Sam Okoro"], []),
        ("mail sam@Sam.example or a.b@Sam", [], []),
        ("@ nobody", [], []),
        ("@Nobody @Nobody", [], ["Nobody"]),
    ],
)
def test_names_are_found_where_they_stand_whole(text, found, unknown):
    people = [Customer(pk=n, name=name) for n, name in enumerate(NAMES, start=1)]

    named, strangers = find_mentions(text, people)

    assert ([person.name for person in named], strangers) == (found, unknown)


def test_two_of_one_name_are_both_told():
    people = [Customer(pk=1, name="Li Na"), Customer(pk=2, name="Li Na")]

    named, _unknown = find_mentions("@Li Na", people)

    assert named == people


@pytest.mark.django_db(transaction=True)
def test_a_mention_seen_in_two_tabs_is_seen_once():
    queue = create_queue()
    rosa, sam = (create_reviewer(name, queue=queue) for name in ("Rosa Vega", "Sam Okoro"))
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    add_note(appeal=appeal, by=rosa, text="@Sam Okoro, look.")

    def work(_):
        try:
            return see_mentions(appeal=appeal, person=sam)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 1


# --- Notes never leave ---------------------------------------------------------------------------


def test_the_customer_never_reads_a_note(browse, held, rosa):
    add_note(appeal=held, by=rosa, text=SECRET)
    propose(ready(held, rosa), rosa, KEPT)
    browser = browse(held.customer)

    for address in (
        page(held, "appeal"),
        page(held, "documents"),
        "/appeals/",
        f"/decisions/{held.decision.reference}/",
        "/messages/",
    ):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert "Zebra" not in answer.text, address


def test_no_message_or_letter_holds_a_note(held, rosa):
    add_note(appeal=held, by=rosa, text=SECRET)
    propose(ready(held, rosa), rosa, KEPT)

    for message in Notification.objects.all():
        assert "Zebra" not in json.dumps(message.context)


def test_the_api_never_tells_a_note(client, held, rosa):
    add_note(appeal=held, by=rosa, text=SECRET)
    _token, secret = create_token(name="app", scopes=[Scope.READ_CUSTOMERS], by=None)

    for name in ("appeals", "decisions", "notices"):
        address = f"/api/v1/customers/{held.customer.reference}/{name}/"
        answer = client.get(address, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 200
        assert "Zebra" not in answer.content.decode(), address


def test_no_export_holds_a_note(browse, held, rosa, sofia):
    add_note(appeal=held, by=rosa, text=SECRET)
    browser = browse(sofia)

    for kind in ("csv", "xlsx"):
        answer = browser.post(f"/admin/exports/{kind}/", {"from": ""})
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content)
        if kind == "xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                content = b"".join(parts.read(name) for name in parts.namelist())
        assert held.reference.encode() in content, kind
        assert b"Zebra" not in content, kind
