"""A reason is overturned too often: the engine hears of it once a passing, and surely."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals import ledger
from appeals.actions.overturn_passings import look_at_overturns
from appeals.engine_delivery import deliver, list_due
from appeals.engine_tasks import send_request
from appeals.fairness.rates import Share, wilson
from appeals.models import EngineRequest, OverturnPassing, RuleOwner
from appeals.periodic import look_at_overturned_reasons
from tests.appeals.builders import create_reviewer
from tests.appeals.desks import queue, rosa, sofia
from tests.appeals.overturned import LATE, MONDAY, USE, create_answers
from tests.doubles import Fault, LedgerDouble
from tests.doubles.ledger import SECRET

__all__ = ["queue", "rosa", "sofia"]

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
PAGE = "/admin/overturned/"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.OVERTURN_LIMIT, settings.OVERTURN_LOWER_LIMIT = 30, 20
    settings.OVERTURN_FEWEST = 20


@pytest.fixture
def engine(settings):
    with LedgerDouble() as double:
        settings.ENGINE_WEBHOOK_URL = double.url
        settings.ENGINE_WEBHOOK_SECRET = SECRET
        yield double


def told():
    """The words the engine is owed, in their order."""
    return list(EngineRequest.objects.order_by("pk").values_list("kind", flat=True))


def names():
    return [(one.rule_version, one.reason) for one in OverturnPassing.objects.order_by("pk")]


# --- When a share passes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decided", "overturned", "passes"),
    [
        (40, 24, True),  # at least 45 %
        (40, 14, False),  # 35 %, and perhaps 22 %
        (400, 140, True),  # 35 %, and at least 30.5 %
        (19, 19, False),  # all of them, but of few
        (20, 20, True),
        (20, 0, False),
    ],
)
def test_the_lower_end_of_the_interval_passes_and_not_the_share(decided, overturned, passes):
    create_answers(decided, overturned)
    look_at_overturns(NOW)
    assert bool(names()) is passes
    low, _high = wilson(Share(overturned, decided))
    assert passes is (decided >= 20 and low >= 0.30)


def test_each_reason_of_each_version_is_judged_by_itself():
    create_answers(40, 30)
    create_answers(40, 2, reason=USE)
    create_answers(40, 2, version="4.3.0")
    create_answers(40, 30, version="4.3.0", reason=USE)
    create_answers(90, 90, rule="LOCKED", is_restricted=True)
    look_at_overturns(NOW)
    assert names() == [("4.2.0", LATE), ("4.3.0", USE)]


def test_the_answers_of_a_quarter_count_together_and_older_ones_do_not():
    for weeks in range(4):
        create_answers(8, 6, week=MONDAY - timedelta(weeks=4 * weeks))
    look_at_overturns(NOW)
    passing = OverturnPassing.objects.get()
    assert (passing.decided, passing.overturned) == (32, 24)
    for weeks in range(4):
        create_answers(8, 6, week=MONDAY - timedelta(weeks=6 + 4 * weeks), reason=USE)
    look_at_overturns(NOW)  # of as many answers, half are too long ago
    assert names() == [("4.2.0", LATE)]


# --- Once a passing -----------------------------------------------------------------------------


def test_a_share_about_the_limit_is_told_once_until_it_fell_far_enough():
    create_answers(40, 24)
    with time_machine.travel(NOW, tick=False):
        look_at_overturned_reasons()
        look_at_overturned_reasons()
    assert EngineRequest.objects.count() == 1

    create_answers(30, 3)  # 27 of 70: below the upper limit, above the lower one
    look_at_overturns(NOW)
    assert OverturnPassing.objects.get().fell_at is None
    create_answers(20, 20)  # 47 of 90: over it again, and nothing new
    look_at_overturns(NOW)
    assert EngineRequest.objects.count() == 1

    create_answers(200, 10)
    look_at_overturns(NOW)
    assert OverturnPassing.objects.get().fell_at == NOW
    look_at_overturns(NOW)
    assert told() == ["reason.overturned", "reason.recovered"]
    create_answers(300, 290)
    look_at_overturns(NOW + timedelta(hours=1))
    look_at_overturns(NOW + timedelta(hours=2))
    assert OverturnPassing.objects.count() == 2
    assert told() == ["reason.overturned", "reason.recovered", "reason.overturned"]
    assert OverturnPassing.objects.filter(fell_at=None).count() == 1


def test_a_version_that_is_gone_falls_by_itself():
    create_answers(40, 30)
    look_at_overturns(NOW)
    look_at_overturns(NOW + timedelta(weeks=20))
    assert OverturnPassing.objects.get().fell_at is not None
    data = EngineRequest.objects.get(kind="reason.recovered").payload["data"]
    assert (data["decided"], data["share"], data["share_low"]) == (0, None, None)


def test_other_limits_hold_from_the_next_look_on(settings):
    create_answers(40, 14)
    look_at_overturns(NOW)
    assert names() == []
    settings.OVERTURN_LIMIT = 21
    look_at_overturns(NOW)
    assert OverturnPassing.objects.get().limit == 21


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_tell_once():
    create_answers(40, 30)
    start = Barrier(3)

    def look():
        try:
            start.wait(10)
            return len(look_at_overturns(NOW))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        found = [one.result() for one in [pool.submit(look) for _turn in range(3)]]
    assert sorted(found) == [0, 0, 1]
    assert OverturnPassing.objects.count() == EngineRequest.objects.count() == 1


def test_the_database_holds_it_to_one_standing_passing_and_one_cause(sofia):
    create_answers(40, 30)
    look_at_overturns(NOW)
    passing = OverturnPassing.objects.get()
    again = {name: getattr(passing, name) for name in ("rule_id", "rule_version", "reason")}
    numbers = {"since": MONDAY, "decided": 1, "overturned": 1, "limit": 30, "passed_at": NOW}
    with pytest.raises(IntegrityError, match="one_standing_passing"), transaction.atomic():
        OverturnPassing.objects.create(reference="OV-2", **again, **numbers)
    now = {"payload": {}, "created_at": NOW, "next_try_at": NOW}
    with pytest.raises(IntegrityError, match="told_of_a_passing_once"), transaction.atomic():
        EngineRequest.objects.create(kind="reason.overturned", passing=passing, **now)
    for kind, why in (
        ("rule.stop", {"passing": None}),
        ("rule.stop", {"passing": passing}),
        ("reason.overturned", {}),
        ("reason.recovered", {}),
    ):
        with pytest.raises(IntegrityError, match="one_thing"), transaction.atomic():
            EngineRequest.objects.create(kind=kind, **why, **now)


def test_a_passing_is_never_deleted():
    create_answers(40, 30)
    (passing,) = look_at_overturns(NOW)
    EngineRequest.objects.all().delete()
    with pytest.raises(ProgrammingError), transaction.atomic():
        OverturnPassing.objects.filter(pk=passing.pk).delete()


# --- What the engine hears ----------------------------------------------------------------------


def passed():
    create_answers(40, 24)
    (passing,) = look_at_overturns(NOW)
    return passing, EngineRequest.objects.get(passing=passing)


def test_the_word_is_signed_and_says_what_the_contract_says(engine):
    passing, request = passed()
    send_request(request.pk)
    (taken,) = engine.accepted
    assert taken.headers["webhook-id"] == str(request.idempotency_key)
    assert taken.headers["webhook-signature"].startswith("v1,")
    low, high = wilson(Share(24, 40))
    assert taken.content["type"] == "reason.overturned"
    assert taken.content["data"] == {
        "idempotency_key": str(request.idempotency_key),
        "passing": passing.reference,
        "rule": "LATE-6M",
        "version": "4.2.0",
        "reason": LATE,
        "since": "2026-08-24",
        "decided": 40,
        "overturned": 24,
        "share": 0.6,
        "share_low": round(low, 4),
        "share_high": round(high, 4),
        "limit": 0.3,
    }


def test_the_example_in_the_contract_has_the_fields_that_are_sent(settings):
    text = (settings.BASE_DIR / "docs" / "engine-webhooks.md").read_text()
    examples = [json.loads(part.split("```")[0]) for part in text.split("```json")[1:]]
    (example,) = [one for one in examples if one["type"] == "reason.overturned"]
    _passing, request = passed()
    assert example.keys() == request.payload.keys()
    told = request.payload["data"]
    assert {name: type(value) for name, value in example["data"].items()} == {
        name: type(value) for name, value in told.items()
    }
    assert example["data"]["share_low"] == told["share_low"]
    for name in ("OVERTURN_LIMIT", "OVERTURN_LOWER_LIMIT", "OVERTURN_FEWEST"):
        assert f"| `{name}` |" in text


def test_the_engine_hears_when_the_share_has_fallen_and_of_which_passing(engine, settings):
    text = (settings.BASE_DIR / "docs" / "engine-webhooks.md").read_text()
    examples = [json.loads(part.split("```")[0]) for part in text.split("```json")[1:]]
    (example,) = [one for one in examples if one["type"] == "reason.recovered"]
    passing, _request = passed()
    create_answers(200, 10)
    look_at_overturns(NOW)
    look_at_overturns(NOW + timedelta(hours=1))

    request = EngineRequest.objects.get(kind="reason.recovered")
    send_request(request.pk)

    (taken,) = engine.accepted
    assert taken.content.keys() == example.keys()
    data = taken.content["data"]
    assert {name: type(value) for name, value in data.items()} == {
        name: type(value) for name, value in example["data"].items()
    }
    low, high = wilson(Share(34, 240))
    assert data["passing"] == passing.reference
    assert (data["decided"], data["overturned"], data["share"]) == (240, 34, 0.1417)
    assert [data["share_low"], data["share_high"]] == [round(low, 4), round(high, 4)]
    assert [example["data"][name] for name in ("share", "share_low", "share_high")] == [
        data[name] for name in ("share", "share_low", "share_high")
    ]
    assert data["limit"] == 0.2


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_tell_once_that_it_fell():
    passed()
    create_answers(200, 10)
    start = Barrier(3)

    def look():
        try:
            start.wait(10)
            look_at_overturns(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        for one in [pool.submit(look) for _turn in range(3)]:
            one.result()
    assert told() == ["reason.overturned", "reason.recovered"]


def test_an_engine_that_answers_badly_is_asked_again_with_the_same_word(engine, monkeypatch):
    """500, then nothing in time, then yes."""
    monkeypatch.setattr(ledger, "TIMEOUT", ledger.TIMEOUT.from_float(0.2))
    _passing, request = passed()
    engine.play(Fault.STATUS, status=500)
    engine.play(Fault.HANG)
    errors = []
    for _turn in range(3):
        send_request(request.pk)
        send_request(request.pk)  # rung twice: not due yet, so nothing happens
        request.refresh_from_db()
        errors.append(request.last_error)
        EngineRequest.objects.update(next_try_at=timezone.now())
    assert errors[0].startswith("HTTP 500")
    assert errors[1:] == ["no answer in time; it may have arrived", ""]
    assert (request.state, request.tries) == ("confirmed", 3)
    assert engine.calls == 3
    assert list(engine.applied) == [str(request.idempotency_key)]


def test_a_lost_yes_is_repeated_and_the_engine_can_tell(engine):
    _passing, request = passed()
    engine.play(Fault.ACCEPT_THEN_STATUS)
    send_request(request.pk)
    EngineRequest.objects.update(next_try_at=timezone.now())
    send_request(request.pk)
    send_request(request.pk)
    assert [one.ref for one in engine.accepted] == [str(request.idempotency_key)] * 2
    assert len(engine.applied) == 1
    assert list_due(timezone.now()) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one(engine):
    _passing, request = passed()
    start = Barrier(2)

    def send():
        try:
            start.wait(10)
            return deliver(request.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        sent = [one.result() for one in [pool.submit(send) for _turn in range(2)]]
    assert sorted(sent) == [False, True]
    assert engine.calls == 1


def test_who_knows_another_secret_believes_nothing(engine, settings):
    _passing, request = passed()
    settings.ENGINE_WEBHOOK_SECRET = "whsec_b3RoZXIgc2VjcmV0IG90aGVyIHNlY3JldA=="
    send_request(request.pk)
    request.refresh_from_db()
    assert request.state == "pending"
    assert engine.applied == {}


def test_the_payload_holds_nothing_about_a_person(alice):
    _passing, request = passed()
    names_of_people = (alice.reference, alice.name, alice.email)
    assert not any(name in str(request.payload) for name in names_of_people)


# --- What supervisors see -----------------------------------------------------------------------


def test_supervisors_see_it_with_how_far_the_word_has_come(browse, sofia, engine, settings):
    passing, request = passed()
    browser = browse(sofia)
    engine.play(Fault.STATUS, status=503)
    send_request(request.pk)
    page = browser.get(PAGE).content.decode()
    assert passing.reference in page
    assert "HTTP 503" in page
    assert "1 try" in page
    EngineRequest.objects.update(next_try_at=timezone.now())
    send_request(request.pk)
    assert "Confirmed by the engine" in browser.get(PAGE).content.decode()
    assert "A reason is overturned less often again" not in browser.get(PAGE).content.decode()
    create_answers(200, 10)
    look_at_overturns(NOW)
    assert "A reason is overturned less often again" in browser.get(PAGE).content.decode()
    settings.ENGINE_WEBHOOK_URL = ""
    EngineRequest.objects.update(state="pending")
    assert "No address of the engine is configured." in browser.get(PAGE).content.decode()


def test_owners_see_their_own_rules_and_many_rows_ask_no_more(
    browse, sofia, django_assert_num_queries
):
    olga = create_reviewer("Olga Roth")
    RuleOwner.objects.create(rule_id="LATE-6M", owner=olga)
    create_answers(40, 30)
    create_answers(40, 30, rule="UTIL-80")
    look_at_overturns(NOW)
    page = browse(olga).get(PAGE).content.decode()
    assert "LATE-6M" in page
    assert "UTIL-80" not in page

    browser = browse(sofia)
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as asked:
        browser.get(PAGE)
    for number in range(20):
        create_answers(40, 30, version=f"5.{number}")
    look_at_overturns(NOW)
    with django_assert_num_queries(len(asked)):
        browser.get(PAGE)
    assert browser.get(PAGE).content.decode().count("data-passing") == 22
