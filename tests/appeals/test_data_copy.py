"""Download my data: asked for, made behind the scenes, taken by its owner, erased in time."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import jsonschema  # type: ignore[import-untyped]
import pytest
import time_machine
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appeals.access import list_notices
from appeals.copy_tasks import make_data_copy, sweep_data_copies
from appeals.data_copy import making, store
from appeals.data_copy.sections import SECTIONS
from appeals.evidence.passes import make_pass
from appeals.models import (
    Authority,
    ClarityAnswer,
    CopyState,
    CustomerRequest,
    DataCopy,
    LineFact,
    PaperFault,
    PaymentReport,
    Representative,
    TreatmentAnswer,
)
from appeals.notice_paper import making as paper_making
from appeals.notice_paper.printing import PaperHeld
from appeals.states import AppealState, RequestState
from notifications.api import NotificationRequest, notify_many
from notifications.models import Notification
from tests.appeals import files
from tests.appeals.answers import KEPT, propose, ready
from tests.appeals.builders import (
    RESTRICTED,
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_reviewer,
)
from tests.appeals.journeys import words
from tests.appeals.notice_papers import drawer, paper_of, stored
from tests.appeals.papers import no_child, received_and_checked, shelf
from tests.appeals.rights import ask_help, complain, correct, send
from tests.portal.people import come_in

__all__ = ["drawer", "no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]
PAGE = "/your-data/"


@pytest.fixture(autouse=True)
def queues(db):
    return create_all_queues()


@pytest.fixture(autouse=True)
def copies(settings, tmp_path):
    """Where the copies of this test lie."""
    address = f"file://{tmp_path / 'exports'}"
    options = {**settings.STORAGES["exports"]["OPTIONS"], "address": address}
    exports = {**settings.STORAGES["exports"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "exports": exports}
    return tmp_path / "exports"


def kept(copies):
    return [path for path in copies.rglob("*") if path.is_file()]


def ask(browser):
    answer = send(browser, PAGE)
    assert answer.status_code == 302, answer.text
    return DataCopy.objects.latest("pk")


def made(browser):
    copy = ask(browser)
    make_data_copy(copy.pk)
    copy.refresh_from_db()
    assert copy.state == CopyState.READY
    return copy


def address(copy):
    return reverse("portal:data-copy-download", args=[copy.request.reference])


def download_page(copy, person=None):
    """The link as it stands on the page of this person."""
    person = person or copy.request.customer
    return f"{address(copy)}?pass={make_pass(copy.file_key, person.pk)}"


def taken(browser, copy):
    answer = browser.get(download_page(copy))
    assert answer.status_code == 200, answer.text
    return b"".join(answer.streaming_content)


def opened(copy, client=None):
    """The ZIP as its owner gets it, in a browser that came in through the door."""
    if client is None:
        client = Client()
        come_in(client, copy.request.customer)
    return zipfile.ZipFile(io.BytesIO(taken(client, copy)))


def part(archive, name):
    return json.loads(archive.read(f"data/{name}.json"))


def live(browse, person, words_):
    """A life with us: every kind of record that a copy can hold. `words_` stand in all of them."""
    browser, decision = browse(person), create_decision(person)
    rosa = create_reviewer("Rosa Vega")
    appeal = create_appeal(
        decision, state=AppealState.IN_REVIEW, reviewer=rosa, statement=f"{words_} ground"
    )
    create_document_request(appeal, by=rosa)
    appeal.events.create(kind="note", at=timezone.now(), by=rosa, details={"text": "STAFF ONLY"})
    paper = received_and_checked(browser, appeal, files.pdf(), f"{words_}.pdf")
    paper.openings.create(by=rosa, at=timezone.now())
    complain(browser, decision, f"{words_} complaint")
    ask_help(browser, decision, text=f"{words_} help")
    now = timezone.now()
    LineFact.objects.create(
        source_id=f"F-{person.pk}", content_sha256="0" * 64, line=decision.line, as_of=now,
        received_at=now, facts={"bureau.utilisation": 20, "fraud.enquiry_closed": True},
    )  # fmt: skip
    PaymentReport.objects.create(
        source_id=f"P-{person.pk}", content_sha256="0" * 64, line=decision.line,
        due_on=now.date(), paid_on=now.date(), amount="25.00", received_at=now,
    )  # fmt: skip
    ClarityAnswer.objects.create(
        customer=person, notice=decision.notice, code="BUR-UTIL-HIGH", language="en",
        is_clear=False, words=f"{words_} unclear", answered_at=now,
    )  # fmt: skip
    TreatmentAnswer.objects.create(
        customer=person, appeal=appeal, language="en", is_fair=False, words=f"{words_} unfair",
        answered_at=now,
    )  # fmt: skip
    Representative.objects.create(
        appeal=appeal, person=create_customer(f"{words_} Helper"), name=f"{words_} Helper",
        authority=Authority.FAMILY, words=f"{words_} agrees", given_at=now,
    )  # fmt: skip
    notify_many(
        [
            NotificationRequest(
                recipient_id=person.pk,
                type="appeal_received",
                dedupe_key=f"copy:{person.pk}",
                context={"reference": appeal.reference, "promised_on": "2026-12-01"},
                path="/",
            )
        ]
    )
    return decision, appeal, paper


def test_it_holds_all_that_is_held_and_follows_its_schema(browse, browser, alice):
    decision, appeal, paper = live(browse, alice, "ALICE-SAYS")
    come_in(client := Client(), alice)

    copy = made(browser)
    archive = opened(copy, client)

    assert archive.testzip() is None
    schema = json.loads(archive.read("schema.json"))
    for section in SECTIONS:
        rows = part(archive, section.name)
        assert rows, section.name
        own = {"$ref": f"#/$defs/{section.name}", "$defs": schema["$defs"]}
        jsonschema.Draft202012Validator(
            own, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        ).validate(rows)
        assert copy.counts[section.name] == len(rows)
    assert part(archive, "profile")[0]["email"] == alice.email
    told = part(archive, "decisions")[0]
    assert (told["reference"], told["old_limit"]) == (decision.reference, "4000.00")
    assert told["reasons"][1]["facts"] == {"util_pct": 93, "limit_pct": 80}
    one = part(archive, "appeals")[0]
    assert one["grounds"][0]["statement"] == "ALICE-SAYS ground"
    assert one["papers"][0]["file"] == f"papers/{paper.public_id}.pdf"
    asked = {row["kind"]: row["text"] for row in part(archive, "requests")}
    assert asked["complain"] == "ALICE-SAYS complaint"
    with storages["evidence"].open(paper.stored_name) as file:
        assert archive.read(f"papers/{paper.public_id}.pdf") == file.read()
    notice = decision.notice
    name = f"notices/{notice.reference}-en.pdf"
    assert archive.read(name) == stored(paper_of(notice))
    assert hashlib.sha256(archive.read(name)).hexdigest() == paper_of(notice).sha256
    assert "This is a copy of what we hold about you" in archive.read("README.txt").decode()
    assert appeal.reference in str(part(archive, "appeals"))


def test_it_holds_nothing_of_others_nor_of_our_staff(browse, browser, alice, charlie):
    live(browse, alice, "ALICE-SAYS")
    _decision, appeal, paper = live(browse, charlie, "CHARLIE-SAYS")

    archive = opened(made(browser))

    foreign = (
        "CHARLIE-SAYS", charlie.name, charlie.email, charlie.reference, charlie.phone,
        appeal.reference, str(paper.public_id), "Rosa Vega", "STAFF ONLY", "enquiry_closed",
    )  # fmt: skip
    for name in archive.namelist():
        content = archive.read(name)
        for word in foreign:
            assert word.encode() not in content, (name, word)
            assert word not in name


def test_who_acts_for_somebody_takes_nothing_of_theirs(browse, browser, alice, charlie):
    _decision, appeal, _paper = live(browse, charlie, "CHARLIE-SAYS")
    appeal.representatives.standing().update(ended_at=timezone.now(), ended_by=charlie)
    Representative.objects.create(
        appeal=appeal, person=alice, name="Alice", authority=Authority.ADVISER,
        words=f"{charlie.name} agrees", given_at=timezone.now(),
    )  # fmt: skip

    archive = opened(made(browser))

    assert part(archive, "representatives") == [
        {
            "appeal": appeal.reference,
            "given_by_you": False,
            "name": "Alice",
            "authority": "adviser",
            "given_at": part(archive, "representatives")[0]["given_at"],
            "ended_at": None,
            "words": None,
        }
    ]
    assert part(archive, "appeals") == []
    for name in archive.namelist():
        assert b"CHARLIE-SAYS" not in archive.read(name)
        assert charlie.name.encode() not in archive.read(name)


def test_of_a_restricted_reason_it_says_no_more_than_the_notice(browser, alice):
    create_decision(alice, reasons=[RESTRICTED], score={"value": 611, "min": 300, "max": 850})

    told = part(opened(made(browser)), "decisions")[0]

    assert "score" not in told
    assert "rule" not in told
    assert "facts" not in told["reasons"][0]


def test_an_answer_that_is_not_approved_yet_is_not_told(browser, alice, queues):
    queue = queues["policy_compliance"]
    queue.needs_second_approval = True
    queue.save()
    rosa = create_reviewer("Rosa Vega", queue=queue)
    appeal = create_appeal(
        create_decision(alice), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )
    propose(ready(appeal, rosa), rosa, KEPT)

    told = part(opened(made(browser)), "appeals")[0]

    assert told["answer"] is None
    assert told["state"] == "approval"


def test_whoever_has_only_an_account_gets_a_copy_too(browser, alice):
    archive = opened(made(browser))
    assert part(archive, "appeals") == []
    assert len(part(archive, "profile")) == 1


def test_a_notice_that_cannot_be_a_pdf_is_told_in_words(browser, decision, monkeypatch):
    def refuse(_notice, _language):
        raise PaperHeld(PaperFault.GLYPH, "U+20BB7")

    monkeypatch.setattr(paper_making, "print_notice", refuse)

    archive = opened(made(browser))

    assert not [name for name in archive.namelist() if name.startswith("notices/")]
    said = archive.read("README.txt").decode()
    assert f"We are looking into it: notices/{decision.notice.reference}-en.pdf" in said
    assert part(archive, "notices")[0]["content"]["en"]["headline"]


def test_a_paper_that_was_lost_is_named_and_the_rest_is_there(browse, browser, alice, shelf):
    _decision, _appeal, paper = live(browse, alice, "ALICE-SAYS")
    for path in shelf.rglob("*"):
        if path.is_file():
            path.write_bytes(b"somebody else's hand")

    archive = opened(made(browser))

    assert f"papers/{paper.public_id}.pdf" not in archive.namelist()
    assert f"papers/{paper.public_id}.pdf" in archive.read("README.txt").decode()
    assert part(archive, "appeals")


def test_in_chinese_the_readme_is_for_a_chinese_reader(browse):
    person = create_customer("Li Wei", locale="zh-hans", jurisdiction="CN", region="CN-SC")
    text = opened(made(browse(person))).read("README.txt").decode()
    assert "schema.json" in text
    assert "This is a copy" not in text


# --- the way to it -------------------------------------------------------------------------------


def test_it_is_asked_for_made_told_and_taken(browser, alice, copies):
    copy = ask(browser)
    receipt = browser.get(reverse("appeals:received", args=[copy.request.reference]))
    assert "We send you a message when it is ready." in receipt.text
    assert "Being made" in browser.get(PAGE).text

    make_data_copy(copy.pk)

    request = CustomerRequest.objects.get()
    assert (request.state, request.result) == (RequestState.ANSWERED, "told")
    assert not request.clocks.filter(ended_at__isnull=True).exists()
    told = Notification.objects.get(type="data_copy_ready")
    assert (told.recipient, told.path) == (alice, PAGE)
    copy.refresh_from_db()
    assert f"{address(copy)}?pass=" in browser.get(PAGE).text
    archive = opened(copy)
    assert archive.namelist()
    assert "Taken on" in browser.get(PAGE).text


def test_two_taps_are_one_copy_and_the_next_day_another(browse, browser, alice):
    ask(browser)
    assert "Make a copy for me" not in browser.get(PAGE).text
    again = browser.post(PAGE, {"token": uuid4()})
    assert again.status_code == 422
    assert "We are making a copy for you already." in again.text
    make_data_copy(DataCopy.objects.get().pk)

    assert "a day after this one" in browser.get(PAGE).text
    soon = browser.post(PAGE, {"token": uuid4()})
    assert soon.status_code == 422
    assert "Please ask again tomorrow." in soon.text
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        ask(browse(alice))
    assert DataCopy.objects.count() == 2


def test_strangers_find_nothing_and_visitors_the_door(browser, charlie, client):
    copy = made(browser)
    stranger = Client()
    come_in(stranger, charlie)

    assert stranger.get(download_page(copy)).status_code == 404
    assert stranger.get(download_page(copy, charlie)).status_code == 404
    assert copy.request.reference not in stranger.get(PAGE).text
    assert client.get(download_page(copy)).status_code == 302
    assert client.get(PAGE).status_code == 302
    assert stranger.get("/your-data/RQ-0000-0000/download/").status_code == 404


def test_whoever_came_in_long_ago_shows_once_more_that_it_is_them(browser, alice, copies):
    copy = made(browser)
    client = Client()
    come_in(client, alice)
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert client.get(PAGE).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        page = client.get(download_page(copy))
        assert "Please sign in again first" in page.text
        assert "The file holds all that we know about you." in page.text
    assert not copy.downloads.exists()


def test_a_link_that_was_left_behind_leads_back_to_the_page(browser, alice, charlie):
    copy = made(browser)
    client = Client()
    come_in(client, alice)
    found = download_page(copy)
    for old in (address(copy), f"{address(copy)}?pass=1x:2", download_page(copy, charlie)):
        assert client.get(old)["Location"] == PAGE
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        later = Client()
        come_in(later, alice)
        assert later.get(found)["Location"] == PAGE
    assert not copy.downloads.exists()


def test_the_link_is_no_link_to_the_file(browser, copies):
    """The file lies under a name that is told to nobody, and is not kept by the browser."""
    copy = made(browser)
    client = Client()
    come_in(client, copy.request.customer)
    answer = client.get(download_page(copy))

    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert copy.file_key.hex not in answer["Content-Disposition"] + download_page(copy)


def test_after_its_days_it_is_erased_and_says_so(browser, alice, copies, settings):
    copy = made(browser)
    assert len(kept(copies)) == 1
    later = timezone.now() + timedelta(days=settings.DATA_COPY_DAYS, minutes=1)
    with time_machine.travel(later):
        client = Client()
        come_in(client, alice)
        refused = client.get(download_page(copy))
        assert refused.status_code == 409
        assert "This copy has been erased." in refused.text
        sweep_data_copies()
        assert kept(copies) == []
        page = words(client.get(PAGE))
    copy.refresh_from_db()
    assert (copy.state, copy.stored_name) == (CopyState.ERASED, "")
    assert "Erased" in page
    assert not copy.downloads.exists()


def test_a_file_that_was_lost_is_said_and_not_a_broken_page(browser, alice, copies):
    copy = made(browser)
    kept(copies)[0].unlink()
    client = Client()
    come_in(client, alice)
    answer = client.get(download_page(copy))
    assert answer.status_code == 409
    assert "Please ask for a new one." in answer.text


# --- behind the scenes ---------------------------------------------------------------------------


def test_a_worker_that_died_half_way_leaves_no_file_and_no_lost_copy(browser, copies, monkeypatch):
    copy = ask(browser)
    with monkeypatch.context() as patched:
        # It stored the file, and died before it could write that down.
        patched.setattr(making, "_note_made", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_data_copy(copy.pk)
    assert len(kept(copies)) == 1
    assert making.copies_to_make(timezone.now()) == []

    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert making.copies_to_make(timezone.now()) == [copy.pk]
        make_data_copy(copy.pk)

    copy.refresh_from_db()
    assert (copy.state, copy.tries) == (CopyState.READY, 2)
    assert [path.name for path in kept(copies)] == [copy.stored_name.rsplit("/", 1)[-1]]


def test_a_lost_doorbell_is_rung_again(browser, monkeypatch):
    copy = ask(browser)
    rung: list[int] = []
    monkeypatch.setattr(make_data_copy, "delay", rung.append)
    sweep_data_copies()
    assert rung == [copy.pk]


def test_the_doorbell_rings_once_the_request_is_kept(
    browser, monkeypatch, django_capture_on_commit_callbacks
):
    rung: list[tuple[int]] = []

    def ring(args=(), *_more, **_options):
        rung.append(tuple(args))

    monkeypatch.setattr(make_data_copy, "apply_async", ring)
    with django_capture_on_commit_callbacks(execute=True):
        copy = ask(browser)
        assert rung == []
    assert rung == [(copy.pk,)]


def test_of_two_workers_one_makes_it(browser, copies):
    copy = ask(browser)
    assert making.make_copy(copy.pk)
    assert not making.make_copy(copy.pk)
    assert len(kept(copies)) == 1
    assert Notification.objects.filter(type="data_copy_ready").count() == 1


def test_a_slow_worker_overtaken_by_another_takes_its_file_back(browser, copies, monkeypatch):
    copy = ask(browser)
    keep, names = store.keep, []

    def overtaken(content, *, name):
        names.append(name)
        if len(names) == 1:
            DataCopy.objects.filter(pk=copy.pk).update(look_at=timezone.now())
            assert making.make_copy(copy.pk)
        return keep(content, name=name)

    monkeypatch.setattr(store, "keep", overtaken)
    assert not making.make_copy(copy.pk)

    copy.refresh_from_db()
    assert len(kept(copies)) == 1
    assert copy.stored_name == names[1]
    assert Notification.objects.filter(type="data_copy_ready").count() == 1


def test_it_is_made_with_as_many_questions_whatever_it_holds(browse, browser, alice):
    def asked():
        copy = DataCopy.objects.latest("pk")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            make_data_copy(copy.pk)
        return len(captured)

    create_appeal(create_decision(alice), state=AppealState.SUBMITTED)
    ask(browser)
    making.make_copy(DataCopy.objects.get().pk)
    one = _again(browse, alice, asked)
    for _ in range(3):
        appeal = create_appeal(create_decision(alice), state=AppealState.SUBMITTED)
        create_document_request(appeal)
        correct(browser, create_decision(alice))
    for notice in list_notices(alice).select_related("decision__customer"):
        paper_making.paper_in(notice, notice.language)
    many = _again(browse, alice, asked, days=4)
    # A paper of a notice costs a question of its own, whatever else there is.
    assert many - one <= 6


def _again(browse, alice, asked, days=2):
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        ask(browse(alice))
        return asked()


def test_the_page_asks_a_fixed_number_of_questions(
    browse, browser, alice, django_assert_num_queries
):
    made(browser)
    with django_assert_num_queries(4):
        browser.get(PAGE)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        made(browse(alice))
    with django_assert_num_queries(4):
        browser.get(PAGE)
