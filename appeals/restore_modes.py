"""What the lender allows once all reasons of a cut have passed: the most specific setting."""

from appeals.models import Action, LineDecision, RestoreMode, RestoreSetting, ReviewQueue
from portal.models import Jurisdiction

# Where a person always looks first, whatever the settings say.
GUARDED_ORIGINS = frozenset({"fraud", "legal"})


def mode_for(decision: LineDecision, queue: ReviewQueue | None) -> RestoreMode:
    """Nothing but a word to the customer, a proposal, or the restore itself."""
    place = decision.customer.jurisdiction
    fitting = [
        row
        for row in RestoreSetting.objects.all()
        if row.jurisdiction in {"", place} and row.queue_id in {None, queue.pk if queue else None}
    ]
    if not fitting:
        return RestoreMode.OFF
    best = max(fitting, key=lambda row: (row.queue_id is not None, bool(row.jurisdiction)))
    mode = RestoreMode(best.mode)
    if mode == RestoreMode.MAKE and needs_a_person(decision, queue):
        return RestoreMode.PROPOSE
    return mode


def needs_a_person(decision: LineDecision, queue: ReviewQueue | None) -> bool:
    """Never by itself: the EU, signs of fraud, the law, what is not told in full, closed lines."""
    if decision.customer.jurisdiction == Jurisdiction.EU.value or decision.action == Action.CLOSE:
        return True
    if queue is None or queue.is_restricted or queue.needs_second_approval:
        return True
    gives_back = decision.old_limit - decision.new_limit
    if queue.approval_above is not None and gives_back > queue.approval_above:
        return True
    return any(
        row.reason.origin in GUARDED_ORIGINS or row.reason.disclosure != "full"
        for row in decision.reasons.all()
    )
