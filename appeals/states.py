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
        {
            AppealState.IN_REVIEW,
            AppealState.DECIDED,  # granted with everybody a faulty rule touched
            AppealState.WITHDRAWN,
            AppealState.DUPLICATE,
        }
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
        {
            AppealState.SUBMITTED,
            AppealState.IN_REVIEW,
            AppealState.DECIDED,  # as above: nothing more is wanted of the customer
            AppealState.WITHDRAWN,
        }
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


class RequestState(enum.StrEnum):
    """The life of what a customer asks for outside an appeal."""

    RECEIVED = "received"
    IN_HAND = "in_hand"  # a person has it
    WITH_APPEAL = "with_appeal"  # it belongs to a live appeal, and is answered with it
    ANSWERED = "answered"


REQUEST_MOVES: dict[RequestState, frozenset[RequestState]] = {
    # A copy of data is answered by itself, so nobody has to have it in hand first.
    RequestState.RECEIVED: frozenset(
        {RequestState.IN_HAND, RequestState.WITH_APPEAL, RequestState.ANSWERED}
    ),
    RequestState.IN_HAND: frozenset(
        {RequestState.RECEIVED, RequestState.WITH_APPEAL, RequestState.ANSWERED}
    ),
    # An appeal that is taken back takes nothing else with it: the request stands alone again.
    RequestState.WITH_APPEAL: frozenset({RequestState.RECEIVED, RequestState.ANSWERED}),
}
REQUESTS_OPEN = frozenset(REQUEST_MOVES)


def can_move_request(old: RequestState, new: RequestState) -> bool:
    """Whether the table lets a request go from one state to another."""
    return new in REQUEST_MOVES.get(old, frozenset())
