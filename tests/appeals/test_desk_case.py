"""The case on one screen, and its one big form."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from appeals.models import (
    Claim,
    DocumentRequest,
    EvidenceDocument,
    EvidenceMark,
    EvidenceOpening,
    Finding,
    LineInstruction,
    Outcome,
)
from appeals.states import AppealState, EvidenceState, OutcomeKind
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import (
    TWO_REASONS,
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_line,
    create_reviewer,
)
from tests.appeals.desks import HOME, LIST, add_paper, at, desk, held, queue, rosa, sam, typed

__all__ = ["desk", "held", "queue", "rosa", "sam"]


# --- The case ----------------------------------------------------------------------------------


def test_the_whole_case_is_on_one_page(desk, queue, rosa):
    customer = create_customer("Alice Moore")
    decision = create_decision(
        customer,
        line=create_line(customer, product="Everyday credit line", last4="4821"),
        policy={"ref": "P-7", "title": "Autumn caps", "region": "US-NY"},
        score={"value": 612, "min": 300, "max": 850, "source": "internal", "as_of": "2026-10-01"},
    )
    appeal = create_appeal(
        decision,
        state=AppealState.IN_REVIEW,
        queue=queue,
        reviewer=rosa,
        disputed=["BUR-UTIL-HIGH"],
        statement="I paid it down.",
        late_reason="I was in hospital.",
    )
    ready, waiting = add_paper(appeal, 1), add_paper(appeal, 2, EvidenceState.WAITING)
    create_document_request(appeal, by=rosa)

    text = desk.get(at(appeal)).content.decode()

    for expected in (
        "$4,000.00",
        "$1,400.00",
        "··4821",
        "LATE-6M 4.2.0",
        "Autumn caps",
        "612",
        "A late payment with another lender",
        "August 2026",
        "93%",
        "I paid it down.",
        "Not disputed.",
        "I was in hospital.",
        "payslip-1.pdf",
        "payslip-2.pdf",
        "Being checked",
        "Please send your last two payslips.",
    ):
        assert expected in text, expected
    assert reverse("appeals:evidence_open", args=[ready.public_id]) in text
    assert reverse("appeals:evidence_open", args=[waiting.public_id]) not in text


FIVE_REASONS = (
    *TWO_REASONS,
    ("BUR-SCORE-DROP", {"old_score": 700, "new_score": 612}),
    ("BUR-INQUIRIES", {"count": 7, "n": 3}),
    ("BUR-TOTAL-DEBT", {"old_debt": "9000.00", "new_debt": "15000.00", "debt_cap": "10000.00"}),
)


def fill(appeal, by, size):
    """Documents, marks, history, requests and other appeals of the same customer."""
    for number in range(size):
        paper = add_paper(appeal, number)
        EvidenceMark.objects.create(
            document=paper,
            page=1,
            ground=paper.ground,
            by=by,
            at=timezone.now(),
            **dict.fromkeys(("left", "top", "width", "height"), "0.2"),
        )
        appeal.events.create(kind="note", at=timezone.now(), by=by)
        appeal.events.create(kind="claimed", at=timezone.now(), details={"reviewer": by.reference})
        request = create_document_request(appeal, by=by)
        DocumentRequest.objects.filter(pk=request.pk).update(answered_at=timezone.now())
        create_appeal(
            create_decision(appeal.customer, with_notice=False),
            state=AppealState.SUBMITTED,
            queue=appeal.queue,
        )


@pytest.mark.parametrize(("size", "reasons"), [(0, 1), (2, 5), (50, 5)])
def test_a_case_costs_the_same_queries_whatever_its_size(
    desk, queue, rosa, sam, size, reasons, django_assert_num_queries
):
    appeal = create_appeal(
        create_decision(reasons=FIVE_REASONS[:reasons], with_notice=False),
        state=AppealState.IN_REVIEW,
        queue=queue,
        reviewer=rosa,
    )
    fill(appeal, rosa, size)
    appeal.events.create(kind="passed_on", at=timezone.now(), details={"to": sam.reference})
    desk.get(at(appeal))

    with django_assert_num_queries(CASE_QUERIES):
        desk.get(at(appeal))


CASE_QUERIES = 25


def test_how_appeals_against_the_same_version_of_the_rule_went(desk, held, queue, sam):
    assert "against this version" not in desk.get(at(held)).content.decode()
    create_answered(OutcomeKind.RESTORED, by=sam, queue=queue)
    create_answered(OutcomeKind.KEPT, by=sam, queue=queue)

    text = desk.get(at(held)).content.decode()

    assert "3 appeals, 2 answered, 1 gave something back" in text
    listed = desk.get(f"{LIST}?state=all&rule=LATE-6M&version=4.2.0").context["page"].appeals
    assert len(listed) == 3


def test_the_customer_is_no_more_than_a_name_a_place_and_a_language(desk, held):
    text = desk.get(at(held)).content.decode()

    for shown in ("Alice Moore", "New York", "English", "since 2020"):
        assert shown in text
    for hidden in (held.customer.email, held.customer.phone, held.customer.reference):
        assert hidden not in text


def test_thresholds_are_told_apart_from_the_customers_own_values(desk, held):
    page = desk.get(at(held))

    (card,) = [c for c in page.context["page"].reasons if c.row.code == "BUR-UTIL-HIGH"]
    assert [(fact.value, fact.is_threshold) for fact in card.facts] == [
        ("93%", False),
        ("80%", True),
    ]
    assert "Use of the credit limits at all lenders: below 80%" in page.content.decode()


def test_a_document_says_what_it_is_and_which_ground_it_answers(desk, held):
    paper = add_paper(held, 1)
    EvidenceDocument.objects.filter(pk=paper.pk).update(pages=4, sha256="ab12" * 16)

    text = desk.get(at(held)).content.decode()

    rank = paper.ground.decision_reason.rank
    for part in (
        f'data-desk-paper="{paper.public_id}" data-pages="4" data-ground="{paper.ground_id}"',
        f'href="#reason-{rank}"',
        "Recent payslips",
        "2 KB",
        "4 pages",
        "ab12 ab12 ab12 ab12",
        "Received and checked",
        "Not scanned for viruses",
    ):
        assert part in text, part


def test_opening_the_case_opens_no_document(desk, held):
    add_paper(held, 1)

    desk.get(at(held))

    assert not EvidenceOpening.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "colleague", "supervisor"])
def test_who_does_not_hold_the_case_finds_no_form_to_fill(browse, held, queue, role):
    reader = create_reviewer("Rita Gold", queue=queue, is_supervisor=role == "supervisor")
    if role == "auditor":
        reader.user_permissions.set(Permission.objects.filter(codename="audit_appeal"))
        queue.members.remove(reader)
    add_paper(held, 1)

    text = browse(reader).get(at(held)).content.decode()

    for control in ('id="desk-form"', "data-desk-mark-form", 'data-view="mark"', "data-renew"):
        assert control not in text, control
    # A reviewer may always say that they know the customer; a supervisor may do more.
    actions = {"auditor": [], "colleague": ["recuse"], "supervisor": ["recuse", "reassign"]}
    for action in ("recuse", "reassign", "pass-on", "release"):
        offered = actions[role] + (["release"] if role == "supervisor" else [])
        assert (f'action="{at(held, action)}/"' in text) == (action in offered)


def test_a_document_that_is_still_being_checked_is_pointed_out(desk, held):
    assert "still being checked" not in desk.get(at(held)).content.decode()

    add_paper(held, 1, EvidenceState.WAITING)

    assert "1 document is still being checked" in desk.get(at(held)).content.decode()


def test_a_newer_decision_is_pointed_out(desk, held):
    line = held.decision.line
    newer = create_decision(line.customer, line=line, decided_at=timezone.now())

    text = desk.get(at(held)).content.decode()

    assert newer.reference in text
    assert "will not change the line" in text


# --- Findings and outcome ----------------------------------------------------------------------


def test_a_draft_is_saved_with_the_suggested_sentences(desk, held):
    first, second = held.grounds.all()
    form = {
        "version": held.version,
        "do": "save",
        f"ruling-{first.pk}": "accepted",
        f"ruling-{second.pk}": "refuted",
        f"said-{second.pk}": "We looked twice.",
        "kind": "partly_restored",
        "new_limit": "$2,700",
        "internal_note": "Call the bureau.",
    }

    assert desk.post(at(held), form).url == at(held)

    assert "you are right" in first.finding.sentence
    assert second.finding.sentence == "We looked twice."
    page = desk.get(at(held)).content.decode()
    assert "Your limit is now $2,700.00." in page
    assert "Call the bureau." in page
    assert not Outcome.objects.exists()


def test_the_customers_language_is_suggested(desk, queue, rosa):
    customer = create_customer("Chen Yu", locale="zh-hans")
    appeal = create_appeal(
        create_decision(customer), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )
    first = appeal.grounds.all()[0]

    desk.post(at(appeal), {"version": appeal.version, f"ruling-{first.pk}": "refuted"})

    said = Finding.objects.get(ground=first).sentence
    assert "在其他机构有逾期还款" in said


def test_deciding_restores_tells_and_goes_home(desk, held, rosa):
    form = typed(held, kind="partly_restored", new_limit="2700", sentence="Half of it is back.")

    answer = desk.post(at(held), form, follow=True)

    assert answer.redirect_chain[-1][0] == HOME
    assert "is decided" in answer.content.decode()
    outcome = Outcome.objects.get()
    assert (outcome.decided_by, outcome.new_limit) == (rosa, Decimal("2700.00"))
    assert outcome.sentence == "Half of it is back."
    assert LineInstruction.objects.count() == 1
    page = desk.get(at(held)).content.decode()
    assert "Half of it is back." in page
    assert 'name="sentence"' not in page


def test_hidden_fields_do_not_count(desk, held):
    form = typed(held, kind="kept", new_limit="2700", condition="If.", sentence="It stays.")

    desk.post(at(held), form)

    outcome = Outcome.objects.get()
    assert (outcome.new_limit, outcome.condition) == (None, "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose an outcome."),
        ({"kind": "partly_restored", "new_limit": ""}, "Enter the limit"),
        ({"kind": "partly_restored", "new_limit": "4000"}, "below the old one"),
        ({"kind": "partly_restored", "new_limit": "half"}, "as a number"),
        ({"kind": "conditional", "new_limit": "2700"}, "how many payments on time"),
        ({"kind": "temporary", "new_limit": "2700", "until": "soon"}, "Enter a valid date"),
        ({"kind": "kept", "look_again_on": ""}, "when the reason is looked at again"),
        ({"kind": "corrected"}, "Correct at least one fact."),
        ({"kind": "to_bureau"}, "which credit bureau"),
        ({"kind": "gone"}, "Select a valid choice"),
        ({"kind": "kept", "internal_note": "n" * 2001}, "at most 2000 characters"),
    ],
)
def test_a_refused_answer_keeps_what_was_typed(desk, held, fields, words):
    answer = desk.post(at(held), typed(held, sentence="My own words.", **fields))

    assert answer.status_code == 400
    text = answer.content.decode()
    assert words in text
    assert "My own words." in text
    assert not Outcome.objects.exists()


def test_every_ground_needs_a_finding(desk, held):
    form = {"version": held.version, "do": "decide", "kind": "kept", "sentence": "It stays."}

    answer = desk.post(at(held), form)

    assert "Each ground needs a finding" in answer.content.decode()


def test_after_a_refusal_the_same_page_can_go_on(desk, held):
    answer = desk.post(at(held), typed(held, kind="partly_restored", new_limit="4000"))
    version = answer.context["version"]

    desk.post(at(held), typed(held, kind="kept", sentence="It stays.") | {"version": version})

    assert Outcome.objects.get().kind == "kept"


def test_the_second_tab_is_refused_and_sees_both_texts(desk, held):
    ground = held.grounds.all()[0]
    opened = held.version
    form = {"version": opened, "do": "save", f"ruling-{ground.pk}": "accepted"}
    desk.post(at(held), form | {f"said-{ground.pk}": "From the first tab."})

    answer = desk.post(at(held), form | {f"said-{ground.pk}": "From the second tab."})

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "From the first tab." in text
    assert "From the second tab." in text
    ground.finding.refresh_from_db()
    assert ground.finding.sentence == "From the first tab."

    again = form | {f"said-{ground.pk}": "Both.", "version": answer.context["version"]}
    assert desk.post(at(held), again).status_code == 302
    ground.finding.refresh_from_db()
    assert ground.finding.sentence == "Both."


def test_an_old_page_with_a_slip_stays_old(desk, held):
    opened = held.version
    desk.post(at(held), {"version": opened, "do": "save", "sentence": "First."})

    slip = {"version": opened, "do": "save", "sentence": "Second.", "new_limit": "half"}
    answer = desk.post(at(held), slip)
    assert answer.status_code == 400
    assert str(answer.context["version"]) == str(opened)

    again = desk.post(at(held), slip | {"new_limit": ""})
    assert again.status_code == 409
    held.refresh_from_db()
    assert held.review_draft["sentence"] == "First."


def test_what_was_typed_after_the_lease_ended_is_not_lost(desk, held):
    Claim.objects.all().delete()
    held.move_to(AppealState.SUBMITTED)

    answer = desk.post(at(held), typed(held, sentence="An hour's work."))

    assert answer.status_code == 400
    assert "An hour&#x27;s work." in answer.content.decode()
    assert not Outcome.objects.exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"kind": "restored"}, "$4,000.00"),
        ({"kind": "partly_restored", "new_limit": "2,500"}, "$2,500.00"),
        ({"kind": "partly_restored", "new_limit": "x"}, "…"),
        ({"kind": "kept"}, "$1,400.00"),
        ({"kind": "no-such"}, ""),
    ],
)
def test_sentences_are_suggested_while_typing(desk, held, query, words):
    assert words in desk.get(at(held, "suggest/"), query).json()["text"]
