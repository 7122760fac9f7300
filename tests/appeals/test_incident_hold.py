"""While an incident is open nothing of its scope is told; closed, what is still true is."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from appeals.actions.incident_hold import IN_FLIGHT
from appeals.actions.incidents import close_incident
from appeals.actions.ingest import ingest_one
from appeals.actions.notice_watch import tell_supervisors
from appeals.actions.notices import retry_notice
from appeals.engine_tasks import send_due_requests, send_request
from appeals.errors import BadInput, WrongState
from appeals.incident_periodic import look_after_incidents
from appeals.models import (
    AffectedDecision,
    EngineRequest,
    Incident,
    LineDecision,
    Notice,
    NoticeClock,
    NoticeHold,
)
from appeals.truth import undone_decisions
from notifications.api import Notification
from notifications.kinds import DeliveryState
from notifications.models import Delivery
from tests.appeals.feeds import feed_line
from tests.appeals.incident_world import RULE, approved, hit, opened, run, sofia, tomas
from tests.doubles import Fault, LedgerDouble
from tests.doubles.ledger import SECRET

__all__ = ["sofia", "tomas"]

FAULTY = {
    "id": RULE["rule_id"],
    "module": RULE["rule_module"],
    "version": RULE["rule_version"],
}


def arrives(**overrides):
    answer = ingest_one(json.dumps(feed_line(**overrides)).encode(), source="test")
    return LineDecision.objects.get(reference=answer.reference)


def of(decision):
    return Delivery.objects.filter(notification__about=f"decision:{decision.reference}")


@pytest.fixture
def engine(settings):
    with LedgerDouble() as double:
        settings.ENGINE_WEBHOOK_URL = double.url
        settings.ENGINE_WEBHOOK_SECRET = SECRET
        yield double


def test_what_arrives_meanwhile_is_held_and_its_clocks_run(sofia):
    hit()
    incident = opened(sofia)
    held = arrives(rule=FAULTY)
    good = arrives()

    hold = NoticeHold.objects.get(decision=held)
    assert (hold.code, hold.named) == ("incident", {"incident": incident.reference})
    assert hold.due_at is not None
    assert incident.reference in hold.cause
    assert NoticeClock.objects.filter(decision=held, ended_at=None).exists()
    assert not of(held).exists()
    assert of(good).exists()
    # Who would try the held notice by hand does not get round the incident.
    assert isinstance(retry_notice(hold=hold), NoticeHold)

    with time_machine.travel(hold.due_at - timedelta(hours=1)):
        assert tell_supervisors() == 1
    message = Notification.objects.get(type="notices_waiting")
    assert message.context["near"] != "0"


def test_what_was_not_sent_yet_waits_and_what_was_sent_does_not_come_back(sofia):
    waiting, sent = arrives(rule=FAULTY), arrives(rule=FAULTY)
    of(sent).filter(channel="sms").update(state=DeliveryState.ACCEPTED, sent_at=timezone.now())
    opened(sofia)
    look_after_incidents()
    look_after_incidents()

    in_a_year = timezone.now() + timedelta(days=365)
    assert of(waiting).count() == of(waiting).filter(not_before__gt=in_a_year).count() > 0
    assert not of(sent).filter(not_before__gt=in_a_year).exists()
    assert Incident.objects.get().held_at is None
    with time_machine.travel(timezone.now() + IN_FLIGHT + timedelta(minutes=1)):
        look_after_incidents()
    assert Incident.objects.get().held_at is not None


def test_closed_as_no_fault_everything_goes_out(sofia):
    waiting = arrives(rule=FAULTY)
    incident = opened(sofia)
    held = arrives(rule=FAULTY)
    look_after_incidents()
    with pytest.raises(BadInput):
        close_incident(incident=incident, by=sofia, because=" ")
    close_incident(incident=incident, by=sofia, because="The rule does what it should.")
    with pytest.raises(WrongState):
        close_incident(incident=incident, by=sofia, because="Again.")
    look_after_incidents()
    look_after_incidents()

    assert not NoticeHold.objects.exists()
    assert Notice.objects.filter(decision=held).exists()
    for decision in (waiting, held):
        assert of(decision).filter(not_before__lte=timezone.now()).count() == of(decision).count()
        message = Notification.objects.get(about=f"decision:{decision.reference}")
        assert message.settle_at is not None
        assert message.settle_at < timezone.now() + timedelta(days=4)
    assert Incident.objects.get().let_go_at is not None


def test_what_was_put_right_is_not_told_any_more(sofia, tomas):
    waiting = arrives(rule=FAULTY)
    incident = opened(sofia)
    held = arrives(rule=FAULTY)
    look_after_incidents()
    run(approved(sofia, tomas, incident=incident))
    assert not NoticeHold.objects.exists()
    close_incident(incident=incident, by=sofia, because="All put right.")
    look_after_incidents()

    keys = {f"decision:{one.reference}" for one in (waiting, held)}
    assert undone_decisions(keys).keys() == keys
    assert AffectedDecision.objects.filter(state="restored").count() == 2


def test_a_person_decides_when_the_incident_may_close(sofia, tomas):
    hit()
    remedy = approved(sofia, tomas)
    with pytest.raises(WrongState):
        close_incident(incident=remedy.incident, by=sofia, because="Done.")
    run(remedy)
    close_incident(incident=remedy.incident, by=sofia, because="Done.")


def test_the_engine_is_asked_once_to_stop_and_once_to_go_on(sofia, engine):
    hit()
    incident = opened(sofia)
    request = EngineRequest.objects.get()
    engine.play(Fault.ACCEPT_THEN_CUT)
    send_request(request.pk)
    request.refresh_from_db()
    assert request.state == "pending"
    assert request.last_error
    EngineRequest.objects.update(next_try_at=timezone.now(), lease_until=None)
    send_due_requests()
    send_request(request.pk)
    send_request(request.pk)

    request.refresh_from_db()
    assert request.state == "confirmed"
    assert len({one.ref for one in engine.accepted}) == 1
    (told,) = engine.applied.values()
    assert told["type"] == "rule.stop"
    assert told["data"]["version"] == RULE["rule_version"]

    close_incident(incident=incident, by=sofia, because="No fault.")
    send_request(EngineRequest.objects.get(kind="rule.go_on").pk)
    assert [one["type"] for one in engine.applied.values()] == ["rule.stop", "rule.go_on"]


def test_an_engine_nobody_configured_is_seen_not_lost(sofia):
    hit()
    opened(sofia)
    send_request(EngineRequest.objects.get().pk)
    assert EngineRequest.objects.get().state == "pending"
