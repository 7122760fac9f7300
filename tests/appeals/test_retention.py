"""Papers are kept as long as they may be, not a day longer, and never erased under a hold."""

import io
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from appeals import periodic
from appeals.actions import portions, retention
from appeals.actions.legal_holds import lift_hold, place_hold
from appeals.catalogue import RETENTION, CatalogueError
from appeals.catalogue.packs import PACKS
from appeals.catalogue.retention import SOURCE, load_retention
from appeals.deadlines import add_months
from appeals.evidence import checking, sandbox, storage
from appeals.models import (
    Appeal,
    CaseEvent,
    EventKind,
    EvidenceDocument,
    EvidenceOpening,
    FeedRun,
    RejectedLine,
)
from appeals.retention import erasable_on
from appeals.states import AppealState, EvidenceState
from portal.storage.errors import StorageAway
from tests.appeals import files
from tests.appeals.builders import create_appeal, create_customer, create_decision, create_reviewer
from tests.appeals.papers import (
    address,
    documents_page,
    fetch,
    held,
    linked,
    no_child,
    received_and_checked,
    shelf,
    stored_files,
)

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]
PLACES = {"US": 25, "GB": 36, "EU": 36, "CN": 36}


@pytest.fixture
def supervisor():
    return create_reviewer("Sue Park", is_supervisor=True)


@pytest.fixture
def second():
    return create_reviewer("Sven Dahl", is_supervisor=True)


@pytest.fixture
def appeal(decision):
    return create_appeal(decision, state=AppealState.SUBMITTED)


@pytest.fixture
def paper(browser, appeal):
    return received_and_checked(browser, appeal, files.pdf(pages=2), "my payslip.pdf")


def close(appeal, at=None):
    """At noon in UTC it is the same day for all of these customers."""
    noon = timezone.now().replace(hour=12, minute=0)
    Appeal.objects.filter(pk=appeal.pk).update(state=AppealState.DECIDED, closed_at=at or noon)


def run_at(day, callbacks):
    """What the clock does on that day."""
    with time_machine.travel(timezone.now().replace(hour=12), tick=False) as clock:
        clock.move_to(f"{day:%Y-%m-%d}T12:00:00+00:00")
        with callbacks(execute=True):
            periodic.erase_what_is_over()


def on_day(*, months=0, days=0):
    return add_months(timezone.now().date(), months) + timedelta(days=days)


# --- how long ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_a_paper_is_kept_for_the_months_of_its_jurisdiction(place):
    person = create_customer(jurisdiction=place)
    appeal = create_appeal(create_decision(person), state=AppealState.SUBMITTED)
    (document,) = held(appeal, kind="payslip")
    assert erasable_on(document, timezone.now()) is None  # the case is open

    close(appeal)
    document = EvidenceDocument.objects.get(pk=document.pk)

    assert erasable_on(document, timezone.now()) == on_day(months=PLACES[place])


@pytest.mark.parametrize(("place", "months"), [("GB", 3), ("EU", 3), ("CN", 3), ("US", 25)])
def test_a_kind_of_its_own_is_kept_for_its_own_months(place, months):
    person = create_customer(jurisdiction=place)
    appeal = create_appeal(create_decision(person), state=AppealState.SUBMITTED)
    held(appeal, kind="liveness_check")
    close(appeal)

    document = EvidenceDocument.objects.get(appeal=appeal.pk)

    assert erasable_on(document, timezone.now()) == on_day(months=months)


def test_every_pack_says_how_long_papers_are_kept_from_the_end_of_the_case():
    assert {pack.retention["evidence"].begins for pack in PACKS.all()} == {"closing"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: id_document", "kind: passport", "no kind of paper 'passport'"),
        ("{GB: 3, EU: 3, CN: 3}", "{GB: 3, FR: 3}", "no jurisdiction 'FR'"),
        ("kind: liveness_check", "kind: id_document", "twice for GB"),
        ("{GB: 3, EU: 3, CN: 3}", "{GB: 0}", "from 1 to 120"),
        ("unsent_days: 90", "unsent_days: soon", "unsent_days must be a number"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(tmp_path, old, new, words):
    source = tmp_path / "retention.yaml"
    kinds = {"id_document", "liveness_check"}
    text = SOURCE.read_text()
    source.write_text(text)
    assert load_retention(kinds, source).papers == RETENTION.papers
    assert old in text
    source.write_text(text.replace(old, new))

    with pytest.raises(CatalogueError, match=words):
        load_retention(kinds, source)


# --- erasing -------------------------------------------------------------------------------------


def test_on_its_last_day_a_paper_goes_with_its_pages_and_the_customer_reads_why(
    browser, alice, appeal, paper, shelf, django_capture_on_commit_callbacks
):
    close(appeal)
    assert len(stored_files(shelf)) == 4

    run_at(on_day(months=25, days=-1), django_capture_on_commit_callbacks)
    paper.refresh_from_db()
    assert (paper.state, paper.erase_on) == (EvidenceState.READY, on_day(months=25))
    assert len(stored_files(shelf)) == 4

    run_at(on_day(months=25), django_capture_on_commit_callbacks)

    paper.refresh_from_db()
    assert (paper.state, paper.stored_name, paper.original_name) == (EvidenceState.ERASED, "", "")
    assert paper.sha256
    assert paper.erased_at is not None
    assert stored_files(shelf) == []
    page = browser.get(documents_page(appeal)).content.decode()
    assert "because the time we may keep it was over." in page
    assert "payslip.pdf" not in page
    for name, more in (("evidence_open", []), ("evidence_page", [1]), ("evidence_download", [])):
        assert fetch(browser, address(name, paper, *more)).status_code == 404
    event = CaseEvent.objects.get(kind=EventKind.PAPERS_ERASED)
    assert (event.by, event.details, event.is_visible) == (None, {"documents": 1}, True)


def test_run_twice_it_erases_once(appeal, paper, django_capture_on_commit_callbacks):
    close(appeal)
    for _time in range(2):
        run_at(on_day(months=26), django_capture_on_commit_callbacks)

    assert CaseEvent.objects.filter(kind=EventKind.PAPERS_ERASED).count() == 1


def test_the_day_is_the_customers_own(django_capture_on_commit_callbacks):
    east = create_customer(time_zone="Pacific/Kiritimati")  # fourteen hours before UTC
    appeal = create_appeal(create_decision(east), state=AppealState.SUBMITTED)
    (document,) = held(appeal)
    closed = timezone.now().replace(hour=11, minute=0)  # tomorrow, where they live
    close(appeal, closed)
    document.refresh_from_db()

    day = erasable_on(document, timezone.now())

    assert day == add_months(closed.date() + timedelta(days=1), 25)


def test_a_case_opened_again_keeps_its_papers(appeal, paper, django_capture_on_commit_callbacks):
    close(appeal)
    retention.plan_papers()
    Appeal.objects.filter(pk=appeal.pk).update(state=AppealState.SUBMITTED, closed_at=None)

    run_at(on_day(months=30), django_capture_on_commit_callbacks)

    paper.refresh_from_db()
    assert (paper.state, paper.erase_on) == (EvidenceState.READY, None)


def test_papers_of_an_appeal_that_was_never_sent_go_after_ninety_days(
    browser, decision, shelf, django_capture_on_commit_callbacks
):
    draft = create_appeal(decision)
    paper = received_and_checked(browser, draft, files.pdf())

    run_at(on_day(days=89), django_capture_on_commit_callbacks)
    paper.refresh_from_db()
    assert paper.state == EvidenceState.READY

    run_at(on_day(days=92), django_capture_on_commit_callbacks)

    paper.refresh_from_db()
    assert (paper.state, paper.erased_because) == (EvidenceState.ERASED, "unsent")
    assert stored_files(shelf) == []
    assert "because the appeal was not sent." in browser.get(documents_page(draft)).content.decode()


def test_rules_that_change_move_the_day(appeal, paper, monkeypatch):
    close(appeal)
    retention.plan_papers()
    paper.refresh_from_db()
    assert paper.erase_on == on_day(months=25)
    assert retention.plan_papers() == 0  # nothing is worked out twice

    shorter = dict.fromkeys([(paper.kind, "US")], 12)
    monkeypatch.setattr("appeals.retention.RETENTION", _Table(shorter))

    assert retention.plan_papers() == 1
    paper.refresh_from_db()
    assert paper.erase_on == on_day(months=12)


class _Table:
    version = "another"
    unsent_days = 90

    def __init__(self, papers):
        self.papers = papers

    def months(self, kind, jurisdiction, *, usual):
        return self.papers.get((kind, jurisdiction), usual)


def test_many_are_erased_in_portions(decision, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(portions, "AT_ONCE", 2)
    appeals = [create_appeal(create_decision(), state=AppealState.SUBMITTED) for _n in range(5)]
    for one in appeals:
        held(one)
        close(one)

    run_at(on_day(months=26), django_capture_on_commit_callbacks)

    assert EvidenceDocument.objects.filter(state=EvidenceState.ERASED).count() == 5


def test_a_file_the_storage_would_not_delete_is_deleted_by_the_next_sweep(
    appeal, paper, shelf, monkeypatch, django_capture_on_commit_callbacks
):
    close(appeal)

    def away(*_arguments, **_more):
        raise StorageAway("the storage did not answer")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "erase", away)
        run_at(on_day(months=26), django_capture_on_commit_callbacks)
    paper.refresh_from_db()
    assert paper.state == EvidenceState.ERASED
    assert stored_files(shelf)

    checking.erase_leftovers()

    paper.refresh_from_db()
    assert paper.stored_name == ""
    assert stored_files(shelf) == []


def test_a_page_drawn_while_its_paper_is_erased_is_not_left_behind(
    browser, appeal, shelf, monkeypatch, django_capture_on_commit_callbacks
):
    paper = received_and_checked(browser, appeal, files.pdf(pages=12), "long.pdf")
    close(appeal)
    link = linked(browser, address("evidence_page", paper, 12))
    draw = sandbox.draw_pages

    def draw_slowly(*arguments):
        draw(*arguments)
        run_at(on_day(months=26), django_capture_on_commit_callbacks)

    monkeypatch.setattr(sandbox, "draw_pages", draw_slowly)

    assert fetch(browser, link).status_code == 404
    assert stored_files(shelf) == []


def test_who_looked_stays_written_down(appeal, paper, django_capture_on_commit_callbacks):
    paper.openings.create(by=create_reviewer("Rosa Vega"), at=timezone.now())
    close(appeal)

    run_at(on_day(months=26), django_capture_on_commit_callbacks)

    assert EvidenceOpening.objects.filter(document=paper).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"state": EvidenceState.ERASED},
        {"state": EvidenceState.ERASED, "erased_at": "2026-01-01T00:00Z", "original_name": ""},
        {"erased_because": "over"},
    ],
)
def test_the_database_lets_nobody_erase_without_when_and_why(paper, fields):
    with pytest.raises(IntegrityError, match="says_when_and_why"), transaction.atomic():
        EvidenceDocument.objects.filter(pk=paper.pk).update(**fields)


# --- refused files -------------------------------------------------------------------------------


def test_a_refused_file_is_gone_within_a_day_whatever_happened(browser, appeal, shelf, monkeypatch):
    def away(*_arguments, **_more):
        raise StorageAway("the storage did not answer")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "erase", away)
        document = received_and_checked(browser, appeal, files.pdf_open_script())
    assert document.state == EvidenceState.REFUSED
    assert stored_files(shelf)  # could not be deleted just then

    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        checking.erase_leftovers()  # every half minute, by the clock

    assert stored_files(shelf) == []
    document.refresh_from_db()
    assert document.stored_name == ""


# --- holds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", ["customer", "appeal"])
def test_a_hold_beats_the_last_day_and_lifted_it_lets_go(
    about, appeal, paper, supervisor, second, django_capture_on_commit_callbacks
):
    close(appeal)
    thing = appeal if about == "appeal" else appeal.customer
    hold = place_hold(about=thing, because="A claim in court.", by=supervisor)

    run_at(on_day(months=30), django_capture_on_commit_callbacks)
    paper.refresh_from_db()
    assert paper.state == EvidenceState.READY

    lift_hold(hold=hold, because="It was settled.", by=second)
    run_at(on_day(months=30), django_capture_on_commit_callbacks)

    paper.refresh_from_db()
    assert paper.state == EvidenceState.ERASED


def test_a_hold_keeps_nothing_of_anybody_else(
    appeal, paper, supervisor, django_capture_on_commit_callbacks
):
    close(appeal)
    place_hold(about=create_customer(), because="A claim in court.", by=supervisor)

    run_at(on_day(months=30), django_capture_on_commit_callbacks)

    paper.refresh_from_db()
    assert paper.state == EvidenceState.ERASED


def test_of_two_holds_one_is_enough(
    appeal, paper, supervisor, second, django_capture_on_commit_callbacks
):
    close(appeal)
    first = place_hold(about=appeal, because="A claim in court.", by=supervisor)
    place_hold(about=appeal.customer, because="The regulator asks.", by=supervisor)
    lift_hold(hold=first, because="It was settled.", by=second)

    run_at(on_day(months=30), django_capture_on_commit_callbacks)

    paper.refresh_from_db()
    assert paper.state == EvidenceState.READY


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_comes_while_a_paper_is_being_erased_waits_for_the_answer(appeal, paper):
    """Whoever is first is first: nobody places a hold on a paper and loses it afterwards."""
    close(appeal)
    supervisor = create_reviewer("Sue Park", is_supervisor=True)
    retention.plan_papers()
    placed = threading.Event()
    erased: list[int] = []

    def erase():
        try:
            erased.append(retention.erase_due_papers(timezone.now() + timedelta(days=1000)))
        finally:
            connection.close()

    with transaction.atomic():
        place_hold(about=appeal.customer, because="A claim in court.", by=supervisor)
        other = threading.Thread(target=erase)
        other.start()
        placed.set()
        other.join(timeout=1)
        assert other.is_alive()  # it waits for this transaction
    other.join()

    paper.refresh_from_db()
    assert (erased, paper.state) == ([0], EvidenceState.READY)


# --- what comes next -----------------------------------------------------------------------------


def test_the_command_shows_what_goes_next_and_deletes_nothing(appeal, paper, supervisor, shelf):
    close(appeal, timezone.now() - timedelta(days=740))
    other = create_appeal(create_decision(), state=AppealState.SUBMITTED)
    held(other)
    close(other, timezone.now() - timedelta(days=740))
    place_hold(about=other, because="A claim in court.", by=supervisor)
    retention.plan_papers()
    out = io.StringIO()

    call_command("show_retention", days=60, stdout=out)

    paper.refresh_from_db()
    assert f"{paper.erase_on:%Y-%m-%d}: 1" in out.getvalue()
    assert "1 papers by" in out.getvalue()
    assert "1 kept by a legal hold." in out.getvalue()
    assert len(stored_files(shelf)) == 4


# --- feed lines we could not take ----------------------------------------------------------------


def test_the_text_of_a_rejected_line_is_forgotten_and_much_later_its_row():
    run = FeedRun.objects.create(source="feed.jsonl", started_at=timezone.now(), rejected=1)
    line = RejectedLine.objects.create(
        run=run, line_number=7, decision_id="D-1", error="locale is missing.", raw='{"name": "A"}'
    )

    for days, raw in ((89, '{"name": "A"}'), (91, "")):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            retention.forget_rejected_lines()
        line.refresh_from_db()
        assert (line.raw, line.error, line.decision_id) == (raw, "locale is missing.", "D-1")

    with time_machine.travel(timezone.now() + timedelta(days=25 * 31 + 2)):
        retention.forget_rejected_lines()
    assert not RejectedLine.objects.exists()
    run.refresh_from_db()
    assert run.rejected == 1
