"""Papers in a bucket, a storage that is away, files that somebody touched, rooms left untidy."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import storages
from django.utils import timezone

from appeals.evidence import checking, sandbox, storage
from appeals.evidence.limits import MAX_TRIES, SCANNER_PATIENCE
from appeals.evidence.refusals import Refusal
from appeals.models import EvidenceDocument
from appeals.states import EvidenceState
from portal.storage.errors import BrokenSeal, StorageAway
from tests.appeals import files
from tests.appeals.builders import create_appeal
from tests.appeals.papers import (
    address,
    as_file,
    fetch,
    no_child,
    receive,
    received_and_checked,
    send_json,
    shelf,
    stored_files,
)
from tests.portal.buckets import SAID_BY_OTHERS, away, endpoint, s3

__all__ = ["away", "endpoint", "no_child", "s3", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_child"), SAID_BY_OTHERS]
NAMES = ("evidence_page", "evidence_download")


@pytest.fixture
def appeal(decision):
    return create_appeal(decision)


@pytest.fixture
def unreachable(monkeypatch):
    """From now on the storage does not answer; called again, it does."""

    def refuse(*_arguments, **_more):
        raise StorageAway("the storage did not answer")

    def be(is_away):
        monkeypatch.undo()
        if is_away:
            for name in ("_open", "_save", "delete", "exists"):
                monkeypatch.setattr(type(storages["evidence"]), name, refuse)

    return be


def url_of(name, document):
    return address(name, document, *([1] if name == "evidence_page" else []))


def test_a_paper_goes_its_whole_way_in_a_bucket(browser, appeal, s3):
    paper = received_and_checked(browser, appeal, files.pdf(pages=2))
    photo = received_and_checked(browser, appeal, files.jpeg(), "photo.jpg")

    assert fetch(browser, url_of("evidence_download", paper)).body == files.pdf(pages=2)
    assert fetch(browser, url_of("evidence_page", paper)).body.startswith(b"\x89PNG")
    assert fetch(browser, url_of("evidence_page", photo)).body.startswith(b"\xff\xd8")
    kept = s3.list_objects_v2(Bucket="papers")["Contents"]
    assert len(kept) == 5  # the PDF, its two pages and its text, the clean copy of the photograph
    for each in kept:
        content = s3.get_object(Bucket="papers", Key=each["Key"])["Body"].read()
        assert not content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8"))

    refused = received_and_checked(browser, appeal, files.pdf_open_script(), "bad.pdf")
    assert refused.state == EvidenceState.REFUSED
    assert len(s3.list_objects_v2(Bucket="papers")["Contents"]) == 5


def test_an_upload_to_a_storage_that_is_away_is_said_and_leaves_no_row(browser, appeal, away):
    answer = send_json(browser, appeal, as_file(files.pdf()))

    assert answer.status_code >= 400
    assert "could not store this file just now" in answer.content.decode()
    assert not EvidenceDocument.objects.exists()


def test_a_check_waits_for_the_storage_however_long_it_takes(browser, appeal, shelf, unreachable):
    document = receive(browser, appeal, files.pdf())

    unreachable(True)
    now = timezone.now()
    for outage in range(MAX_TRIES + 2):
        with time_machine.travel(now + (outage + 1) * SCANNER_PATIENCE * 2):
            checking.check_evidence(document.pk)
    document.refresh_from_db()
    assert (document.state, document.tries) == (EvidenceState.WAITING, 0)

    unreachable(False)
    with time_machine.travel(now + timedelta(hours=1)):
        checking.check_evidence(document.pk)
    document.refresh_from_db()
    assert document.state == EvidenceState.READY


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_that_cannot_be_reached_is_said(browser, appeal, shelf, unreachable, name):
    paper = received_and_checked(browser, appeal, files.pdf())
    assert fetch(browser, url_of(name, paper)).status_code == 200

    unreachable(True)
    answer = fetch(browser, url_of(name, paper))

    assert answer.status_code == 409
    assert "Please try again in a few minutes." in answer.content.decode()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("with_what", [lambda file: file[:-1], lambda file: files.pdf()])
def test_a_paper_that_somebody_touched_is_never_shown(browser, appeal, shelf, name, with_what):
    paper = received_and_checked(browser, appeal, files.pdf())
    for path in stored_files(shelf):
        path.write_bytes(with_what(path.read_bytes()))

    answer = fetch(browser, url_of(name, paper))

    assert answer.status_code == 409
    assert not answer.streaming
    assert "This paper is not as we stored it" in answer.content.decode()


def test_a_paper_that_somebody_touched_before_its_check_is_refused(browser, appeal, shelf):
    document = receive(browser, appeal, files.pdf())
    (path,) = stored_files(shelf)
    path.write_bytes(files.pdf())

    checking.check_evidence(document.pk)

    document.refresh_from_db()
    assert (document.state, document.refusal) == (EvidenceState.REFUSED, Refusal.TECHNICAL)
    assert stored_files(shelf) == []


def test_a_paper_put_in_the_place_of_another_is_never_shown(browser, appeal, shelf):
    one = received_and_checked(browser, appeal, files.pdf())
    other = received_and_checked(browser, appeal, files.pdf(pages=2))
    (shelf / other.stored_name).replace(shelf / one.stored_name)

    with pytest.raises(BrokenSeal):
        storage.open_stored(one.stored_name)
    assert fetch(browser, url_of("evidence_download", one)).status_code == 409


def test_a_paper_lies_open_for_us_alone_and_only_while_it_is_checked(
    browser, appeal, shelf, monkeypatch
):
    seen = []
    inspect = sandbox.inspect

    def look(source, target):
        seen.append((source, oct(source.stat().st_mode), oct(source.parent.stat().st_mode)))
        return inspect(source, target)

    monkeypatch.setattr(sandbox, "inspect", look)

    received_and_checked(browser, appeal, files.jpeg(), "photo.jpg")

    [(source, file, folder)] = seen
    assert (file, folder) == ("0o100600", "0o40700")
    assert not source.parent.exists()
