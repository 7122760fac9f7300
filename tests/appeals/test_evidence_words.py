"""What a reviewer gets out of papers: words found, how old they are, the same file elsewhere."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from appeals.catalogue import CATALOGUE
from appeals.evidence import sandbox, storage
from appeals.evidence.dates import newest_date
from appeals.models import EvidenceDocument, EvidenceOpening
from appeals.states import AppealState
from tests.appeals import files
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.papers import no_child, received_and_checked, shelf, stored_files
from tests.hostile.honest import statement

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]

RECEIVED = date(2026, 6, 1)


@pytest.fixture
def queue(db):
    return create_queue()


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def desk(browse, rosa):
    return browse(rosa)


@pytest.fixture
def appeal(decision, queue):
    return create_appeal(decision, state=AppealState.SUBMITTED, queue=queue)


def find(desk, appeal, words, **headers):
    return desk.post(
        reverse("desk:find", args=[appeal.reference]), {"words": words}, headers=headers
    )


def case(desk, appeal):
    answer = desk.get(reverse("desk:case", args=[appeal.reference]))
    assert answer.status_code == 200
    return answer.content.decode()


# --- words --------------------------------------------------------------------------------------


def test_words_are_found_with_their_page_and_the_opening_is_recorded(desk, rosa, browser, appeal):
    paper = received_and_checked(browser, appeal, statement("en", 3), "May.pdf")
    received_and_checked(browser, appeal, files.pdf(), "other.pdf")

    page = find(desk, appeal, "statement  DATE: 3 may").content.decode()

    assert "3 places" in page
    assert f"/evidence/{paper.public_id}/#page-3" in page
    assert "<mark>Statement date: 3 May</mark>" in page
    (opening,) = EvidenceOpening.objects.all()
    assert (opening.document, opening.by) == (paper, rosa)


def test_chinese_words_are_found_too(desk, browser, appeal):
    received_and_checked(browser, appeal, statement("zh"), "对账单.pdf")

    assert "<mark>对账单日期</mark>" in find(desk, appeal, "对账单日期").content.decode()


def test_what_is_not_there_is_said_and_opens_nothing(desk, browser, appeal):
    received_and_checked(browser, appeal, statement("en"))

    for words in ("mortgage", "S", "", "   "):
        answer = find(desk, appeal, words)
        assert "These words are in no document" in answer.content.decode()
    assert not EvidenceOpening.objects.exists()


def test_words_of_a_paper_are_shown_as_words(desk, browser, appeal, monkeypatch):
    paper = received_and_checked(browser, appeal, files.pdf())
    storage.erase(storage.text_name(paper.stored_name))
    with storage.evidence_storage().open(paper.stored_name):
        pass

    def writes(source, last):
        (source.parent / "texts.json").write_text('["<script>alert(1)</script> salary"]')

    monkeypatch.setattr(sandbox, "prepare", writes)

    page = find(desk, appeal, "salary").content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_text_is_read_when_asked_for_if_nobody_read_it_before(
    desk, browser, appeal, shelf, monkeypatch
):
    really = sandbox.prepare

    def cannot(*_):
        raise sandbox.SandboxFailed("no child process")

    with monkeypatch.context() as broken:
        broken.setattr(sandbox, "prepare", cannot)
        received_and_checked(browser, appeal, statement("en"))
    assert len(stored_files(shelf)) == 1
    monkeypatch.setattr(sandbox, "prepare", really)

    assert "<mark>Salary</mark>" in find(desk, appeal, "salary").content.decode()
    assert len(stored_files(shelf)) == 2


def test_the_script_gets_the_list_alone(desk, browser, appeal):
    received_and_checked(browser, appeal, statement("en"))

    page = find(desk, appeal, "Salary", **{"X-Requested-With": "fetch"}).content.decode()

    assert "<html" not in page
    assert "data-desk-place" in page


def test_who_may_not_read_the_case_finds_nothing(browse, browser, appeal):
    received_and_checked(browser, appeal, statement("en"))
    elsewhere = create_reviewer("Sam Ortiz", queue=create_queue("income_verification"))

    assert find(browse(elsewhere), appeal, "Salary").status_code == 404
    assert find(browser, appeal, "Salary").status_code in {302, 403, 404}


def test_the_text_is_sealed_and_goes_with_its_file(
    browser, decision, shelf, django_capture_on_commit_callbacks
):
    paper = received_and_checked(browser, create_appeal(decision), statement("en"))
    (text,) = [path for path in stored_files(shelf) if path.name.endswith("-text.json")]
    assert b"Salary" not in text.read_bytes()

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("appeals:evidence_remove", args=[paper.public_id]))

    assert not stored_files(shelf)


# --- age ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Statement date: 3 May 2026", date(2026, 5, 3)),
        ("May 3rd, 2026", date(2026, 5, 3)),
        ("3. Mai 2026", date(2026, 5, 3)),
        ("2026-05-03", date(2026, 5, 3)),
        ("2026年5月3日", date(2026, 5, 3)),
        ("03.05.2026", date(2026, 5, 3)),
        ("03/05/2026", date(2026, 5, 3)),
        ("05/23/2026", date(2026, 5, 23)),
        ("born 1 January 1980, paid 30 April 2026, 2 May 2026", date(2026, 5, 2)),
        ("valid until 31 December 2030, made on 1 May 2026", date(2026, 5, 1)),
        ("31 February 2026, 2026-13-01, 99/99/2026", None),
        ("account 20260503 2026-05-031, May 2026", None),
        ("no date at all", None),
    ],
)
def test_the_newest_date_that_is_not_to_come_is_read(text, found):
    assert newest_date(text, until=RECEIVED) == found


def test_an_american_date_has_its_month_first():
    read = newest_date("03/05/2026 04.05.2026", until=RECEIVED, is_month_first=True)

    assert read == date(2026, 5, 4)
    assert newest_date("03/05/2026", until=RECEIVED, is_month_first=True) == date(2026, 3, 5)


def test_a_paper_older_than_its_kind_may_be_is_marked(desk, browser, appeal):
    paper = received_and_checked(browser, appeal, statement("en"))
    assert paper.dated_on == date(2026, 5, 3)
    rows = EvidenceDocument.objects.filter(pk=paper.pk)

    rows.update(kind="payslip", uploaded_at=timezone.now().replace(2026, 6, 1, hour=15))
    fresh = case(desk, appeal)
    rows.update(kind="payslip", uploaded_at=timezone.now().replace(2026, 11, 20, hour=15))
    old = case(desk, appeal)

    assert "Newest date in it: 3 May 2026" in fresh
    assert "older than" not in fresh
    most = CATALOGUE.document("payslip").max_age_days
    assert f"201 days old when it came, older than {most} days" in old


# --- the same file ------------------------------------------------------------------------------


def test_the_same_file_in_another_case_is_noticed(desk, browse, browser, appeal, queue):
    received_and_checked(browser, appeal, files.pdf())
    stranger = create_customer("Eve Stone")
    other = create_appeal(create_decision(stranger), state=AppealState.SUBMITTED, queue=queue)
    received_and_checked(browse(stranger), other, files.pdf())

    page = case(desk, appeal)

    assert "The same file is in" in page
    assert f"/cases/{other.reference}/" in page
    assert "of another customer" in page


def test_a_case_or_a_draft_that_is_not_the_viewers_is_not_named(
    desk, browse, browser, appeal, queue
):
    received_and_checked(browser, appeal, files.pdf())
    for name, state, where in (
        ("Eve Stone", AppealState.DRAFT, None),
        ("Max Ruiz", AppealState.SUBMITTED, create_queue("income_verification")),
    ):
        stranger = create_customer(name)
        other = create_appeal(create_decision(stranger), state=state, queue=where)
        received_and_checked(browse(stranger), other, files.pdf())

    assert "The same file is in" not in case(desk, appeal)
