"""A notice on paper: the words of the page, whole, in both languages, for nobody else."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext

from appeals.models import DueDocument, NoticeDocument, PaperFault
from appeals.notice_paper import words
from appeals.notice_paper.printing import texts_of
from appeals.notice_paper.sheet import TOLD, fours
from notifications.models import Notification
from portal.storage.errors import StorageAway
from tests.appeals.builders import (
    RESTRICTED,
    create_customer,
    create_decision,
    create_line,
    create_reviewer,
)
from tests.appeals.notice_papers import (
    address,
    download,
    drawer,
    files_in,
    fonts_of,
    footers_of,
    inside,
    print_all,
    squeezed,
    text_of,
)
from tests.portal.kept import storage

__all__ = ["drawer"]
pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")
PLACES = {
    "US": ("US-NY", "America/New_York"),
    "GB": ("GB-ENG", "Europe/London"),
    "EU": ("DE-BE", "Europe/Berlin"),
    "CN": ("CN-HLJ", "Asia/Shanghai"),
}


def person_in(place: str, **overrides):
    region, zone = PLACES[place]
    return create_customer(jurisdiction=place, region=region, time_zone=zone, **overrides)


def around(notice, language: str) -> list[str]:
    """Every word on the paper that is not of the content: labels, numbers, how to appeal."""
    content, decision = notice.content[language], notice.decision
    reasons = content["reasons"]
    zone = ZoneInfo(decision.customer.time_zone)
    day = notice.created_at.astimezone(zone)
    written = (
        f"{day.day} {day:%B %Y}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"
    )
    labels = [
        words.WRITTEN, words.REFERENCE, words.CUSTOMER, words.ABOUT, words.SENT_IN, words.RULES,
        words.FINGERPRINT, words.PROVES, words.APPEAL, words.RIGHTS, words.BODIES,
        words.WHY_MORE if len(reasons) > 1 else words.WHY,
        *[words.CHANGES_IT for one in reasons if one["counterfactual"]],
        *[words.CAN_DO for one in reasons if one["what_you_can_do"]],
        *[words.PAPERS for one in reasons if one["papers"]],
    ]  # fmt: skip
    return [
        *(label[language] for label in labels),
        words.LANGUAGES[notice.language][language],
        words.OTHER_LANGUAGE[notice.language][language],
        words.SHARE_LEFT[language].format(share=content["share_left"]),
        words.APPEAL_ONLINE[language].format(
            link=f"http://testserver/decisions/{decision.reference}/"
        ),
        words.APPEAL_PHONE[language].format(phone="+1 202 555 0100"),
        "Example Lender",
        "100 Example Street, New York, NY 10001",
        written,
        notice.reference,
        decision.customer.reference,
        f"{notice.pack_name} {notice.pack_version}",
        fours(notice.sha256),
        *(f"{number}." for number in range(1, len(reasons) + 1)),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_the_paper_says_every_word_of_the_notice_and_nothing_else(
    browse, settings, place, language
):
    settings.PUBLIC_URL, settings.HELP_PHONE = "http://testserver", "+1 202 555 0100"
    decision = create_decision(person_in(place))
    notice = decision.notice

    left = text_of(download(browse(decision.customer), decision, language))

    texts = [*texts_of(notice.content[language]), *around(notice, language)]
    for text in sorted(map(squeezed, texts), key=len, reverse=True):
        assert text in left
        left = left.replace(text, "\n", 1)
    assert left.replace("•", "").split() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_the_same_words(browse, language):
    decision = create_decision(person_in("US", locale=language))
    browser = browse(decision.customer)
    browser.cookies["language"] = language

    page = browser.get(f"/decisions/{decision.reference}/").content.decode()

    content = {**decision.notice.content[language]}
    # The page says who decided in a sentence only, not among the figures as well.
    content["figures"] = content["figures"][:2]
    shown = squeezed(_plain(page))
    assert [text for text in texts_of(content) if squeezed(text) not in shown] == []
    assert address(decision, language) in page


def _plain(html: str) -> str:
    from html import unescape  # noqa: PLC0415
    from re import sub  # noqa: PLC0415

    return unescape(sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_around_it_are_those_of_the_page(language):
    ours = {
        name: one for name, one in vars(words).items() if name.isupper() and "en" in one
        and isinstance(one["en"], str)
    }  # fmt: skip
    said_with = {"SHARE_LEFT", "CUSTOMER", "FOLIO", "APPEAL_ONLINE", "APPEAL_PHONE"}
    with translation.override(language):
        differ = [
            name
            for name, one in ours.items()
            if name not in said_with and gettext(one["en"]) != one[language]
        ]
    assert differ == []


def test_every_part_of_a_notice_is_told_by_a_part_of_the_paper():
    assert create_decision().notice.content["en"].keys() == TOLD


def test_it_is_a_tagged_document_with_its_fonts_inside(browser, decision):
    for language, lang in (("en", "en"), ("zh-hans", "zh")):
        pdf = download(browser, decision, language)
        with inside(pdf) as document, document.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert document.Root.MarkInfo.Marked
            assert str(document.Root.Lang).startswith(lang)
            assert document.docinfo["/Title"] == decision.notice.content[language]["headline"]
            assert "/StructTreeRoot" in document.Root
        fonts = fonts_of(pdf)
        assert fonts
        assert all(all(one.values()) for one in fonts)


def test_each_page_says_which_notice_it_is_and_its_number(browser, decision):
    footers = footers_of(download(browser, decision))

    assert len(footers) > 1
    for number, footer in enumerate(footers, start=1):
        assert decision.notice.reference in footer
        assert fours(decision.notice.sha256[:16]) in footer
        assert f"Page {number} of {len(footers)}" in footer


def test_asked_for_twice_it_is_the_same_paper(browser, decision, drawer):
    first, again = download(browser, decision), download(browser, decision)

    assert first == again
    assert len(files_in(drawer)) == NoticeDocument.objects.count() == 1


def test_a_rare_character_with_a_glyph_is_printed(browse, alice):
    decision = create_decision(alice, line=create_line(alice, product="䶮㐂 credit"))

    for language in LANGUAGES:
        assert "䶮㐂credit" in text_of(download(browse(alice), decision, language))


def test_a_character_without_a_glyph_holds_the_paper_and_staff_hear_of_it_once(
    browse, alice, drawer
):
    supervisor = create_reviewer("Sam Super", is_supervisor=True)
    decision = create_decision(alice, line=create_line(alice, product="Credit 𠮷"))

    page = browse(alice).get(address(decision))

    assert page.status_code == 409
    assert "We cannot give you this notice as a PDF right now" in page.content.decode()
    assert files_in(drawer) == []
    due = DueDocument.objects.get()
    assert (due.fault, due.detail) == (PaperFault.GLYPH, "U+20BB7")
    _ring_for_staff()
    _ring_for_staff()
    told = Notification.objects.get(type="papers_held")
    assert told.recipient == supervisor
    listed = browse(supervisor).get(told.path).content.decode()
    assert decision.notice.reference in listed
    assert "U+20BB7" in listed


def test_a_storage_that_is_away_says_not_now_and_then_gives_it(browser, decision, monkeypatch):
    shelf = storage("notices").shelf

    def is_away(*_arguments):
        raise StorageAway("the storage did not answer")

    for broken in ("put", "get"):  # before it is made, and once it is there
        with monkeypatch.context() as patch:
            patch.setattr(shelf, broken, is_away)
            page = browser.get(address(decision))
        assert page.status_code == 409
        assert "We cannot give you this notice as a PDF right now" in page.content.decode()
        download(browser, decision)


def _ring_for_staff() -> None:
    from appeals.periodic import tell_supervisors_of_held_papers  # noqa: PLC0415

    tell_supervisors_of_held_papers()


def test_once_the_font_is_there_staff_have_it_printed(browse, alice, monkeypatch):
    supervisor = create_reviewer("Sam Super", is_supervisor=True)
    decision = create_decision(alice, line=create_line(alice, product="日常额度"))
    with monkeypatch.context() as without:
        without.setattr("portal.lib.fonts.CHINESE_PACKAGE", "no_such_package_of_fonts")
        print_all()
    assert DueDocument.objects.get().fault == PaperFault.GLYPH

    browse(supervisor).post(
        "/admin/appeals/duedocument/",
        {"action": "try_again", "_selected_action": [decision.notice.pk]},
    )
    print_all()

    assert not DueDocument.objects.exists()
    assert "日常额度" in text_of(download(browse(alice), decision))


def test_strangers_and_visitors_find_nothing(browser, strange_browser, client, decision):
    assert strange_browser.get(address(decision)).status_code == 404
    assert browser.get("/decisions/LD-2222-2222/notice/en.pdf").status_code == 404
    assert browser.get(address(decision, "fr")).status_code == 404
    assert client.get(address(decision)).status_code == 302
    assert not NoticeDocument.objects.exists()


def test_a_restricted_reason_says_no_more_on_paper(browse, alice):
    decision = create_decision(alice, reasons=[RESTRICTED])

    text = text_of(download(browse(alice), decision))

    assert squeezed(decision.notice.content["en"]["reasons"][0]["explanation"]) in text
    assert "Papersthathelp" not in text


def test_good_news_has_a_paper_without_rights(browse, alice):
    decision = create_decision(
        alice, action="restore", old_limit=Decimal(1400), new_limit=Decimal(4000), reasons=[]
    )

    text = text_of(download(browse(alice), decision))

    assert "Yourrights" not in text
    assert "Ifyouthinkwegotitwrong" not in text


def test_the_day_is_the_one_where_the_customer_lives(browse):
    person = create_customer(time_zone="Pacific/Kiritimati")
    decision = create_decision(person, decided_at=timezone.now() - timedelta(days=3))
    day = decision.notice.created_at.astimezone(person.zone)

    assert f"Writtenon{day.day}{day:%B%Y}" in text_of(download(browse(person), decision))
