"""Staff read words, in their own language, where the engine keeps codes."""

from html import unescape

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils.html import strip_tags

from appeals.actions.roles import make_roles
from notifications.delivery.settle import ARRIVED_ANOTHER_WAY
from notifications.kinds import AttemptOutcome
from notifications.models import Attempt, Delivery
from notifications.types import TYPES
from portal.models import Customer
from tests.notifications.builders import create_person, owe, send
from tests.notifications.letters import (
    QUEUE,
    browser_of,
    export,
    owe_letter,
    printer,
    private_folder,
    today_of_the_printer,
)

__all__ = ["printer", "private_folder"]
pytestmark = pytest.mark.django_db
RIGHTS = ["view_notification", "view_delivery"]
PAGES = [
    "health",
    "delivery_changelist",
    "notification_changelist",
    "receipt_changelist",
    "campaign_changelist",
    "campaign_add",
    "letterbatch_changelist",
    "suppression_changelist",
    "suppression_add",
]


@pytest.fixture
def desk(client):
    staff = create_person("Sam Staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    client.force_login(staff)
    return client


def page_of(row):
    return reverse(f"admin:notifications_{row._meta.model_name}_change", args=[row.pk])


def read(client, address, language="en"):
    """The words of a page, as a person sees them."""
    Customer.objects.filter(is_staff=True).update(locale=language)
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


def sent_sms():
    one = owe(create_person(email=None), type="appeal_decided", context={"reference": "AP-1"})
    send("sms")
    return one.deliveries.get()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Appeal decided", "Standard", "Taken", "Sent", "English, first used on"]),
        ("zh-hans", ["申诉已有结果", "普通", "已受理", "发送时间", "结果", "英文，首次使用于"]),
    ],
)
def test_a_delivery_is_told_in_words(desk, language, words):
    delivery = sent_sms()
    message = delivery.notification

    for address in (page_of(delivery), page_of(message)):
        text = read(desk, address, language)
        for code in ("appeal_decided", "standard", "accepted"):
            assert code not in text, (address, code)
    assert [word for word in words if word not in read(desk, page_of(delivery), language)] == []


@pytest.mark.parametrize("name", ["delivery", "notification"])
def test_a_list_names_the_type_and_the_lane_in_words(desk, name):
    sent_sms()

    text = read(desk, reverse(f"admin:notifications_{name}_changelist"))

    assert "Appeal decided" in text
    assert "Standard" in text
    assert "appeal_decided" not in text


def test_every_outcome_of_a_call_has_words(desk):
    delivery = sent_sms()
    names = dict(Attempt._meta.get_field("outcome").flatchoices)

    assert set(names) == {outcome.value for outcome in AttemptOutcome}
    assert not set(names) & {str(name) for name in names.values()}
    assert str(names["accepted"]) in read(desk, page_of(delivery))


def test_every_type_has_a_name_of_its_own_for_staff():
    names = {str(one.label) for one in TYPES.values()}

    assert len(names) == len(TYPES)
    assert not names & set(TYPES)


def test_our_own_reason_is_read_in_the_readers_language(desk):
    delivery = sent_sms()
    Delivery.objects.filter(pk=delivery.pk).update(state="cancelled", reason=ARRIVED_ANOTHER_WAY)

    assert ARRIVED_ANOTHER_WAY in read(desk, page_of(delivery))
    for address in (page_of(delivery), page_of(delivery.notification)):
        text = read(desk, address, "zh-hans")
        assert "已通过其他渠道送达" in text
        assert ARRIVED_ANOTHER_WAY not in text


def test_a_printed_letter_is_printed_for_staff_too(desk, printer):
    letter = owe_letter()
    assert "Waiting to be printed" in read(desk, page_of(letter))
    batch = export(printer)

    for address in (page_of(letter), page_of(letter.notification)):
        text = read(desk, address)
        assert "Printed" in text
        assert "our printer" in text
        assert ">Sent<" not in desk.get(address).content.decode()

    printer.post(f"{QUEUE}{batch.pk}/do/posted/", {"posted_on": today_of_the_printer()})
    assert "Posted" in read(desk, page_of(letter))


def test_supervisors_see_every_page_of_the_engine_and_reviewers_none():
    make_roles(apps)
    delivery = sent_sms()
    pages = [
        *(reverse(f"admin:notifications_{name}") for name in PAGES),
        page_of(delivery),
        page_of(delivery.notification),
        f"{page_of(delivery.notification).removesuffix('change/')}resend/",
    ]

    assert {page: answer_to("Supervisors", page) for page in pages} == dict.fromkeys(pages, 200)
    assert {page: answer_to("Reviewers", page) for page in pages} == dict.fromkeys(pages, 403)


def answer_to(group, page):
    person = create_person(is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    return browser_of(person).get(page).status_code
