"""A proposed restore is answered: agreed to, by two people where the queue asks, or declined."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import get_restore, is_approver, is_reviewer, is_supervisor
from appeals.actions.independence import never_your_own
from appeals.actions.restore_making import make_restore
from appeals.actions.restore_watch import passed_reasons
from appeals.actions.restoring import lock_line, newer_decision
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import Appeal, CreditLine, LineDecision, RestoreProposal, RestoreState
from portal.models import Customer, Jurisdiction

LONGEST_REASON = 500


@never_your_own
@transaction.atomic
def accept_restore(
    *, proposal: RestoreProposal, by: Customer, because: str, is_affordable: bool = False
) -> LineDecision | None:
    """Agree; the new decision, or None when a second person has to agree first."""
    held, line = _hold(proposal, by, because)
    _check_still_so(held)
    is_eu = held.decision.customer.jurisdiction == Jurisdiction.EU.value
    if is_eu and not is_affordable:
        raise BadInput(
            _("In the EU a higher limit needs a fresh affordability check. Say that it was made."),
            field="is_affordable",
        )
    if held.state == RestoreState.WAITING and needs_two(held):
        held.state, held.agreed_by, held.agreed_because = RestoreState.AGREED, by, because.strip()
        held.save(update_fields=["state", "agreed_by", "agreed_because"])
        return None
    if held.state == RestoreState.AGREED and not is_approver(by):
        raise NotAllowed(_("Only somebody who may approve can be the second person."))
    if held.agreed_by_id == by.pk:
        raise NotAllowed(_("You agreed to this already. A second person has to agree."))
    now = timezone.now()
    held.answered_by, held.answered_because, held.answered_at = by, because.strip(), now
    return make_restore(held, line, now, by)


@never_your_own
@transaction.atomic
def decline_restore(*, proposal: RestoreProposal, by: Customer, because: str) -> None:
    """Say no, with a reason for the record; the cut stands, and it is not proposed again."""
    held, _line = _hold(proposal, by, because)
    held.state, held.answered_at = RestoreState.DECLINED, timezone.now()
    if held.agreed_by_id == by.pk:  # they think better of it: their first yes is taken back
        held.agreed_by, held.agreed_because = None, ""
    held.answered_by, held.answered_because = by, because.strip()
    held.save()


def needs_two(proposal: RestoreProposal) -> bool:
    queue, cut = proposal.queue, proposal.decision
    if queue.needs_second_approval:
        return True
    above = queue.approval_above
    return above is not None and cut.old_limit - cut.new_limit > above


def _hold(
    proposal: RestoreProposal, by: Customer, because: str
) -> tuple[RestoreProposal, CreditLine]:
    """The proposal, still open, with its line locked first; refused to who may not answer it."""
    if not (is_reviewer(by) or is_supervisor(by)):
        raise NotAllowed(_("Only reviewers can do this."))
    if not because.strip():
        raise BadInput(_("Say why, in a sentence."), field="because")
    if len(because.strip()) > LONGEST_REASON:
        raise BadInput(_("Keep it to 500 characters."), field="because")
    seen = get_restore(by, proposal.pk)  # also what was closed to them meanwhile
    line = lock_line(seen.decision)
    rows = RestoreProposal.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("decision__customer", "decision__line", "queue").get(pk=seen.pk)
    if not held.is_open:
        raise WrongState(_("Somebody has answered this already, or it no longer stands."))
    return held, line


def _check_still_so(held: RestoreProposal) -> None:
    if newer_decision(held.decision) or hasattr(held.decision, "overridden_by"):
        raise WrongState(_("A newer decision about this line stands. Nothing was changed."))
    if Appeal.objects.open().filter(decision__line=held.decision.line_id).exists():
        raise WrongState(_("The customer has an appeal open about this line. Answer that one."))
    passed = passed_reasons(held.decision)
    if len(passed) != held.decision.reasons.count():
        raise WrongState(_("By the newest facts a reason is there again. Nothing was changed."))
