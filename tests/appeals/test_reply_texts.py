"""Prepared texts: their open places, who may change them, their preview and history."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.urls import reverse

from appeals.actions.first_texts import first_texts, make_texts
from appeals.actions.prepared_texts import save_text
from appeals.catalogue import CATALOGUE
from appeals.errors import BadInput, NotAllowed
from appeals.models import ReplyText, TextPurpose
from appeals.reply_texts import ALLOWED, EXAMPLES, MEANINGS, fill, places_in, preview, problems_of
from tests.appeals.builders import create_customer
from tests.appeals.desks import queue, rosa, sofia

__all__ = ["queue", "rosa", "sofia"]

LIST = reverse("admin:appeals_replytext_changelist")
ADD = reverse("admin:appeals_replytext_add")
GOOD = {
    "key": "papers-of-a-move",
    "purpose": "ask_papers",
    "title_en": "After a move",
    "title_zh": "搬家之后",
    "text_en": "Please send us: {papers}. If you can, by {by_date}.",
    "text_zh": "请补充：{papers}，尽量在 {by_date} 前。",
    "reason_code": "IDV-ADDRESS",
    "fits": "",
    "is_active": "on",
}


@pytest.fixture
def edith(db):
    """An editor of the catalogue, who reviews nothing."""
    person = create_customer("Edith Chan", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="edit_catalogue"))
    return person


@pytest.fixture
def auditor(db):
    person = create_customer("Ada Young", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="audit_appeal"))
    return person


def change(text):
    return reverse("admin:appeals_replytext_change", args=[text.pk])


# --- Places --------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", TextPurpose)
def test_each_use_has_places_that_are_explained_and_shown(purpose):
    for place in ALLOWED[purpose]:
        assert place in MEANINGS
        assert all(place in examples for examples in EXAMPLES.values())


@pytest.mark.parametrize(
    ("purpose", "english", "chinese", "problems"),
    [
        ("ask_papers", "Send {papers}.", "请补充{papers}。", {}),
        ("ask_question", "Why?", "为什么？", {}),
        ("ask_question", "Send {papers}.", "请补充{papers}。", {"text_en", "text_zh"}),
        ("ask_papers", "Send {paper}.", "请补充。", {"text_en"}),
        ("ask_papers", "Send {papers}.", "请补充。", {"text_zh"}),
        ("ask_papers", "Send {papers", "请补充", {"text_en"}),
        ("ask_papers", "Send }", "请补充", {"text_en"}),
        ("ask_papers", "Send {}", "请补充", {"text_en"}),
        ("ask_papers", "Send { papers }", "请补充", {"text_en"}),
        ("outcome", "Now {limit}.", "现为{limit}。", {}),
        ("finding", "Now {limit}.", "现为{limit}。", {"text_en", "text_zh"}),
        ("gossip", "{reference}", "{reference}", {"text_en", "text_zh"}),
    ],
)
def test_a_text_is_checked_in_both_languages(purpose, english, chinese, problems):
    found = problems_of(purpose, {"text_en": english, "text_zh": chinese})

    assert set(found) == set(problems)


def test_a_place_without_a_value_stays_open():
    assert fill("{papers} by {by_date}", {"by_date": "Friday"}) == "{papers} by Friday"


def test_what_is_filled_in_is_not_filled_again():
    assert fill("{papers}", {"papers": "{reference}", "reference": "AP-1"}) == "{reference}"


@pytest.mark.parametrize("entry", first_texts(), ids=lambda entry: entry["key"])
def test_the_first_texts_are_good_in_both_languages(entry):
    texts = {"text_en": entry["text"]["en"], "text_zh": entry["text"]["zh"]}

    assert problems_of(entry["purpose"], texts) == {}
    assert ("{papers}" in texts["text_en"]) is (entry["purpose"] == "ask_papers")
    assert entry.get("reason_code", "") in {"", *CATALOGUE.reasons}
    for language, text in (("en", texts["text_en"]), ("zh-hans", texts["text_zh"])):
        assert places_in(preview(text, language)) == []
    for sentence in texts["text_en"].replace("\n", ". ").split(". "):
        assert len(sentence.split()) <= 20, sentence
    for sentence in texts["text_zh"].replace("\n", "。").split("。"):
        assert len(sentence) <= 60, sentence


def test_making_the_first_texts_again_keeps_what_people_changed(db):
    make_texts(apps)
    ReplyText.objects.filter(key="papers-income").update(title_en="Wages")

    make_texts(apps)

    assert ReplyText.objects.get(key="papers-income").title_en == "Wages"
    assert ReplyText.objects.count() >= 12


# --- The admin -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["sofia", "edith"])
def test_supervisors_and_editors_add_a_text_and_see_it_filled_in(request, browse, who):
    browser = browse(request.getfixturevalue(who))

    answer = browser.post(ADD, GOOD)

    assert answer.status_code == 302
    text = ReplyText.objects.get(key=GOOD["key"])
    page = browser.get(change(text)).content.decode()
    assert (
        "Please send us: Recent payslips, Bank statements. If you can, by 2 October 2026." in page
    )
    assert "请补充：近期工资单、银行流水，尽量在 2026年10月2日 前。" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text_zh": ""}, "This field is required."),
        ({"title_en": ""}, "This field is required."),
        ({"text_en": "Send {paper}."}, "This use has no open place {paper}."),
        ({"text_zh": "请补充：{papers}。"}, "The other language has {by_date}, this one has not."),
        ({"text_en": "A { alone."}, "A brace stands alone."),
        ({"fits": "restored"}, "This use of a text has no such ruling, outcome or request."),
        ({"reason_code": "NO-SUCH"}, "Select a valid choice"),
    ],
)
def test_a_text_with_a_fault_is_not_saved(browse, sofia, changes, words):
    answer = browse(sofia).post(ADD, GOOD | changes)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not ReplyText.objects.filter(key=GOOD["key"]).exists()


def test_the_history_says_who_changed_what(browse, sofia, edith):
    browse(sofia).post(ADD, GOOD)
    text = ReplyText.objects.get(key=GOOD["key"])

    browse(edith).post(change(text), GOOD | {"title_en": "When somebody moved"})

    history = reverse("admin:appeals_replytext_history", args=[text.pk])
    page = browse(sofia).get(history).content.decode()
    assert "Edith Chan" in page
    assert "Sofia Lind" in page
    assert "When somebody moved" in page
    assert "After a move" in page


def test_the_key_of_a_text_stays(browse, sofia):
    browse(sofia).post(ADD, GOOD)
    text = ReplyText.objects.get(key=GOOD["key"])

    browse(sofia).post(change(text), GOOD | {"key": "other", "title_en": "New"})

    text.refresh_from_db()
    assert (text.key, text.title_en) == (GOOD["key"], "New")


def test_a_reviewer_changes_no_texts(browse, rosa):
    assert browse(rosa).get(LIST).status_code == 403
    assert browse(rosa).post(ADD, GOOD).status_code == 403


def test_an_auditor_reads_them_and_changes_nothing(browse, auditor, sofia):
    browse(sofia).post(ADD, GOOD)
    text = ReplyText.objects.get(key=GOOD["key"])
    browser = browse(auditor)

    assert "After a move" in browser.get(LIST).content.decode()
    assert browser.post(change(text), GOOD | {"title_en": "New"}).status_code == 403
    assert browser.post(ADD, GOOD | {"key": "new"}).status_code == 403


def test_nobody_deletes_a_text(browse, sofia):
    browse(sofia).post(ADD, GOOD)
    text = ReplyText.objects.get(key=GOOD["key"])
    address = reverse("admin:appeals_replytext_delete", args=[text.pk])

    assert browse(sofia).post(address, {"post": "yes"}).status_code == 403


def test_the_action_asks_for_itself(rosa, sofia):
    fields = {name: value for name, value in GOOD.items() if name != "is_active"}

    with pytest.raises(NotAllowed):
        save_text(text=ReplyText(**fields), by=rosa)
    with pytest.raises(BadInput):
        save_text(text=ReplyText(**fields | {"text_zh": " "}), by=sofia)
    with pytest.raises(BadInput):
        save_text(text=ReplyText(**fields | {"text_en": "{x}"}), by=sofia)
    assert not ReplyText.objects.filter(key=GOOD["key"]).exists()


def test_a_text_is_named_in_the_language_of_the_desk(browse, sofia, settings):
    browse(sofia).post(ADD, GOOD)
    sofia.locale = "zh-hans"
    sofia.save(update_fields=["locale"])
    browser = browse(sofia)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"

    assert "搬家之后" in browser.get(LIST).content.decode()
