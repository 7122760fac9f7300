"""A remedy puts right everybody a faulty rule touched: once, by two people, and it adds up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone

from appeals.actions import copying, remedy_rows, remedy_steps, trying
from appeals.actions.incident_hold import look_after_holds
from appeals.actions.incident_joining import join_late
from appeals.actions.incidents import close_incident, open_incident
from appeals.actions.outcomes import Answer, propose_outcome
from appeals.actions.remedies import (
    Plan,
    approve_remedy,
    decline_remedy,
    go_on,
    pause_remedy,
    propose_remedy,
    resume_remedy,
    stop_remedy,
)
from appeals.actions.remedy_steps import Step, take_step
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.ledger_tasks import carry_instructions
from appeals.models import (
    AffectedDecision,
    Appeal,
    CaseClock,
    Claim,
    ConflictOfInterest,
    CreditLine,
    DocumentRequest,
    InstructionState,
    LineDecision,
    LineInstruction,
    Notice,
    Outcome,
    Remedy,
    RemedyState,
    RuleOwner,
)
from appeals.states import OPEN, AppealState, OutcomeKind
from notifications.api import Notification
from portal.lib.references import new_reference
from tests.appeals.builders import (
    RESTRICTED,
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_queue,
    create_reviewer,
)
from tests.appeals.incident_world import (
    approved,
    counts,
    hit,
    later,
    opened,
    run,
    scope,
    sofia,
    tomas,
)
from tests.doubles.fixtures import ledger_server

__all__ = ["ledger_server", "sofia", "tomas"]


def told(decision):
    return Notification.objects.filter(about=f"decision:{decision.reference}")


# --- Everybody ---------------------------------------------------------------------------------


def test_the_line_is_back_the_customer_reads_it_and_the_ledger_hears_it(sofia, tomas):
    chinese = create_customer("Li Wei", locale="zh-hans")
    fault = hit(chinese)
    other = create_decision()
    remedy = run(approved(sofia, tomas))

    assert remedy.state == RemedyState.DONE
    assert counts(remedy.incident) == (1, 1, 0, 0)
    row = AffectedDecision.objects.get()
    new = row.line_decision
    assert new is not None
    assert (new.action, new.old_limit, new.new_limit) == (
        "restore",
        Decimal(1400),
        Decimal(4000),
    )
    assert (new.overrides, new.decided_by, new.automated) == (fault, tomas, False)
    (reason,) = new.reasons.all()
    assert reason.code == "MOD-RULE-FAULT"
    assert CreditLine.objects.get(pk=fault.line_id).limit == 4000
    assert CreditLine.objects.get(pk=other.line_id).limit == 1400
    notice = Notice.objects.get(decision=new)
    assert notice.language == "zh-hans"
    assert "我们的一项系统规则" in notice.content["zh-hans"]["reasons"][0]["explanation"]
    (message,) = told(new)
    assert (message.type, message.language, message.recipient) == (
        "fault_put_right",
        "zh-hans",
        chinese,
    )
    instructions = LineInstruction.objects.filter(affected=row).order_by("purpose")
    assert [one.payload["data"]["instruction"] for one in instructions] == [
        "set_limit",
        "correct_bureau",
        "undo_fees",
    ]
    assert instructions[0].payload["data"]["new_limit"] == "4000.00"


def test_what_is_not_to_be_undone_is_not_asked_of_the_ledger(sofia, tomas):
    hit()
    run(approved(sofia, tomas, undoes_fees=False, undoes_bureau=False))
    assert [one.purpose for one in LineInstruction.objects.all()] == ["fault"]


def test_the_ledger_applies_each_once(sofia, tomas, ledger_server):
    hit()
    hit()
    run(approved(sofia, tomas))
    carry_instructions()
    carry_instructions()

    assert ledger_server.calls == 6
    assert len(ledger_server.applied) == 6
    assert set(LineInstruction.objects.values_list("state", flat=True)) == {
        InstructionState.CONFIRMED
    }


def test_twice_changes_nothing(sofia, tomas):
    hit()
    remedy = run(approved(sofia, tomas))
    before = (LineDecision.objects.count(), Notification.objects.count(), counts(remedy.incident))

    assert take_step(remedy.pk) == Step()
    Remedy.objects.update(state=RemedyState.RUNNING)
    run(remedy)
    assert (
        LineDecision.objects.count(),
        Notification.objects.count(),
        counts(remedy.incident),
    ) == before
    assert LineInstruction.objects.count() == 3


def test_a_death_in_the_middle_of_a_step_leaves_nothing_of_it(sofia, tomas, monkeypatch):
    for _ in range(3):
        hit()
    remedy = approved(sofia, tomas)
    take_step(remedy.pk, size=1)

    def die(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(remedy_steps, "_count", die)
    with pytest.raises(KeyboardInterrupt):
        take_step(remedy.pk, size=1)
    assert counts(remedy.incident) == (3, 1, 0, 0)
    assert LineInstruction.objects.count() == 3
    monkeypatch.undo()

    run(remedy)
    assert counts(remedy.incident) == (3, 3, 0, 0)
    assert LineInstruction.objects.count() == 9


def test_a_reference_that_is_taken_costs_no_second_try(sofia, tomas, monkeypatch):
    taken = [hit().reference for _ in range(2)]
    remedy = approved(sofia, tomas)
    drawn = iter(taken)
    monkeypatch.setattr(
        copying, "new_reference", lambda prefix: next(drawn, None) or new_reference(prefix)
    )
    monkeypatch.setattr(trying, "TRIES", 1)

    run(remedy)

    assert next(drawn, None) is None
    assert counts(remedy.incident) == (2, 2, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work(sofia, tomas):
    for _ in range(12):
        hit()
    remedy = approved(sofia, tomas)

    def work(_worker):
        try:
            while take_step(remedy.pk, size=2).has_more:
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    run(remedy)

    assert remedy.state == RemedyState.DONE
    assert counts(remedy.incident) == (12, 12, 0, 0)
    assert LineDecision.objects.filter(put_right__isnull=False).count() == 12
    assert LineInstruction.objects.count() == 36


# --- Two people --------------------------------------------------------------------------------


def test_one_person_is_not_enough_not_even_past_the_code(sofia, tomas):
    hit()
    incident = opened(sofia)
    remedy = propose_remedy(incident=incident, plan=Plan(because="Upside down."), by=sofia)
    with pytest.raises(NotAllowed):
        approve_remedy(remedy=remedy, by=sofia)
    with pytest.raises(IntegrityError), transaction.atomic():
        Remedy.objects.update(state="running", approved_by=sofia, approved_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Remedy.objects.update(state="running")
    assert take_step(remedy.pk) == Step()

    approve_remedy(remedy=remedy, by=tomas)
    with pytest.raises(WrongState):
        approve_remedy(remedy=remedy, by=tomas)
    assert counts(incident) == (1, 0, 0, 0)


def test_strangers_and_owners_of_the_rule_do_not_put_it_right(sofia, tomas):
    fault = hit()
    rosa = create_reviewer("Rosa Vega")
    with pytest.raises(NotAllowed):
        opened(rosa)
    incident = opened(sofia)
    with pytest.raises(NotAllowed):
        propose_remedy(incident=incident, plan=Plan(because="x"), by=rosa)
    remedy = propose_remedy(incident=incident, plan=Plan(because="x"), by=sofia)
    for act in (approve_remedy, go_on, pause_remedy, resume_remedy):
        with pytest.raises(NotAllowed):
            act(remedy=remedy, by=rosa)
    RuleOwner.objects.create(rule_id=fault.rule_id, owner=tomas)
    with pytest.raises(NotAllowed):
        approve_remedy(remedy=remedy, by=tomas)


def test_the_scope_and_the_words_are_checked(sofia):
    with pytest.raises(BadInput):
        opened(sofia)  # no decision in it
    hit()
    with pytest.raises(BadInput):
        opened(sofia, until=timezone.now() - timedelta(days=40))
    with pytest.raises(BadInput):
        open_incident(scope=scope(), title="  ", by=sofia)
    incident = opened(sofia)
    with pytest.raises(WrongState):
        opened(sofia)  # twice
    for plan in (Plan(because=" "), Plan(because="x", canary_share=101)):
        with pytest.raises(BadInput):
            propose_remedy(incident=incident, plan=plan, by=sofia)


def test_declined_and_proposed_anew(sofia, tomas):
    hit()
    incident = opened(sofia)
    remedy = propose_remedy(incident=incident, plan=Plan(because="x"), by=sofia)
    with pytest.raises(WrongState):
        propose_remedy(incident=incident, plan=Plan(because="y"), by=tomas)
    with pytest.raises(BadInput):
        decline_remedy(remedy=remedy, by=tomas, because="")
    decline_remedy(remedy=remedy, by=tomas, because="The period is wrong.")
    again = propose_remedy(incident=incident, plan=Plan(because="y"), by=tomas)
    assert approve_remedy(remedy=again, by=sofia).state == RemedyState.CANARY


# --- Share by share ----------------------------------------------------------------------------


def test_first_share_pause_resume_and_everybody(sofia, tomas):
    for _ in range(8):
        hit()
    remedy = approved(sofia, tomas, canary_share=40)
    first = AffectedDecision.objects.filter(share__lt=40).count()
    run(remedy)
    assert remedy.state == RemedyState.WAITING
    assert counts(remedy.incident) == (8, first, 0, 0)

    go_on(remedy=remedy, by=sofia)
    pause_remedy(remedy=remedy, by=tomas)
    assert take_step(remedy.pk) == Step()
    with pytest.raises(WrongState):
        go_on(remedy=remedy, by=sofia)
    resume_remedy(remedy=remedy, by=sofia)
    run(remedy)
    assert remedy.state == RemedyState.DONE
    assert counts(remedy.incident) == (8, 8, 0, 0)


def test_a_pause_while_a_step_runs_undoes_the_step(sofia, tomas, monkeypatch):
    hit()
    remedy = approved(sofia, tomas)
    real = remedy_rows.put_right

    def put_right_then_pause(portion):
        found = real(portion)
        Remedy.objects.update(state=RemedyState.PAUSED, resumes_as=RemedyState.RUNNING)
        return found

    monkeypatch.setattr(remedy_steps, "put_right", put_right_then_pause)
    with transaction.atomic():
        assert take_step(remedy.pk) == Step()
    assert not LineInstruction.objects.exists()
    assert counts(remedy.incident) == (1, 0, 0, 0)


def test_stopped_for_good_and_another_for_the_rest(sofia, tomas):
    for _ in range(4):
        hit()
    remedy = approved(sofia, tomas)
    take_step(remedy.pk, size=1)
    with pytest.raises(BadInput):
        stop_remedy(remedy=remedy, by=sofia, because=" ")
    stop_remedy(remedy=remedy, by=sofia, because="The apology has a slip of the pen.")
    assert take_step(remedy.pk) == Step()
    assert counts(remedy.incident) == (4, 1, 0, 0)

    run(approved(tomas, sofia, incident=remedy.incident))
    assert counts(remedy.incident) == (4, 4, 0, 0)


# --- What else stands --------------------------------------------------------------------------


def test_a_later_good_decision_stands(sofia, tomas):
    fault = hit()
    good = later(fault, action="reduce", old_limit=1400, new_limit=900)
    lifted = hit()
    later(lifted, action="raise", new_limit=2000)
    remedy = run(approved(sofia, tomas))

    assert counts(remedy.incident) == (2, 1, 0, 1)
    row = AffectedDecision.objects.get(decision=fault)
    assert (row.state, row.obstacle) == ("cannot", "same")
    assert CreditLine.objects.get(pk=good.line_id).limit == 900
    assert CreditLine.objects.get(pk=lifted.line_id).limit == 4000


def test_restored_before_is_counted_and_a_closed_line_is_for_a_person(sofia, tomas):
    done, closed = hit(), hit()
    later(done, action="restore", new_limit=4000, overrides=done)
    later(closed, action="close", new_limit=0)
    remedy = run(approved(sofia, tomas))

    assert counts(remedy.incident) == (2, 0, 1, 1)
    assert AffectedDecision.objects.get(decision=closed).obstacle == "closed"
    assert not told(closed).filter(type="fault_put_right").exists()


def test_their_own_lines_and_what_is_guarded_are_for_a_person(sofia, tomas):
    hit(sofia)
    friend, guarded = hit(), hit(reasons=[RESTRICTED])
    ConflictOfInterest.objects.create(
        person=tomas,
        customer=friend.customer,
        because="My cousin.",
        declared_at=timezone.now(),
        declared_by=tomas,
    )
    remedy = run(approved(sofia, tomas))
    assert counts(remedy.incident) == (3, 0, 0, 3)
    assert AffectedDecision.objects.get(decision=guarded).obstacle == "guarded"
    assert AffectedDecision.objects.get(decision=friend).obstacle == "own"


def test_two_cuts_of_one_line_go_together(sofia, tomas):
    first = hit()
    second = hit(
        first.customer,
        line=first.line,
        old_limit=1400,
        new_limit=700,
        decided_at=first.decided_at + timedelta(hours=1),
    )
    CreditLine.objects.filter(pk=first.line_id).update(limit=700)
    remedy = run(approved(sofia, tomas))
    assert counts(remedy.incident) == (2, 2, 0, 0)
    assert CreditLine.objects.get(pk=first.line_id).limit == 4000
    assert {first, second} == set(LineDecision.objects.filter(overridden_by__isnull=False))


def test_who_arrives_late_joins_and_a_done_remedy_goes_on(sofia, tomas):
    hit()
    remedy = run(approved(sofia, tomas))
    assert remedy.state == RemedyState.DONE
    late = hit()
    hit(rule_version="9.2.0")

    assert join_late() == 1
    assert join_late() == 0
    row = AffectedDecision.objects.get(decision=late)
    assert row.is_late
    run(remedy)
    assert counts(remedy.incident) == (2, 2, 0, 0)

    close_incident(incident=remedy.incident, by=sofia, because="All put right.")
    hit()
    assert join_late() == 0


# --- Appeals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(OPEN))
def test_an_open_appeal_is_granted_in_every_state(sofia, tomas, state):
    queue = create_queue(needs_second_approval=state == AppealState.APPROVAL)
    rosa = create_reviewer(queue=queue)
    begun = AppealState.IN_REVIEW if state == AppealState.APPROVAL else state
    appeal = create_appeal(hit(), state=begun, queue=queue, reviewer=rosa, disputed=())
    if state == AppealState.WAITING:
        create_document_request(appeal, by=rosa)
    if state == AppealState.APPROVAL:
        part = Answer(kind=OutcomeKind.PARTLY_RESTORED, sentence="Half.", new_limit=Decimal(2700))
        propose_outcome(appeal=appeal, by=rosa, version=appeal.version, answer=part)
    run(approved(sofia, tomas))

    appeal.refresh_from_db()
    assert appeal.state == AppealState.DECIDED
    outcome = Outcome.objects.get(appeal=appeal, is_final=True)
    assert outcome.kind == OutcomeKind.RESTORED
    assert (outcome.decided_by, outcome.approved_by) == (sofia, tomas)
    assert outcome.line_decision == AffectedDecision.objects.get().line_decision
    assert not Claim.objects.exists()
    assert not DocumentRequest.objects.filter(answered_at=None).exists()
    assert not CaseClock.objects.filter(appeal=appeal, ended_at=None).exists()
    assert Notification.objects.filter(type="appeal_decided").count() == 1


@pytest.mark.parametrize(
    "state", [AppealState.DRAFT, AppealState.WITHDRAWN, AppealState.DECIDED, AppealState.DUPLICATE]
)
def test_what_is_not_open_stays_as_it_is(sofia, tomas, state):
    other = create_appeal(state=AppealState.SUBMITTED) if state == "duplicate" else None
    appeal = create_appeal(hit(), state=state, duplicate_of=other)
    remedy = run(approved(sofia, tomas))
    appeal.refresh_from_db()
    assert appeal.state == state
    assert counts(remedy.incident) == (1, 1, 0, 0)


def test_an_appeal_one_of_the_two_may_not_judge_is_for_a_person(sofia, tomas):
    appeal = create_appeal(hit(), state=AppealState.SUBMITTED)
    ConflictOfInterest.objects.create(
        person=sofia,
        appeal=appeal,
        because="A neighbour.",
        declared_at=timezone.now(),
        declared_by=sofia,
    )
    remedy = run(approved(sofia, tomas))
    assert counts(remedy.incident) == (1, 0, 0, 1)
    assert Appeal.objects.get(pk=appeal.pk).state == AppealState.SUBMITTED


def test_open_appeals_are_gathered_and_wait_for_nothing_of_the_customer(sofia):
    queue = create_queue()
    rosa = create_reviewer(queue=queue)
    appeal = create_appeal(hit(), state=AppealState.WAITING, queue=queue, reviewer=rosa)
    create_document_request(appeal, by=rosa)
    incident = opened(sofia)
    look_after_holds()
    look_after_holds()

    appeal.refresh_from_db()
    assert appeal.state == AppealState.SUBMITTED
    assert incident.gathered.count() == 1
    assert not DocumentRequest.objects.filter(answered_at=None).exists()
    assert appeal.events.filter(kind="gathered").count() == 1


def test_the_database_keeps_what_is_promised(sofia, tomas):
    hit()
    remedy = run(approved(sofia, tomas))
    for wrong in ({"restored": 2}, {"size": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(remedy.incident).objects.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        AffectedDecision.objects.update(state="waiting")
    with pytest.raises(IntegrityError), transaction.atomic():
        AffectedDecision.objects.update(state="cannot", line_decision=None)
    row = AffectedDecision.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        LineInstruction.objects.create(
            affected=row, purpose="fault", payload={}, created_at=timezone.now(),
            next_try_at=timezone.now(),
        )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
