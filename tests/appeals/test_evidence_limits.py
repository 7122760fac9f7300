"""How much is taken: limits that hold while a body is read, and when two come at once."""

import base64
import hashlib
import threading
import tracemalloc

import pytest
from django.core.files.uploadhandler import FileUploadHandler
from django.db import connection

from appeals.actions.evidence import Purpose, receive_evidence
from appeals.errors import AppealError
from appeals.evidence import limits
from appeals.states import AppealState, EvidenceState
from tests.appeals import files
from tests.appeals.builders import create_appeal
from tests.appeals.papers import (
    JSON,
    MEGABYTE,
    as_file,
    documents_page,
    held,
    receive,
    send,
    send_json,
    shelf,
    stored_files,
    upload_page,
)

__all__ = ["shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]


@pytest.fixture
def appeal(decision):
    return create_appeal(decision)


def shown(browser, appeal):
    return browser.get(documents_page(appeal)).content.decode()


def test_one_file_that_is_too_big_does_not_touch_the_others(browser, appeal, shelf):
    big = files.pdf() + b"\0" * (20 * MEGABYTE)

    send(browser, appeal, as_file(big, "big.pdf"), as_file(files.png(), "small.png"))

    assert [row.original_name for row in appeal.evidence.all()] == ["small.png"]
    assert len(stored_files(shelf)) == 1
    assert "big.pdf: This file is bigger than 20 MB." in shown(browser, appeal)


def test_twenty_megabytes_are_allowed(browser, appeal):
    content = files.pdf()
    exactly = content + b"\n" * (20 * MEGABYTE - len(content))

    assert receive(browser, appeal, exactly).size == 20 * MEGABYTE


def test_an_empty_file_is_refused(browser, appeal):
    answer = send_json(browser, appeal, as_file(b"", "empty.pdf"))

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("This file is empty.")


def test_a_big_file_is_a_problem_with_its_own_status(browser, appeal):
    answer = send_json(browser, appeal, as_file(b"%PDF-" + b"\0" * (20 * MEGABYTE)))

    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("This file is bigger than 20 MB.")


def test_no_file_at_all_is_said(browser, appeal):
    assert send(browser, appeal).status_code == 302

    assert "Choose at least one file." in shown(browser, appeal)


def test_an_appeal_holds_twenty_files(browser, appeal):
    held(appeal, limits.MAX_APPEAL_FILES)

    answer = send_json(browser, appeal, as_file(files.pdf()))

    assert answer.status_code == 400
    assert "You have sent 20 files" in answer.json()["detail"]
    assert "id_files" not in shown(browser, appeal)


def test_an_appeal_holds_sixty_megabytes(browser, appeal, shelf):
    held(appeal, size=60 * MEGABYTE - 100)

    answer = send_json(browser, appeal, as_file(files.pdf()))

    assert "bigger than 60 MB" in answer.json()["detail"]
    assert not stored_files(shelf)


def test_refused_and_removed_files_take_no_room_but_are_counted(browser, appeal):
    held(appeal, limits.MAX_APPEAL_TRIES, state=EvidenceState.REFUSED)

    answer = send_json(browser, appeal, as_file(files.pdf()))

    assert "Very many files" in answer.json()["detail"]


def test_more_than_twenty_files_in_one_form_are_refused_kindly(browser, appeal):
    too_many = [as_file(files.pdf() + b"\n" * n, f"{n}.pdf") for n in range(21)]

    assert send(browser, appeal, *too_many).status_code == 302

    assert "Choose at most 20 files at once." in shown(browser, appeal)
    assert not appeal.evidence.exists()


class Watched(FileUploadHandler):
    """Stands for the reading of a body: it must not come to that."""

    def handle_raw_input(self, *args, **kwargs):
        raise AssertionError("the body was parsed")


def test_what_is_announced_as_too_much_is_not_parsed(browser, appeal, monkeypatch):
    monkeypatch.setattr("appeals.views.uploads.BoundedUploadHandler", Watched)
    monkeypatch.setattr("appeals.views.uploads.MAX_DISCARDED_BYTES", 0)

    answer = browser.post(
        upload_page(appeal), {"files": as_file(files.pdf())}, CONTENT_LENGTH=str(70 * MEGABYTE)
    )

    assert answer.status_code == 302
    assert "bigger than 60 MB together" in shown(browser, appeal)


def test_nothing_is_parsed_once_a_reviewer_has_made_up_their_mind(browser, decision, monkeypatch):
    monkeypatch.setattr("appeals.views.uploads.BoundedUploadHandler", Watched)
    appeal = create_appeal(decision, state=AppealState.DECIDED)

    answer = browser.post(upload_page(appeal), {"files": as_file(files.pdf())}, headers=JSON)

    assert answer.status_code == 400
    assert "No more papers can be added" in answer.json()["detail"]


@pytest.mark.parametrize("broken", ["nonsense", "-", "1e9"])
def test_a_length_that_is_no_number_is_a_bad_request(browser, appeal, broken):
    answer = browser.generic("POST", upload_page(appeal), b"x", CONTENT_LENGTH=broken)

    assert answer.status_code == 400


def test_a_body_cut_off_on_the_way_is_said(browser, appeal):
    body, kind = multipart(files.pdf(pages=50))

    answer = browser.generic("POST", upload_page(appeal), body[:200], content_type=kind)

    assert answer.status_code == 302
    assert not appeal.evidence.exists()


def multipart(content, *, encoding=""):
    head = (
        b"--limit\r\n"
        b'Content-Disposition: form-data; name="files"; filename="scan.pdf"\r\n'
        b"Content-Type: application/pdf\r\n"
    )
    if encoding:
        head += f"Content-Transfer-Encoding: {encoding}\r\n".encode()
    return head + b"\r\n" + content + b"\r\n--limit--\r\n", "multipart/form-data; boundary=limit"


@pytest.mark.parametrize("encoding", ["", "base64"])
def test_a_big_file_goes_to_the_disk_and_not_into_memory(browser, appeal, encoding):
    content = files.pdf() + b"\n" * (8 * MEGABYTE)
    coded = base64.b64encode(content) if encoding else content
    body, kind = multipart(coded, encoding=encoding)
    del coded

    peak = peak_of(lambda: browser.generic("POST", upload_page(appeal), body, content_type=kind))

    assert appeal.evidence.get().sha256 == hashlib.sha256(content).hexdigest()
    # The test's own client holds the body once more; what is left is ours.
    assert peak - len(body) < 4 * MEGABYTE


def test_white_space_in_base64_does_not_swell_memory(browser, appeal):
    """CVE-2026-33033 and CVE-2026-108147: a body of blanks was held whole, again and again."""
    body, kind = multipart(b" " * (10 * MEGABYTE), encoding="base64")

    peak = peak_of(lambda: browser.generic("POST", upload_page(appeal), body, content_type=kind))

    assert not appeal.evidence.exists()
    assert peak - len(body) < 4 * MEGABYTE


def peak_of(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_cannot_both_take_the_last_place(appeal, shelf):
    held(appeal, limits.MAX_APPEAL_FILES - 1)
    start = threading.Barrier(2)
    outcomes = []

    def upload(content):
        start.wait()
        try:
            receive_evidence(
                appeal=appeal, file=as_file(content), by=appeal.customer, purpose=Purpose()
            )
            outcomes.append("received")
        except AppealError as error:
            outcomes.append(error.message[:20])
        finally:
            connection.close()

    at_once = [threading.Thread(target=upload, args=[files.pdf(pages=n)]) for n in (1, 2)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()

    assert sorted(outcomes) == ["You have sent 20 fil", "received"]
    assert len(stored_files(shelf)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_kept_once(appeal, shelf):
    start = threading.Barrier(2)

    def upload():
        start.wait()
        try:
            receive_evidence(
                appeal=appeal, file=as_file(files.pdf()), by=appeal.customer, purpose=Purpose()
            )
        except AppealError:
            pass
        finally:
            connection.close()

    at_once = [threading.Thread(target=upload) for _ in range(2)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()

    assert appeal.evidence.count() == 1
    assert len(stored_files(shelf)) == 1
