"""What is on the paper: names as they are written, tags, fonts, and nothing run or guessed."""

import hashlib

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from django.core.checks import run_checks

from notifications.kinds import DeliveryState
from notifications.letters import export as exporting
from notifications.letters.matter import LetterMatter
from notifications.letters.queue import BROKEN, NO_TEXT
from notifications.models import LetterBatch
from portal.lib import fonts
from portal.lib.typesetting import typeset
from tests.notifications.letters import (
    QUEUE,
    export,
    list_of,
    owe_letter,
    pages_of,
    pdf_of,
    printer,
    private_folder,
)

__all__ = ["printer", "private_folder"]
pytestmark = pytest.mark.django_db
MARKUP = '#read("/etc/passwd") *x* $y$ \\ <a> [b] @c `d`'


@pytest.fixture
def without_chinese(monkeypatch):
    """A machine on which the package with the fonts is not installed."""
    monkeypatch.setattr(fonts, "CHINESE_PACKAGE", "no_such_package_of_fonts")


def text_of(answer):
    return " ".join(answer.content.decode().split())


def test_a_name_is_printed_as_it_is_written_whatever_it_looks_like(printer):
    owe_letter(MARKUP)

    (page,) = pages_of(pdf_of(printer, export(printer)))

    assert MARKUP in page


def test_a_name_that_a_spreadsheet_would_run_is_defused_in_the_list(printer):
    owe_letter("=cmd|' /C calc'!A0")

    batch = export(printer)

    assert list_of(printer, batch)[0]["name"] == "'=cmd|' /C calc'!A0"
    assert "=cmd|' /C calc'!A0" in pages_of(pdf_of(printer, batch))[0]


def test_a_rare_character_without_a_glyph_keeps_its_letter_in_the_queue_with_the_cause(printer):
    rare = owe_letter("王𠮷", locale="zh-hans", jurisdiction="CN")
    good = owe_letter("王䶮", locale="zh-hans", jurisdiction="CN")

    batch = export(printer)

    assert [letter.delivery_id for letter in batch.contents.all()] == [good.pk]
    assert "王䶮" in pages_of(pdf_of(printer, batch))[0]
    rare.refresh_from_db()
    assert rare.state == DeliveryState.READY
    assert "No font of ours has a character of this letter: U+20BB7" in text_of(printer.get(QUEUE))


def test_without_a_chinese_font_chinese_letters_wait_and_english_ones_are_printed(
    printer, without_chinese
):
    chinese = owe_letter("Wang", locale="zh-hans", jurisdiction="CN")
    english = owe_letter("Alice Moore")
    # The catalogue may have no word for something yet: the name is Chinese for certain.
    chinese.notification.recipient.name = "王芳"
    chinese.notification.recipient.save(update_fields=["name"])

    batch = export(printer)

    assert [letter.delivery_id for letter in batch.contents.all()] == [english.pk]
    assert "No font for Chinese is installed." in text_of(printer.get(QUEUE))


def test_without_anything_that_can_be_printed_there_is_no_batch(printer, without_chinese):
    owe_letter("王芳")

    page = text_of(printer.post(f"{QUEUE}export/", follow=True))

    assert "1 letter could not be printed" in page
    assert not LetterBatch.objects.exists()


def test_a_missing_font_is_a_warning_here_and_an_error_in_production(without_chinese, settings):
    (here,) = run_checks(tags=["letters"])
    settings.IS_PRODUCTION = True
    (there,) = run_checks(tags=["letters"])

    assert (here.id, there.id) == ("notifications.W001", "notifications.E001")
    assert there.is_serious()


def test_with_its_fonts_nothing_is_wrong():
    assert run_checks(tags=["letters"]) == []


def test_the_sheet_is_the_countrys(printer):
    owe_letter(days=1, jurisdiction="US")
    owe_letter(days=2, jurisdiction="GB")

    with pypdfium2.PdfDocument(pdf_of(printer, export(printer))) as document:
        american, british = [[round(side) for side in page.get_size()] for page in document]

    assert american == [612, 792]
    assert british == [595, 842]


def test_every_page_of_a_batch_is_tagged(printer):
    owe_letter(days=1)
    owe_letter(days=2, jurisdiction="CN", locale="zh-hans")

    with pypdfium2.PdfDocument(pdf_of(printer, export(printer))) as document:
        for page in document:
            tree = pdfium.FPDF_StructTree_GetForPage(page)
            root = pdfium.FPDF_StructTree_GetChildAtIndex(tree, 0)
            letters = pdfium.FPDF_StructElement_CountChildren(root)
            pdfium.FPDF_StructTree_Close(tree)
            assert letters == 2


def test_the_day_is_the_persons_own(printer, settings):
    delivery = owe_letter(time_zone="Pacific/Kiritimati")
    batch = export(printer)

    day = batch.made_at.astimezone(delivery.notification.recipient.zone)

    assert f"{day.day} {day:%B %Y}" in pages_of(pdf_of(printer, batch))[0]


def test_the_hash_of_a_delivery_is_of_its_own_text(printer):
    alice, again = owe_letter("Alice Moore"), owe_letter("Alice Moore")
    export(printer)

    alice.refresh_from_db()
    again.refresh_from_db()

    assert alice.content_sha256 != again.content_sha256
    assert alice.content_sha256 != hashlib.sha256(b"").hexdigest()


def test_a_letter_that_cannot_be_set_keeps_no_other_waiting(printer, monkeypatch):
    broken, good = owe_letter("Broken"), owe_letter("Good")
    whole = typeset

    def without_paper(template, fields):
        fields = fields if fields["name"] != "Broken" else {**fields, "paper": "papyrus"}
        return whole(template, fields)

    monkeypatch.setattr(exporting, "typeset", without_paper)

    batch = export(printer)

    assert [letter.delivery_id for letter in batch.contents.all()] == [good.pk]
    broken.refresh_from_db()
    assert broken.reason == BROKEN


def test_a_letter_that_cannot_be_written_keeps_no_other_waiting(printer, monkeypatch):
    broken, good = owe_letter("Broken"), owe_letter("Good")

    def write(subjects):
        if any(subject.recipient_id == broken.notification.recipient_id for subject in subjects):
            raise KeyError("headline")
        return {one.notification_id: LetterMatter("A title", ()) for one in subjects}

    monkeypatch.setattr("notifications.letters.matter._BODIES", {"appeal_decided": write})

    batch = export(printer)

    assert [letter.delivery_id for letter in batch.contents.all()] == [good.pk]
    broken.refresh_from_db()
    assert broken.reason == NO_TEXT


@pytest.mark.parametrize("type", ["appeal_decided", "documents_asked", "announcement"])
def test_a_letter_names_the_page_and_the_help_line(printer, settings, type):
    delivery = owe_letter(type=type)

    (page,) = pages_of(pdf_of(printer, export(printer)))

    assert f"{settings.PUBLIC_URL}/appeals/AP-7K3M-92QX/" in page
    assert settings.HELP_PHONE in page
    assert delivery.notification.recipient.reference in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_type_that_can_be_owed_by_law_has_a_letter(printer, language, monkeypatch):
    monkeypatch.setattr("notifications.letters.matter._BODIES", {})
    owed = ("line_changed", "appeal_decided", "documents_asked", "promise_overdue", "announcement")
    for type in owed:
        owe_letter(type=type, locale=language)

    batch = export(printer)

    assert batch.letters == len(owed)
