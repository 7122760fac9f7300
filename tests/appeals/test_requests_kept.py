"""What a customer asked is kept as long as it may be, and never erased under a hold."""

import io
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from appeals import periodic
from appeals.actions import portions, request_erasing
from appeals.actions.legal_holds import lift_hold, place_hold
from appeals.catalogue.packs import PACKS
from appeals.deadlines import add_months
from appeals.models import (
    Appeal,
    CaseEvent,
    CustomerRequest,
    EventKind,
    RequestKind,
    RequestResult,
    Situation,
)
from appeals.retention import words_erasable_on
from appeals.states import AppealState, RequestState
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.journeys import words
from tests.appeals.rights import create_request

pytestmark = pytest.mark.django_db
COMPLAINT = {"US": 25, "GB": 36, "EU": 36, "CN": 36}
FACT = {"rank": 1, "code": "1.1", "label": "Your use", "told": "93%", "right": "It is 40%."}


@pytest.fixture
def sue():
    return create_reviewer("Sue Park", is_supervisor=True)


@pytest.fixture
def sven():
    return create_reviewer("Sven Dahl", is_supervisor=True)


@pytest.fixture
def answered(decision):
    return answer(asked(decision))


def asked(decision, **more):
    return create_request(decision, queue=create_queue(), **more)


def answer(request, **more):
    """At noon in UTC it is the same day for all of these customers."""
    fields = {
        "state": RequestState.ANSWERED,
        "answered_at": timezone.now().replace(hour=12, minute=0),
        "answered_by": create_reviewer("Rosa Vega"),
        "result": RequestResult.AGREED,
        "answer": "You are right, and we are sorry.",
    }
    CustomerRequest.objects.filter(pk=request.pk).update(**{**fields, **more})
    request.refresh_from_db()
    return request


def run_at(day):
    """What the clock does on that day."""
    with time_machine.travel(f"{day:%Y-%m-%d}T12:00:00+00:00", tick=False):
        periodic.erase_what_is_over()


def on_day(*, months=0, days=0):
    return add_months(timezone.now().date(), months) + timedelta(days=days)


def is_erased(request):
    request.refresh_from_db()
    return request.erased_at is not None


# --- how long ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", COMPLAINT)
def test_a_complaint_is_kept_for_the_months_of_its_jurisdiction(place):
    request = asked(create_decision(create_customer(jurisdiction=place)))
    assert words_erasable_on(request, timezone.now()) is None  # it waits for an answer

    answer(request)

    assert words_erasable_on(request, timezone.now()) == on_day(months=COMPLAINT[place])


def test_a_complaint_has_a_rule_of_its_own_where_the_pack_has_one(monkeypatch):
    pack = next(pack for pack in PACKS.all() if "complaint" in pack.retention)
    person = create_customer(jurisdiction=pack.jurisdiction)
    months = {"complaint": 72, "request": 12}
    rules = {key: type("Rule", (), {"months": value}) for key, value in months.items()}
    monkeypatch.setattr("appeals.retention.pack_of", lambda *_: type("P", (), {"retention": rules}))
    complaint = answer(asked(create_decision(person)))
    view = answer(asked(create_decision(person), kind=RequestKind.ADD_VIEW))

    assert words_erasable_on(complaint, timezone.now()) == on_day(months=72)
    assert words_erasable_on(view, timezone.now()) == on_day(months=12)


def test_every_pack_says_how_long_requests_are_kept_from_their_end():
    for pack in PACKS.all():
        for key in {"request", "complaint"} & set(pack.retention):
            assert pack.retention[key].begins == "closing", pack.name
        assert "request" in pack.retention, pack.name


# --- erasing -------------------------------------------------------------------------------------


def test_on_its_last_day_the_words_go_and_both_sides_read_why(browse, browser, decision):
    request = asked(decision, facts=[FACT], situation=Situation.HEALTH)
    answer(request)
    page = reverse("appeals:request", args=[request.reference])

    run_at(on_day(months=25, days=-1))
    assert not is_erased(request)
    assert request.erase_on == on_day(months=25)
    assert "You never asked me first." in words(browser.get(page))

    run_at(on_day(months=25))

    assert is_erased(request)
    assert (request.text, request.facts, request.situation, request.answer) == ("", [], "", "")
    assert (request.kind, request.result) == (RequestKind.COMPLAIN, RequestResult.AGREED)
    read = words(browser.get(page))
    assert "because the time we may keep them was over." in read
    assert "You never asked me first." not in read
    auditor = create_reviewer("Sue Park", queue=request.queue, is_supervisor=True)
    seen = words(browse(auditor).get(f"/admin/requests/{request.reference}/"))
    assert "kept long enough" in seen
    assert "we are sorry" not in seen


def test_run_twice_it_erases_once(answered):
    run_at(on_day(months=26))
    first = (is_erased(answered), answered.erased_at, answered.version)

    run_at(on_day(months=27))

    assert (is_erased(answered), answered.erased_at, answered.version) == first


def test_what_nobody_answered_yet_is_kept(decision):
    waits = asked(decision)
    run_at(on_day(months=60))
    assert not is_erased(waits)
    assert waits.text


def test_the_row_of_a_copy_of_data_has_nothing_to_erase(decision):
    nothing = {"answered_by": None, "answer": "", "result": ""}
    copy = answer(asked(decision, text=""), kind=RequestKind.DATA_COPY, decision=None, **nothing)
    run_at(on_day(months=60))
    assert not is_erased(copy)


def test_one_that_joined_an_appeal_goes_by_the_end_of_the_case_and_the_case_says_so(decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)
    joined = answer(asked(decision, appeal=appeal), answered_by=None, result="", answer="")
    run_at(on_day(months=30))
    assert not is_erased(joined)  # the case is open (again)

    closed = timezone.now() + timedelta(days=60)
    Appeal.objects.filter(pk=appeal.pk).update(state=AppealState.DECIDED, closed_at=closed)
    run_at(on_day(months=26))
    assert not is_erased(joined)
    run_at(on_day(months=28))

    assert is_erased(joined)
    event = CaseEvent.objects.get(kind=EventKind.REQUEST_ERASED)
    assert (event.by, event.details) == (None, {"request": joined.reference})


def test_the_day_is_the_customers_own():
    east = create_customer(time_zone="Pacific/Kiritimati")  # fourteen hours before UTC
    noon = timezone.now().replace(hour=11, minute=0)  # tomorrow, where they live
    request = answer(asked(create_decision(east)), answered_at=noon)

    day = words_erasable_on(request, timezone.now())

    assert day == add_months(noon.date() + timedelta(days=1), 25)


def test_rules_that_change_move_the_day(answered, monkeypatch):
    assert request_erasing.plan_words() == 1
    assert request_erasing.plan_words() == 0  # nothing is worked out twice
    monkeypatch.setattr(request_erasing, "rules_on", lambda _day: "another")
    monkeypatch.setattr(request_erasing, "words_erasable_on", lambda *_: on_day(months=12))

    assert request_erasing.plan_words() == 1

    answered.refresh_from_db()
    assert answered.erase_on == on_day(months=12)


def test_many_are_erased_in_portions(monkeypatch):
    monkeypatch.setattr(portions, "AT_ONCE", 2)
    for _each in range(5):
        answer(asked(create_decision()))

    run_at(on_day(months=26))

    assert CustomerRequest.objects.filter(erased_at__isnull=False).count() == 5


@pytest.mark.parametrize("fields", [{}, {"text": "", "answer": "", "state": "received"}])
def test_the_database_knows_no_erased_request_with_words(answered, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerRequest.objects.filter(pk=answered.pk).update(erased_at=timezone.now(), **fields)


# --- holds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", ["customer", "appeal"])
def test_a_hold_beats_the_last_day_and_lifted_it_lets_go(about, answered, sue, sven):
    """One on an appeal holds what was asked about the same decision, joined to it or not."""
    appeal = create_appeal(answered.decision, state=AppealState.DECIDED, closed_at=timezone.now())
    thing = appeal if about == "appeal" else appeal.customer
    hold = place_hold(about=thing, because="A claim in court.", by=sue)

    run_at(on_day(months=30))
    assert not is_erased(answered)

    lift_hold(hold=hold, because="It was settled.", by=sven)
    run_at(on_day(months=30))
    assert is_erased(answered)


def test_a_hold_keeps_nothing_of_anybody_else(answered, sue):
    place_hold(about=create_customer(), because="A claim in court.", by=sue)
    run_at(on_day(months=30))
    assert is_erased(answered)


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_comes_while_words_are_being_erased_waits_for_the_answer(decision):
    """Whoever is first is first: nobody places a hold and loses what it is about afterwards."""
    request = answer(asked(decision))
    supervisor = create_reviewer("Sue Park", is_supervisor=True)
    request_erasing.plan_words()
    erased: list[int] = []

    def erase():
        try:
            later = timezone.now() + timedelta(days=1000)
            erased.append(request_erasing.erase_due_words(later))
        finally:
            connection.close()

    with transaction.atomic():
        place_hold(about=request.customer, because="A claim in court.", by=supervisor)
        other = threading.Thread(target=erase)
        other.start()
        other.join(timeout=1)
        assert other.is_alive()  # it waits for this transaction
    other.join()

    assert erased == [0]
    assert not is_erased(request)


# --- what comes next -----------------------------------------------------------------------------


def test_the_command_counts_what_goes_next(answered, sue):
    held = answer(asked(create_decision()))
    place_hold(about=held.customer, because="A claim in court.", by=sue)
    request_erasing.plan_words()
    out = io.StringIO()

    call_command("show_retention", days=800, stdout=out)

    assert "The words of 1 requests by" in out.getvalue()
    assert "1 kept by a legal hold." in out.getvalue()
    assert not is_erased(answered)
