"""Every file ends loudly: with a receipt to keep, or with a refusal and a message."""

import hashlib
import re
from datetime import timedelta

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from appeals.evidence.refusals import Refusal
from appeals.metrics import oldest_unchecked_paper, papers_checked
from appeals.models import CaseEvent, EventKind, EvidenceDocument
from appeals.states import AppealState
from notifications.models import Notification
from tests.appeals import files
from tests.appeals.builders import create_appeal, create_customer, create_decision
from tests.appeals.papers import (
    address,
    documents_page,
    no_child,
    receive,
    received_and_checked,
    shelf,
)

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]


@pytest.fixture
def appeal(decision):
    return create_appeal(decision)


def receipt(browser, document):
    answer = browser.get(address("evidence_receipt", document))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return answer


def words_of(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        assert len(opened) == 1
        return re.sub(r"\s+", " ", opened[0].get_textpage().get_text_range())


# --- the receipt --------------------------------------------------------------------------------


def test_a_received_paper_has_a_receipt_to_keep(browser, appeal):
    content = files.pdf(pages=3)
    document = received_and_checked(browser, appeal, content, "payslip May.pdf")
    assert (
        address("evidence_receipt", document)
        in browser.get(documents_page(appeal)).content.decode()
    )

    answer = receipt(browser, document)
    words = words_of(answer.content)

    digest = hashlib.sha256(content).hexdigest()
    groups = " ".join(digest[at : at + 4] for at in range(0, 64, 4))
    for said in ("We have received your paper", appeal.reference, "payslip May.pdf", "3 pages"):
        assert said in words
    assert groups in words
    assert f"{timezone.now():%Y}" in words
    assert answer["Content-Disposition"] == (
        f'attachment; filename="{appeal.reference}-{digest[:8]}.pdf"'
    )
    assert "no-store" in answer["Cache-Control"]


def test_the_same_receipt_again_is_the_same_bytes(browser, appeal):
    document = received_and_checked(browser, appeal, files.pdf())

    assert receipt(browser, document).content == receipt(browser, document).content


def test_in_chinese_it_is_chinese(browse):
    chen = create_customer("Chen Wei", locale="zh-hans")
    browser = browse(chen)
    document = received_and_checked(
        browser, create_appeal(create_decision(chen)), files.jpeg(), "工资单.jpg"
    )

    words = words_of(receipt(browser, document).content)

    assert "工资单.jpg" in words
    assert "JPG" in words


def test_a_name_no_font_can_print_does_not_keep_the_receipt_back(browser, appeal):
    document = received_and_checked(browser, appeal, files.pdf(), "🦄 pay ዘመን.pdf")

    assert "_ pay" in words_of(receipt(browser, document).content)


def test_what_is_not_kept_has_no_receipt_and_nobody_elses_is_there(
    browser, strange_browser, appeal
):
    refused = received_and_checked(browser, appeal, files.pdf_with_password(), "a.pdf")
    waiting = receive(browser, appeal, files.pdf(pages=2), "b.pdf")
    kept = received_and_checked(browser, appeal, files.pdf(), "c.pdf")

    for document in (refused, waiting):
        assert browser.get(address("evidence_receipt", document)).status_code == 404
    assert strange_browser.get(address("evidence_receipt", kept)).status_code == 404


# --- the refusal --------------------------------------------------------------------------------


def test_who_sent_it_is_told_though_they_left_the_page(browser, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)

    document = received_and_checked(browser, appeal, files.pdf_with_password(), "geheim.pdf")

    message = Notification.objects.get(type="paper_refused")
    assert message.recipient_id == appeal.customer_id
    assert "geheim" not in str(message.context)
    event = CaseEvent.objects.get(appeal=appeal, kind=EventKind.EVIDENCE_REFUSED)
    assert event.details == {"document": str(document.public_id), "refusal": "password"}
    story = browser.get(reverse("appeals:appeal", args=[appeal.reference])).content.decode()
    assert "We could not use one of your papers" in story


def test_many_refusals_in_an_hour_are_one_message(browser, appeal):
    for number in range(1, 4):
        received_and_checked(browser, appeal, files.pdf(pages=number) + files.zipped(), "a.pdf")

    assert EvidenceDocument.objects.filter(refusal=Refusal.MIXED).count() == 3
    assert Notification.objects.filter(type="paper_refused").count() == 1


def test_of_a_draft_the_history_says_nothing(browser, appeal):
    received_and_checked(browser, appeal, files.pdf_with_password())

    assert not CaseEvent.objects.filter(kind=EventKind.EVIDENCE_REFUSED).exists()


# --- numbers ------------------------------------------------------------------------------------


def test_every_ending_is_counted_and_what_waits_is_seen(browser, appeal):
    received_and_checked(browser, appeal, files.pdf())
    received_and_checked(browser, appeal, files.pdf_with_password())
    received_and_checked(browser, appeal, files.pdf_open_script())
    assert oldest_unchecked_paper() == {(): 0.0}
    waiting = receive(browser, appeal, files.pdf(pages=2))
    EvidenceDocument.objects.filter(pk=waiting.pk).update(
        uploaded_at=timezone.now() - timedelta(minutes=5)
    )

    assert papers_checked() == {("received",): 1.0, ("password",): 1.0, ("script",): 1.0}
    assert 300 <= oldest_unchecked_paper()[()] < 330
