"""The answer to an appeal: proposed by one person, final at once or when another approves."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_approver
from appeals.actions.claims import check_holds
from appeals.actions.clocks import stop_clocks
from appeals.actions.corrections import ask_to_decide_again, pass_to_bureau
from appeals.actions.events import record
from appeals.actions.findings import SavedElsewhere
from appeals.actions.gathering import check_is_not_gathered
from appeals.actions.independence import bar_of, check_is_independent, never_your_own
from appeals.actions.proposals import Answer, Checked, check_answer
from appeals.actions.quality import sample_outcome
from appeals.actions.request_ends import release_requests
from appeals.actions.restoring import restore_line
from appeals.actions.suggestions import settle_suggestions
from appeals.answer_points import condition_of
from appeals.deadlines import add_working_days
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    Appeal,
    Claim,
    EventKind,
    Finding,
    Ground,
    Outcome,
    OutcomeCondition,
    Purpose,
)
from appeals.outcome_rules import (
    BUREAU_DAYS,
    DECIDED_AGAIN_WORKING_DAYS,
    RESTORING,
    WrongDay,
    check_day,
    check_payments_by,
)
from appeals.states import AppealState, OutcomeKind
from appeals.truth import about_appeal
from notifications.api import notify
from portal.models import Customer

__all__ = ["Answer", "approve_outcome", "draft_of", "propose_outcome", "send_back_outcome"]

# Whoever is sent something back may be at home by now: the case waits a day for them.
SENT_BACK_LEASE = timedelta(days=1)


@never_your_own
@transaction.atomic
def propose_outcome(*, appeal: Appeal, by: Customer, version: int, answer: Answer) -> Outcome:
    """Answer the appeal; where a second person is needed, put it before them."""
    check_holds(appeal, by)
    check_is_independent(appeal, by)
    check_is_not_gathered(appeal)
    if appeal.version != version:
        raise SavedElsewhere(
            _("This case was saved from another page after you opened it. Nothing was decided.")
        )
    findings = _findings(appeal)
    now = timezone.now()
    checked = check_answer(appeal, answer, _today(appeal, now))
    outcome = Outcome.objects.create(
        appeal=appeal,
        **checked.fields,
        findings=findings,
        decided_by=by,
        decided_at=now,
        decision_made_by_id=appeal.decision.decided_by_id,
        needs_approval=needs_second_person(appeal, checked.given_back),
    )
    _keep_condition(outcome, checked)
    if outcome.needs_approval:
        appeal.move_to(AppealState.APPROVAL, review_draft={})
        record(appeal, EventKind.PROPOSED, by, visible=False, outcome=outcome.kind)
    else:
        _make_final(appeal, outcome, by)
    Claim.objects.filter(appeal=appeal).delete()
    return outcome


@never_your_own
@transaction.atomic
def approve_outcome(*, appeal: Appeal, by: Customer, version: int) -> Outcome:
    """A second person agrees: the outcome is final."""
    outcome = _proposal(appeal, by, version)
    check_is_not_gathered(appeal)
    now = timezone.now()
    _check_days_still_fit(outcome, _today(appeal, now))
    outcome.approved_by, outcome.approved_at = by, now
    outcome.save(update_fields=["approved_by", "approved_at"])
    _make_final(appeal, outcome, by)
    return outcome


@transaction.atomic
def send_back_outcome(*, appeal: Appeal, by: Customer, version: int, note: str) -> Outcome:
    """A second person does not agree: the reviewer has the case again, with their words."""
    outcome = _proposal(appeal, by, version)
    if not note.strip():
        raise BadInput(_("Write what the reviewer should look at again."), field="note")
    now = timezone.now()
    outcome.sent_back_at, outcome.sent_back_note = now, note.strip()
    outcome.save(update_fields=["sent_back_at", "sent_back_note"])
    appeal.move_to(AppealState.IN_REVIEW, review_draft=draft_of(outcome))
    _give_to_reviewer(appeal, outcome.decided_by, now)
    record(appeal, EventKind.SENT_BACK, by, visible=False, outcome=outcome.kind)
    return outcome


def needs_second_person(appeal: Appeal, gives_back: Decimal = Decimal(0)) -> bool:
    """Whether the queue, the amount or a disputed reason asks for two pairs of eyes."""
    queue = appeal.queue
    if queue and queue.needs_second_approval:
        return True
    if queue and queue.approval_above is not None and gives_back > queue.approval_above:
        return True
    grounds = Ground.objects.filter(appeal=appeal).select_related("decision_reason")
    return any(ground.decision_reason.reason.review_by == "two" for ground in grounds)


def draft_of(outcome: Outcome) -> dict[str, Any]:
    """The proposal as the unfinished outcome the reviewer goes on with: everything as text."""
    condition = condition_of(outcome)
    return {
        "kind": outcome.kind,
        "new_limit": _text(outcome.new_limit),
        "condition": outcome.condition,
        "payments_needed": _text(condition.payments_needed if condition else None),
        "by_date": _text(condition.by_date if condition else None),
        "then_limit": _text(condition.then_limit if condition else None),
        "until": _text(outcome.until),
        "look_again_on": _text(outcome.look_again_on),
        "bureau": outcome.bureau,
        "corrections": [
            {"reason": one["reason"], "fact": one["fact"], "is": one["is"]}
            for one in outcome.corrections
        ],
        "sentence": outcome.sentence,
        "internal_note": outcome.internal_note,
    }


def _text(value: Decimal | date | int | None) -> str:
    return "" if value is None else str(value)


def _today(appeal: Appeal, now: datetime) -> date:
    return now.astimezone(appeal.customer.zone).date()


def _findings(appeal: Appeal) -> list[dict[str, Any]]:
    """The finding on every ground, as it stands now; BadInput when one is missing."""
    if Ground.objects.filter(appeal=appeal, finding__isnull=True).exists():
        raise BadInput(_("Each ground needs a finding before you can decide."), field="findings")
    rows = Finding.objects.filter(ground__appeal=appeal).order_by("ground__decision_reason__rank")
    findings = [
        {"ground": row.ground_id, "ruling": row.ruling, "sentence": row.sentence} for row in rows
    ]
    if not all(str(one["sentence"]).strip() for one in findings):
        raise BadInput(
            _("Each finding needs a sentence that the customer can read."), field="findings"
        )
    return findings


def _keep_condition(outcome: Outcome, checked: Checked) -> None:
    if checked.condition is not None:
        checked.condition.outcome = outcome
        checked.condition.save(force_insert=True)


def _check_days_still_fit(outcome: Outcome, today: date) -> None:
    """An approval may come late: what was to last until yesterday is not approved today."""
    condition = condition_of(outcome)
    try:
        if outcome.until is not None:
            check_day("until", outcome.until, today)
        if condition is not None:
            check_payments_by(condition.by_date, condition.payments_needed, today)
    except WrongDay as error:
        raise WrongState(
            _("The days in this outcome no longer fit. Send it back, so that they can be set anew.")
        ) from error


def _proposal(appeal: Appeal, by: Customer, version: int) -> Outcome:
    if appeal.state != AppealState.APPROVAL:
        raise WrongState(_("This appeal is not waiting for a second person any more."))
    if appeal.version != version:
        raise SavedElsewhere(_("This case changed while you were looking at it. Please reload."))
    if not is_approver(by):
        raise NotAllowed(_("Only people with the right to approve can do this."))
    check_is_independent(appeal, by)
    locked = Outcome.objects.select_for_update(of=("self",), no_key=True)
    outcome = locked.filter(appeal=appeal, sent_back_at__isnull=True).first()
    if outcome is None or outcome.is_final:
        raise WrongState(_("A colleague was quicker and has just answered this. Please reload."))
    if outcome.decided_by_id == by.pk:
        raise NotAllowed(_("Somebody else has to approve your own outcome."))
    return outcome


def _give_to_reviewer(appeal: Appeal, reviewer: Customer, now: datetime) -> None:
    """The case is theirs again, unless something keeps them from it by now: then it waits."""
    if bar_of(appeal, reviewer) is not None:
        appeal.move_to(AppealState.SUBMITTED)
        return
    until = now + SENT_BACK_LEASE
    Claim.objects.create(appeal=appeal, reviewer=reviewer, claimed_at=now, until=until)


def _make_final(appeal: Appeal, outcome: Outcome, by: Customer) -> None:
    now = timezone.now()
    appeal.move_to(AppealState.DECIDED, closed_at=now, review_draft={})
    stop_clocks(appeal, now, is_answered=True)
    release_requests(appeal, now, is_answered=True)
    kind = OutcomeKind(outcome.kind)
    if kind in RESTORING:
        outcome.line_decision = restore_line(appeal, outcome, now)
    elif kind == OutcomeKind.CORRECTED:
        ask_to_decide_again(outcome, Purpose.OUTCOME, now)
    elif kind == OutcomeKind.TO_BUREAU:
        pass_to_bureau(outcome, now)
    outcome.look_again_on = look_again_on(outcome, _today(appeal, now))
    outcome.is_final = True
    outcome.save(update_fields=["is_final", "line_decision", "look_again_on"])
    OutcomeCondition.objects.filter(outcome=outcome).update(since=_today(appeal, now))
    settle_suggestions(outcome)
    record(appeal, EventKind.DECIDED, by, outcome=outcome.kind)
    notify(
        recipient=appeal.customer,
        type="appeal_decided",
        dedupe_key=f"appeal:{appeal.reference}:decided",
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
    sample_outcome(outcome, appeal.queue, now)


def look_again_on(outcome: Outcome, today: date) -> date | None:
    """When somebody here looks whether what we wait for has come, else the reviewer's day."""
    place = outcome.appeal.customer.jurisdiction
    if outcome.kind == OutcomeKind.CORRECTED:
        return add_working_days(today, DECIDED_AGAIN_WORKING_DAYS, place)
    if outcome.kind == OutcomeKind.TO_BUREAU:
        return today + timedelta(days=BUREAU_DAYS[place])
    return outcome.look_again_on
