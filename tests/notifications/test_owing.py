"""Owing a message: once, by the channels a person has and allows, in the caller's transaction."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import outbox, tasks
from notifications.api import (
    ChannelKind,
    Lane,
    NotificationRequest,
    messages_for,
    notify,
    notify_many,
    title_of,
)
from notifications.models import Delivery, Notification, PushSubscription, Suppression
from tests.notifications.builders import create_person, owe, prefer

pytestmark = pytest.mark.django_db


def channels_of(notification):
    return sorted(notification.deliveries.values_list("channel", flat=True))


def undo(work):
    with transaction.atomic():
        work()
        transaction.set_rollback(True)


def suppress(channel, address):
    Suppression.objects.create(
        channel=channel, address=address, cause="staff", created_at=timezone.now()
    )


def browser_of(person, number=1, gone_at=None):
    return PushSubscription.objects.create(
        person=person,
        endpoint=f"https://fcm.googleapis.com/{person.pk}/{number}",
        p256dh="k",
        auth="a",
        created_at=timezone.now(),
        gone_at=gone_at,
    )


def test_every_way_to_a_person_gets_a_delivery():
    person = create_person()
    browser_of(person, 1)
    browser_of(person, 2)
    browser_of(person, 3, gone_at=timezone.now())

    notification = owe(person)

    assert channels_of(notification) == ["email", "push", "push", "sms"]
    assert notification.unreached == ""
    assert notification.language == "en"
    addresses = notification.deliveries.filter(channel="push").values_list("address", flat=True)
    assert set(addresses) == {"fcm.googleapis.com"}


def test_the_same_key_is_owed_once():
    person = create_person()

    first = owe(person, dedupe_key="decision:1")
    again = owe(person, dedupe_key="decision:1", path="/somewhere/else/")

    assert first.pk == again.pk
    assert again.path == "/decisions/LD-1/"
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    ("person", "choices", "type_name", "expected", "unreached"),
    [
        ({}, {}, "line_changed", ["email", "sms"], ""),
        ({"email": None}, {}, "line_changed", ["sms"], ""),
        ({"phone": None}, {}, "line_changed", ["email"], ""),
        ({"email": None, "phone": None}, {}, "line_changed", [], "no_address"),
        ({"email": "", "phone": ""}, {}, "line_changed", [], "no_address"),
        # What is owed keeps one way whatever was switched off.
        ({}, {"sms": False}, "line_changed", ["email"], ""),
        ({}, {"email": False}, "line_changed", ["sms"], ""),
        ({}, {"email": False, "sms": False}, "line_changed", ["email"], ""),
        ({"email": None}, {"sms": False}, "line_changed", ["sms"], ""),
        ({"phone": None}, {"email": False}, "line_changed", ["email"], ""),
        # What is not, goes where the person wants it.
        ({}, {"sms": False}, "appeal_received", ["email"], ""),
        ({}, {"email": False, "sms": False}, "appeal_received", [], "switched_off"),
        ({"email": None, "phone": None}, {}, "appeal_received", [], "no_address"),
    ],
)
def test_channels_follow_contacts_and_choice(person, choices, type_name, expected, unreached):
    somebody = create_person(**person)
    prefer(somebody, **choices)

    notification = owe(somebody, type_name)

    assert channels_of(notification) == expected
    assert notification.unreached == unreached


def test_an_optional_type_that_the_law_requires_is_owed():
    person = create_person()
    prefer(person, sms=False, email=False)

    assert channels_of(owe(person, "appeal_received", is_mandatory=True)) == ["email"]


def test_push_alone_does_not_carry_what_is_owed():
    person = create_person(email=None, phone=None)
    browser_of(person)

    owed = owe(person)
    courtesy = owe(person, "appeal_received")

    assert (channels_of(owed), owed.unreached) == (["push"], "no_address")
    assert (channels_of(courtesy), courtesy.unreached) == (["push"], "")


def test_suppressed_addresses_are_left_out_and_said():
    person = create_person(email="Ann@Example.org")
    suppress("sms", person.phone)

    assert channels_of(owe(person)) == ["email"]

    suppress("email", "ann@example.org")
    nobody = owe(person)
    assert (channels_of(nobody), nobody.unreached) == ([], "suppressed")


def test_a_suppressed_phone_does_not_take_the_email_with_it():
    person = create_person()
    prefer(person, email=False)
    suppress("sms", person.phone)

    assert channels_of(owe(person)) == ["email"]


def test_a_code_goes_to_the_one_address_it_was_asked_for():
    person = create_person()
    prefer(person, sms=False)

    notification = owe(
        person,
        "sign_in_code",
        only=ChannelKind.SMS,
        address="+12025550199",
        secret="12345678",
        expires_at=timezone.now() + timedelta(minutes=5),
    )

    delivery = notification.deliveries.get()
    assert (delivery.channel, delivery.address, delivery.lane) == ("sms", "+12025550199", "urgent")


@pytest.mark.parametrize(
    "wrong",
    [{"type": "no_such_type"}, {"address": "a@example.org"}, {"path": "decisions/1"}],
)
def test_a_request_that_makes_no_sense_is_refused_at_once(wrong):
    with pytest.raises(ValueError, match=r"."):
        owe(create_person(), **wrong)


def test_many_are_owed_in_few_statements(django_assert_num_queries):
    people = [create_person() for _ in range(30)]
    requests = [
        NotificationRequest(
            recipient_id=person.pk,
            type="line_changed",
            dedupe_key=f"many:{person.pk}",
            lane=Lane.BULK,
            context={"reference": f"LD-{person.pk}"},
            is_mandatory=True,
        )
        for person in people
    ]

    with django_assert_num_queries(3):  # a savepoint, the statement, the savepoint's end
        assert notify_many([*requests, requests[0]]) == 30
    assert notify_many(requests) == 0
    assert notify_many([]) == 0

    assert Delivery.objects.filter(lane="bulk").count() == 60
    notification = Notification.objects.get(dedupe_key=f"many:{people[3].pk}")
    assert notification.context == {"reference": f"LD-{people[3].pk}"}


def test_a_long_list_goes_in_by_portions(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(outbox, "ROWS_A_STATEMENT", 10)
    requests = [
        NotificationRequest(
            recipient_id=create_person().pk, type="line_changed", dedupe_key=f"long:{number}"
        )
        for number in range(25)
    ]

    with django_assert_num_queries(5):
        assert notify_many(requests) == 25


@pytest.fixture
def rung(monkeypatch):
    bells = []
    monkeypatch.setattr(
        tasks.dispatch, "apply_async", lambda args, **options: bells.append((*args, options))
    )
    return bells


def test_one_bell_a_lane_and_channel_rings_on_commit(rung, django_capture_on_commit_callbacks):
    people = [create_person() for _ in range(3)]

    with django_capture_on_commit_callbacks(execute=True):
        for person in people:
            owe(person)
        owe(people[0], lane=Lane.BULK)
        assert rung == []

    told = sorted((lane, channel) for lane, channel, _options in rung)
    assert told == [("bulk", "email"), ("bulk", "sms"), ("standard", "email"), ("standard", "sms")]
    assert {options["queue"] for *_bell, options in rung} == {"bulk", "standard"}


def test_a_bell_of_an_undone_part_does_not_silence_a_later_one(
    rung, django_capture_on_commit_callbacks
):
    person = create_person(email=None)

    with django_capture_on_commit_callbacks(execute=True):
        undo(lambda: owe(person, dedupe_key="undone"))
        owe(person)

    assert [bell[:2] for bell in rung] == [("standard", "sms")]


def test_nothing_rings_when_everything_was_owed_already(rung, django_capture_on_commit_callbacks):
    person = create_person()
    owe(person, dedupe_key="once")

    with django_capture_on_commit_callbacks(execute=True):
        owe(person, dedupe_key="once")

    assert rung == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [OperationalError("gone"), ConnectionError(), RuntimeError()])
def test_a_broken_broker_does_not_undo_what_is_owed(monkeypatch, fault):
    def broken(*_args, **_options):
        raise fault

    monkeypatch.setattr(tasks.dispatch, "apply_async", broken)
    person = create_person()

    with transaction.atomic():
        notification = owe(person)

    assert not connection.in_atomic_block
    assert notification.deliveries.filter(state="ready").count() == 2


def test_a_person_finds_their_messages(django_assert_num_queries):
    person, stranger = create_person(), create_person()
    first = owe(person)
    second = owe(person, "sign_in_code", secret="12345678")
    owe(stranger)

    with django_assert_num_queries(2):
        found = list(messages_for(person))
        states = [[d.state for d in message.deliveries.all()] for message in found]

    assert found == [second, first]
    assert states == [["ready", "ready"], ["ready", "ready"]]
    assert title_of(first) == "One of your credit lines has changed"


def test_notify_is_part_of_the_callers_transaction():
    person = create_person()

    undo(lambda: notify(recipient=person, type="line_changed", dedupe_key="gone"))

    assert not Notification.objects.exists()
