"""An instruction reaches the ledger, is applied there once, and is seen until it is."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db.models import F
from django.utils import timezone

from appeals import ledger
from appeals.actions.ledger import try_now
from appeals.actions.outcomes import Answer, propose_outcome
from appeals.ledger_delivery import WAITS, deliver, list_due
from appeals.ledger_tasks import send_due_instructions, send_instruction
from appeals.models import CaseEvent, EventKind, InstructionState, LineInstruction
from appeals.states import AppealState, OutcomeKind
from tests.appeals.builders import create_appeal, create_queue, create_reviewer
from tests.doubles import Fault, LedgerDouble
from tests.doubles.fixtures import ledger_server

__all__ = ["ledger_server"]

PART = Answer(kind=OutcomeKind.PARTLY_RESTORED, sentence="Half.", new_limit=Decimal(2700))


@pytest.fixture
def instruction(db):
    queue = create_queue(needs_second_approval=False)
    rosa = create_reviewer(queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa, disputed=())
    propose_outcome(appeal=appeal, by=rosa, version=appeal.version, answer=PART)
    return LineInstruction.objects.get()


def due_now():
    LineInstruction.objects.update(next_try_at=timezone.now(), lease_until=None)


def applied_events():
    return CaseEvent.objects.filter(kind=EventKind.APPLIED).count()


def test_a_signed_instruction_is_confirmed(instruction, ledger_server):
    send_instruction(instruction.pk)

    instruction.refresh_from_db()
    assert instruction.state == InstructionState.CONFIRMED
    assert (instruction.tries, instruction.last_error) == (1, "")
    assert ledger_server.applied == {str(instruction.idempotency_key): instruction.payload}
    assert applied_events() == 1


def test_a_wrong_secret_confirms_nothing(instruction, settings):
    with LedgerDouble(secret="whsec_b3RoZXIgc2VjcmV0IG90aGVyIHNlY3JldA==") as double:
        settings.LEDGER_WEBHOOK_URL = double.url
        settings.LEDGER_WEBHOOK_SECRET = "whsec_TGVkZ2VyRG91YmxlU2VjcmV0S2V5MTIzNDU2Nzg5MA=="
        send_instruction(instruction.pk)

    instruction.refresh_from_db()
    assert instruction.state == InstructionState.PENDING
    assert "401" in instruction.last_error
    assert double.applied == {}


def test_after_a_refusal_it_waits_and_then_goes_again(instruction, ledger_server):
    ledger_server.play(Fault.STATUS, status=500)

    send_instruction(instruction.pk)
    send_due_instructions_in_place()

    instruction.refresh_from_db()
    assert instruction.state == InstructionState.PENDING
    assert instruction.last_error.startswith("HTTP 500")
    assert ledger_server.calls == 1
    assert timedelta() < instruction.next_try_at - timezone.now() <= WAITS[0]

    with time_machine.travel(timezone.now() + WAITS[0] + timedelta(seconds=1)):
        send_due_instructions_in_place()

    instruction.refresh_from_db()
    assert instruction.state == InstructionState.CONFIRMED
    assert ledger_server.calls == 2


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_CUT, Fault.ACCEPT_THEN_STATUS])
def test_a_lost_answer_is_asked_for_again_and_applied_once(instruction, ledger_server, fault):
    ledger_server.play(fault)

    send_instruction(instruction.pk)
    instruction.refresh_from_db()
    assert instruction.state == InstructionState.PENDING
    due_now()
    send_instruction(instruction.pk)

    assert len(ledger_server.accepted) == 2
    assert len({one.ref for one in ledger_server.accepted}) == 1
    assert len(ledger_server.applied) == 1
    instruction.refresh_from_db()
    assert instruction.state == InstructionState.CONFIRMED
    assert applied_events() == 1


def test_a_ledger_that_is_away_is_waited_for(instruction, ledger_server):
    ledger_server.refuse_connections()
    send_instruction(instruction.pk)

    instruction.refresh_from_db()
    assert instruction.last_error == "nobody answers at the ledger's address"

    ledger_server.listen()
    due_now()
    send_instruction(instruction.pk)
    instruction.refresh_from_db()
    assert instruction.state == InstructionState.CONFIRMED


def test_a_ledger_that_never_answers_does_not_hold_the_worker(
    instruction, ledger_server, monkeypatch
):
    monkeypatch.setattr(ledger, "TIMEOUT", ledger.TIMEOUT.from_float(0.2))
    ledger_server.play(Fault.HANG)

    send_instruction(instruction.pk)

    instruction.refresh_from_db()
    assert instruction.last_error == "no answer in time; it may have arrived"


def test_a_redirect_is_not_followed(instruction, ledger_server):
    ledger_server.play(Fault.STATUS, status=307)

    send_instruction(instruction.pk)

    instruction.refresh_from_db()
    assert instruction.last_error.startswith("HTTP 307")
    assert ledger_server.calls == 1


def test_nothing_is_given_up(instruction, ledger_server):
    ledger_server.play(Fault.STATUS, status=503, times=None)
    LineInstruction.objects.update(tries=5_000)

    send_instruction(instruction.pk)

    instruction.refresh_from_db()
    assert instruction.state == InstructionState.PENDING
    assert instruction.next_try_at <= timezone.now() + WAITS[-1]


def test_two_doorbells_ring_once(instruction, ledger_server):
    deliver(instruction.pk)
    deliver(instruction.pk)

    assert ledger_server.calls == 1
    assert applied_events() == 1


def test_what_another_worker_is_sending_is_left_to_it(instruction, ledger_server):
    LineInstruction.objects.update(lease_until=timezone.now() + timedelta(seconds=30))
    assert not deliver(instruction.pk)
    assert ledger_server.calls == 0

    LineInstruction.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert deliver(instruction.pk)


def test_a_late_failure_does_not_undo_a_confirmation(instruction, ledger_server, monkeypatch):
    def confirmed_meanwhile(**_ignored):
        LineInstruction.objects.update(state=InstructionState.CONFIRMED, tries=F("tries") + 1)
        raise ledger.LedgerError("too late")

    monkeypatch.setattr(ledger, "send", confirmed_meanwhile)
    deliver(instruction.pk)

    instruction.refresh_from_db()
    assert (instruction.state, instruction.last_error) == (InstructionState.CONFIRMED, "")


def test_without_an_address_it_stays_pending(instruction, settings):
    settings.LEDGER_WEBHOOK_URL = ""

    send_instruction(instruction.pk)

    instruction.refresh_from_db()
    assert (instruction.state, instruction.tries) == (InstructionState.PENDING, 0)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_a"])
def test_a_secret_that_is_none_is_named_in_the_list(instruction, ledger_server, settings, secret):
    settings.LEDGER_WEBHOOK_SECRET = secret

    send_instruction(instruction.pk)

    instruction.refresh_from_db()
    assert "LEDGER_WEBHOOK_SECRET" in instruction.last_error
    assert ledger_server.calls == 0


def test_the_sweep_finds_what_the_broker_forgot(instruction):
    now = timezone.now()

    assert list_due(now) == [instruction.pk]
    LineInstruction.objects.update(next_try_at=now + timedelta(minutes=5))
    assert list_due(now) == []


def test_try_now_does_not_wait(instruction, ledger_server):
    LineInstruction.objects.update(next_try_at=timezone.now() + timedelta(hours=1))

    assert try_now(instructions=LineInstruction.objects.all()) == 1
    deliver(instruction.pk)

    instruction.refresh_from_db()
    assert instruction.state == InstructionState.CONFIRMED


def test_the_doorbell_rings_after_the_commit(
    db, ledger_server, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(send_instruction, "delay", send_instruction.run)
    queue = create_queue(needs_second_approval=False)
    rosa = create_reviewer(queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa, disputed=())

    with django_capture_on_commit_callbacks(execute=True):
        propose_outcome(appeal=appeal, by=rosa, version=appeal.version, answer=PART)
        assert ledger_server.calls == 0

    assert LineInstruction.objects.get().state == InstructionState.CONFIRMED


def send_due_instructions_in_place():
    """The sweep, with each doorbell answered here."""
    for pk in list_due(timezone.now()):
        send_instruction(pk)


def test_the_sweep_rings_for_each(instruction, ledger_server, monkeypatch):
    monkeypatch.setattr(send_instruction, "delay", send_instruction.run)

    send_due_instructions()

    instruction.refresh_from_db()
    assert instruction.state == InstructionState.CONFIRMED
