"""Days of our own in the working calendars: from now on, in words, and never twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from appeals import deadlines, kept_settings
from appeals.actions.calendars import save_day
from appeals.deadlines import add_working_days, count_working_days, is_working_day, promise
from appeals.errors import BadInput, NotAllowed
from appeals.models import Appeal, CalendarDay
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_queue, create_reviewer
from tests.appeals.editors import create_editor, create_staff

ADD = "/admin/appeals/calendarday/add/"
LIST = "/admin/appeals/calendarday/"


def next_weekday(weekday, *, weeks=2):
    """The day of this name (0 is Monday) some weeks from now that the public calendar leaves be."""
    day = timezone.localdate() + timedelta(weeks=weeks)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    while is_working_day(day, "US") != (weekday < 5):
        day += timedelta(weeks=1)
    return day


@pytest.fixture
def edith(db):
    return create_editor("Edith Rowe")


def typed(day, **fields):
    return {
        "jurisdiction": "US",
        "day": day.isoformat(),
        "name_en": "Moving the office",
        "name_zh": "办公室搬迁",
        "is_active": "on",
        **fields,
    }


# --- Counting (no database) ----------------------------------------------------------------------

TUESDAY, SATURDAY = date(2026, 10, 6), date(2026, 10, 10)


def test_a_closed_day_is_not_counted_and_a_worked_saturday_is():
    start = date(2026, 10, 5)
    assert add_working_days(start, 5, "US") == date(2026, 10, 13)  # 12 October is a holiday.

    deadlines.set_extra_days({"US": {TUESDAY: False, SATURDAY: True}})

    assert not is_working_day(TUESDAY, "US")
    assert is_working_day(SATURDAY, "US")
    assert is_working_day(TUESDAY, "GB")
    assert add_working_days(start, 5, "US") == date(2026, 10, 13)
    counted = count_working_days(start, date(2026, 10, 13), "US")
    assert TUESDAY in counted.holidays
    assert counted.made_up == (SATURDAY,)


def test_a_promise_moves_with_the_days_put_in():
    now = datetime(2026, 10, 5, 15, tzinfo=UTC)
    zone = ZoneInfo("America/New_York")
    before = promise(now, 3, "US", zone)

    deadlines.set_extra_days({"US": {TUESDAY: False}})

    assert promise(now, 3, "US", zone) - before == timedelta(days=1)


# --- Through the admin ---------------------------------------------------------------------------


def test_an_editor_closes_a_day_and_promises_from_then_on_skip_it(
    browse, edith, django_capture_on_commit_callbacks
):
    wednesday = next_weekday(2)
    told = create_appeal(state=AppealState.SUBMITTED, queue=create_queue())
    promised = told.promised_at
    assert is_working_day(wednesday, "US")

    with django_capture_on_commit_callbacks(execute=True):
        answer = browse(edith).post(ADD, typed(wednesday))

    assert answer.status_code == 302
    assert not is_working_day(wednesday, "US")
    assert is_working_day(wednesday, "CN") or CalendarDay.objects.get().jurisdiction == "US"
    day_before = wednesday - timedelta(days=1)
    assert add_working_days(day_before, 1, "US") > wednesday
    # What a customer was told stays.
    assert Appeal.objects.get(pk=told.pk).promised_at == promised


def test_put_out_of_force_it_counts_no_more_and_its_history_tells_who(
    browse, edith, django_capture_on_commit_callbacks
):
    wednesday = next_weekday(2)
    client = browse(edith)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ADD, typed(wednesday))
    row = CalendarDay.objects.get()
    page = f"/admin/appeals/calendarday/{row.pk}/"

    with django_capture_on_commit_callbacks(execute=True):
        form = {"name_en": "Moving the office", "name_zh": "办公室搬迁"}
        assert client.post(f"{page}change/", form).status_code == 302

    row.refresh_from_db()
    assert (row.is_active, row.day) == (False, wednesday)
    assert is_working_day(wednesday, "US")
    history = client.get(f"{page}history/").content.decode()
    assert history.count("Edith Rowe") >= 2
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert CalendarDay.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (lambda: {"day": "2020-01-07"}, "day", "This day has passed"),
        (lambda: {"day": "2099-01-07"}, "day", "at most three years"),
        (lambda: {"day": next_weekday(5).isoformat()}, "is_working", "changes nothing"),
        (lambda: {"is_working": "on"}, "is_working", "changes nothing"),
        (lambda: {"name_zh": ""}, "name_zh", "required"),
        (lambda: {"name_en": ""}, "name_en", "required"),
        (lambda: {"jurisdiction": "MARS"}, "jurisdiction", "MARS"),
    ],
)
def test_a_calendar_takes_no_nonsense(browse, edith, change, field, said):
    answer = browse(edith).post(ADD, {**typed(next_weekday(2)), **change()})

    assert answer.status_code == 200
    assert any(said in error for error in answer.context["adminform"].form.errors[field])
    assert not CalendarDay.objects.exists()


def test_a_day_stands_once_in_a_calendar(browse, edith):
    client, wednesday = browse(edith), next_weekday(2)
    client.post(ADD, typed(wednesday))

    answer = client.post(ADD, typed(wednesday))

    assert "This day is in the calendar already." in answer.content.decode()
    row = CalendarDay.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    row.pk = None
    with pytest.raises(BadInput, match="already"):
        save_day(day=row, by=edith)


def test_a_day_that_has_passed_is_read_only(browse, edith):
    row = CalendarDay.objects.create(
        jurisdiction="US", day=date(2024, 7, 5), name_en="Bridge day", name_zh="调休"
    )
    client = browse(edith)
    page = f"/admin/appeals/calendarday/{row.pk}/change/"

    assert client.get(page).status_code == 200
    assert client.post(page, {"name_en": "Other", "name_zh": "其他"}).status_code == 403


def test_who_may_keep_the_calendars(browse, db):
    wednesday = next_weekday(2)
    for role, may_read, may_write in (
        ("Catalogue editors", True, True),
        ("Supervisors", True, True),
        ("Auditors", True, False),
        ("Reviewers", False, False),
        ("Quality", False, False),
    ):
        person = create_staff(f"{role} Person", role)
        client = browse(person)
        assert client.get(LIST).status_code == (200 if may_read else 403), role
        assert client.get(ADD).status_code == (200 if may_write else 403), role
        answer = client.post(ADD, typed(wednesday))
        assert (answer.status_code == 302) == may_write, role
        CalendarDay.objects.all().delete()
    rosa = create_reviewer("Rosa Vega", queue=create_queue())
    with pytest.raises(NotAllowed):
        save_day(day=CalendarDay(jurisdiction="US", day=wednesday), by=rosa)


def test_another_process_counts_with_it_when_it_looks_again(edith, settings):
    wednesday = next_weekday(2)
    day = CalendarDay(jurisdiction="US", day=wednesday, name_en="Closed", name_zh="休息")
    save_day(day=day, by=edith)
    kept_settings.forget()
    assert is_working_day(wednesday, "US")

    settings.KEPT_SETTINGS_SECONDS = 0
    kept_settings.look_again()

    assert not is_working_day(wednesday, "US")
