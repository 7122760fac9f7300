"""The life of an appeal as a table; the database is asked to keep it (`Appeal.move_to`)."""

import enum


class AppealState(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits in a queue
    IN_REVIEW = "in_review"  # a reviewer holds it
    WAITING = "waiting"  # more documents were asked of the customer; the promise is paused
    APPROVAL = "approval"  # an outcome waits for a second pair of eyes
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"  # the same matter is answered in another appeal of this customer


class OutcomeKind(enum.StrEnum):
    RESTORED = "restored"
    PARTLY_RESTORED = "partly_restored"
    CONDITIONAL = "conditional"  # part now, the rest when the condition is met
    TEMPORARY = "temporary"  # restored until a day
    CORRECTED = "corrected"  # a fact was wrong: the engine decides again with the right one
    TO_BUREAU = "to_bureau"  # the credit bureau's record is disputed there
    KEPT = "kept"


class Ruling(enum.StrEnum):
    ACCEPTED = "accepted"
    REFUTED = "refuted"
    NOT_MATERIAL = "not_material"


class EvidenceState(enum.StrEnum):
    WAITING = "waiting"
    READY = "ready"
    REFUSED = "refused"
    REMOVED = "removed"
    ERASED = "erased"  # kept as long as it may be; what it was stays written down


class UploadState(enum.StrEnum):
    """Of a file that comes in parts. From RECEIVING to one of the others, and no further."""

    RECEIVING = "receiving"
    DONE = "done"
    REFUSED = "refused"
    STOPPED = "stopped"
    EXPIRED = "expired"


ALLOWED: dict[AppealState, frozenset[AppealState]] = {
    AppealState.DRAFT: frozenset({AppealState.SUBMITTED, AppealState.WITHDRAWN}),
    AppealState.SUBMITTED: frozenset(
        {AppealState.IN_REVIEW, AppealState.WITHDRAWN, AppealState.DUPLICATE}
    ),
    AppealState.IN_REVIEW: frozenset(
        {
            AppealState.SUBMITTED,  # released, or the lease ran out
            AppealState.WAITING,
            AppealState.APPROVAL,
            AppealState.DECIDED,
            AppealState.WITHDRAWN,
            AppealState.DUPLICATE,
        }
    ),
    AppealState.WAITING: frozenset(
        {AppealState.SUBMITTED, AppealState.IN_REVIEW, AppealState.WITHDRAWN}
    ),
    # Sent back for another look, or approved; it is too late to withdraw.
    AppealState.APPROVAL: frozenset({AppealState.IN_REVIEW, AppealState.DECIDED}),
    # Closing as a duplicate tells nobody anything yet, so it can be undone.
    AppealState.DUPLICATE: frozenset({AppealState.SUBMITTED}),
}

OPEN = frozenset(
    {AppealState.SUBMITTED, AppealState.IN_REVIEW, AppealState.WAITING, AppealState.APPROVAL}
)
CLOSED = frozenset({AppealState.DECIDED, AppealState.WITHDRAWN, AppealState.DUPLICATE})
WITHDRAWABLE = frozenset(
    state for state, nexts in ALLOWED.items() if AppealState.WITHDRAWN in nexts
)


def can_move(old: AppealState, new: AppealState) -> bool:
    """Whether the table lets an appeal go from one state to another."""
    return new in ALLOWED.get(old, frozenset())
