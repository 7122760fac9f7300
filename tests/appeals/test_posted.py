"""Who cannot upload says so, and papers that come by post join their appeal."""

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse

from appeals.evidence.suggestions import kind_name
from appeals.models import CaseEvent, EventKind
from appeals.states import AppealState, EvidenceState
from tests.appeals import files
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_queue,
    create_reviewer,
)
from tests.appeals.journeys import words
from tests.appeals.papers import as_file, documents_page, no_child, shelf

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]
POSTED = "desk:posted"


@pytest.fixture
def queue(db):
    return create_queue()


@pytest.fixture
def appeal(decision, queue):
    return create_appeal(decision, state=AppealState.SUBMITTED, queue=queue)


@pytest.fixture
def desk(browse, queue):
    reviewer = create_reviewer()
    queue.members.add(reviewer)
    return browse(reviewer)


def ways(appeal):
    return reverse("appeals:other_ways", args=[appeal.reference])


def cover(appeal):
    return reverse("appeals:cover_sheet", args=[appeal.reference])


def add(desk, number, *papers, kind="other"):
    return desk.post(reverse(POSTED), {"number": number, "kind": kind, "files": list(papers)})


def said(appeal):
    rows = CaseEvent.objects.filter(appeal=appeal, kind=EventKind.CANNOT_UPLOAD)
    return [row.details["way"] for row in rows]


# --- the customer -------------------------------------------------------------------------------


def test_the_page_of_papers_leads_to_the_other_ways(browser, appeal, settings):
    settings.LENDER_ADDRESS = "1 Quiet Lane, Albany, NY 12207"
    assert ways(appeal) in browser.get(documents_page(appeal)).content.decode()

    page = browser.get(ways(appeal)).content.decode()

    for part in ("1 Quiet Lane", settings.HELP_PHONE, cover(appeal), appeal.reference):
        assert part in page


@pytest.mark.parametrize("way", ["post", "phone"])
def test_it_is_noted_once_for_each_way(browser, appeal, way):
    for _ in range(2):
        assert browser.post(ways(appeal), {"way": way}).status_code == 302

    assert said(appeal) == [way]
    shown = browser.get(reverse("appeals:appeal", args=[appeal.reference])).content.decode()
    assert "You told us that you cannot upload papers" in shown


def test_a_way_that_there_is_not_is_refused(browser, appeal):
    assert browser.post(ways(appeal), {"way": "pigeon"}).status_code == 409
    assert said(appeal) == []


def test_a_stranger_finds_nothing(strange_browser, appeal):
    assert strange_browser.get(ways(appeal)).status_code == 404
    assert strange_browser.post(ways(appeal), {"way": "post"}).status_code == 404
    assert strange_browser.get(cover(appeal)).status_code == 404
    assert said(appeal) == []


def test_a_draft_is_to_be_sent_first(browser, alice):
    draft = create_appeal(create_decision(alice))

    assert "Send your appeal first" in browser.get(ways(draft)).content.decode()


def test_after_the_decision_there_is_no_way(browser, alice):
    decided = create_appeal(create_decision(alice), state=AppealState.DECIDED)

    assert "no more papers can be added" in browser.get(ways(decided)).content.decode()
    assert browser.post(ways(decided), {"way": "post"}).status_code == 409


@pytest.mark.parametrize(
    ("locale", "says"), [("en", "keep the originals"), ("zh-hans", "申诉编号")]
)
def test_the_cover_sheet_has_the_number_and_nothing_of_the_person(browse, locale, says, queue):
    person = create_customer("Wanda Zielinska", locale=locale)
    appeal = create_appeal(create_decision(person), state=AppealState.SUBMITTED, queue=queue)

    answer = browse(person).get(cover(appeal))

    assert answer["Content-Type"] == "application/pdf"
    assert f'filename="{appeal.reference}-cover.pdf"' in answer["Content-Disposition"]
    with pypdfium2.PdfDocument(answer.content) as document:
        assert len(document) == 1
        text = document[0].get_textpage().get_text_bounded()
        scan = document[0].render(scale=2).to_pil().convert("RGB")
    assert appeal.reference in text
    assert says in text
    assert "Zielinska" not in text
    assert person.email not in text
    # Laid on the glass by hand.
    crooked = scan.rotate(3, fillcolor="white")
    assert [code.text for code in zxingcpp.read_barcodes(crooked)] == [appeal.reference]


# --- staff --------------------------------------------------------------------------------------


def test_a_scan_joins_its_appeal_and_the_customer_sees_it(desk, browser, appeal):
    answer = add(desk, appeal.reference, as_file(files.pdf(), "scan.pdf"))

    assert answer.url == f"{reverse(POSTED)}?number={appeal.reference}"
    document = appeal.evidence.get()
    assert document.state == EvidenceState.WAITING
    assert CaseEvent.objects.get(appeal=appeal, kind=EventKind.POSTED).details == {
        "document": str(document.public_id)
    }
    assert "scan.pdf" in browser.get(documents_page(appeal)).content.decode()
    assert "1 paper joined" in desk.get(reverse(POSTED)).content.decode()


def test_the_number_may_be_typed_as_people_type(desk, appeal):
    add(desk, f"  {appeal.reference.lower()} ", as_file(files.pdf()))

    assert appeal.evidence.count() == 1


def test_a_number_with_a_slip_is_said_before_anything_is_looked_up(desk, appeal):
    answer = add(desk, "AP-2222-2223", as_file(files.pdf()))

    assert answer.status_code == 200
    assert "This is no number of ours" in answer.content.decode()
    assert not appeal.evidence.exists()


def test_an_appeal_of_another_queue_is_not_there(browse, appeal):
    elsewhere = create_queue("policy_compliance")
    reviewer = create_reviewer()
    elsewhere.members.add(reviewer)

    answer = add(browse(reviewer), appeal.reference, as_file(files.pdf()))

    assert "You see no appeal with this number" in answer.content.decode()
    assert not appeal.evidence.exists()


def test_nobody_adds_papers_to_an_own_case(browse, queue):
    reviewer = create_reviewer()
    queue.members.add(reviewer)
    own = create_appeal(create_decision(reviewer), state=AppealState.SUBMITTED, queue=queue)

    answer = add(browse(reviewer), own.reference, as_file(files.pdf()))

    assert "You see no appeal with this number" in answer.content.decode()
    assert not own.evidence.exists()


def test_one_bad_scan_does_not_touch_the_others(desk, appeal):
    answer = add(
        desk, appeal.reference, as_file(files.pdf(), "good.pdf"), as_file(files.HTML, "bad.pdf")
    )

    assert [row.original_name for row in appeal.evidence.all()] == ["good.pdf"]
    page = answer.content.decode()
    assert "bad.pdf: This file is a web page" in page
    assert appeal.reference in page


def test_the_same_scan_twice_is_kept_once(desk, appeal):
    for _ in range(2):
        add(desk, appeal.reference, as_file(files.pdf()))

    assert appeal.evidence.count() == 1


@pytest.fixture
def waiting(decision, queue):
    return create_appeal(decision, state=AppealState.WAITING, queue=queue)


def test_who_scans_chooses_among_what_was_asked_for_and_what_helps(desk, waiting):
    create_document_request(waiting, kinds=["payslip", "id_document"])

    page = words(desk.get(reverse(POSTED), {"number": waiting.reference.lower()}))

    assert "The reviewer waits for:" in page
    assert page.index(kind_name("payslip")) < page.index("Other document")
    assert "Choose what the paper is." in words(add(desk, waiting.reference, kind=""))
    assert "Select a valid choice" in words(
        add(desk, waiting.reference, as_file(files.pdf()), kind="marriage")
    )
    assert not waiting.evidence.exists()


def test_with_the_last_paper_asked_for_the_case_goes_back_to_its_queue(desk, browser, waiting):
    asked = create_document_request(waiting, kinds=["payslip", "id_document"])

    add(desk, waiting.reference, as_file(files.pdf()), kind="payslip")
    add(desk, waiting.reference, as_file(files.pdf(pages=2)), kind="other")
    waiting.refresh_from_db()
    assert waiting.state == AppealState.WAITING
    page = words(desk.get(reverse(POSTED), {"number": waiting.reference}))
    left = page.partition("The reviewer waits for:")[2].partition("What is it?")[0]
    assert left.strip() == kind_name("id_document")

    add(desk, waiting.reference, as_file(files.pdf(pages=3)), kind="id_document")

    assert "That is all the reviewer asked for." in words(desk.get(reverse(POSTED)))
    waiting.refresh_from_db()
    asked.refresh_from_db()
    assert (waiting.state, waiting.paused_at) == (AppealState.SUBMITTED, None)
    assert asked.answered_at is not None
    kinds = list(waiting.evidence.values_list("kind", "request").order_by("pk"))
    assert kinds == [("payslip", asked.pk), ("", asked.pk), ("id_document", asked.pk)]
    event = CaseEvent.objects.get(appeal=waiting, kind=EventKind.DOCUMENTS_ANSWERED)
    assert (event.details["way"], event.details["documents"]) == ("post", 3)
    told = words(browser.get(reverse("appeals:appeal", args=[waiting.reference])))
    assert "All papers the reviewer asked for came by post" in told


def test_a_question_is_not_answered_by_a_paper(desk, waiting):
    asked = create_document_request(waiting, kinds=[])

    add(desk, waiting.reference, as_file(files.pdf()))

    asked.refresh_from_db()
    assert asked.answered_at is None
    assert waiting.evidence.get().request == asked


def test_without_a_file_it_is_asked_for(desk, appeal):
    answer = add(desk, appeal.reference)

    assert "Choose at least one file" in answer.content.decode()


def test_a_customer_is_not_at_the_desk(browser, appeal):
    assert add(browser, appeal.reference, as_file(files.pdf())).status_code == 302
    assert not appeal.evidence.exists()
