"""The papers step: what is said before a file is chosen, and what became of each."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from appeals.catalogue import CATALOGUE
from appeals.evidence.refusals import Refusal
from appeals.models import EvidenceDocument
from appeals.states import AppealState, EvidenceState
from tests.appeals import files
from tests.appeals.builders import (
    LATE_PAYMENT,
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_reviewer,
)
from tests.appeals.papers import (
    documents_page,
    held,
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


def shown(browser, appeal, **query):
    answer = browser.get(documents_page(appeal), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_limits_are_said_before_the_choice(browser, appeal):
    page = shown(browser, appeal)
    limits, choice = page.index("At most 20\xa0MB a file"), page.index('id="id_files"')

    assert limits < choice
    for said in ("PDF or photos: JPEG, PNG, HEIC (iPhone) or WebP", "200 pages", "60\xa0MB"):
        assert said in page[:choice]


def test_the_form_works_without_a_script(browser, appeal):
    page = shown(browser, appeal)

    assert 'enctype="multipart/form-data"' in page
    assert "multiple required" in page
    assert "Send these files" in page
    assert "style=" not in page
    assert "onclick" not in page


def test_papers_that_help_are_those_of_the_disputed_reasons(browser, appeal):
    page = shown(browser, appeal)

    for ground in appeal.grounds.all():
        reason = ground.decision_reason.reason
        assert reason.title["en"] in page
        for key in reason.evidence:
            assert CATALOGUE.document(key).label["en"] in page
    assert "Do not send what we have already" in page


def test_reasons_that_are_not_disputed_ask_for_nothing(browser, decision):
    appeal = create_appeal(decision, disputed=[])

    page = shown(browser, appeal)

    assert "What helps" not in page
    assert 'id="id_files"' in page


def test_with_one_reason_nobody_asks_which(browser, alice):
    appeal = create_appeal(create_decision(alice, reasons=[LATE_PAYMENT]))

    assert 'name="ground"' not in shown(browser, appeal)


def test_it_is_a_step_of_the_draft_and_goes_on(browser, appeal):
    page = shown(browser, appeal)

    assert 'aria-current="step"' in page
    assert reverse("appeals:more", args=[appeal.reference]) in page
    assert reverse("appeals:check", args=[appeal.reference]) in shown(
        browser, appeal, **{"return": "check"}
    )


def test_after_sending_it_is_the_page_to_add_papers(browser, decision):
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW)

    page = shown(browser, appeal)

    assert "Add papers to your appeal" in page
    assert 'aria-current="step"' not in page


def test_once_it_is_decided_papers_are_only_shown(browser, decision):
    appeal = create_appeal(decision, state=AppealState.DECIDED)

    page = shown(browser, appeal)

    assert 'id="id_files"' not in page
    assert "no more papers can be added" in page


def test_what_a_reviewer_asks_for_comes_first(browser, decision):
    appeal = create_appeal(decision, state=AppealState.WAITING)
    create_document_request(appeal, by=create_reviewer(), kinds=["tax_record"])

    page = shown(browser, appeal)

    assert "Please send your last two payslips." in page
    options = page[page.index('name="kind"') :]
    assert options.index("Tax return or tax record") < options.index("Payoff")


def test_a_received_file_has_its_stamp(browser, appeal):
    document = received_and_checked(browser, appeal, files.pdf(pages=3), "payslip.pdf")

    page = shown(browser, appeal)

    short = document.sha256[:16]
    stamp = " ".join(short[start : start + 4] for start in range(0, 16, 4))
    for said in ("payslip.pdf", "3 pages", "Received", stamp):
        assert said in page


def test_the_page_asks_again_only_while_something_is_checked(browser, appeal):
    ready = received_and_checked(browser, appeal, files.png(), "ready.png")
    waiting = receive(browser, appeal, files.pdf(), "waiting.pdf")

    page = shown(browser, appeal)
    assert 'hx-trigger="every 2s"' in page
    assert f'hx-select-oob="#paper-{waiting.public_id}"' in page
    assert str(ready.public_id) not in page[page.index("hx-select-oob") :].partition(">")[0]
    assert "Being checked" in page
    assert "See if the check is done" in page  # without a script

    EvidenceDocument.objects.update(uploaded_at=timezone.now() - timedelta(hours=1))
    assert 'hx-trigger="every 15s"' in shown(browser, appeal)

    EvidenceDocument.objects.update(state=EvidenceState.READY)
    assert "every " not in shown(browser, appeal)


def test_every_reason_for_a_refusal_can_be_read(browser, appeal):
    for code in Refusal:
        held(appeal, state=EvidenceState.REFUSED, refusal=code)

    assert shown(browser, appeal).count('class="error"') == len(Refusal)


def test_a_code_from_another_time_still_says_what_to_do(browser, appeal):
    held(appeal, state=EvidenceState.REFUSED, refusal="unheard_of")

    assert "Please send it again." in shown(browser, appeal)


def test_the_number_of_queries_does_not_grow(
    browser, appeal, reviewer_of_many, django_assert_num_queries
):
    document = received_and_checked(browser, appeal, files.pdf())
    document.openings.create(by=reviewer_of_many, at=timezone.now())
    shown(browser, appeal)
    with django_assert_num_queries(13):
        shown(browser, appeal)

    for document in held(appeal, 15, state=EvidenceState.READY, ground=appeal.grounds.first()):
        document.openings.create(by=reviewer_of_many, at=timezone.now())
    with django_assert_num_queries(13):
        shown(browser, appeal)


@pytest.fixture
def reviewer_of_many(db):
    return create_reviewer()


def test_in_chinese_it_is_chinese(browse):
    chen = create_customer("Chen Wei", locale="zh-hans")
    appeal = create_appeal(create_decision(chen))
    browser = browse(chen)
    received_and_checked(browser, appeal, files.pdf(), "工资单.pdf")

    page = shown(browser, appeal)

    assert 'lang="zh-Hans"' in page
    assert CATALOGUE.document("payoff_letter").label["zh-hans"] in page
    assert "工资单.pdf" in unquote(page)


def test_who_sent_a_locked_pdf_reads_how_to_save_a_copy_without_the_lock(browser, appeal, shelf):
    received_and_checked(browser, appeal, files.pdf_with_password(), "locked.pdf")

    page = browser.get(documents_page(appeal)).content.decode()

    assert "Please do not send us the password" in page
    assert "How to do that" in page
    assert "On an iPhone: open the PDF in Files" in page
