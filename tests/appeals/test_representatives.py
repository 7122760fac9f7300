"""Somebody on the customer's behalf: one appeal, both are told, and either ends it."""

import threading

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from appeals.actions.drafts import save_statement
from appeals.actions.evidence import Purpose, receive_evidence
from appeals.actions.representatives import Helper, name_representative
from appeals.errors import NotAllowed
from appeals.models import Appeal, Authority, EventKind, EvidenceDocument, Representative
from appeals.states import AppealState, EvidenceState
from notifications.api import ChannelKind, messages_for
from portal.models import Customer
from portal.sign_in.addresses import Address
from portal.sign_in.people import find_customer
from tests.appeals import files
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_reviewer,
)
from tests.appeals.journeys import page, words
from tests.appeals.papers import (
    address,
    documents_page,
    fetch,
    no_child,
    received_and_checked,
    shelf,
)

__all__ = ["no_child", "shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf", "no_child")]
BEN = "ben@example.net"


@pytest.fixture
def appeal(decision):
    return create_appeal(decision, state=AppealState.WAITING)


def name(browser, appeal, **changes):
    fields = {"name": "Ben Ito", "email": BEN, "authority": "adviser", "agreed": "on", **changes}
    return browser.post(page(appeal, "helper"), {k: v for k, v in fields.items() if v}, follow=True)


def end(browser, appeal):
    return browser.post(page(appeal, "helper_end"), follow=True)


@pytest.fixture
def ben(browser, appeal):
    assert name(browser, appeal).status_code == 200
    return Representative.objects.get().person


@pytest.fixture
def bens(browse, ben):
    return browse(ben)


# --- naming --------------------------------------------------------------------------------------


def test_somebody_is_named_with_what_was_agreed_and_both_are_told(browser, alice, appeal):
    answer = name(browser, appeal)

    row = Representative.objects.get()
    assert (row.appeal, row.name, row.authority) == (appeal, "Ben Ito", Authority.ADVISER)
    assert row.words in words(answer)
    assert "They see nothing else of mine." in row.words
    assert appeal.events.get().kind == EventKind.HELPER_NAMED
    [theirs] = messages_for(row.person)
    assert (theirs.type, theirs.context) == ("helper_named", {"reference": appeal.reference})
    [mine] = messages_for(alice)
    assert mine.type == "helper_changed"
    assert find_customer(Address(ChannelKind.EMAIL, BEN)) == row.person
    assert "Ben Ito helps you with this appeal" in words(browser.get(page(appeal, "appeal")))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"agreed": ""}, "Tick this if you agree."),
        ({"email": "ben"}, "valid email address"),
        ({"authority": "anybody"}, "Select a valid choice"),
    ],
)
def test_nobody_is_named_by_half_an_answer(browser, appeal, changes, says):
    answer = name(browser, appeal, **changes)

    assert answer.status_code == 422
    assert says in words(answer)
    assert not Representative.objects.exists()


def test_whom_we_know_already_helps_as_themselves(browser, charlie, appeal):
    name(browser, appeal, email=charlie.email.upper())

    assert Representative.objects.get().person == charlie
    assert not Customer.objects.filter(only_helps=True).exists()


def test_oneself_the_staff_and_a_shared_address_are_not_named(browser, alice, appeal):
    assert "your own address" in words(name(browser, appeal, email=alice.email))
    rosa = create_reviewer("Rosa Vega")
    create_customer("One", email="both@example.org")
    create_customer("Two", email="both@example.org")

    for email in (rosa.email, "both@example.org"):
        assert "We cannot let this address help you" in words(name(browser, appeal, email=email))

    assert not Representative.objects.exists()


def test_one_at_a_time_and_not_without_end(browser, appeal, ben):
    assert "Somebody helps you already." in words(name(browser, appeal, email="eve@example.net"))
    for _time in range(4):
        end(browser, appeal)
        name(browser, appeal)
    end(browser, appeal)

    assert "You have named many people" in words(name(browser, appeal))
    assert Representative.objects.count() == 5
    assert Customer.objects.filter(only_helps=True).count() == 1


def test_not_after_it_was_taken_back(browser, decision):
    appeal = create_appeal(decision, state=AppealState.WITHDRAWN)

    name(browser, appeal)

    assert not Representative.objects.exists()


def test_only_the_customer_names_somebody(strange_browser, charlie, appeal, bens):
    assert name(strange_browser, appeal).status_code == 404
    assert name(bens, appeal).status_code == 404
    helper = Helper("Eve", "eve@example.net", Authority.FAMILY)
    with pytest.raises(NotAllowed):
        name_representative(appeal=appeal, helper=helper, words="All.", by=charlie)


# --- acting --------------------------------------------------------------------------------------


def test_they_read_the_appeal_send_papers_and_answer(browser, bens, ben, alice, appeal):
    mine = received_and_checked(browser, appeal, files.pdf(), "mine.pdf")
    asked = create_document_request(appeal)
    listed = words(bens.get("/appeals/"))
    assert f"Appeal of {alice.name}" in listed
    assert "A reviewer asks something" in listed
    seen = words(bens.get(page(appeal, "appeal")))
    assert f"You help {alice.name} with this appeal." in seen
    assert "mine.pdf" in seen
    assert "Withdraw this appeal" not in seen
    assert fetch(bens, address("evidence_download", mine)).status_code == 200

    theirs = received_and_checked(bens, appeal, files.pdf(pages=2), "theirs.pdf")
    bens.post(page(appeal, "answer"), {"answer": "Here it is."})

    assert theirs.request == asked
    asked.refresh_from_db()
    assert asked.answer == "Here it is."
    done = list(appeal.events.exclude(by=alice).values_list("kind", "by"))
    assert done == [(EventKind.EVIDENCE_ADDED, ben.pk), (EventKind.DOCUMENTS_ANSWERED, ben.pk)]
    told = words(browser.get(page(appeal, "appeal")))
    assert "The person who helps you sent us a paper" in told
    assert "The person who helps you answered the reviewer" in told
    assert "The person who helps you opened it on" in told
    assert mine.openings.get().by == ben


def test_nothing_else_of_the_customer_is_theirs(browser, bens, alice, appeal):
    other = create_appeal(create_decision(alice, with_notice=False), state=AppealState.SUBMITTED)
    elsewhere = received_and_checked(browser, other, files.pdf(), "before.pdf")
    kind = next(r.reason.papers[0].key for r in appeal.decision.reasons.all() if r.reason.papers)
    EvidenceDocument.objects.update(kind=kind)
    assert "before.pdf" in browser.get(documents_page(appeal)).text

    assert "before.pdf" not in bens.get(documents_page(appeal)).text
    for url in (
        page(other, "appeal"),
        page(other, "documents"),
        address("evidence_open", elsewhere),
        reverse("appeals:decision", args=[appeal.decision.reference]),
        page(appeal, "withdraw"),
        page(appeal, "receipt"),
        page(appeal, "helper"),
    ):
        assert bens.get(url).status_code == 404, url
    use = reverse("appeals:evidence_use", args=[appeal.reference])
    assert bens.post(use, {"paper": str(elsewhere.public_id)}).status_code == 404
    assert bens.post(page(appeal, "withdraw")).status_code == 404


# --- a draft -------------------------------------------------------------------------------------


@pytest.fixture
def draft(decision):
    return create_appeal(decision, disputed=[], statement="")


@pytest.fixture
def writer(browse, browser, draft):
    """Ben, named before the appeal was sent."""
    assert "Only I can send it." in words(name(browser, draft))
    return browse(Representative.objects.get().person)


def test_named_in_a_draft_they_help_to_write_it_and_add_papers(browser, writer, alice, draft):
    assert "Not sent yet" in words(writer.get("/appeals/"))
    first = writer.get(page(draft, "appeal"), follow=True)
    assert f"You help {alice.name} with this appeal." in words(first)
    rank = draft.decision.reasons.first().rank

    writer.post(page(draft, "reasons"), {"reasons": [rank]})
    writer.post(page(draft, "reason", rank), {"statement": "She paid this in July."})
    writer.post(page(draft, "wish"), {"wish": "full"})
    writer.post(page(draft, "more"), {"statement": "Please ask me, I have the letters."})
    paper = received_and_checked(writer, draft, files.pdf(), "letter.pdf")

    seen = words(browser.get(page(draft, "check")))
    for part in ("She paid this in July.", "I have the letters.", "letter.pdf"):
        assert part in seen
    [_named, added] = draft.events.order_by("pk")
    assert (added.kind, added.details) == (
        EventKind.EVIDENCE_ADDED,
        {"document": str(paper.public_id)},
    )
    assert browser.post(page(draft, "check")).url == page(draft, "receipt")
    told = words(browser.get(page(draft, "appeal")))
    assert "The person who helps you sent us a paper" in told
    assert writer.get(page(draft, "appeal")).status_code == 200  # and they go on helping


def test_only_the_customer_sends_it_throws_it_away_or_takes_a_paper_out(
    browser, writer, alice, decision
):
    draft = Appeal.objects.get()
    mine = received_and_checked(browser, draft, files.pdf(), "mine.pdf")
    rank = decision.reasons.first().rank
    writer.post(page(draft, "reasons"), {"reasons": [rank]})
    writer.post(page(draft, "reason", rank), {"statement": "She paid this in July."})
    writer.post(page(draft, "wish"), {"wish": "full"})
    last = words(writer.get(page(draft, "check")))
    assert f"Only {alice.name} can send this appeal." in last
    assert "Send my appeal" not in last
    assert "Send it later" not in last
    assert "Throw this draft away" not in last
    assert "Remove" not in words(writer.get(documents_page(draft)))

    assert writer.post(page(draft, "check")).status_code == 409
    assert writer.post(page(draft, "withdraw")).status_code == 404
    assert writer.post(address("evidence_remove", mine)).status_code == 404
    assert writer.post(page(draft, "helper")).status_code == 404

    draft.refresh_from_db()
    mine.refresh_from_db()
    assert (draft.state, mine.state) == (AppealState.DRAFT, EvidenceState.READY)


@pytest.mark.parametrize("who", ["customer", "helper"])
def test_once_ended_nothing_of_the_draft_is_theirs(browser, writer, draft, who):
    end(browser if who == "customer" else writer, draft)

    for name_of_page in ("appeal", "reasons", "wish", "more", "check", "documents"):
        assert writer.get(page(draft, name_of_page)).status_code == 404
    ben = Representative.objects.get().person
    with pytest.raises(NotAllowed):
        save_statement(appeal=draft, statement="Still me.", by=ben)


def test_a_stranger_finds_no_draft(strange_browser, writer, draft):
    for name_of_page in ("appeal", "reasons", "wish", "more", "check", "documents", "helper"):
        assert strange_browser.get(page(draft, name_of_page)).status_code == 404
    assert strange_browser.post(page(draft, "more"), {"statement": "x"}).status_code == 404


# --- ending --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["customer", "helper"])
def test_either_ends_it_at_once_and_both_are_told(browser, bens, ben, alice, appeal, who):
    paper = received_and_checked(browser, appeal, files.pdf())

    answer = end(browser if who == "customer" else bens, appeal)

    assert answer.status_code == 200
    row = Representative.objects.get()
    assert row.ended_by == (alice if who == "customer" else ben)
    assert bens.get(page(appeal, "appeal")).status_code == 404
    assert bens.get(address("evidence_open", paper)).status_code == 404
    assert f"Appeal of {alice.name}" not in bens.get("/appeals/").text
    with pytest.raises(NotAllowed):
        receive_evidence(appeal=appeal, file=ContentFile(files.pdf()), by=ben, purpose=Purpose())
    assert messages_for(ben).filter(type="helper_changed").count() == 1
    assert messages_for(alice).filter(type="helper_changed").count() == 2
    assert end(browser, appeal).status_code == 404  # it was ended before


def test_nobody_else_ends_it(strange_browser, appeal, ben):
    assert end(strange_browser, appeal).status_code == 404
    assert Representative.objects.standing().exists()


def test_what_was_agreed_to_never_changes(ben):
    for change in ({"words": "Everything."}, {"name": "Eve"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Representative.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Representative.objects.all().delete()


# --- signing in ----------------------------------------------------------------------------------


def test_nobody_loses_their_own_account_by_having_been_named(ben):
    """The feed brings a customer with the address of somebody who only helped so far."""
    later = create_customer("Ben Ito", email=BEN)

    assert find_customer(Address(ChannelKind.EMAIL, BEN)) == later
    create_customer("Another Ben", email=BEN)
    assert find_customer(Address(ChannelKind.EMAIL, BEN)) is None


@pytest.mark.django_db(transaction=True)
def test_named_in_two_appeals_at_once_they_are_one_person(decision):
    appeals = [
        create_appeal(create_decision(create_customer()), state=AppealState.SUBMITTED)
        for _ in range(3)
    ]
    start = threading.Barrier(3)
    helper = Helper("Ben Ito", BEN, Authority.FAMILY)

    def run(appeal):
        try:
            start.wait()
            name_representative(
                appeal=appeal, helper=helper, words="This appeal.", by=appeal.customer
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[one]) for one in appeals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Representative.objects.count() == 3
    assert Customer.objects.filter(email=BEN).count() == 1
