"""The promise shows its arithmetic: what counts, what was skipped and why, across pauses."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from appeals.actions.document_requests import answer_document_request
from appeals.actions.requests_by_staff import ask_for_documents
from appeals.deadlines import end_of_day, is_working_day, last_day
from appeals.holiday_names import holiday_name
from appeals.models import Appeal, CalendarDay, DocumentRequest
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_customer, create_decision
from tests.appeals.desks import queue, rosa
from tests.appeals.journeys import page, words

__all__ = ["queue", "rosa"]

MONDAY = datetime(2026, 11, 16, 17, tzinfo=UTC)


@pytest.fixture
def promised(queue, rosa):
    """Sent on Monday 16 November with ten working days; Thanksgiving lies between."""
    queue.target_working_days = 10
    queue.save()
    ann = create_customer("Ann Poe")
    with time_machine.travel(MONDAY, tick=False):
        return create_appeal(
            create_decision(ann),
            state=AppealState.IN_REVIEW,
            queue=queue,
            reviewer=rosa,
            submitted_at=MONDAY,
            promised_at=end_of_day(date(2026, 12, 1), ann.zone),
        )


def read(browse, appeal, at):
    with time_machine.travel(at, tick=False):
        return words(browse(appeal.customer).get(page(appeal, "appeal")))


def test_without_a_pause(promised, browse):
    text = read(browse, promised, MONDAY)
    assert "within 10 working days" in text
    assert "Weekends do not count: 4 days." in text
    assert "Thursday 26 November 2026 (Thanksgiving Day)" in text


def test_across_a_pause(promised, rosa, browse):
    with time_machine.travel(datetime(2026, 11, 18, 17, tzinfo=UTC), tick=False):
        ask_for_documents(appeal=promised, by=rosa, kinds=["payslip"], message="Your payslip?")
    text = read(browse, promised, datetime(2026, 11, 19, 17, tzinfo=UTC))
    assert "Up to 18 November 2026 we count 2 working days." in text
    assert "the count stopped" in text
    assert "8 working days are left" in text

    with time_machine.travel(datetime(2026, 11, 30, 17, tzinfo=UTC), tick=False):
        asked = DocumentRequest.objects.get()
        answer_document_request(request=asked, by=promised.customer, answer="I have none.")
    promised = Appeal.objects.get(pk=promised.pk)
    text = read(browse, promised, datetime(2026, 11, 30, 18, tzinfo=UTC))
    assert last_day(promised.promised_at, promised.customer.zone) == date(2026, 12, 10)
    assert "You answered on 30 November 2026, and the count went on the day after." in text
    assert "Up to 10 December 2026 we count 8 working days." in text
    # Thanksgiving fell into the pause: it was neither counted nor skipped.
    assert "Thanksgiving" not in text


def test_a_day_of_the_lenders_own_calendar_has_its_own_name(promised, browse):
    CalendarDay.objects.create(
        jurisdiction="US", day=date(2026, 11, 26), name_en="Open house", name_zh="开放日"
    )
    assert "(Open house)" in read(browse, promised, MONDAY)


@pytest.mark.parametrize("jurisdiction", ["US", "GB", "EU", "CN"])
def test_every_public_day_off_has_a_name_in_each_language(jurisdiction):
    off = [
        day
        for year in (2025, 2026, 2027)
        for month in range(1, 13)
        for day in (date(year, month, number) for number in range(1, 29))
        if day.weekday() < 5 and not is_working_day(day, jurisdiction)
    ]
    assert off
    for day in off:
        assert holiday_name(day, jurisdiction, "en")
        assert holiday_name(day, jurisdiction, "zh-hans"), (day, jurisdiction)
