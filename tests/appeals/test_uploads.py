"""A file that comes in parts: it goes on where it stopped, and becomes a paper once."""

import hashlib
import os
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appeals import periodic
from appeals.actions.evidence import Purpose
from appeals.actions.uploads import Announced, append_part, begin_upload, finish_upload
from appeals.errors import AppealError
from appeals.evidence import limits, parts, storage
from appeals.models import EvidenceUpload
from appeals.states import AppealState, EvidenceState, UploadState
from tests.appeals import files
from tests.appeals.builders import create_appeal, create_customer, create_decision
from tests.appeals.papers import MEGABYTE, as_file, documents_page, held, send_json, shelf
from tests.appeals.uploading import PART, TUS, CutOff, announce, begun, head, patch, place, told
from tests.portal.kept import NEW, OLD

__all__ = ["shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]
STEP = limits.STEP_BYTES


@pytest.fixture
def appeal(decision):
    return create_appeal(decision)


def big(size: int = 3 * STEP + 777) -> bytes:
    content = files.pdf()
    return content + os.urandom(size - len(content))


def arrived():
    return sorted(Path(site.UPLOAD_DIR).iterdir())


def shown(browser, appeal):
    return browser.get(documents_page(appeal)).content.decode()


# --- the way through ----------------------------------------------------------------------------


def test_a_file_in_three_parts_is_a_paper_like_any_other(browser, appeal):
    content = big()
    ground = appeal.grounds.get(decision_reason__rank=1)
    upload = begun(
        browser,
        appeal,
        len(content),
        kind="payoff_letter",
        ground=str(ground.pk),
        filename="债.pdf",
    )

    for start, end in ((0, 1000), (1000, 2 * STEP), (2 * STEP, len(content))):
        answer = patch(browser, upload, content[start:end], start)
        assert answer.status_code == 204
        assert answer["Upload-Offset"] == str(end)

    document = appeal.evidence.get()
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.original_name, document.kind, document.ground) == (
        "债.pdf",
        "payoff_letter",
        ground,
    )
    assert document.state == EvidenceState.WAITING
    upload.refresh_from_db()
    assert upload.state == UploadState.DONE


def test_what_has_arrived_is_deleted_once_the_paper_is_kept(
    browser, appeal, django_capture_on_commit_callbacks
):
    content = files.pdf()
    upload = begun(browser, appeal, len(content))
    with django_capture_on_commit_callbacks(execute=True):
        patch(browser, upload, content, 0)

    assert arrived() == []
    with storage.open_stored(appeal.evidence.get().stored_name) as kept:
        assert kept.read() == content


def test_only_we_can_read_what_has_arrived_and_its_name_says_nothing(browser, appeal):
    upload = begun(browser, appeal, 5000, filename="my secret.pdf")
    patch(browser, upload, files.pdf()[:500], 0)

    (path,) = arrived()
    assert path.name == upload.public_id.hex
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"PDF" not in path.read_bytes()  # it is sealed while it grows


@pytest.mark.parametrize("how", ["altered", "cut", "another's"])
def test_what_was_touched_on_the_disk_is_begun_again(browser, appeal, how):
    content = big()
    upload, other = (begun(browser, appeal, len(content)) for _ in range(2))
    for one in (upload, other):
        patch(browser, one, content[:STEP], 0)
    path, its = (Path(site.UPLOAD_DIR) / one.public_id.hex for one in (upload, other))
    lying = bytearray(path.read_bytes())
    lying[-1] ^= 1
    spoiled = {"altered": bytes(lying), "cut": bytes(lying[:-1]), "another's": its.read_bytes()}
    path.write_bytes(spoiled[how])

    answer = patch(browser, upload, content[STEP:], STEP)

    assert answer.status_code in {410, 422, 400}, answer.content
    assert not appeal.evidence.exists()
    assert patch(browser, other, content[STEP:], STEP).status_code == 204
    assert appeal.evidence.get().sha256 == hashlib.sha256(content).hexdigest()


def test_keys_that_change_while_a_file_is_on_its_way_lose_nothing_of_it(browser, appeal, settings):
    content = big()
    upload = begun(browser, appeal, len(content))
    settings.EVIDENCE_KEYS = OLD
    patch(browser, upload, content[:STEP], 0)
    settings.EVIDENCE_KEYS = f"{NEW},{OLD}"

    patch(browser, upload, content[STEP:], STEP)

    assert appeal.evidence.get().sha256 == hashlib.sha256(content).hexdigest()


def test_it_says_how_far_it_is_and_until_when_it_is_kept(browser, appeal):
    upload = begun(browser, appeal, 5000)
    patch(browser, upload, files.pdf()[:500], 0)

    answer = head(browser, upload)

    assert answer.status_code == 200
    assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("500", "5000")
    assert answer["Tus-Resumable"] == "1.0.0"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Upload-Expires"].endswith("GMT")


def test_it_says_what_it_can(client, appeal):
    answer = client.options(reverse("appeals:uploads", args=[appeal.reference]))

    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,expiration,termination"
    assert answer["Tus-Max-Size"] == str(20 * MEGABYTE)


def test_another_version_is_refused(browser, appeal):
    answer = browser.head(place(begun(browser, appeal, 5000)), headers={"Tus-Resumable": "0.2.2"})

    assert answer.status_code == 412
    assert answer["Tus-Version"] == "1.0.0"


def test_a_verb_can_be_said_in_a_header(browser, appeal):
    upload = begun(browser, appeal, 5000)

    answer = browser.post(
        place(upload),
        files.pdf()[:500],
        content_type=PART,
        headers={**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
    )

    assert answer["Upload-Offset"] == "500"


@pytest.mark.parametrize(
    ("headers", "kind", "status"),
    [
        ({"Upload-Offset": "0"}, "text/plain", 415),
        ({}, PART, 400),
        ({"Upload-Offset": "minus one"}, PART, 400),
    ],
)
def test_a_part_must_say_what_it_is(browser, appeal, headers, kind, status):
    upload = begun(browser, appeal, 5000)

    answer = browser.patch(place(upload), b"%PDF-", content_type=kind, headers={**TUS, **headers})

    assert answer.status_code == status
    assert head(browser, upload)["Upload-Offset"] == "0"


# --- cut off ------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_reset", [True, False])
def test_what_came_before_a_cut_is_kept(browser, appeal, is_reset):
    content = big()
    upload = begun(browser, appeal, len(content))
    came = STEP + 5000

    patch(
        browser,
        upload,
        content,
        0,
        **{"wsgi.input": CutOff(content[:came], is_reset=is_reset)},
    )

    # A block that was not whole when the reset came is all that may be lost.
    offset = int(head(browser, upload)["Upload-Offset"])
    assert came - 16 * 1024 <= offset <= came
    assert patch(browser, upload, content[offset:], offset).status_code == 204
    assert appeal.evidence.get().sha256 == hashlib.sha256(content).hexdigest()


def test_a_step_that_is_written_but_not_counted_is_written_again(browser, appeal, monkeypatch):
    """The process dies after the bytes are on the disk and before the row says so."""
    content = big()
    upload = begun(browser, appeal, len(content))
    patch(browser, upload, content[:STEP], 0)
    parts.write(upload.public_id, STEP, b"x" * 5000)

    patch(browser, upload, content[STEP:], STEP)

    assert appeal.evidence.get().sha256 == hashlib.sha256(content).hexdigest()


def test_a_disk_that_is_full_loses_nothing_that_was_there(browser, appeal, monkeypatch):
    content = big()
    upload = begun(browser, appeal, len(content))
    patch(browser, upload, content[:STEP], 0)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _full)
        answer = patch(browser, upload, content[STEP:], STEP)

    assert answer.status_code == 503
    assert "could not store this file just now" in answer.json()["detail"]
    assert head(browser, upload)["Upload-Offset"] == str(STEP)


def _full(*_args):
    raise OSError(28, "No space left on device")


def test_what_is_gone_from_the_disk_is_begun_again(browser, appeal):
    upload = begun(browser, appeal, 5000, fingerprint="f" * 64)
    patch(browser, upload, files.pdf()[:500], 0)
    arrived()[0].unlink()

    assert patch(browser, upload, b"x" * 100, 500).status_code == 410
    assert head(browser, upload).status_code == 410
    again = begun(browser, appeal, 5000, fingerprint="f" * 64)
    assert again.pk != upload.pk


# --- twice, at once, half-way -------------------------------------------------------------------


def test_a_part_in_the_wrong_place_is_a_conflict(browser, appeal):
    upload = begun(browser, appeal, 5000)
    patch(browser, upload, files.pdf()[:500], 0)

    for at in (0, 499, 501):
        assert patch(browser, upload, b"x" * 100, at).status_code == 409
    assert head(browser, upload)["Upload-Offset"] == "500"


def test_more_than_was_said_is_refused(browser, appeal):
    upload = begun(browser, appeal, 600)

    assert patch(browser, upload, files.pdf()[:601], 0).status_code == 400
    assert head(browser, upload)["Upload-Offset"] == "0"


def test_the_database_itself_takes_no_more_than_was_said(browser, appeal):
    upload = begun(browser, appeal, 600)

    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceUpload.objects.filter(pk=upload.pk).update(offset=601)


def test_the_same_file_again_is_the_one_on_its_way(browser, appeal):
    """The answer to the announcement was lost, or the tab was closed."""
    first = begun(browser, appeal, 5000, fingerprint="a" * 64)
    patch(browser, first, files.pdf()[:500], 0)

    again = announce(browser, appeal, 5000, fingerprint="a" * 64)

    assert again["Location"] == place(first)
    assert again["Upload-Offset"] == "500"
    assert begun(browser, appeal, 5000, fingerprint="b" * 64).pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_send_the_same_part_one_has_a_conflict(appeal):
    upload = begin_upload(
        appeal=appeal, by=appeal.customer, file=Announced("a.pdf", 5000), purpose=Purpose()
    )
    start = threading.Barrier(2)
    outcomes = []

    def add():
        start.wait()
        try:
            append_part(upload=EvidenceUpload.objects.get(), offset=0, steps=[files.pdf()[:500]])
            outcomes.append("kept")
        except AppealError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    together(add, add)

    assert sorted(outcomes) == ["PartElsewhere", "kept"]
    upload.refresh_from_db()
    assert upload.offset == 500


@pytest.mark.django_db(transaction=True)
def test_finished_twice_at_once_it_is_one_paper(appeal):
    content = files.pdf()
    upload = begin_upload(
        appeal=appeal, by=appeal.customer, file=Announced("a.pdf", len(content)), purpose=Purpose()
    )
    parts.write(upload.public_id, 0, content)
    EvidenceUpload.objects.update(offset=len(content))
    start = threading.Barrier(2)

    def finish():
        start.wait()
        try:
            assert finish_upload(upload=upload).state == UploadState.DONE
        finally:
            connection.close()

    together(finish, finish)

    assert appeal.evidence.count() == 1
    assert arrived() == []


def together(*each):
    at_once = [threading.Thread(target=one) for one in each]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()


def test_a_lost_last_answer_is_asked_for(browser, appeal):
    content = files.pdf()
    upload = begun(browser, appeal, len(content))
    patch(browser, upload, content, 0)

    answer = head(browser, upload)

    assert answer["Upload-Offset"] == answer["Upload-Length"] == str(len(content))
    assert appeal.evidence.count() == 1


def test_a_process_that_died_before_the_end_leaves_it_to_the_clock(browser, appeal):
    content = files.pdf()
    upload = begun(browser, appeal, len(content))
    parts.write(upload.public_id, 0, content)
    EvidenceUpload.objects.update(offset=len(content))

    periodic.sweep_uploads()
    periodic.sweep_uploads()

    assert appeal.evidence.get().sha256 == hashlib.sha256(content).hexdigest()


def test_or_to_who_asks_first(browser, appeal):
    content = files.pdf()
    upload = begun(browser, appeal, len(content))
    parts.write(upload.public_id, 0, content)
    EvidenceUpload.objects.update(offset=len(content))

    assert head(browser, upload)["Upload-Offset"] == str(len(content))
    assert appeal.evidence.count() == 1


def test_a_file_we_have_already_is_kept_once(browser, appeal):
    send_json(browser, appeal, as_file(files.pdf()))
    upload = begun(browser, appeal, len(files.pdf()))

    assert patch(browser, upload, files.pdf(), 0).status_code == 204
    assert appeal.evidence.count() == 1


# --- who may ------------------------------------------------------------------------------------


def test_a_stranger_and_a_wrong_number_get_the_same(browser, strange_browser, appeal):
    upload = begun(browser, appeal, 5000)
    wrong = EvidenceUpload()

    for answer in (
        announce(strange_browser, appeal, 5000),
        head(strange_browser, upload),
        patch(strange_browser, upload, b"%PDF-", 0),
        strange_browser.delete(place(upload), headers=TUS),
        strange_browser.post(reverse("appeals:upload_stop", args=[upload.public_id])),
        head(browser, wrong),
    ):
        assert answer.status_code == 404
    assert head(browser, upload)["Upload-Offset"] == "0"


def test_without_a_session_it_is_said_and_what_came_stays(browser, client, appeal):
    upload = begun(browser, appeal, 5000)
    patch(browser, upload, files.pdf()[:500], 0)

    assert patch(client, upload, b"x" * 10, 500).status_code == 401
    assert announce(client, appeal, 5000).status_code == 401
    assert head(browser, upload)["Upload-Offset"] == "500"


def test_a_session_that_was_idle_too_long_is_said_without_a_redirect(browser, appeal, settings):
    upload = begun(browser, appeal, 5000)
    settings.SESSION_IDLE_SECONDS = {"customer": -1, "staff": -1}

    assert patch(browser, upload, b"%PDF-", 0).status_code == 401


def test_another_site_cannot_send_for_somebody(alice, appeal, browser):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    upload = begun(browser, appeal, 5000)

    assert announce(strict, appeal, 5000).status_code == 403
    assert patch(strict, upload, files.pdf()[:500], 0).status_code == 403
    strict.get(documents_page(appeal))
    strict.defaults["HTTP_X_CSRFTOKEN"] = strict.cookies["csrf"].value
    assert patch(strict, upload, files.pdf()[:500], 0).status_code == 204


# --- limits and refusals ------------------------------------------------------------------------


def test_too_big_is_said_before_a_byte_is_sent(browser, appeal):
    answer = announce(browser, appeal, 20 * MEGABYTE + 1)

    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("This file is bigger than 20 MB.")


def test_an_empty_file_is_refused(browser, appeal):
    answer = announce(browser, appeal, 0)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("This file is empty.")


def test_refusals_are_said_in_the_customers_language(browse):
    chen = create_customer("Chen Wei", locale="zh-hans")
    appeal = create_appeal(create_decision(chen))

    answer = announce(browse(chen), appeal, 21 * MEGABYTE)

    assert "20 MB" in answer.json()["detail"]
    assert "This file" not in answer.json()["detail"]


def test_what_we_cannot_open_is_refused_at_its_beginning(browser, appeal):
    content = files.EXE.ljust(3 * STEP, b"\0")
    upload = begun(browser, appeal, len(content), filename="holiday.jpg")

    answer = patch(browser, upload, content[:STEP], 0)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("This file is a program")
    assert head(browser, upload).status_code == 410
    assert "holiday.jpg" in shown(browser, appeal)  # and why, for who was not there


def test_what_turns_out_wrong_at_the_end_is_refused_with_words(browser, appeal):
    upload = begun(browser, appeal, len(files.HTML))

    answer = patch(browser, upload, files.HTML, 0)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("This file is a web page")
    assert not appeal.evidence.exists()
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED


def test_files_on_their_way_take_their_place(browser, appeal):
    held(appeal, limits.MAX_APPEAL_FILES - 1)
    upload = begun(browser, appeal, 5000)

    for answer in (
        announce(browser, appeal, 5000),
        send_json(browser, appeal, as_file(files.png())),
    ):
        assert answer.status_code == 400
        assert "You have sent 20 files" in answer.json()["detail"]
    browser.delete(place(upload), headers=TUS)
    assert announce(browser, appeal, 5000).status_code == 201


def test_the_last_place_is_enough_for_the_file_that_has_it(browser, appeal):
    held(appeal, limits.MAX_APPEAL_FILES - 1)
    upload = begun(browser, appeal, len(files.pdf()))

    assert patch(browser, upload, files.pdf(), 0).status_code == 204
    assert appeal.evidence.count() == limits.MAX_APPEAL_FILES


def test_sixty_megabytes_hold_for_what_was_only_announced(browser, appeal):
    for name in "abc":
        begun(browser, appeal, 20 * MEGABYTE, fingerprint=name * 64)

    assert "bigger than 60 MB" in announce(browser, appeal, 1).json()["detail"]


def test_somebody_who_announces_and_stops_without_end_is_stopped(browser, appeal):
    now = timezone.now()
    EvidenceUpload.objects.bulk_create(
        EvidenceUpload(
            appeal=appeal,
            by=appeal.customer,
            length=1,
            state=UploadState.STOPPED,
            created_at=now,
            expires_at=now,
            ended_at=now,
        )
        for _ in range(limits.MAX_APPEAL_TRIES)
    )

    assert "Very many files" in announce(browser, appeal, 5000).json()["detail"]


def test_after_the_decision_nothing_is_taken(browser, decision):
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW)
    upload = begun(browser, appeal, len(files.pdf()))
    type(appeal).objects.filter(pk=appeal.pk).update(
        state=AppealState.DECIDED, closed_at=timezone.now()
    )

    answer = patch(browser, upload, files.pdf(), 0)

    assert answer.status_code == 400
    assert "a reviewer has already decided" in answer.json()["detail"]
    assert announce(browser, appeal, 5000).status_code == 403


@pytest.mark.parametrize("content", [files.EXE.ljust(3 * STEP, b"\0"), files.EXE])
def test_why_a_file_was_refused_is_told_in_the_language_of_the_day(browser, appeal, alice, content):
    upload = begun(browser, appeal, len(content), filename="setup.pdf")
    patch(browser, upload, content[:STEP], 0)
    assert "This file is a program" in shown(browser, appeal)

    type(alice).objects.filter(pk=alice.pk).update(locale="zh-hans")

    assert "This file is a program" not in shown(browser, appeal)
    assert "setup.pdf" in shown(browser, appeal)


# --- stopped, expired, forgotten ----------------------------------------------------------------


def test_it_can_be_stopped_on_its_way(browser, appeal, django_capture_on_commit_callbacks):
    upload = begun(browser, appeal, 5000, filename="wrong.pdf")
    patch(browser, upload, files.pdf()[:500], 0)

    with django_capture_on_commit_callbacks(execute=True):
        assert browser.delete(place(upload), headers=TUS).status_code == 204

    assert arrived() == []
    assert head(browser, upload).status_code == 410
    assert patch(browser, upload, b"x", 500).status_code == 410
    upload.refresh_from_db()
    assert upload.original_name == ""


def test_without_a_script_it_is_listed_and_can_be_deleted(browser, appeal):
    upload = begun(browser, appeal, 1000, filename="half.pdf")
    patch(browser, upload, files.pdf()[:500], 0)

    page = shown(browser, appeal)
    assert "half.pdf" in page
    assert "50% of 1\xa0KB has arrived." in page
    answer = browser.post(
        reverse("appeals:upload_stop", args=[upload.public_id]), {"next": documents_page(appeal)}
    )

    assert answer.url == documents_page(appeal)
    assert "half.pdf" not in shown(browser, appeal)


def test_what_nobody_continues_expires_and_is_said(
    browser, appeal, django_capture_on_commit_callbacks
):
    upload = begun(browser, appeal, 5000, filename="half.pdf")
    patch(browser, upload, files.pdf()[:500], 0)
    EvidenceUpload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert head(browser, upload).status_code == 410
    assert patch(browser, upload, b"x" * 10, 500).status_code == 410
    with django_capture_on_commit_callbacks(execute=True):
        periodic.sweep_uploads()

    assert arrived() == []
    upload.refresh_from_db()
    assert upload.state == UploadState.EXPIRED
    assert "did not arrive in time" in shown(browser, appeal)


def test_each_part_begins_its_time_anew(browser, appeal):
    upload = begun(browser, appeal, 5000)
    soon = timezone.now() + timedelta(minutes=1)
    EvidenceUpload.objects.update(expires_at=soon)

    patch(browser, upload, files.pdf()[:500], 0)

    upload.refresh_from_db()
    assert upload.expires_at > soon + timedelta(days=1)


def test_after_a_week_what_became_of_it_is_forgotten(browser, appeal):
    upload = begun(browser, appeal, 5000)
    browser.delete(place(upload), headers=TUS)
    EvidenceUpload.objects.update(ended_at=timezone.now() - timedelta(days=8))

    periodic.sweep_uploads()

    assert not EvidenceUpload.objects.exists()


def test_files_that_no_row_continues_are_swept_up_and_others_stay(browser, appeal):
    going_on = begun(browser, appeal, 5000)
    patch(browser, going_on, files.pdf()[:500], 0)
    stray = Path(site.UPLOAD_DIR) / ("0" * 32)
    stray.write_bytes(b"left by a process that died")
    long_ago = timezone.now().timestamp() - 2 * 3600
    for path in arrived():
        os.utime(path, (long_ago, long_ago))

    periodic.sweep_uploads()

    assert [path.name for path in arrived()] == [going_on.public_id.hex]


def test_metadata_that_is_not_in_base64_is_refused(browser, appeal):
    answer = browser.post(
        reverse("appeals:uploads", args=[appeal.reference]),
        headers={**TUS, "Upload-Length": "5000", "Upload-Metadata": "filename §§§"},
        content_type=PART,
    )

    assert answer.status_code == 400
    assert told(filename="a.pdf").startswith("filename ")


def test_the_page_lists_them_with_one_question(browser, appeal, django_assert_num_queries):
    shown(browser, appeal)
    with django_assert_num_queries(10):
        shown(browser, appeal)
    for name in "abcdef":
        begun(browser, appeal, 5000, fingerprint=name * 64)
    with django_assert_num_queries(10):
        shown(browser, appeal)
