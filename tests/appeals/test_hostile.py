"""The hostile set and the honest one, file by file, through the door and the process of its own.

Nothing hostile is taken, no worker dies of it, and each sender reads why and what to do instead.
"""

import pytest
from django.utils import timezone

from appeals.evidence import storage
from appeals.evidence.checking import check_evidence
from appeals.evidence.refusals import Refusal
from appeals.evidence.wording import refusal_text
from appeals.models import EvidenceDocument
from appeals.states import EvidenceState
from tests.appeals.builders import create_appeal
from tests.appeals.papers import (
    address,
    as_file,
    documents_page,
    fetch,
    received_and_checked,
    send_json,
    shelf,
    stored_files,
)
from tests.hostile import DISARMED, REFUSED
from tests.hostile.honest import FILES

__all__ = ["shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]

# What a customer may have done by mistake, and what nobody does by mistake.
FEWEST = 60


def check_until_known(document):
    """Check as the clock does: a try that fails by no fault of the file is followed by others."""
    for _ in range(3):
        EvidenceDocument.objects.filter(pk=document.pk).update(check_after=timezone.now())
        check_evidence(document.pk)
        document.refresh_from_db()
        if document.state != EvidenceState.WAITING:
            return


@pytest.fixture
def appeal(decision):
    return create_appeal(decision)


def test_there_are_enough_and_each_is_another():
    names = [specimen.name for specimen in [*REFUSED, *DISARMED]]

    assert len(REFUSED) >= FEWEST
    assert len(set(names)) == len(names)
    # A virus needs the scanner (test_scanning), a heavy file its weight; ours is no file's fault.
    elsewhere = {Refusal.VIRUS, Refusal.TOO_BIG, Refusal.TOO_COMPLEX, Refusal.TECHNICAL}
    assert {specimen.refusal for specimen in REFUSED} == set(Refusal) - elsewhere


def test_a_file_of_the_set_is_the_same_every_time():
    # A lock has its own salt each time.
    salted = [one for one in REFUSED if one.refusal == Refusal.PASSWORD or "locked" in one.name]
    for specimen in [one for one in [*REFUSED, *DISARMED] if one not in salted][::5]:
        assert specimen.make() == specimen.make(), specimen


@pytest.mark.parametrize("specimen", REFUSED, ids=str)
def test_a_hostile_file_is_refused_with_its_reason_and_nothing_of_it_stays(
    browser, appeal, shelf, specimen
):
    answer = send_json(browser, appeal, as_file(specimen.make(), specimen.file_name))
    if answer.status_code == 201:
        document = EvidenceDocument.objects.get(public_id=answer.json()["received"][0]["id"])
        check_until_known(document)
        assert (document.state, document.refusal) == (EvidenceState.REFUSED, specimen.refusal)
        said = browser.get(documents_page(appeal)).content.decode()
    else:
        said = answer.json()["detail"]
        assert not EvidenceDocument.objects.exists()

    assert refusal_text(specimen.refusal) in said
    assert stored_files(shelf) == []


@pytest.mark.parametrize("specimen", DISARMED, ids=str)
def test_a_strange_file_is_kept_without_what_it_carried(browser, appeal, specimen):
    content = specimen.make()
    document = received_and_checked(browser, appeal, content, specimen.file_name)

    assert document.state == EvidenceState.READY
    if specimen.payload:
        assert specimen.payload in content
        with storage.open_stored(document.stored_name) as kept:
            assert specimen.payload not in kept.read()
    assert fetch(browser, address("evidence_page", document, 1)).status_code == 200


@pytest.mark.parametrize("honest", FILES, ids=str)
def test_an_honest_file_is_taken_and_can_be_seen(browser, appeal, honest):
    document = received_and_checked(browser, appeal, honest.make(), honest.file_name)

    assert document.state == EvidenceState.READY, document.refusal
    assert (document.pages, document.original_name) == (honest.pages, honest.file_name)
    page = fetch(browser, address("evidence_page", document, honest.pages))
    assert page.status_code == 200
    assert page.body.startswith((b"\x89PNG", b"\xff\xd8", b"RIFF"))
