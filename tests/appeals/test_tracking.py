"""Following an appeal."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from appeals.actions.events import record
from appeals.deadlines import end_of_day
from appeals.models import (
    Action,
    EventKind,
    EvidenceDocument,
    EvidenceOpening,
    Finding,
    InstructionState,
    LineInstruction,
    Outcome,
)
from appeals.states import AppealState, OutcomeKind, Ruling
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_line,
    create_queue,
    create_reviewer,
)
from tests.appeals.journeys import page, words


def shown(browser, appeal) -> str:
    answer = browser.get(page(appeal, "appeal"))
    assert answer.status_code == 200
    return str(answer.text)


def decide(appeal, kind=OutcomeKind.PARTLY_RESTORED, *, reviewer=None, instruction=None):
    """The rows a reviewer's outcome leaves."""
    reviewer = reviewer or create_reviewer()
    new = None
    if kind != OutcomeKind.KEPT:
        new = create_decision(
            appeal.customer,
            line=appeal.decision.line,
            reasons=[],
            action=Action.RESTORE,
            old_limit=Decimal("1400.00"),
            new_limit=Decimal("3000.00"),
            overrides=appeal.decision,
        )
    outcome = Outcome.objects.create(
        appeal=appeal,
        kind=kind,
        new_limit=Decimal("3000.00") if new else None,
        sentence="We looked again and gave you part of it back.",
        decided_by=reviewer,
        decided_at=timezone.now(),
        is_final=True,
        line_decision=new,
    )
    if instruction:
        LineInstruction.objects.create(
            outcome=outcome,
            payload={},
            state=instruction,
            created_at=timezone.now(),
            next_try_at=timezone.now(),
        )
    return outcome


@pytest.mark.parametrize(
    ("state", "status", "holder"),
    [
        (AppealState.SUBMITTED, "We have your appeal", "Our review team"),
        (AppealState.IN_REVIEW, "A person is looking at your appeal", "A reviewer"),
        (AppealState.WAITING, "We need something from you", "You"),
        (AppealState.APPROVAL, "A second person is checking the answer", "A second reviewer"),
        (AppealState.WITHDRAWN, "You withdrew this appeal", "Nobody"),
    ],
)
def test_each_state_has_words_of_its_own(browser, decision, state, status, holder):
    appeal = create_appeal(decision, state=state)

    text = shown(browser, appeal)

    assert f"<h1>{status}</h1>" in text
    assert f"<dd>{holder}</dd>" in text
    assert appeal.reference in text


@pytest.mark.django_db
def test_the_promised_day_is_the_customers_own(browse):
    keola = create_customer("Keola Kai", time_zone="Pacific/Honolulu")
    appeal = create_appeal(
        create_decision(keola),
        state=AppealState.SUBMITTED,
        promised_at=end_of_day(date(2027, 10, 22), keola.zone),
    )

    answer = browse(keola).get(page(appeal, "appeal"))

    assert "You get an answer by Friday 22 October 2027" in words(answer)


def test_a_promise_that_waits_for_the_customer_says_so(browser, decision):
    appeal = create_appeal(decision, state=AppealState.WAITING)
    asked = create_document_request(appeal)

    text = shown(browser, appeal)

    assert "The count has stopped" in text
    assert asked.message in text
    assert page(appeal, "answer") in text


def test_a_promise_that_was_missed_is_owned_up_to(browser, decision):
    yesterday = timezone.now() - timedelta(days=1)
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW, promised_at=yesterday)

    assert "We are late, and we are sorry" in shown(browser, appeal)


def test_the_history_is_newest_first_and_keeps_our_own_notes_back(browser, alice, decision):
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW)
    record(appeal, EventKind.SUBMITTED, alice)
    record(appeal, EventKind.ROUTED, visible=False, queue="fraud_identity")
    record(appeal, EventKind.CLAIMED, create_reviewer())
    record(appeal, EventKind.NOTE, visible=True)

    text = shown(browser, appeal)

    assert text.index("A reviewer started to read your appeal") < text.index("You sent your appeal")
    assert "fraud" not in text.lower()
    assert "Put in a queue" not in text
    assert text.count('class="when"') == 2


@pytest.mark.django_db
def test_the_history_tells_the_customers_own_time(browse):
    wang = create_customer("Wang Fang", time_zone="Asia/Shanghai")
    appeal = create_appeal(create_decision(wang), state=AppealState.SUBMITTED)
    event = record(appeal, EventKind.SUBMITTED, wang)

    local = event.at.astimezone(wang.zone)

    assert f"{local:%H:%M}" in shown(browse(wang), appeal)


@pytest.mark.parametrize("needs_second_approval", [True, False])
def test_the_bar_shows_a_second_check_where_there_will_be_one(
    browser, decision, needs_second_approval
):
    queue = create_queue(needs_second_approval=needs_second_approval)
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW, queue=queue)

    assert ("Second check" in shown(browser, appeal)) is needs_second_approval


def test_an_answer_says_what_changed_and_what_we_found(browser, decision):
    appeal = create_appeal(decision, state=AppealState.DECIDED)
    reviewer = create_reviewer()
    decide(appeal, reviewer=reviewer, instruction=InstructionState.PENDING)
    first, second = appeal.grounds.all()
    for ground, ruling, sentence in (
        (first, Ruling.ACCEPTED, "You had paid in time."),
        (second, Ruling.REFUTED, "Your use is still high."),
    ):
        Finding.objects.create(
            ground=ground, ruling=ruling, sentence=sentence, by=reviewer, at=timezone.now()
        )

    text = shown(browser, appeal)

    assert "We are giving you part of your limit back" in text
    assert "We looked again and gave you part of it back." in text
    assert "$3,000.00" in text
    assert text.index("We agree with you") < text.index("You had paid in time.")
    assert text.index("This reason stands") < text.index("Your use is still high.")
    assert f"/decisions/{decision.overridden_by.reference}/" in text
    assert "We are setting the new limit on your line." in text
    assert reviewer.name not in text


def test_the_limit_counts_as_set_once_the_ledger_confirmed(browser, decision):
    appeal = create_appeal(decision, state=AppealState.DECIDED)
    decide(appeal, instruction=InstructionState.CONFIRMED)

    text = shown(browser, appeal)

    assert "The new limit is set on your line." in text
    assert "Your new limit is set. You can use it now." in text


def test_a_kept_decision_promises_no_new_limit(browser, decision):
    appeal = create_appeal(decision, state=AppealState.DECIDED)
    decide(appeal, OutcomeKind.KEPT)

    text = shown(browser, appeal)

    assert "Our decision stays as it is" in text
    assert "Limit set" not in text
    assert "Your limit now" not in text


@pytest.mark.parametrize("state", [AppealState.APPROVAL, AppealState.IN_REVIEW])
def test_an_answer_that_is_not_final_is_not_shown(browser, decision, state):
    appeal = create_appeal(decision, state=state)
    reviewer = create_reviewer()
    Outcome.objects.create(
        appeal=appeal,
        kind=OutcomeKind.RESTORED,
        sentence="All of it back.",
        decided_by=reviewer,
        decided_at=timezone.now(),
        needs_approval=True,
    )
    Finding.objects.create(
        ground=appeal.grounds.get(decision_reason__rank=1),
        ruling=Ruling.ACCEPTED,
        sentence="You are right.",
        by=reviewer,
        at=timezone.now(),
    )

    text = shown(browser, appeal)

    assert "All of it back." not in text
    assert "You are right." not in text


def test_documents_are_shown_with_who_opened_them_when(browser, decision):
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW)
    paper = EvidenceDocument.objects.create(
        appeal=appeal,
        original_name="payslip.pdf",
        stored_name="x",
        size=10,
        sha256="0" * 64,
        state="ready",
        uploaded_at=timezone.now(),
    )
    EvidenceOpening.objects.create(
        document=paper, by=create_reviewer(), at=datetime(2026, 10, 5, 18, 30, tzinfo=UTC)
    )

    text = shown(browser, appeal)

    assert "payslip.pdf" in text
    assert "5 October 2026, 14:30" in text


def test_a_stranger_finds_nothing(browser, strange_browser, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)

    assert strange_browser.get(page(appeal, "appeal")).status_code == 404
    assert strange_browser.get("/appeals/AP-2222-2222/").status_code == 404
    assert browser.post(page(appeal, "appeal")).status_code == 405
    shown(browser, appeal)


def test_staff_have_no_way_in_here(browse, decision):
    queue = create_queue()
    appeal = create_appeal(decision, state=AppealState.SUBMITTED, queue=queue)

    assert browse(create_reviewer(queue=queue)).get(page(appeal, "appeal")).status_code == 404


def test_the_list_shows_ones_own_appeals_newest_first(browser, strange_browser, alice):
    states = [AppealState.DECIDED, AppealState.WAITING, AppealState.SUBMITTED, AppealState.DRAFT]
    appeals = [
        create_appeal(
            create_decision(alice),
            state=state,
            created_at=datetime(2026, 1, 1 + n, tzinfo=UTC),
        )
        for n, state in enumerate(states)
    ]

    text = browser.get("/appeals/").text

    places = [text.index(appeal.reference) for appeal in reversed(appeals)]
    assert places == sorted(places)
    for says in ("Read our answer", "We need something from you", "Carry on with your appeal"):
        assert says in text
    assert "No appeals yet" in strange_browser.get("/appeals/").text


@pytest.mark.parametrize("how_many", [1, 12])
def test_the_list_asks_a_fixed_number_of_questions(
    browser, alice, django_assert_num_queries, how_many
):
    for _ in range(how_many):
        create_appeal(create_decision(alice, line=create_line(alice)), state=AppealState.SUBMITTED)
    browser.get("/appeals/")

    with django_assert_num_queries(5):
        browser.get("/appeals/")


@pytest.mark.parametrize(("state", "queries"), [("in_review", 12), ("decided", 11)])
def test_the_page_asks_a_fixed_number_of_questions(
    browser, decision, django_assert_num_queries, state, queries
):
    appeal = create_appeal(decision, state=AppealState(state))
    if state == AppealState.DECIDED:
        decide(appeal, instruction=InstructionState.PENDING)
    for number in range(3):
        record(appeal, EventKind.EVIDENCE_ADDED)
        EvidenceDocument.objects.create(
            appeal=appeal,
            ground=appeal.grounds.first(),
            original_name="payslip.pdf",
            stored_name=f"x{number}",
            size=10,
            sha256=str(number) * 64,
            uploaded_at=timezone.now(),
        )
    browser.get(page(appeal, "appeal"))

    with django_assert_num_queries(queries):
        browser.get(page(appeal, "appeal"))


def test_an_appeal_answered_with_another_leads_to_it(browser, alice, decision):
    other = create_appeal(create_decision(alice), state=AppealState.SUBMITTED)
    appeal = create_appeal(
        decision,
        state=AppealState.DUPLICATE,
        duplicate_of=other,
        duplicate_told_at=timezone.now(),
    )

    text = shown(browser, appeal)

    assert "<h1>We answer this together with your other appeal</h1>" in text
    assert page(other, "appeal") in text
    assert "We answer this together with your other appeal" in browser.get("/appeals/").text


def test_nobody_is_led_to_the_appeal_of_somebody_else(browser, charlie, decision):
    strangers = create_appeal(create_decision(charlie), state=AppealState.SUBMITTED)
    appeal = create_appeal(
        decision,
        state=AppealState.DUPLICATE,
        duplicate_of=strangers,
        duplicate_told_at=timezone.now(),
    )

    assert strangers.reference not in shown(browser, appeal)
