"""Sending papers: what arrives, what is refused at the door, and what stays as it was."""

import hashlib
import io
import stat
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from appeals.access import get_appeal
from appeals.actions.evidence import Purpose, receive_evidence
from appeals.errors import AppealError
from appeals.evidence import limits, storage
from appeals.models import CaseEvent
from appeals.states import AppealState, EvidenceState
from tests.appeals import files
from tests.appeals.builders import create_appeal, create_document_request
from tests.appeals.papers import (
    as_file,
    documents_page,
    opened,
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


# --- what arrives -------------------------------------------------------------------------------


def test_several_files_arrive_with_one_form(browser, appeal, shelf):
    contents = [files.pdf(), files.jpeg(), files.png()]

    answer = send(browser, appeal, *[as_file(each, "paper") for each in contents])

    assert answer.status_code == 302
    assert answer.url == documents_page(appeal)
    rows = list(appeal.evidence.all())
    assert [row.sha256 for row in rows] == [hashlib.sha256(e).hexdigest() for e in contents]
    assert [row.media_type for row in rows] == ["application/pdf", "image/jpeg", "image/png"]
    assert {row.state for row in rows} == {EvidenceState.WAITING}
    assert "We have received 3 files." in shown(browser, appeal)


def test_a_file_lies_under_a_name_of_ours_that_only_we_can_read(browser, appeal, shelf):
    document = receive(browser, appeal, files.pdf(), "my secret payslip.pdf")

    (path,) = stored_files(shelf)
    assert opened(document.stored_name) == files.pdf()
    assert b"PDF" not in path.read_bytes()
    assert path.name == Path(document.stored_name).name
    assert "payslip" not in str(path)
    assert "." not in path.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("content", "name", "declared", "media_type"),
    [
        (files.jpeg(), "photo.pdf", "application/pdf", "image/jpeg"),
        (files.pdf(), "photo.jpg", "image/jpeg", "application/pdf"),
        (files.heic(), "IMG_0001.jpg", "image/jpeg", "image/heic"),
        (files.webp(), "page.html", "text/html", "image/webp"),
        (files.png(), "no extension", "", "image/png"),
    ],
)
def test_the_type_is_that_of_the_bytes(browser, appeal, content, name, declared, media_type):
    send(browser, appeal, as_file(content, name, declared))

    assert appeal.evidence.get().media_type == media_type


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (files.SVG, "This file is a web page or a drawing, not a paper."),
        (files.HTML, "This file is a web page or a drawing, not a paper."),
        (files.EXE, "This file is a program, not a paper"),
        (files.GIF, "We cannot open this kind of picture."),
        (files.zipped(), "This file is a packed folder"),
        (b"a letter as plain text", "We cannot open this kind of file."),
    ],
)
def test_another_kind_of_file_is_refused_whatever_it_calls_itself(
    browser, appeal, content, sentence, shelf
):
    send(browser, appeal, as_file(content, "holiday.jpg", "image/jpeg"))

    assert not appeal.evidence.exists()
    assert not stored_files(shelf)
    assert f"holiday.jpg: {sentence}" in shown(browser, appeal)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("payslip\u202efdp.exe", "payslipfdp.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ('say "hi".pdf', "say _hi_.pdf"),
        ("<script>alert(1)</script>.pdf", "script_.pdf"),
        ("工资单 2026年9月.pdf", "工资单 2026年9月.pdf"),
        ("  .hidden.pdf", "hidden.pdf"),
        ("x" * 300 + ".pdf", "x" * 115 + "….pdf"),
        ("tab\tand\x00null.pdf", "tab andnull.pdf"),
    ],
)
def test_the_name_is_only_for_showing(browser, appeal, given, kept):
    document = receive_evidence(
        appeal=appeal,
        file=_named(files.pdf(), given),
        by=appeal.customer,
        purpose=Purpose(),
    )

    assert document.original_name == kept
    assert len(document.original_name) <= limits.MAX_NAME_LENGTH


def _named(content, name):
    file = as_file(content)
    vars(file)["_name"] = name  # past Django's own cleaning
    return file


def test_a_name_is_shown_and_never_run(browser, appeal):
    receive(browser, appeal, files.pdf(), "<img src=x onerror=alert(1)>.pdf")

    page = shown(browser, appeal)

    assert "<img src=x" not in page
    assert "img src=x onerror=alert(1)_.pdf" in page


def test_it_says_what_it_is_and_which_reason_it_answers(browser, appeal):
    ground = appeal.grounds.get(decision_reason__rank=1)

    send(browser, appeal, as_file(files.pdf()), kind="payoff_letter", ground=str(ground.pk))

    document = appeal.evidence.get()
    assert (document.kind, document.ground) == ("payoff_letter", ground)


def test_a_reason_of_somebody_else_counts_as_left_open(browser, appeal, charlie):
    foreign = create_appeal().grounds.get(decision_reason__rank=1)

    send(browser, appeal, as_file(files.pdf()), kind="no_such_kind", ground=str(foreign.pk))

    document = appeal.evidence.get()
    assert (document.kind, document.ground) == ("", None)


def test_after_sending_papers_can_be_added_and_the_history_says_so(browser, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)

    document = receive(browser, appeal, files.pdf())

    event = CaseEvent.objects.get(appeal=appeal, kind="evidence_added")
    assert event.is_visible
    assert event.details == {"document": str(document.public_id)}


def test_what_arrives_while_a_reviewer_waits_is_part_of_the_answer(browser, decision):
    appeal = create_appeal(decision, state=AppealState.WAITING)
    asked = create_document_request(appeal, kinds=["payslip"])

    assert "A reviewer asks you for these:" in shown(browser, appeal)
    send(browser, appeal, as_file(files.pdf()), kind="payslip")

    document = appeal.evidence.get()
    assert (document.request, document.kind) == (asked, "payslip")


def test_a_file_sent_twice_is_kept_once(browser, appeal, shelf):
    receive(browser, appeal, files.pdf(), "payslip.pdf")

    send(browser, appeal, as_file(files.pdf(), "copy.pdf"))

    assert appeal.evidence.count() == 1
    assert len(stored_files(shelf)) == 1
    said = "copy.pdf: You have sent this file already, as “payslip.pdf”. We keep it once."
    assert said in shown(browser, appeal)


def test_a_script_that_asks_again_gets_the_first_answer(browser, appeal):
    first = send_json(browser, appeal, as_file(files.pdf()))
    again = send_json(browser, appeal, as_file(files.pdf()))

    assert first.json() == again.json()
    assert again.status_code == 201


def test_the_draft_is_saved_with_each_file(browser, appeal):
    before = appeal.saved_at

    receive(browser, appeal, files.pdf())

    appeal.refresh_from_db()
    assert appeal.saved_at > before


def test_a_full_disk_is_said_and_leaves_no_half_row(browser, appeal, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "keep", full)

    answer = send_json(browser, appeal, as_file(files.pdf()))

    assert answer.status_code == 400
    assert "could not store this file just now" in answer.json()["detail"]
    assert not appeal.evidence.exists()


# --- who may ------------------------------------------------------------------------------------


def test_only_the_owner_can_send_papers(browser, strange_browser, appeal):
    assert send(strange_browser, appeal, as_file(files.pdf())).status_code == 404
    assert not appeal.evidence.exists()

    assert send(browser, appeal, as_file(files.pdf())).status_code == 302
    assert appeal.evidence.exists()


def test_a_stranger_and_a_wrong_number_get_the_same(strange_browser, browser, appeal):
    wrong = reverse("appeals:evidence_upload", args=["AP-2222-2222"])

    for answer in (
        strange_browser.get(documents_page(appeal)),
        strange_browser.post(upload_page(appeal)),
        browser.post(wrong),
    ):
        assert answer.status_code == 404


def test_without_a_session_a_form_leads_to_signing_in_and_a_script_is_told(client, appeal):
    assert send(client, appeal, as_file(files.pdf())).status_code == 302
    assert send_json(client, appeal, as_file(files.pdf())).status_code == 401
    assert not appeal.evidence.exists()


def test_a_form_of_another_site_is_refused(alice, appeal):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)

    assert send(strict, appeal, as_file(files.pdf())).status_code == 403
    assert not appeal.evidence.exists()

    strict.get(documents_page(appeal))
    token = strict.cookies["csrf"].value
    sent = send(strict, appeal, as_file(files.pdf()), csrfmiddlewaretoken=token)
    assert sent.status_code == 302
    assert appeal.evidence.exists()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_the_way_back_never_leads_away(browser, appeal, elsewhere):
    answer = send(browser, appeal, as_file(files.pdf()), next=elsewhere)

    assert answer.url == documents_page(appeal)


def test_the_way_back_is_the_page_the_form_was_on(browser, appeal):
    answer = send(
        browser, appeal, as_file(files.pdf()), next=documents_page(appeal) + "?return=check"
    )

    assert answer.url == documents_page(appeal) + "?return=check"


def test_the_action_itself_knows_who_may(appeal, charlie):
    with pytest.raises(AppealError):
        receive_evidence(appeal=appeal, file=as_file(files.pdf()), by=charlie, purpose=Purpose())
    assert get_appeal(appeal.customer, appeal.reference).evidence.count() == 0


def test_a_file_is_read_from_its_beginning(appeal):
    file = io.BytesIO(files.pdf())
    file.seek(100)
    upload = as_file(files.pdf())
    upload.file = file

    document = receive_evidence(appeal=appeal, file=upload, by=appeal.customer, purpose=Purpose())

    assert document.sha256 == hashlib.sha256(files.pdf()).hexdigest()
