"""The virus scanner: its word decides, and without its word a paper waits."""

import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from appeals.evidence import checking
from appeals.evidence.limits import MAX_TRIES, SCANNER_PATIENCE
from appeals.evidence.refusals import Refusal
from appeals.models import VirusScan
from appeals.states import AppealState, EvidenceState
from tests.appeals import files
from tests.appeals.builders import create_appeal, create_queue, create_reviewer
from tests.appeals.clamd import EICAR, clamd
from tests.appeals.papers import (
    address,
    no_child,
    receive,
    received_and_checked,
    shelf,
    stored_files,
)

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]


@pytest.fixture
def appeal(decision):
    return create_appeal(decision, state=AppealState.SUBMITTED)


@pytest.fixture
def reviewer_browser(browse):
    return browse(create_reviewer(queue=create_queue()))


def test_a_clean_file_was_sent_whole_and_is_ready(browser, appeal, settings, tmp_path):
    content = files.pdf() + b"\n" * 300_000
    with clamd(tmp_path / "clamd.sock") as scanner:
        settings.CLAMD_URL = scanner.url
        document = received_and_checked(browser, appeal, content)

    assert scanner.heard == [content]
    assert (document.state, document.virus_scan) == (EvidenceState.READY, VirusScan.CLEAN)


def test_a_virus_is_refused_and_deleted(browser, appeal, settings, shelf):
    infected = files.pdf().replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF")
    with clamd() as scanner:
        settings.CLAMD_URL = scanner.url
        document = received_and_checked(browser, appeal, infected)

    assert (document.state, document.refusal) == (EvidenceState.REFUSED, Refusal.VIRUS)
    assert not stored_files(shelf)


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR", b"stream: not OK", b"\xff\xfe", b"OK"]
)
def test_any_other_word_is_no_verdict(browser, appeal, settings, tmp_path, answer):
    with clamd(tmp_path / "clamd.sock", says=answer) as scanner:
        settings.CLAMD_URL = scanner.url
        document = received_and_checked(browser, appeal, files.pdf())

    assert document.state == EvidenceState.WAITING


def test_while_the_scanner_is_away_a_paper_waits_and_is_not_given_up(
    browser, appeal, settings, tmp_path
):
    settings.CLAMD_URL = f"unix:{tmp_path / 'nobody.sock'}"
    document = receive(browser, appeal, files.pdf())
    now = timezone.now()
    for minute in range(MAX_TRIES + 2):
        with time_machine.travel(now + minute * (SCANNER_PATIENCE + timedelta(seconds=1))):
            checking.check_evidence(document.pk)
    document.refresh_from_db()
    assert (document.state, document.tries) == (EvidenceState.WAITING, 0)

    with clamd(tmp_path / "back.sock") as scanner, time_machine.travel(now + timedelta(hours=1)):
        settings.CLAMD_URL = scanner.url
        assert checking.documents_to_check(timezone.now()) == [document.pk]
        checking.check_evidence(document.pk)

    document.refresh_from_db()
    assert document.state == EvidenceState.READY


def test_a_scanner_that_hangs_up_gave_no_verdict(browser, appeal, settings):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{deaf.getsockname()[1]}"
    document = received_and_checked(browser, appeal, files.pdf())

    assert document.state == EvidenceState.WAITING


@pytest.mark.parametrize("address_given", ["http://127.0.0.1:3310", "clamd", "tcp://"])
def test_an_address_that_is_none_keeps_papers_waiting(browser, appeal, settings, address_given):
    settings.CLAMD_URL = address_given

    assert received_and_checked(browser, appeal, files.pdf()).state == EvidenceState.WAITING


def test_without_a_scanner_staff_are_told_so(browser, reviewer_browser, appeal):
    document = received_and_checked(browser, appeal, files.pdf())

    page = reviewer_browser.get(address("evidence_open", document)).content.decode()

    assert "Not scanned for viruses" in page
