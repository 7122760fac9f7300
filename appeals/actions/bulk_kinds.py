"""What a step over many cases does to one of them, and how that is taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import list_cases
from appeals.actions.claims import claim_appeal, reassign_appeal, release_claim
from appeals.actions.duplicates import close_as_duplicate, list_others, reopen_duplicate
from appeals.actions.events import record
from appeals.actions.findings import Ruled, save_draft
from appeals.actions.gathering import check_is_not_gathered
from appeals.actions.outcomes import Answer, propose_outcome
from appeals.catalogue import Reason
from appeals.errors import AppealError, NotAllowed, WrongState
from appeals.models import Appeal, BulkKind, Claim, EventKind, Finding, Outcome
from appeals.states import AppealState, OutcomeKind, Ruling
from portal.models import Customer

# What is given to a whole set is the same for each: no amount, no condition of its own.
OUTCOMES = (OutcomeKind.RESTORED, OutcomeKind.KEPT)
FRAUD = "fraud"


@dataclass(frozen=True)
class OneAnswer:
    """One outcome for many cases, with a sentence in each language."""

    kind: OutcomeKind
    ruling: Ruling
    sentences: Mapping[str, str]
    look_again_on: date | None = None


@dataclass(frozen=True)
class Choice:
    """What is to be done to each case of a step."""

    kind: BulkKind
    to: Customer | None = None
    # The appeal that answers this one; where none is named, the newest of the same customer.
    same_as: Mapping[int, int] = field(default_factory=dict)
    answer: OneAnswer | None = None

    @property
    def codes(self) -> dict[str, Any]:
        """What the step keeps of it: ids and codes."""
        codes = {
            "to": self.to and self.to.pk,
            "outcome": self.answer and self.answer.kind.value,
            "ruling": self.answer and self.answer.ruling.value,
        }
        return {name: value for name, value in codes.items() if value}


@dataclass(frozen=True)
class Done:
    """What happened, in words for the preview, and what an undo needs."""

    what: str
    before: dict[str, Any]


def assign(appeal: Appeal, by: Customer, choice: Choice) -> Done:
    """Hand the case to a reviewer, whoever holds it now."""
    assert choice.to is not None
    holder = _holder(appeal)
    if holder == choice.to.pk:
        raise WrongState(_("%(name)s holds it already.") % {"name": choice.to.name})
    reassign_appeal(appeal=appeal, by=by, to=choice.to)
    what = _("Goes to %(name)s.") % {"name": choice.to.name}
    return Done(what, {"holder": holder, "version": appeal.version})


def release(appeal: Appeal, by: Customer, choice: Choice) -> Done:
    """Put the case back in its queue."""
    holder = _holder(appeal)
    release_claim(appeal=appeal, by=by)
    what = _("Goes back to its queue. What was found so far stays with it.")
    return Done(what, {"holder": holder, "version": appeal.version})


def duplicate(appeal: Appeal, by: Customer, choice: Choice) -> Done:
    """Close the case as answered with another one of the same customer."""
    if named := choice.same_as.get(appeal.pk):
        other = list_cases(by).filter(pk=named).first()
    else:
        other = next(iter(list_others(appeal, by)), None)
    if other is None:
        raise WrongState(_("This customer has no other appeal that can answer it."))
    holder = _holder(appeal)
    close_as_duplicate(appeal=appeal, of=other, by=by)
    what = _("Closed: answered with %(reference)s.") % {"reference": other.reference}
    return Done(what, {"holder": holder, "version": appeal.version, "other": other.pk})


def answer(appeal: Appeal, by: Customer, choice: Choice) -> Done:
    """Give the case the outcome of the whole set, with a finding on each of its grounds."""
    assert choice.answer is not None
    given = choice.answer
    _check_may_be_answered(appeal)
    sentence = given.sentences.get(appeal.customer.locale) or given.sentences["en"]
    claim_appeal(appeal=appeal, by=by)
    grounds = [ground.pk for ground in appeal.grounds.all()]
    ruled = Ruled(given.ruling, sentence)
    save_draft(
        appeal=appeal,
        by=by,
        version=appeal.version,
        findings=dict.fromkeys(grounds, ruled),
        unfinished={},
    )
    outcome = propose_outcome(
        appeal=appeal,
        by=by,
        version=appeal.version,
        answer=Answer(kind=given.kind, sentence=sentence, look_again_on=given.look_again_on),
    )
    what = (
        _("Waits for a second person.")
        if outcome.needs_approval
        else _("Decided at once: the customer is told, and that cannot be taken back.")
    )
    return Done(what, {"outcome": outcome.pk, "version": appeal.version})


def _check_may_be_answered(appeal: Appeal) -> None:
    if appeal.is_restricted or (appeal.queue and appeal.queue.is_restricted):
        raise NotAllowed(_("Restricted cases are only decided one by one."))
    if any(_is_about_fraud(row.reason) for row in appeal.decision.reasons.all()):
        raise NotAllowed(_("Cases with a sign of fraud are only decided one by one."))
    if appeal.state != AppealState.SUBMITTED:
        raise WrongState(_("Only cases that wait in a queue are answered together."))
    check_is_not_gathered(appeal)
    if any(hasattr(ground, "finding") for ground in appeal.grounds.all()):
        raise WrongState(_("A reviewer has begun to write findings. Their work is kept."))


def _is_about_fraud(reason: Reason) -> bool:
    """By its own origin, or because we may not say what it is: wherever the case was put."""
    return reason.origin == FRAUD or reason.is_restricted


# --- Taking back ---------------------------------------------------------------------------------


def unassign(appeal: Appeal, by: Customer, before: Mapping[str, Any]) -> Done:
    """Give the case back to whoever had it, as long as nobody has worked on it."""
    _check_untouched(appeal, before)
    former = former_holder(before)
    if former is None:
        release_claim(appeal=appeal, by=by)
    else:
        reassign_appeal(appeal=appeal, by=by, to=former)
    return Done("", {"version": appeal.version})


def unrelease(appeal: Appeal, by: Customer, before: Mapping[str, Any]) -> Done:
    """Hand the case to whoever had it before, as long as nobody has taken it since."""
    _check_untouched(appeal, before)
    former = former_holder(before)
    if former is None:
        raise WrongState(_("Nobody held this case before."))
    reassign_appeal(appeal=appeal, by=by, to=former)
    return Done("", {"version": appeal.version})


def unduplicate(appeal: Appeal, by: Customer, before: Mapping[str, Any]) -> Done:
    """Open the case again, with the reviewer who had it where that is still possible."""
    reopen_duplicate(appeal=appeal, by=by)
    former = former_holder(before)
    if former is not None:
        _try_to_hand_back(appeal, by, former)
    return Done("", {"version": appeal.version})


def unanswer(appeal: Appeal, by: Customer, before: Mapping[str, Any]) -> Done:
    """Take back an outcome that waits for a second person, with the findings it came with."""
    rows = Outcome.objects.select_for_update(of=("self",), no_key=True)
    outcome = rows.get(pk=before["outcome"])
    if outcome.is_final:
        raise NotAllowed(_("The customer has been told, and that cannot be taken back."))
    _check_untouched(appeal, before)
    outcome.sent_back_at = timezone.now()
    outcome.sent_back_note = _("Taken back together with other cases.")
    outcome.save(update_fields=["sent_back_at", "sent_back_note"])
    # The table of states lets nothing go from a second check to a queue in one move.
    appeal.move_to(AppealState.IN_REVIEW)
    Finding.objects.filter(ground__appeal=appeal).delete()
    appeal.move_to(AppealState.SUBMITTED, review_draft={})
    record(appeal, EventKind.SENT_BACK, by, visible=False, outcome=outcome.kind)
    return Done("", {"version": appeal.version})


def _check_untouched(appeal: Appeal, before: Mapping[str, Any]) -> None:
    if appeal.version != before["version"]:
        raise WrongState(_("Somebody has worked on this case since. It stays as it is now."))


def _try_to_hand_back(appeal: Appeal, by: Customer, to: Customer) -> None:
    try:
        reassign_appeal(appeal=appeal, by=by, to=to)
    except AppealError:
        # They may hold too many by now or work elsewhere: the case waits for anybody.
        return


def _holder(appeal: Appeal) -> int | None:
    claim: Claim | None = getattr(appeal, "claim", None)
    return claim.reviewer_id if claim else None


def former_holder(before: Mapping[str, Any]) -> Customer | None:
    """Who held a case before a step, if they still work here."""
    holder: int | None = before.get("holder")
    if holder is None:
        return None
    return Customer.objects.filter(pk=holder, is_active=True).first()


DO: Mapping[BulkKind, Callable[[Appeal, Customer, Choice], Done]] = {
    BulkKind.ASSIGN: assign,
    BulkKind.RELEASE: release,
    BulkKind.DUPLICATE: duplicate,
    BulkKind.OUTCOME: answer,
}
UNDO: Mapping[BulkKind, Callable[[Appeal, Customer, Mapping[str, Any]], Done]] = {
    BulkKind.ASSIGN: unassign,
    BulkKind.RELEASE: unrelease,
    BulkKind.DUPLICATE: unduplicate,
    BulkKind.OUTCOME: unanswer,
}
# What each looks at beside the case itself.
READS: Mapping[BulkKind, tuple[str, ...]] = {
    BulkKind.ASSIGN: ("claim",),
    BulkKind.RELEASE: ("claim",),
    BulkKind.DUPLICATE: ("claim",),
    BulkKind.OUTCOME: ("decision__reasons", "grounds__finding"),
}
