"""A reviewer's day in the admin, through its pages."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from appeals.models import (
    Claim,
    DocumentRequest,
    EvidenceDocument,
    Finding,
    LineInstruction,
    Outcome,
)
from appeals.states import AppealState, EvidenceState, Ruling
from tests.appeals.builders import (
    TWO_REASONS,
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_document_request,
    create_line,
    create_queue,
    create_reviewer,
)

HOME = "/admin/"
LIST = "/admin/appeals/appeal/"


@pytest.fixture
def queue(db):
    return create_queue("credit_review", needs_second_approval=False)


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def sam(queue):
    return create_reviewer("Sam Okoro", queue=queue)


@pytest.fixture
def desk(browse, rosa):
    return browse(rosa)


@pytest.fixture
def appeal(queue, rosa):
    return create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)


def at(appeal, action=""):
    return f"/admin/cases/{appeal.reference}/{action}"


def typed(appeal, **fields):
    """The big form as the page sends it, every ground accepted."""
    grounds = {f"ruling-{ground.pk}": Ruling.ACCEPTED.value for ground in appeal.grounds.all()}
    return {"version": appeal.version, "do": "decide", **grounds, **fields}


def add_paper(appeal, number=0, state=EvidenceState.READY):
    return EvidenceDocument.objects.create(
        appeal=appeal,
        ground=appeal.grounds.first(),
        kind="payslip",
        original_name=f"payslip-{number}.pdf",
        stored_name=f"stored-{appeal.pk}-{number}",
        size=2048,
        sha256=f"{number:064d}",
        state=state,
        uploaded_at=timezone.now(),
    )


# --- My work -----------------------------------------------------------------------------------


def test_my_work_comes_first(desk, rosa, sam, queue):
    held = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    others = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=sam)
    asked = create_appeal(state=AppealState.WAITING, queue=queue)
    create_document_request(asked, by=rosa)
    answered = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    request = create_document_request(answered, by=rosa)
    DocumentRequest.objects.filter(pk=request.pk).update(answered_at=timezone.now())

    page = desk.get(HOME)

    rows = {
        section["key"]: [row["appeal"] for row in section["rows"]]
        for section in page.context["sections"]
    }
    assert rows == {"held": [held], "to_approve": [], "answered": [answered], "waiting": [asked]}
    assert others.reference not in page.content.decode()


def test_what_a_colleague_proposed_waits_for_me(browse, rosa, sam, queue):
    appeal = create_appeal(state=AppealState.APPROVAL, queue=queue)
    Outcome.objects.create(
        appeal=appeal,
        kind="kept",
        sentence="No.",
        needs_approval=True,
        decided_by=sam,
        decided_at=timezone.now(),
    )

    def rows(person, key):
        sections = browse(person).get(HOME).context["sections"]
        return next([r["appeal"] for r in s["rows"]] for s in sections if s["key"] == key)

    assert rows(rosa, "to_approve") == [appeal]
    assert rows(sam, "to_approve") == []
    assert rows(sam, "waiting") == [appeal]


def test_lists_hold_no_names_and_no_words_of_customers(desk, queue, rosa):
    create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa, statement="My secret.")
    create_appeal(state=AppealState.SUBMITTED, queue=queue, statement="My secret.")

    for address in (HOME, LIST):
        text = desk.get(address).content.decode()
        assert "Alice" not in text
        assert "My secret." not in text
        assert "example.org" not in text.replace(rosa.email, "")


def test_queues_show_what_waits_and_the_oldest_promise(desk, queue):
    for days in (3, 1, 2):
        create_appeal(
            state=AppealState.SUBMITTED,
            queue=queue,
            promised_at=timezone.now() + timedelta(days=days),
        )

    (load,) = desk.get(HOME).context["queues"]

    assert (load.queue, load.waiting) == (queue, 3)
    assert load.oldest < timezone.now() + timedelta(days=1, minutes=1)
    assert load.tone == "soon"


@pytest.mark.parametrize("appeals", [2, 12])
def test_my_work_costs_the_same_however_much_there_is(
    desk, queue, rosa, appeals, django_assert_max_num_queries
):
    for _ in range(appeals):
        create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
        create_appeal(state=AppealState.SUBMITTED, queue=queue)
    desk.get(HOME)

    with django_assert_max_num_queries(19):
        desk.get(HOME)


# --- Claiming ----------------------------------------------------------------------------------


def test_claim_next_opens_the_case(desk, queue):
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)

    assert desk.get("/admin/cases/next/").status_code == 200
    answer = desk.post("/admin/cases/next/")

    assert answer.url == at(appeal)
    assert "Findings" in desk.get(answer.url).content.decode()


def test_nothing_to_claim_is_said(desk):
    answer = desk.post("/admin/cases/next/", follow=True)

    assert "Nothing waits in your queues" in answer.content.decode()


def test_looking_does_not_claim_and_cannot_save(desk, queue, rosa):
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)

    page = desk.get(at(appeal)).content.decode()
    assert "Claim this case" in page
    assert 'name="sentence"' not in page

    desk.post(at(appeal, "claim/"))
    assert Claim.objects.get().reviewer == rosa


def test_a_case_that_was_taken_meanwhile_says_so(desk, queue, sam):
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    appeal.move_to(AppealState.IN_REVIEW)
    create_claim(appeal, sam)

    answer = desk.post(at(appeal, "claim/"), follow=True)

    text = answer.content.decode()
    assert "not waiting in a queue any more" in text
    assert "held by Sam Okoro" in text


def test_opening_the_case_holds_it_longer(desk, appeal):
    Claim.objects.update(until=timezone.now() + timedelta(minutes=2))

    desk.get(at(appeal))

    assert Claim.objects.get().until > timezone.now() + timedelta(minutes=40)


def test_the_open_page_asks_for_more_time(desk, appeal, browse, sam):
    Claim.objects.update(until=timezone.now() + timedelta(minutes=2))

    assert desk.post(at(appeal, "renew/")).json()["until"]
    assert browse(sam).post(at(appeal, "renew/")).json() == {"until": None}


def test_release_puts_it_back(desk, appeal):
    desk.post(at(appeal, "release/"))

    appeal.refresh_from_db()
    assert appeal.state == AppealState.SUBMITTED
    assert not Claim.objects.exists()


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


@pytest.mark.parametrize("size", [1, 12])
def test_a_case_costs_the_same_queries_whatever_its_size(
    desk, queue, rosa, size, django_assert_num_queries
):
    reasons = TWO_REASONS[: 1 if size == 1 else 2]
    appeal = create_appeal(
        create_decision(reasons=reasons),
        state=AppealState.IN_REVIEW,
        queue=queue,
        reviewer=rosa,
    )
    for number in range(size):
        add_paper(appeal, number)
        appeal.events.create(kind="note", at=timezone.now(), by=rosa)
        request = create_document_request(appeal, by=rosa)
        DocumentRequest.objects.filter(pk=request.pk).update(answered_at=timezone.now())
    desk.get(at(appeal))

    with django_assert_num_queries(CASE_QUERIES):
        desk.get(at(appeal))


CASE_QUERIES = 17


def test_a_newer_decision_is_pointed_out(desk, appeal):
    line = appeal.decision.line
    newer = create_decision(line.customer, line=line, decided_at=timezone.now())

    text = desk.get(at(appeal)).content.decode()

    assert newer.reference in text
    assert "will not change the line" in text


# --- Findings and outcome ----------------------------------------------------------------------


def test_a_draft_is_saved_with_the_suggested_sentences(desk, appeal):
    first, second = appeal.grounds.all()
    form = {
        "version": appeal.version,
        "do": "save",
        f"ruling-{first.pk}": "accepted",
        f"ruling-{second.pk}": "refuted",
        f"said-{second.pk}": "We looked twice.",
        "kind": "partly_restored",
        "new_limit": "$2,700",
        "internal_note": "Call the bureau.",
    }

    assert desk.post(at(appeal), form).url == at(appeal)

    assert "you are right" in first.finding.sentence
    assert second.finding.sentence == "We looked twice."
    page = desk.get(at(appeal)).content.decode()
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


def test_deciding_restores_tells_and_goes_home(desk, appeal, rosa):
    form = typed(appeal, kind="partly_restored", new_limit="2700", sentence="Half of it is back.")

    answer = desk.post(at(appeal), form, follow=True)

    assert answer.redirect_chain[-1][0] == HOME
    assert "is decided" in answer.content.decode()
    outcome = Outcome.objects.get()
    assert (outcome.decided_by, outcome.new_limit) == (rosa, Decimal("2700.00"))
    assert outcome.sentence == "Half of it is back."
    assert LineInstruction.objects.count() == 1
    page = desk.get(at(appeal)).content.decode()
    assert "Half of it is back." in page
    assert 'name="sentence"' not in page


def test_hidden_fields_do_not_count(desk, appeal):
    form = typed(appeal, kind="kept", new_limit="2700", condition="If.", sentence="It stays.")

    desk.post(at(appeal), form)

    outcome = Outcome.objects.get()
    assert (outcome.new_limit, outcome.condition) == (None, "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose an outcome."),
        ({"kind": "partly_restored", "new_limit": ""}, "Enter the limit"),
        ({"kind": "partly_restored", "new_limit": "4000"}, "below the old one"),
        ({"kind": "partly_restored", "new_limit": "half"}, "as a number"),
        ({"kind": "conditional", "new_limit": "2700"}, "what the condition is"),
        ({"kind": "gone"}, "Select a valid choice"),
        ({"kind": "kept", "internal_note": "n" * 2001}, "at most 2000 characters"),
    ],
)
def test_a_refused_answer_keeps_what_was_typed(desk, appeal, fields, words):
    answer = desk.post(at(appeal), typed(appeal, sentence="My own words.", **fields))

    assert answer.status_code == 400
    text = answer.content.decode()
    assert words in text
    assert "My own words." in text
    assert not Outcome.objects.exists()


def test_every_ground_needs_a_finding(desk, appeal):
    form = {"version": appeal.version, "do": "decide", "kind": "kept", "sentence": "It stays."}

    answer = desk.post(at(appeal), form)

    assert "Each ground needs a finding" in answer.content.decode()


def test_after_a_refusal_the_same_page_can_go_on(desk, appeal):
    answer = desk.post(at(appeal), typed(appeal, kind="partly_restored", new_limit="4000"))
    version = answer.context["version"]

    desk.post(at(appeal), typed(appeal, kind="kept", sentence="It stays.") | {"version": version})

    assert Outcome.objects.get().kind == "kept"


def test_the_second_tab_is_refused_and_sees_both_texts(desk, appeal):
    ground = appeal.grounds.all()[0]
    opened = appeal.version
    form = {"version": opened, "do": "save", f"ruling-{ground.pk}": "accepted"}
    desk.post(at(appeal), form | {f"said-{ground.pk}": "From the first tab."})

    answer = desk.post(at(appeal), form | {f"said-{ground.pk}": "From the second tab."})

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "From the first tab." in text
    assert "From the second tab." in text
    ground.finding.refresh_from_db()
    assert ground.finding.sentence == "From the first tab."

    again = form | {f"said-{ground.pk}": "Both.", "version": answer.context["version"]}
    assert desk.post(at(appeal), again).status_code == 302
    ground.finding.refresh_from_db()
    assert ground.finding.sentence == "Both."


def test_an_old_page_with_a_slip_stays_old(desk, appeal):
    opened = appeal.version
    desk.post(at(appeal), {"version": opened, "do": "save", "sentence": "First."})

    slip = {"version": opened, "do": "save", "sentence": "Second.", "new_limit": "half"}
    answer = desk.post(at(appeal), slip)
    assert answer.status_code == 400
    assert str(answer.context["version"]) == str(opened)

    again = desk.post(at(appeal), slip | {"new_limit": ""})
    assert again.status_code == 409
    appeal.refresh_from_db()
    assert appeal.review_draft["sentence"] == "First."


def test_what_was_typed_after_the_lease_ended_is_not_lost(desk, appeal):
    Claim.objects.all().delete()
    appeal.move_to(AppealState.SUBMITTED)

    answer = desk.post(at(appeal), typed(appeal, sentence="An hour's work."))

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
        ({"kinds": ["payslip", "no-such"]}, "Recent payslips"),
        ({}, "tell us"),
    ],
)
def test_sentences_are_suggested_while_typing(desk, appeal, query, words):
    assert words in desk.get(at(appeal, "suggest/"), query).json()["text"]


# --- Asking, second approval -------------------------------------------------------------------


def test_asking_for_documents(desk, appeal, rosa):
    form = {"kinds": ["payslip", "bank_statement"], "message": "Please send two payslips."}

    answer = desk.post(at(appeal, "ask/"), form, follow=True)

    assert answer.redirect_chain[-1][0] == HOME
    assert DocumentRequest.objects.get().kinds == ["payslip", "bank_statement"]
    page = desk.get(at(appeal)).content.decode()
    assert "Paused: waiting for the customer" in page


def test_a_request_without_words_is_refused(desk, appeal):
    answer = desk.post(at(appeal, "ask/"), {"kinds": ["payslip"]}, follow=True)

    assert "Write to the customer what you need" in answer.content.decode()
    assert not DocumentRequest.objects.exists()


@pytest.fixture
def proposed(desk, appeal, queue):
    queue.needs_second_approval = True
    queue.save()
    desk.post(at(appeal), typed(appeal, kind="restored", sentence="It is all back."))
    appeal.refresh_from_db()
    return appeal


def test_a_proposal_is_approved_by_somebody_else(proposed, desk, browse, sam):
    assert "waits for somebody else" in desk.get(at(proposed)).content.decode()
    desk.post(at(proposed, "approve/"), {"version": proposed.version})
    proposed.refresh_from_db()
    assert proposed.state == AppealState.APPROVAL

    second = browse(sam)
    page = second.get(at(proposed)).content.decode()
    assert "It is all back." in page
    assert 'name="sentence"' not in page
    second.post(at(proposed, "approve/"), {"version": proposed.version})

    proposed.refresh_from_db()
    assert proposed.state == AppealState.DECIDED


def test_an_approver_who_saw_an_old_page_approves_nothing(proposed, browse, sam):
    browse(sam).post(at(proposed, "approve/"), {"version": proposed.version - 1})

    proposed.refresh_from_db()
    assert proposed.state == AppealState.APPROVAL


def test_a_proposal_is_sent_back_with_a_note(proposed, desk, browse, sam, rosa):
    browse(sam).post(
        at(proposed, "send-back/"), {"version": proposed.version, "note": "Look at page 2."}
    )

    page = desk.get(at(proposed)).content.decode()
    assert "Look at page 2." in page
    assert "It is all back." in page
    assert Claim.objects.get().reviewer == rosa


# --- Lists -------------------------------------------------------------------------------------


def test_the_list_opens_with_what_is_open(desk, queue):
    shown = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    hidden = create_appeal(state=AppealState.DECIDED, queue=queue)

    page = desk.get(LIST)

    assert list(page.context["cl"].result_list) == [shown]
    assert list(desk.get(LIST, {"state": "decided"}).context["cl"].result_list) == [hidden]
    assert len(desk.get(LIST, {"state": "all"}).context["cl"].result_list) == 2


def test_late_ones_are_found(desk, queue):
    late = create_appeal(
        state=AppealState.SUBMITTED, queue=queue, promised_at=timezone.now() - timedelta(days=1)
    )
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    assert list(desk.get(LIST, {"state": "late"}).context["cl"].result_list) == [late]


def test_an_appeal_is_found_by_its_number_even_when_it_is_closed(desk, queue):
    appeal = create_appeal(state=AppealState.DECIDED, queue=queue)
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    for term in (
        appeal.reference.lower(),
        appeal.customer.reference,
        appeal.decision.line.reference,
    ):
        assert list(desk.get(LIST, {"q": term}).context["cl"].result_list) == [appeal]
    assert not desk.get(LIST, {"q": appeal.reference[:6]}).context["cl"].result_list


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long(
    desk, queue, rosa, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    desk.get(LIST)

    with django_assert_max_num_queries(18):
        desk.get(LIST)
