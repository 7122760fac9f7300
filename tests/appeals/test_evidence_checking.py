"""From waiting to ready or refused: nothing is stuck, nothing refused stays on the disk."""

import contextlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from appeals import evidence_tasks
from appeals.evidence import checking, sandbox, storage
from appeals.evidence.limits import CHECK_LEASE, RETRY_PAUSES
from appeals.evidence.refusals import Refusal
from appeals.evidence.sniffing import MediaType
from appeals.models import EvidenceDocument
from appeals.states import AppealState, EvidenceState
from tests.appeals import files
from tests.appeals.builders import create_appeal
from tests.appeals.papers import (
    address,
    documents_page,
    no_child,
    opened,
    receive,
    received_and_checked,
    shelf,
    stored_files,
)

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]

IN_A_CHILD = sandbox.inspect


@pytest.fixture
def appeal(decision):
    return create_appeal(decision)


@pytest.fixture
def bell(monkeypatch):
    """Whoever rings is answered at once."""
    task = evidence_tasks.check_evidence
    monkeypatch.setattr(task, "delay", task)
    monkeypatch.setattr(task, "apply_async", lambda words, **_options: task(*words))


def check(document):
    checking.check_evidence(document.pk)
    document.refresh_from_db()
    return document


# --- results ------------------------------------------------------------------------------------


def test_an_upload_rings_and_the_task_checks_in_a_process_of_its_own(
    browser, appeal, bell, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(sandbox, "inspect", IN_A_CHILD)
    with django_capture_on_commit_callbacks(execute=True):
        document = receive(browser, appeal, files.pdf(pages=3))

    document.refresh_from_db()
    assert (document.state, document.pages) == (EvidenceState.READY, 3)


def test_a_good_pdf_is_ready_and_unchanged(browser, appeal, shelf):
    document = received_and_checked(browser, appeal, files.pdf())

    assert document.state == EvidenceState.READY
    assert document.checked_at is not None
    assert document.stored_sha256 == document.sha256
    kept, page, text = stored_files(shelf)
    assert opened(kept.relative_to(shelf)) == files.pdf()
    assert (page.name, text.name) == (f"{kept.name}-1.png", f"{kept.name}-text.json")


@pytest.mark.parametrize(
    ("content", "form"),
    [(files.jpeg(), "JPEG"), (files.png(), "PNG"), (files.webp(), "WEBP"), (files.heic(), "JPEG")],
)
def test_of_a_picture_only_the_clean_copy_remains(browser, appeal, shelf, content, form):
    document = received_and_checked(browser, appeal, content, "photo")

    (path,) = stored_files(shelf)
    assert shelf / document.stored_name == path
    assert document.stored_sha256 != document.sha256
    assert files.GPS_MARK in content
    kept = opened(document.stored_name)
    assert files.GPS_MARK not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, dict(picture.getexif())) == (form, {})
    assert document.media_type == f"image/{form.lower()}"


@pytest.mark.parametrize(
    ("make", "code", "sentence"),
    [
        (files.pdf_open_script, Refusal.SCRIPT, "contains a small program"),
        (files.pdf_with_password, Refusal.PASSWORD, "save a copy without it"),
        (files.pdf_attachment, Refusal.ATTACHMENT, "has other files attached"),
        (files.pdf_truncated, Refusal.CUT_OFF, "The end of this file is missing"),
        (files.png_bomb, Refusal.TOO_LARGE_PICTURE, "This picture is too large"),
    ],
)
def test_a_hostile_file_is_refused_with_words_and_deleted(
    browser, appeal, shelf, make, code, sentence
):
    document = received_and_checked(browser, appeal, make(), "paper.pdf")

    assert (document.state, document.refusal) == (EvidenceState.REFUSED, code)
    assert document.stored_name == ""
    assert not stored_files(shelf)
    page = browser.get(documents_page(appeal)).content.decode()
    assert sentence in page
    assert browser.get(address("evidence_download", document)).status_code == 404


def test_a_refused_file_may_be_sent_again_and_leaves_its_room(browser, appeal):
    received_and_checked(browser, appeal, files.pdf_with_password())

    again = received_and_checked(browser, appeal, files.pdf_with_password())

    assert again.state == EvidenceState.REFUSED
    assert appeal.evidence.count() == 2


# --- twice, half way, gone ----------------------------------------------------------------------


def test_checked_twice_it_is_checked_once(browser, appeal, shelf, monkeypatch):
    document = received_and_checked(browser, appeal, files.jpeg())
    before = stored_files(shelf)
    monkeypatch.setattr(sandbox, "inspect", lambda *_: pytest.fail("checked again"))

    again = check(document)

    assert again.state == EvidenceState.READY
    assert stored_files(shelf) == before


def test_two_workers_do_not_check_the_same_document(browser, appeal, monkeypatch):
    document = receive(browser, appeal, files.pdf())

    def second_worker(source, target):
        checking.check_evidence(document.pk)  # must find nothing to do
        return sandbox.Inspection(MediaType.PDF, pages=1, is_rewritten=False)

    monkeypatch.setattr(sandbox, "inspect", second_worker)

    assert check(document).tries == 1


def test_a_worker_that_died_is_followed_by_another(browser, appeal):
    document = receive(browser, appeal, files.pdf())
    checking._claim(document.pk)  # and then it was killed

    assert check(document).state == EvidenceState.WAITING
    with time_machine.travel(timezone.now() + CHECK_LEASE + timedelta(seconds=1)):
        assert check(document).state == EvidenceState.READY


def test_a_file_that_kills_every_worker_is_given_up(browser, appeal, shelf, monkeypatch):
    document = receive(browser, appeal, files.pdf())

    def dies(source, target):
        raise sandbox.SandboxFailed("the child process ended with -9")

    monkeypatch.setattr(sandbox, "inspect", dies)
    now = timezone.now()
    for pause in RETRY_PAUSES:
        with time_machine.travel(now):
            assert check(document).state == EvidenceState.WAITING
        now += pause + timedelta(seconds=1)
    with time_machine.travel(now):
        check(document)

    assert (document.state, document.refusal) == (EvidenceState.REFUSED, Refusal.TECHNICAL)
    assert not stored_files(shelf)
    page = browser.get(documents_page(appeal)).content.decode()
    assert "Please send it again." in page


@pytest.mark.parametrize(
    "trouble", [sandbox.SandboxFailed("too busy"), OSError(28, "No space left"), RuntimeError()]
)
def test_a_try_that_fails_is_soon_followed_by_another(browser, appeal, bell, monkeypatch, trouble):
    document = receive(browser, appeal, files.pdf())

    def fails(source, target):
        raise trouble

    with monkeypatch.context() as once:
        once.setattr(sandbox, "inspect", fails)
        # What nobody expected is for the log too.
        with contextlib.suppress(RuntimeError):
            check(document)
    soon = timezone.now() + RETRY_PAUSES[0] + checking.DOORBELL_PATIENCE + timedelta(seconds=1)
    with time_machine.travel(soon):
        evidence_tasks.sweep_evidence()

    document.refresh_from_db()
    assert (document.state, document.tries) == (EvidenceState.READY, 2)


def test_who_waits_at_the_page_does_not_wait_a_minute_for_a_lost_ring(settings):
    sweep = settings.CELERY_BEAT_SCHEDULE["appeals.sweep_evidence"]["schedule"]

    assert timedelta(seconds=sweep) + checking.DOORBELL_PATIENCE < timedelta(seconds=20)


def test_a_file_that_is_gone_is_refused_and_staff_can_read_of_it(
    browser, appeal, shelf, caplog, settings
):
    document = receive(browser, appeal, files.pdf(), "geheim.pdf")
    stored_files(shelf)[0].unlink()

    check(document)

    assert (document.state, document.refusal) == (EvidenceState.REFUSED, Refusal.TECHNICAL)
    assert "evidence file is gone" in caplog.text
    assert "geheim" not in caplog.text


def test_a_paper_is_ready_even_if_its_pages_cannot_be_drawn_ahead(browser, appeal, monkeypatch):
    def cannot(*_):
        raise sandbox.SandboxFailed("no child process")

    monkeypatch.setattr(sandbox, "prepare", cannot)

    assert received_and_checked(browser, appeal, files.pdf()).state == EvidenceState.READY


def test_what_was_taken_back_during_the_check_stays_away(browser, appeal, shelf, monkeypatch):
    document = receive(browser, appeal, files.jpeg())
    really = sandbox.inspect

    def meanwhile(source, target):
        EvidenceDocument.objects.filter(pk=document.pk).update(state=EvidenceState.REMOVED)
        return really(source, target)

    monkeypatch.setattr(sandbox, "inspect", meanwhile)

    assert check(document).state == EvidenceState.REMOVED
    assert [path.name for path in stored_files(shelf)] == [Path(document.stored_name).name]


# --- the clock ----------------------------------------------------------------------------------


def test_the_sweep_checks_what_nobody_rang_for(browser, appeal, bell):
    document = receive(browser, appeal, files.pdf())

    evidence_tasks.sweep_evidence()
    document.refresh_from_db()
    assert document.state == EvidenceState.WAITING  # its own doorbell comes first

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        evidence_tasks.sweep_evidence()
    document.refresh_from_db()
    assert document.state == EvidenceState.READY


def test_the_sweep_deletes_what_could_not_be_deleted_at_once(browser, appeal, shelf, monkeypatch):
    def cannot(*_args, **_kwargs):
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "erase", cannot)
        received_and_checked(browser, appeal, files.pdf_with_password())
    assert len(stored_files(shelf)) == 1

    evidence_tasks.sweep_evidence()

    assert not stored_files(shelf)


def test_files_without_a_row_go_and_files_with_one_stay(browser, appeal, shelf):
    document = received_and_checked(browser, appeal, files.pdf(pages=2))
    storage.keep(io.BytesIO(files.png()))  # then its request died

    evidence_tasks.erase_orphaned_evidence()
    assert len(stored_files(shelf)) == 5  # today's may yet get a row

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        evidence_tasks.erase_orphaned_evidence()
    name = Path(document.stored_name).name
    assert [path.name for path in stored_files(shelf)] == [
        name,
        *(f"{name}-{made}" for made in ("1.png", "2.png", "text.json")),
    ]


def test_both_rounds_are_on_the_clock(settings):
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {"appeals.sweep_evidence", "appeals.erase_orphaned_evidence"} <= tasks
    assert evidence_tasks.check_evidence.home_queue == "cases"


# --- taking back --------------------------------------------------------------------------------


def test_a_paper_can_be_taken_back_until_the_appeal_is_sent(
    browser, appeal, shelf, django_capture_on_commit_callbacks
):
    document = received_and_checked(browser, appeal, files.pdf(pages=2))
    assert len(stored_files(shelf)) == 4

    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(address("evidence_remove", document))

    assert answer.status_code == 302
    document.refresh_from_db()
    assert (document.state, document.original_name) == (EvidenceState.REMOVED, "")
    assert not stored_files(shelf)
    assert browser.get(address("evidence_open", document)).status_code == 404
    assert browser.post(address("evidence_remove", document)).status_code == 404


def test_a_paper_whose_removal_is_undone_keeps_its_file(browser, appeal, shelf):
    document = received_and_checked(browser, appeal, files.pdf())

    browser.post(address("evidence_remove", document))  # the test's transaction never commits

    assert stored_files(shelf)


def test_after_sending_nothing_is_taken_back_or_renamed(browser, decision, shelf):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)
    document = received_and_checked(browser, appeal, files.pdf())

    assert browser.post(address("evidence_remove", document)).status_code == 409
    assert browser.post(address("evidence_label", document)).status_code == 409

    document.refresh_from_db()
    assert document.state == EvidenceState.READY
    assert stored_files(shelf)
    assert "evidence/" in browser.get(documents_page(appeal)).content.decode()
    assert "/remove/" not in browser.get(documents_page(appeal)).content.decode()


def test_only_the_owner_can_take_a_paper_back(strange_browser, browser, appeal):
    document = received_and_checked(browser, appeal, files.pdf())

    for name in ("evidence_remove", "evidence_label"):
        assert strange_browser.post(address(name, document)).status_code == 404
        assert browser.get(address(name, document)).status_code == 405

    document.refresh_from_db()
    assert document.state == EvidenceState.READY


def test_what_a_paper_is_can_be_mended(browser, appeal):
    document = received_and_checked(browser, appeal, files.pdf())
    ground = appeal.grounds.last()

    browser.post(
        address("evidence_label", document), {"kind": "payoff_letter", "ground": str(ground.pk)}
    )

    document.refresh_from_db()
    assert (document.kind, document.ground) == ("payoff_letter", ground)
