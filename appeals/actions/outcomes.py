"""The answer to an appeal: proposed by one person, final at once or when another approves."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.actions.claims import check_holds, check_is_independent, check_is_reviewer
from appeals.actions.events import record
from appeals.actions.findings import SavedElsewhere
from appeals.actions.restoring import check_can_restore, restore_line
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import Appeal, Claim, EventKind, Finding, Ground, Outcome
from appeals.outcome_rules import (
    MISSING,
    NOT_ABOVE,
    NOT_BETWEEN,
    RESTORING,
    UNWANTED,
    WrongAmount,
    limit_after,
)
from appeals.states import AppealState, OutcomeKind
from appeals.truth import about_appeal
from notifications.api import notify
from portal.models import Customer

# Whoever is sent something back may be at home by now: the case waits a day for them.
SENT_BACK_LEASE = timedelta(days=1)

AMOUNT_ERRORS = {
    MISSING: gettext_lazy("Enter the limit the customer gets."),
    NOT_BETWEEN: gettext_lazy("A part lies above the lowered limit and below the old one."),
    NOT_ABOVE: gettext_lazy("The limit lies above the lowered one and is at most the old one."),
    UNWANTED: gettext_lazy("This outcome takes no amount of its own."),
}


@dataclass(frozen=True)
class Answer:
    """What the reviewer wants the outcome to be."""

    kind: OutcomeKind
    sentence: str
    new_limit: Decimal | None = None
    condition: str = ""
    internal_note: str = ""


@transaction.atomic
def propose_outcome(*, appeal: Appeal, by: Customer, version: int, answer: Answer) -> Outcome:
    """Answer the appeal; where a second person is needed, put it before them."""
    check_holds(appeal, by)
    check_is_independent(appeal, by)
    if appeal.version != version:
        raise SavedElsewhere(
            _("This case was saved from another page after you opened it. Nothing was decided.")
        )
    _check_findings(appeal)
    new_limit = _checked_limit(appeal, answer)
    now = timezone.now()
    outcome = Outcome.objects.create(
        appeal=appeal,
        **{**asdict(answer), "new_limit": new_limit},
        decided_by=by,
        decided_at=now,
        decision_made_by_id=appeal.decision.decided_by_id,
        needs_approval=needs_second_person(appeal),
    )
    if outcome.needs_approval:
        appeal.move_to(AppealState.APPROVAL, review_draft={})
        record(appeal, EventKind.PROPOSED, by, visible=False, outcome=outcome.kind)
    else:
        _make_final(appeal, outcome, by)
    Claim.objects.filter(appeal=appeal).delete()
    return outcome


@transaction.atomic
def approve_outcome(*, appeal: Appeal, by: Customer, version: int) -> Outcome:
    """A second person agrees: the outcome is final."""
    outcome = _proposal(appeal, by, version)
    outcome.approved_by, outcome.approved_at = by, timezone.now()
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
    Claim.objects.create(
        appeal=appeal,
        reviewer_id=outcome.decided_by_id,
        claimed_at=now,
        until=now + SENT_BACK_LEASE,
    )
    record(appeal, EventKind.SENT_BACK, by, visible=False, outcome=outcome.kind)
    return outcome


def needs_second_person(appeal: Appeal) -> bool:
    """Whether the queue, or a disputed reason of the catalogue, asks for two pairs of eyes."""
    if appeal.queue and appeal.queue.needs_second_approval:
        return True
    grounds = Ground.objects.filter(appeal=appeal).select_related("decision_reason")
    return any(ground.decision_reason.reason.review_by == "two" for ground in grounds)


def draft_of(outcome: Outcome) -> dict[str, str]:
    """The proposal as the unfinished outcome the reviewer goes on with."""
    return {
        "kind": outcome.kind,
        "new_limit": "" if outcome.new_limit is None else str(outcome.new_limit),
        "condition": outcome.condition,
        "sentence": outcome.sentence,
        "internal_note": outcome.internal_note,
    }


def _check_findings(appeal: Appeal) -> None:
    open_grounds = Ground.objects.filter(appeal=appeal, finding__isnull=True)
    if open_grounds.exists():
        raise BadInput(_("Each ground needs a finding before you can decide."), field="findings")
    if Finding.objects.filter(ground__appeal=appeal, sentence="").exists():
        raise BadInput(
            _("Each finding needs a sentence that the customer can read."), field="findings"
        )


def _checked_limit(appeal: Appeal, answer: Answer) -> Decimal | None:
    if not answer.sentence.strip():
        raise BadInput(_("Write the sentence that the customer will read."), field="sentence")
    if answer.kind == OutcomeKind.CONDITIONAL and not answer.condition.strip():
        raise BadInput(_("Say what the condition is."), field="condition")
    decision = appeal.decision
    if answer.kind in RESTORING:
        check_can_restore(decision)
    try:
        return limit_after(
            answer.kind,
            before=decision.old_limit,
            cut_to=decision.new_limit,
            asked=answer.new_limit,
        )
    except WrongAmount as error:
        raise BadInput(str(AMOUNT_ERRORS[error.args[0]]), field="new_limit") from error


def _proposal(appeal: Appeal, by: Customer, version: int) -> Outcome:
    if appeal.state != AppealState.APPROVAL:
        raise WrongState(_("This appeal is not waiting for a second person any more."))
    if appeal.version != version:
        raise SavedElsewhere(_("This case changed while you were looking at it. Please reload."))
    check_is_reviewer(by)
    check_is_independent(appeal, by)
    locked = Outcome.objects.select_for_update(of=("self",), no_key=True)
    outcome = locked.get(appeal=appeal, sent_back_at__isnull=True)
    if outcome.decided_by_id == by.pk:
        raise NotAllowed(_("Somebody else has to approve your own outcome."))
    return outcome


def _make_final(appeal: Appeal, outcome: Outcome, by: Customer) -> None:
    now = timezone.now()
    appeal.move_to(AppealState.DECIDED, closed_at=now, review_draft={})
    if outcome.kind in RESTORING:
        outcome.line_decision = restore_line(appeal, outcome, now)
    outcome.is_final = True
    outcome.save(update_fields=["is_final", "line_decision"])
    record(appeal, EventKind.DECIDED, by, outcome=outcome.kind)
    notify(
        recipient=appeal.customer,
        type="appeal_decided",
        dedupe_key=f"appeal:{appeal.reference}:decided",
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
