"""Asking the customer with prepared texts, and the thread that comes of it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from appeals.access import get_case
from appeals.actions.notes import add_note
from appeals.actions.requests_by_staff import ask_for_documents
from appeals.admin.case_clocks import list_clocks
from appeals.admin.case_talk import Said, load_talk
from appeals.errors import BadInput
from appeals.models import DocumentRequest, EventKind, EvidenceDocument, ReplyText
from appeals.states import AppealState
from notifications.api import messages_for
from notifications.kinds import ChannelKind
from notifications.models import Notification
from notifications.rendering import Matter, words_of
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_line,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import add_paper, at, desk, held, queue, rosa, sam
from tests.appeals.journeys import page, words

__all__ = ["desk", "held", "queue", "rosa", "sam"]

FRIDAY = datetime(2026, 11, 27, 15, tzinfo=UTC)


def create_text(key="payslips", **fields):
    return ReplyText.objects.create(
        **{
            "key": key,
            "purpose": "ask_papers",
            "title_en": "Payslips",
            "title_zh": "工资单",
            "text_en": "For {reference}, line {last4}: please send {papers} by {by_date}.",
            "text_zh": "申诉 {reference}（尾号 {last4}）：请在 {by_date} 前补充{papers}。",
            **fields,
        }
    )


@pytest.fixture(autouse=True)
def no_texts(db):
    """Only the texts a test makes."""
    ReplyText.objects.all().delete()


# --- Prepared texts ------------------------------------------------------------------------------


def test_texts_are_offered_filled_in_but_for_the_papers(browse, rosa, queue):
    create_text()
    customer = create_customer("Alice Moore")
    with time_machine.travel(FRIDAY, tick=False):
        appeal = create_appeal(
            create_decision(customer, line=create_line(customer, last4="4821")),
            state=AppealState.IN_REVIEW,
            queue=queue,
            reviewer=rosa,
        )
        text = browse(rosa).get(at(appeal)).content.decode()

    filled = f"For {appeal.reference}, line 4821: please send {{papers}} by 11 December 2026."
    assert f'data-text="{filled}"' in text
    assert 'data-name="Recent payslips"' in text


def test_texts_are_in_the_customers_language_and_their_titles_in_the_desks(browse, rosa, queue):
    create_text()
    wang = create_customer("王芳", locale="zh-hans")
    appeal = create_appeal(
        create_decision(wang), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )

    text = browse(rosa).get(at(appeal)).content.decode()

    assert f"申诉 {appeal.reference}（尾号" in text
    assert ">Payslips</option>" in text
    assert 'data-name="近期工资单"' in text


def test_texts_for_the_disputed_reasons_come_first(desk, held):
    create_text("a-general", title_en="In general")
    create_text("b-late", title_en="About being late", reason_code="BUR-DELINQ-ELSEWHERE")
    create_text("c-other", title_en="About another reason", reason_code="INC-DROP")

    text = desk.get(at(held)).content.decode()

    assert text.index("About being late") < text.index("In general")
    assert text.index("For the disputed reasons") < text.index("About being late")


def test_a_text_that_is_not_offered_and_one_for_an_outcome_are_not_there(desk, held):
    create_text("old", title_en="Old one", is_active=False)
    create_text("end", title_en="For the end", purpose="outcome", text_en="x", text_zh="x")

    text = desk.get(at(held, "ask/")).content.decode()

    assert "Old one" not in text
    assert "For the end" not in text


def test_without_a_script_a_text_is_chosen_by_a_link(desk, held):
    create_text()

    answer = desk.get(at(held, "ask/"), {"text": "payslips"})

    assert answer.status_code == 200
    message = f"For {held.reference}, line {held.decision.line.last4}: please send {{papers}}"
    assert message in answer.content.decode()
    assert "csrfmiddlewaretoken" not in answer.request["QUERY_STRING"]


def test_the_places_of_a_text_are_filled_when_it_is_sent(desk, held, rosa):
    message = "About {reference}, line {last4}: please send {papers} by {by_date}."
    kinds = ["payslip", "bank_statement"]

    with time_machine.travel(FRIDAY, tick=False):
        held.refresh_from_db()
        ask_for_documents(appeal=held, by=rosa, kinds=kinds, message=message)

    sent = DocumentRequest.objects.get()
    last4 = held.decision.line.last4
    assert sent.message == (
        f"About {held.reference}, line {last4}: please send Recent payslips, Bank statements "
        "by 11 December 2026."
    )


def test_a_chinese_customer_reads_papers_and_day_in_chinese(rosa, queue):
    wang = create_customer("王芳", locale="zh-hans", time_zone="Asia/Shanghai")
    appeal = create_appeal(
        create_decision(wang), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )

    with time_machine.travel(FRIDAY.replace(hour=17), tick=False):  # the 28th in Shanghai
        ask_for_documents(
            appeal=appeal, by=rosa, kinds=["payslip"], message="请在 {by_date} 前补充{papers}。"
        )

    assert DocumentRequest.objects.get().message == "请在 2026年12月12日 前补充近期工资单。"


@pytest.mark.parametrize(
    ("message", "kinds", "words"),
    [
        ("Send {papers}.", [], "Tick the papers you ask for"),
        ("Send {paper}.", ["payslip"], "Nothing is known to put in the place of {paper}."),
        ("  ", ["payslip"], "Write to the customer what you need"),
        ("Send it.", ["no-such"], "There is no such kind of paper."),
        ("x" * 2001, ["payslip"], "at most 2,000 characters"),
    ],
)
def test_a_slip_keeps_what_was_typed_and_asks_nobody(desk, held, message, kinds, words):
    answer = desk.post(at(held, "ask/"), {"message": message, "kinds": kinds})

    assert answer.status_code == 400
    text = answer.content.decode()
    assert words in text
    assert message.strip() in text
    assert not DocumentRequest.objects.exists()
    held.refresh_from_db()
    assert (held.state, held.paused_at) == (AppealState.IN_REVIEW, None)


def test_what_was_typed_after_the_lease_ended_is_not_lost(browse, held, sam):
    answer = browse(sam).post(at(held, "ask/"), {"message": "An hour's work.", "kinds": []})

    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Rosa Vega holds this appeal now." in text
    assert "An hour&#x27;s work." in text
    assert not DocumentRequest.objects.exists()


def test_only_who_holds_the_case_opens_the_page_to_ask(browse, held, sam):
    answer = browse(sam).get(at(held, "ask/"), follow=True)

    assert "Rosa Vega holds this appeal now." in answer.content.decode()


def test_people_of_other_queues_can_ask_nothing(browse, held):
    stranger = create_reviewer("Nils Berg", queue=create_queue("income_verification"))
    browser = browse(stranger)

    assert browser.get(at(held, "ask/")).status_code == 404
    assert browser.post(at(held, "ask/"), {"message": "Me."}).status_code == 404
    assert not DocumentRequest.objects.exists()


def test_asking_twice_asks_once(desk, held):
    form = {"message": "What happened?", "kinds": []}
    desk.post(at(held, "ask/"), form)

    answer = desk.post(at(held, "ask/"), form)

    assert answer.status_code == 400
    assert DocumentRequest.objects.count() == 1


# --- A plain question ----------------------------------------------------------------------------


def test_a_question_needs_no_papers_and_is_announced_as_one(desk, held):
    desk.post(at(held, "ask/"), {"message": "What did you earn in May?", "kinds": []})

    request = DocumentRequest.objects.get()
    assert (request.kinds, request.message) == ([], "What did you earn in May?")
    [message] = messages_for(held.customer)
    assert message.type == "question_asked"
    held.refresh_from_db()
    assert held.state == AppealState.WAITING
    event = held.events.get(kind=EventKind.DOCUMENTS_ASKED)
    assert event.details["kinds"] == ""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("channel", [ChannelKind.SMS, ChannelKind.PUSH, ChannelKind.EMAIL])
def test_the_message_says_only_that_we_asked(desk, held, channel, language):
    desk.post(at(held, "ask/"), {"message": "What did you earn in May?", "kinds": []})
    message = Notification.objects.get()

    told = words_of(channel, Matter(message.type, language, message.context, message.path))

    assert held.reference in told.text + told.subject
    assert "earn" not in f"{told.subject}{told.text}{told.html}"


def test_asking_needs_words_or_papers_in_the_action_too(held, rosa):
    with pytest.raises(BadInput):
        ask_for_documents(appeal=held, by=rosa, kinds=[], message="")


# --- The thread ----------------------------------------------------------------------------------


def answered_case(held, rosa):
    """Asked for papers and answered with one; then a question, and a paper sent by itself."""
    start = held.submitted_at
    asked = create_document_request(held, by=rosa)
    DocumentRequest.objects.filter(pk=asked.pk).update(
        asked_at=start + timedelta(hours=1),
        answered_at=start + timedelta(hours=3),
        answer="Here are two of them.",
    )
    sent = add_paper(held, 1)
    alone = add_paper(held, 2)
    EvidenceDocument.objects.filter(pk=sent.pk).update(
        request=asked, uploaded_at=start + timedelta(hours=2)
    )
    EvidenceDocument.objects.filter(pk=alone.pk).update(uploaded_at=start + timedelta(hours=4))
    question = DocumentRequest.objects.create(
        appeal=held,
        kinds=[],
        message="What happened in May?",
        asked_by=rosa,
        asked_at=start + timedelta(hours=5),
    )
    return asked, question


def test_the_thread_on_the_case_is_in_order(desk, held, rosa):
    asked, question = answered_case(held, rosa)

    text = desk.get(at(held)).content.decode()
    thread = text[text.index('class="desk-thread"') :]

    places = [
        thread.index(one)
        for one in (
            asked.message,
            "Here are two of them.",
            "payslip-1.pdf",
            "payslip-2.pdf",
            question.message,
        )
    ]
    assert places == sorted(places)


def test_papers_sent_with_the_appeal_are_not_talk(desk, held):
    paper = add_paper(held)
    EvidenceDocument.objects.filter(pk=paper.pk).update(
        uploaded_at=held.submitted_at - timedelta(minutes=5)
    )

    assert "Nothing was asked since the appeal came in." in desk.get(at(held)).content.decode()


def test_the_customer_reads_questions_and_answers_with_their_days(browse, held, rosa):
    _asked, question = answered_case(held, rosa)
    DocumentRequest.objects.filter(pk=question.pk).update(
        answered_at=timezone.now(), answer="My car broke down."
    )

    text = words(browse(held.customer).get(page(held, "appeal")))

    thread = text[text.index("Questions and answers") :]
    places = [
        thread.index(one)
        for one in (
            "We asked you on",
            "Please send your last two payslips.",
            "Your answer of",
            "Here are two of them.",
            "payslip-1.pdf",
            "What happened in May?",
            "My car broke down.",
        )
    ]
    assert places == sorted(places)
    assert "Rosa Vega" not in text


def test_a_question_left_open_by_a_withdrawal_says_so(browse, alice, decision):
    appeal = create_appeal(decision, state=AppealState.WITHDRAWN)
    create_document_request(appeal)

    assert "You did not answer this." in words(browse(alice).get(page(appeal, "appeal")))


@pytest.mark.parametrize("size", [1, 9])
def test_talk_and_clocks_ask_six_questions_whatever_their_size(
    rosa, sam, held, size, django_assert_num_queries
):
    for number in range(size):
        create_text(f"text-{number}")
        add_note(appeal=held, by=rosa, text=f"@Sam Okoro, number {number}.")
        create_reviewer(f"Colleague {number}", queue=held.queue)
    said = Said(asked=[], papers=[], is_mine=True)
    now = timezone.now()
    appeal = get_case(rosa, held.reference)

    with django_assert_num_queries(6):
        talk = load_talk(appeal, rosa, said, disputed=[], now=now)
        panel = list_clocks(appeal, rosa, now)

    assert talk.ask is not None
    assert (len(talk.notes), len(talk.ask.texts), len(panel.lines)) == (size, size, 1)
