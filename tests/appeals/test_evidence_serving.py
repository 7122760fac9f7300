"""Papers are handed out to the right people only, recorded, and can do nothing on their way."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from appeals.actions.evidence import open_evidence
from appeals.evidence import sandbox
from appeals.evidence.limits import PAGES_AHEAD, SITTING
from appeals.evidence.refusals import Refusal, Refused
from appeals.models import EvidenceDocument, EvidenceOpening
from appeals.states import AppealState
from tests.appeals import files
from tests.appeals.builders import create_appeal, create_queue, create_reviewer
from tests.appeals.papers import (
    address,
    documents_page,
    fetch,
    linked,
    no_child,
    receive,
    received_and_checked,
    shelf,
    stored_files,
)

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]
NAMES = ("evidence_open", "evidence_page", "evidence_download")


@pytest.fixture
def queue(db):
    return create_queue()


@pytest.fixture
def appeal(decision, queue):
    return create_appeal(decision, state=AppealState.SUBMITTED, queue=queue)


@pytest.fixture
def reviewer(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def reviewer_browser(browse, reviewer):
    return browse(reviewer)


@pytest.fixture
def paper(browser, appeal):
    return received_and_checked(browser, appeal, files.pdf(pages=2), "payslip.pdf")


def url_of(name, document):
    return address(name, document, *([1] if name == "evidence_page" else []))


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_owner_and_the_reviewer_of_the_case_may_open_it(browser, reviewer_browser, paper, name):
    assert fetch(browser, url_of(name, paper)).status_code == 200
    assert fetch(reviewer_browser, url_of(name, paper)).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_may_and_it_does_not_exist_for_them(
    strange_browser, client, browse, paper, name
):
    elsewhere = create_reviewer("Otto Lind", queue=create_queue("hardship_care"))

    assert fetch(strange_browser, url_of(name, paper)).status_code == 404
    assert fetch(browse(elsewhere), url_of(name, paper)).status_code == 404
    assert fetch(client, url_of(name, paper)).status_code == 302
    assert not EvidenceOpening.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_of_a_draft_is_for_its_owner_alone(browse, browser, decision, queue, name):
    draft = create_appeal(decision)
    document = received_and_checked(browser, draft, files.pdf())
    supervisor = create_reviewer("Sue Park", queue=queue, is_supervisor=True)

    assert fetch(browse(supervisor), url_of(name, document)).status_code == 404
    assert fetch(browser, url_of(name, document)).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_checked_is_not_handed_out(browser, reviewer_browser, appeal, name):
    document = receive(browser, appeal, files.pdf())

    assert fetch(browser, url_of(name, document)).status_code == 404
    assert fetch(reviewer_browser, url_of(name, document)).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_gone_is_not_an_error_of_the_server(browser, paper, shelf, name):
    for path in stored_files(shelf):
        path.unlink()

    expected = 200 if name == "evidence_open" else 404
    assert fetch(browser, url_of(name, paper)).status_code == expected


@pytest.mark.parametrize("number", [0, 3, 999999999])
def test_there_are_no_more_pages_than_there_are(browser, paper, number):
    assert fetch(browser, address("evidence_page", paper, number)).status_code == 404


# --- links last for minutes and are for one person ----------------------------------------------

FILES = NAMES[1:]


@pytest.mark.parametrize("name", FILES)
def test_a_link_that_has_ended_is_explained_and_given_anew(browser, paper, name):
    link = linked(browser, url_of(name, paper))
    assert fetch(browser, link).status_code == 200

    with time_machine.travel(timezone.now() + SITTING + timedelta(seconds=2)):
        browser.force_login(paper.appeal.customer)
        answer = browser.get(link)
        fresh = re.search(r'href="([^"]+/download\?pass=[^"]+)"', answer.content.decode())

        assert answer.status_code == 410
        assert fresh is not None
        assert "a link to one works for 30 minutes" in answer.content.decode()
        assert fetch(browser, fresh[1]).status_code == 200


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("ending", ["", "?pass=", "?pass=1w2x3y:forged", "?pass=::::"])
def test_without_a_good_pass_no_file_is_handed_out(browser, reviewer_browser, paper, name, ending):
    for person in (browser, reviewer_browser):
        answer = person.get(url_of(name, paper) + ending)

        assert answer.status_code == 410
        assert not answer.streaming


@pytest.mark.parametrize("name", FILES)
def test_a_link_is_for_one_person_and_one_paper(browser, reviewer_browser, appeal, paper, name):
    other = received_and_checked(browser, appeal, files.pdf(pages=3), "other.pdf")
    given = linked(browser, url_of(name, paper)).partition("?")[2]

    assert reviewer_browser.get(f"{url_of(name, paper)}?{given}").status_code == 410
    assert browser.get(f"{url_of(name, other)}?{given}").status_code == 410


@pytest.mark.parametrize("name", FILES)
def test_rights_are_asked_again_when_a_link_is_opened(
    reviewer_browser, reviewer, queue, paper, name
):
    link = linked(reviewer_browser, url_of(name, paper))
    assert fetch(reviewer_browser, link).status_code == 200

    queue.members.remove(reviewer)

    assert reviewer_browser.get(link).status_code == 404
    assert reviewer_browser.get(address("evidence_pass", paper)).status_code == 404


def test_who_may_gets_a_fresh_pass_and_it_is_an_opening(reviewer_browser, paper):
    given = reviewer_browser.get(address("evidence_pass", paper)).json()["pass"]

    assert EvidenceOpening.objects.count() == 1
    link = f"{address('evidence_download', paper)}?pass={given}"
    assert fetch(reviewer_browser, link).status_code == 200


def test_a_link_holds_nothing_about_a_person(reviewer_browser, reviewer, paper):
    link = linked(reviewer_browser, address("evidence_download", paper))

    assert link.count(":") == 1
    assert not {str(reviewer.pk), reviewer.reference} & set(re.split(r"[?=:/]", link))


# --- what goes with it --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_alone_and_is_not_kept_on_the_way(browser, reviewer_browser, paper, name):
    for person in (browser, reviewer_browser):
        answer = fetch(person, url_of(name, paper))

        policy = answer["Content-Security-Policy"]
        assert policy.startswith("sandbox")
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "allow-scripts" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_only_our_own_pages_may_frame_the_viewer_and_nothing_frames_a_file(browser, paper):
    viewer = browser.get(address("evidence_open", paper))
    file = fetch(browser, address("evidence_download", paper))

    assert "frame-ancestors 'self'" in viewer["Content-Security-Policy"]
    assert viewer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in file["Content-Security-Policy"]
    assert file["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("content", "name", "header"),
    [
        (files.pdf(), "payslip.pdf", 'attachment; filename="payslip.pdf"'),
        (files.pdf(), "page.html", 'attachment; filename="page.pdf"'),
        (files.jpeg(), "evil.svg", 'attachment; filename="evil.jpg"'),
        (files.heic(), "IMG_0001.HEIC", 'attachment; filename="IMG_0001.jpg"'),
        (files.pdf(), "工资单.pdf", "attachment; filename*=utf-8''%E5%B7%A5%E8%B5%84%E5%8D%95.pdf"),
        (files.pdf(), 'a"; filename=b.exe', 'attachment; filename="a\\"; filename=b.pdf"'),
        (
            files.pdf(),
            "v1.2 of my letter to you",
            'attachment; filename="v1.2 of my letter to you.pdf"',
        ),
    ],
)
def test_a_download_is_an_attachment_under_a_safe_name(browser, appeal, content, name, header):
    document = received_and_checked(browser, appeal, content)
    EvidenceDocument.objects.filter(pk=document.pk).update(original_name=name)

    answer = fetch(browser, address("evidence_download", document))

    assert answer["Content-Disposition"] == header
    assert answer["Content-Type"] == document.media_type


def test_a_download_is_what_was_kept(browser, paper):
    assert fetch(browser, address("evidence_download", paper)).body == files.pdf(pages=2)


def test_pages_are_pictures_drawn_once(browser, appeal, shelf, monkeypatch):
    paper = received_and_checked(browser, appeal, files.pdf(pages=12))
    assert len(stored_files(shelf)) == 2 + PAGES_AHEAD

    first = fetch(browser, address("evidence_page", paper, 12))
    assert len(stored_files(shelf)) == 2 + PAGES_AHEAD + 1
    monkeypatch.setattr(sandbox, "draw_pages", lambda *_: pytest.fail("drawn again"))
    second = fetch(browser, address("evidence_page", paper, 12))

    assert first["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(first.body)) as picture:
        assert picture.size == (1240, 1755)
    assert second.body == first.body


def test_a_page_that_cannot_be_drawn_is_said(browser, appeal, paper, shelf, monkeypatch):
    def cannot(*_):
        raise Refused(Refusal.TOO_COMPLEX)

    for path in stored_files(shelf):
        if path.suffix:
            path.unlink()
    monkeypatch.setattr(sandbox, "draw_pages", cannot)

    answer = fetch(browser, address("evidence_page", paper, 1))

    assert answer.status_code == 409
    assert "Download the file to read it." in answer.content.decode()


def test_a_photograph_is_shown_as_it_was_kept(browser, appeal):
    document = received_and_checked(browser, appeal, files.jpeg(), "photo.jpg")

    answer = fetch(browser, address("evidence_page", document, 1))

    assert answer["Content-Type"] == "image/jpeg"
    assert files.GPS_MARK not in answer.body


def test_the_viewer_shows_every_page_and_runs_nothing(browser, paper):
    page = browser.get(address("evidence_open", paper)).content.decode()

    for number in (1, 2):
        assert f"{address('evidence_page', paper, number)}?pass=" in page
    assert "<script" not in page
    assert "<form" not in page


# --- who looked ---------------------------------------------------------------------------------


def test_an_opening_by_staff_is_recorded_once_a_sitting_and_shown(
    browser, reviewer_browser, reviewer, appeal, paper
):
    for name in ("evidence_open", "evidence_page", "evidence_page", "evidence_download"):
        fetch(reviewer_browser, url_of(name, paper))

    opening = EvidenceOpening.objects.get()
    assert (opening.document, opening.by) == (paper, reviewer)
    page = browser.get(documents_page(appeal)).content.decode()
    assert page.count("A reviewer opened it on") == 1
    assert reviewer.name not in page

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        open_evidence(document=paper, by=reviewer)
    assert EvidenceOpening.objects.count() == 2


@pytest.mark.parametrize("name", NAMES)
def test_there_is_no_way_to_look_without_being_recorded(reviewer_browser, paper, name):
    fetch(reviewer_browser, url_of(name, paper))

    assert EvidenceOpening.objects.count() == 1
    assert reviewer_browser.head(url_of(name, paper)).status_code == 405


def test_ones_own_look_is_not_recorded(browser, paper):
    for name in NAMES:
        fetch(browser, url_of(name, paper))

    assert not EvidenceOpening.objects.exists()


def test_opening_costs_the_same_however_many_pages_or_openings(
    reviewer_browser, paper, django_assert_num_queries
):
    fetch(reviewer_browser, address("evidence_open", paper))
    with django_assert_num_queries(8):
        reviewer_browser.get(address("evidence_open", paper))
