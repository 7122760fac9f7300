"""The same questions put to a real ClamAV daemon, with a signature of the tests' own."""

import tempfile
import zlib
from pathlib import Path

import pytest

from appeals.evidence.refusals import Refusal
from appeals.evidence.wording import refusal_text
from appeals.models import VirusScan
from appeals.scanning import ScannerAway, VirusFound, scan
from appeals.states import EvidenceState
from tests.appeals import files
from tests.appeals.builders import create_appeal
from tests.appeals.clamd import EICAR
from tests.appeals.clamd_running import NAME, real_clamd
from tests.appeals.papers import (
    documents_page,
    no_child,
    received_and_checked,
    shelf,
    stored_files,
)
from tests.hostile.papers import INFECTED, packed

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]


@pytest.fixture(scope="module")
def address():
    # Short: the path of a socket has little room.
    with tempfile.TemporaryDirectory(prefix="rc-clamd-") as folder, real_clamd(Path(folder)) as url:
        yield url


@pytest.fixture
def scanner(address, settings):
    settings.CLAMD_URL = address
    return address


@pytest.fixture
def appeal(decision):
    return create_appeal(decision)


def test_a_clean_paper_is_called_clean(browser, appeal, scanner):
    document = received_and_checked(browser, appeal, files.pdf(pages=3))

    assert (document.state, document.virus_scan) == (EvidenceState.READY, VirusScan.CLEAN)


def test_the_virus_of_the_hostile_set_is_found_refused_and_gone(browser, appeal, scanner, shelf):
    document = received_and_checked(browser, appeal, INFECTED.make(), INFECTED.file_name)

    assert (document.state, document.refusal) == (EvidenceState.REFUSED, Refusal.VIRUS)
    assert stored_files(shelf) == []
    assert refusal_text(Refusal.VIRUS) in browser.get(documents_page(appeal)).content.decode()


def test_a_virus_packed_into_a_stream_is_found_too(browser, appeal, scanner):
    content = packed(zlib.compress(b"0 0 9 9 re f %" + EICAR))
    assert EICAR not in content

    document = received_and_checked(browser, appeal, content)

    assert (document.state, document.refusal) == (EvidenceState.REFUSED, Refusal.VIRUS)


def test_it_says_what_it_found(scanner, tmp_path):
    infected = tmp_path / "infected"
    infected.write_bytes(INFECTED.make())

    with infected.open("rb") as content, pytest.raises(VirusFound, match=NAME):
        scan(content)


def test_a_file_it_will_not_take_is_not_clean(settings, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(3_000_000))
    with (
        tempfile.TemporaryDirectory(prefix="rc-clamd-") as folder,
        real_clamd(Path(folder), stream_limit="1M") as url,
        large.open("rb") as content,
    ):
        settings.CLAMD_URL = url
        with pytest.raises(ScannerAway):
            scan(content)
