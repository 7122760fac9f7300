"""Nobody is asked twice: a paper we hold joins another appeal, and its file stays for the last."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from appeals.actions import retention
from appeals.actions.evidence import Purpose
from appeals.actions.held_papers import use_held_paper
from appeals.errors import NotAllowed, WrongState
from appeals.evidence.checking import erase_leftovers, erase_orphans
from appeals.evidence.limits import MAX_APPEAL_FILES
from appeals.models import Appeal, CaseEvent, DocumentRequest, EventKind, EvidenceDocument
from appeals.states import AppealState, EvidenceState
from tests.appeals import files
from tests.appeals.builders import (
    LATE_PAYMENT,
    create_appeal,
    create_decision,
    create_document_request,
    create_queue,
)
from tests.appeals.desks import desk, held, queue, rosa, sam, sofia
from tests.appeals.papers import (
    address,
    documents_page,
    fetch,
    no_child,
    received_and_checked,
    shelf,
    stored_files,
)
from tests.appeals.papers import held as rows_only

__all__ = ["desk", "held", "no_child", "queue", "rosa", "sam", "shelf", "sofia"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]
OFFERED = "Papers we have from you already"


@pytest.fixture
def kind(decision):
    """A kind of paper that helps with a reason of the decision and may be so many days old."""
    reasons = [row.reason for row in decision.reasons.all()]
    return next(paper for one in reasons for paper in one.papers if paper.max_age_days)


@pytest.fixture
def before(alice):
    """An appeal of the same person from a while ago."""
    return create_appeal(create_decision(alice, with_notice=False), state=AppealState.SUBMITTED)


@pytest.fixture
def paper(browser, before, kind):
    document = received_and_checked(browser, before, files.pdf(pages=2), "before.pdf")
    EvidenceDocument.objects.filter(pk=document.pk).update(kind=kind.key)
    document.refresh_from_db()
    return document


@pytest.fixture
def appeal(decision):
    return create_appeal(decision)


def use(browser, appeal, paper):
    url = reverse("appeals:evidence_use", args=[appeal.reference])
    return browser.post(url, {"paper": str(paper.public_id)})


def shown(browser, appeal):
    return browser.get(documents_page(appeal)).content.decode()


def erase(document):
    """Its last day has come."""
    long_ago = timezone.now() - timedelta(days=1000)
    Appeal.objects.filter(pk=document.appeal_id).update(
        state=AppealState.WITHDRAWN, closed_at=long_ago
    )
    retention.plan_papers()
    retention.erase_due_papers()
    erase_leftovers()
    document.refresh_from_db()


# --- offering ------------------------------------------------------------------------------------


def test_a_paper_sent_before_is_offered_and_joins_without_being_sent(
    browser, appeal, before, paper, shelf
):
    page = shown(browser, appeal)
    assert OFFERED in page
    assert f"with appeal {before.reference}" in page
    on_the_disk = stored_files(shelf)

    answer = use(browser, appeal, paper)

    assert answer.status_code == 302
    joined = appeal.evidence.get()
    assert joined.state == EvidenceState.READY
    assert (joined.sha256, joined.kind, joined.came_from) == (paper.sha256, paper.kind, paper)
    assert joined.received_at == paper.uploaded_at
    assert stored_files(shelf) == on_the_disk
    for name, more in (("evidence_open", []), ("evidence_page", [2]), ("evidence_download", [])):
        assert fetch(browser, address(name, joined, *more)).status_code == 200
    page = shown(browser, appeal)
    assert OFFERED not in page
    assert "You sent it before, on" in page


def test_used_twice_it_is_used_once(browser, appeal, paper):
    for _time in range(2):
        assert use(browser, appeal, paper).status_code == 302

    assert appeal.evidence.count() == 1


def test_a_paper_that_is_too_old_is_not_offered(browser, appeal, paper, kind):
    with time_machine.travel(timezone.now() + timedelta(days=kind.max_age_days, hours=1)):
        browser.force_login(appeal.customer)
        assert OFFERED not in shown(browser, appeal)
        answer = use(browser, appeal, paper)

    assert answer.status_code == 409
    assert "Please send a newer one." in answer.content.decode()
    assert not appeal.evidence.exists()


def test_used_again_and_again_it_does_not_grow_younger(browser, alice, appeal, paper, kind):
    with time_machine.travel(timezone.now() + timedelta(days=kind.max_age_days - 1)):
        browser.force_login(alice)
        use(browser, appeal, paper)
    third = create_appeal(create_decision(alice, with_notice=False))

    with time_machine.travel(timezone.now() + timedelta(days=kind.max_age_days + 1)):
        browser.force_login(alice)
        assert use(browser, third, appeal.evidence.get()).status_code == 409


@pytest.mark.parametrize(
    "fields",
    [{"kind": ""}, {"kind": "court_document"}, {"state": EvidenceState.WAITING}],
)
def test_what_would_not_help_is_not_offered(browser, appeal, paper, fields):
    assert OFFERED in shown(browser, appeal)
    EvidenceDocument.objects.filter(pk=paper.pk).update(**fields)

    assert OFFERED not in shown(browser, appeal)


def test_nobody_uses_a_strangers_paper(strange_browser, charlie, browser, alice, appeal, paper):
    theirs = create_appeal(create_decision(charlie))

    assert OFFERED not in shown(strange_browser, theirs)
    assert use(strange_browser, theirs, paper).status_code == 404
    assert use(strange_browser, appeal, paper).status_code == 404
    with pytest.raises(NotAllowed):
        use_held_paper(appeal=theirs, paper=paper, by=charlie, purpose=Purpose())
    assert (
        browser.post(
            reverse("appeals:evidence_use", args=[appeal.reference]), {"paper": "x"}
        ).status_code
        == 404
    )
    assert not EvidenceDocument.objects.exclude(pk=paper.pk).exists()


def test_a_full_or_decided_appeal_takes_none(alice, appeal, paper):
    rows_only(appeal, MAX_APPEAL_FILES, state=EvidenceState.READY)
    with pytest.raises(Exception, match="20 files"):
        use_held_paper(appeal=appeal, paper=paper, by=alice, purpose=Purpose())

    decided = create_appeal(create_decision(alice, with_notice=False), state=AppealState.DECIDED)
    with pytest.raises(WrongState):
        use_held_paper(appeal=decided, paper=paper, by=alice, purpose=Purpose())


def test_an_answer_to_a_reviewer_may_be_a_paper_we_hold(browser, alice, before, paper, kind):
    waiting = create_appeal(create_decision(alice, with_notice=False), state=AppealState.WAITING)
    asked = create_document_request(waiting, kinds=[kind.key])
    page = browser.get(reverse("appeals:answer", args=[waiting.reference])).content.decode()
    assert OFFERED in page

    use(browser, waiting, paper)

    joined = waiting.evidence.get()
    assert joined.request == asked
    event = CaseEvent.objects.get(appeal=waiting, kind=EventKind.EVIDENCE_ADDED)
    assert event.details == {"document": str(joined.public_id)}


# --- the file stays for the last -----------------------------------------------------------------


def test_the_file_stays_until_the_last_appeal_lets_go(browser, appeal, paper, shelf):
    use(browser, appeal, paper)
    joined = appeal.evidence.get()

    erase(paper)
    assert paper.state == EvidenceState.ERASED
    assert paper.stored_name == ""
    assert fetch(browser, address("evidence_download", joined)).body == files.pdf(pages=2)
    erase_orphans(timezone.now() + timedelta(days=5))
    assert fetch(browser, address("evidence_download", joined)).status_code == 200

    erase(joined)
    assert joined.state == EvidenceState.ERASED
    assert stored_files(shelf) == []


def test_taken_back_from_the_second_appeal_it_stays_in_the_first(browser, appeal, paper, shelf):
    use(browser, appeal, paper)
    browser.post(address("evidence_remove", appeal.evidence.get()))
    erase_leftovers()

    assert appeal.evidence.get().state == EvidenceState.REMOVED
    assert fetch(browser, address("evidence_download", paper)).status_code == 200


def test_what_was_erased_in_this_moment_is_not_used(alice, appeal, paper):
    erase(paper)

    with pytest.raises(WrongState, match="newer one"):
        use_held_paper(appeal=appeal, paper=paper, by=alice, purpose=Purpose())


# --- the reviewer --------------------------------------------------------------------------------


def ask(client, case, kinds, **more):
    url = f"/admin/cases/{case.reference}/ask/"
    return client.post(url, {"kinds": kinds, "message": "Please send it.", **more})


@pytest.fixture
def known(browse, held, shelf):
    """A good payslip of the customer whose case the reviewer holds, sent with another appeal."""
    other = create_appeal(
        create_decision(held.customer, with_notice=False, reasons=[LATE_PAYMENT]),
        state=AppealState.SUBMITTED,
        queue=held.queue,
    )
    document = received_and_checked(browse(held.customer), other, files.pdf(), "payslip.pdf")
    EvidenceDocument.objects.filter(pk=document.pk).update(kind="payslip")
    document.refresh_from_db()
    return document


def test_a_reviewer_who_asks_for_what_we_hold_is_warned_and_may_insist(desk, held, known):
    answer = ask(desk, held, ["payslip", "bank_statement"])

    assert answer.status_code == 400
    page = answer.content.decode()
    assert "We have this already, and it is not too old: Recent payslips." in page
    assert not DocumentRequest.objects.exists()

    assert ask(desk, held, ["payslip", "bank_statement"], although_held="1").status_code == 302
    assert DocumentRequest.objects.get().kinds == ["payslip", "bank_statement"]


def test_what_we_do_not_hold_is_asked_for_at_once(desk, held, known):
    assert ask(desk, held, ["bank_statement"]).status_code == 302


def test_a_case_they_may_not_know_of_is_not_spoken_of(desk, held, known):
    hidden = create_queue("fraud_identity", is_restricted=True)
    Appeal.objects.filter(pk=known.appeal_id).update(queue=hidden, is_restricted=True)

    assert ask(desk, held, ["payslip"]).status_code == 302
