"""Wordings: written down once a version, filled in for each person, shown as they were sent."""

import pytest

from notifications.history import told_in
from notifications.kinds import ChannelKind
from notifications.models import Delivery, Wording
from notifications.rendering import Matter, words_of
from notifications.types import TYPES
from notifications.wording import draft_for, forget_drafts
from tests.notifications.builders import create_person, owe, send

pytestmark = pytest.mark.django_db
CHANNELS = (ChannelKind.SMS, ChannelKind.EMAIL, ChannelKind.PUSH)
CAMPAIGN_WORDS = {
    "en": {"title": "About your limit & ours", "text": "We were <wrong>.\n\nSorry."},
    "zh-hans": {"title": "关于您的额度", "text": "我们弄错了。"},
}


@pytest.fixture(autouse=True)
def fresh_drafts():
    forget_drafts()
    yield
    forget_drafts()


def matter(type_name, language="en", **overrides):
    context = {
        "reference": "AP-7K3M-92QX",
        "promised_on": "2026-12-01",
        "due_on": "2026-12-01",
        "until": "2026-12-01",
        "minutes": "5",
        "waiting": "4",
        "due": "1",
    }
    fields = {"context": context, "path": "/decisions/LD-1/", "secret": "12345678"}
    words = CAMPAIGN_WORDS if type_name == "announcement" else None
    return Matter(type_name, language, campaign_words=words, **{**fields, **overrides})


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("type_name", sorted(TYPES))
def test_filling_in_a_draft_gives_what_rendering_for_one_person_gives(type_name, language):
    about = matter(type_name, language)
    for channel in CHANNELS:
        if type_name == "sign_in_code" and channel == ChannelKind.PUSH:
            continue
        draft = draft_for(channel, about)

        assert draft.filled(about.values()) == words_of(channel, about)


def test_a_version_is_written_down_once_for_any_number_of_people(django_assert_num_queries):
    first = draft_for(ChannelKind.EMAIL, matter("line_changed"))

    with django_assert_num_queries(0):
        second = draft_for(ChannelKind.EMAIL, matter("line_changed", path="/decisions/LD-2/"))

    assert first.id == second.id
    assert Wording.objects.get().text.count("[[link]]") == 1


def test_a_secret_never_gets_into_a_wording():
    draft_for(ChannelKind.EMAIL, matter("sign_in_code"))

    assert "12345678" not in Wording.objects.get().text
    assert "[[code]]" in Wording.objects.get().text


def test_a_value_that_looks_like_a_place_stays_as_it_is():
    about = matter("appeal_decided", context={"reference": "[[link]]<b>"})

    words = draft_for(ChannelKind.EMAIL, about).filled(about.values())

    assert "appeal [[link]]<b> and" in words.text
    assert "[[link]]&lt;b&gt;" in words.html


def test_a_customer_reads_later_what_was_sent_then(closed_channels):
    message = owe(create_person(), "appeal_decided", context={"reference": "AP-7K3M-92QX"})
    send("email")
    wording = message.deliveries.get(channel="email").wording
    assert wording is not None
    Wording.objects.filter(pk=wording.pk).update(text="Words of then about [[reference]].")

    by_channel = {told.channel: told for told in told_in(message)}

    assert by_channel["email"].text == "Words of then about AP-7K3M-92QX."
    assert by_channel["sms"].text.startswith("Recourse:")


def test_a_delivery_names_the_wording_and_the_fingerprint_of_its_words(closed_channels):
    owe(create_person(phone=None))
    send("email")

    delivery = Delivery.objects.get()
    wording = delivery.wording
    assert wording is not None
    assert (wording.type, wording.channel, wording.language) == ("line_changed", "email", "en")
    assert len(delivery.content_sha256) == 64
