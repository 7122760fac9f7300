"""What the customer is told about where an appeal stands: tables from our states to their words."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import EventKind
from appeals.states import OPEN, AppealState, OutcomeKind, Ruling

Words = str | Promise


class Situation(enum.StrEnum):
    """The states as the customer tells them apart."""

    DRAFT = "draft"
    IN_QUEUE = "in_queue"
    TOGETHER = "together"
    WITH_REVIEWER = "with_reviewer"
    YOUR_TURN = "your_turn"
    SECOND_CHECK = "second_check"
    KEPT = "kept"
    DECIDING_AGAIN = "deciding_again"
    AT_BUREAU = "at_bureau"
    FINISHED = "finished"
    NOT_APPLIED = "not_applied"
    CONDITION_OPEN = "condition_open"
    FOR_A_TIME = "for_a_time"
    OVERTAKEN = "overtaken"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


class Stage(enum.IntEnum):
    """The steps of the bar."""

    SENT = 1
    # Instead of the two that follow: looked at with everybody else whom a rule touched.
    TOGETHER = 2
    REVIEW = 3
    SECOND = 4
    DECIDED = 5
    APPLIED = 6


@dataclass(frozen=True)
class Standing:
    """Status, who has it and what happens next, in words; `stage` is the last one reached."""

    status: Words
    holder: Words
    next: Words
    stage: Stage | None


STANDINGS: Mapping[Situation, Standing] = {
    Situation.DRAFT: Standing(
        _("You have not sent this appeal yet"),
        _("You"),
        _("Finish your answers and send it. Until then nobody here can read it."),
        None,
    ),
    Situation.IN_QUEUE: Standing(
        _("We have your appeal"),
        _("Our review team"),
        _("A person will read what you wrote and look at your papers."),
        Stage.SENT,
    ),
    Situation.TOGETHER: Standing(
        _("We are checking one of our rules"),
        _("The team that looks at the rule"),
        _(
            "We found that the rule behind this decision may be wrong. We look at all its "
            "decisions together. Then we write to you. You need do nothing more."
        ),
        Stage.TOGETHER,
    ),
    Situation.WITH_REVIEWER: Standing(
        _("A person is looking at your appeal"),
        _("A reviewer"),
        _("The reviewer checks each reason you disagree with, then writes to you."),
        Stage.REVIEW,
    ),
    Situation.YOUR_TURN: Standing(
        _("We need something from you"),
        _("You"),
        _("Send us what the reviewer asked for, or tell us that you do not have it."),
        Stage.REVIEW,
    ),
    Situation.SECOND_CHECK: Standing(
        _("A second person is checking the answer"),
        _("A second reviewer"),
        _("When both agree, we send you the answer."),
        Stage.SECOND,
    ),
    Situation.KEPT: Standing(
        _("We have answered your appeal"),
        _("Nobody for now"),
        _("On the day in our answer we look at it again. You do not have to do anything."),
        Stage.DECIDED,
    ),
    Situation.DECIDING_AGAIN: Standing(
        _("We have answered your appeal"),
        _("The team that decides about limits"),
        _("They decide again with the right facts. You get a new notice from us."),
        Stage.DECIDED,
    ),
    Situation.AT_BUREAU: Standing(
        _("We have answered your appeal"),
        _("The credit bureau"),
        _("The bureau checks its record. On the day in our answer we look again."),
        Stage.DECIDED,
    ),
    Situation.FINISHED: Standing(
        _("We have answered your appeal"),
        _("Nobody: it is finished"),
        _("Nothing more happens with this appeal."),
        Stage.DECIDED,
    ),
    Situation.NOT_APPLIED: Standing(
        _("We have answered your appeal"),
        _("The team that sets limits"),
        _("We are changing the limit on your line. This page will say when it is done."),
        Stage.DECIDED,
    ),
    Situation.CONDITION_OPEN: Standing(
        _("We have answered your appeal"),
        _("You"),
        _("Your new limit is set. Make your payments on time, and the rest comes by itself."),
        Stage.APPLIED,
    ),
    Situation.FOR_A_TIME: Standing(
        _("We have answered your appeal"),
        _("Nobody for now"),
        _("Your new limit is set. You can use it until the day in our answer."),
        Stage.APPLIED,
    ),
    Situation.OVERTAKEN: Standing(
        _("We have answered your appeal"),
        _("Our review team"),
        _("A person looks at what a newer decision means for you, and writes to you."),
        Stage.APPLIED,
    ),
    Situation.APPLIED: Standing(
        _("We have answered your appeal"),
        _("Nobody: it is finished"),
        _("Your new limit is set. You can use it now."),
        Stage.APPLIED,
    ),
    Situation.WITHDRAWN: Standing(
        _("You withdrew this appeal"),
        _("Nobody"),
        _("Nothing more happens with it. You can begin a new appeal about the same decision."),
        None,
    ),
    Situation.DUPLICATE: Standing(
        _("We answer this together with your other appeal"),
        _("Our review team"),
        _("Nothing you sent is lost. Follow your other appeal to see the answer."),
        None,
    ),
}
OPEN_SITUATIONS: Mapping[AppealState, Situation] = {
    AppealState.DRAFT: Situation.DRAFT,
    AppealState.SUBMITTED: Situation.IN_QUEUE,
    AppealState.IN_REVIEW: Situation.WITH_REVIEWER,
    AppealState.WAITING: Situation.YOUR_TURN,
    AppealState.APPROVAL: Situation.SECOND_CHECK,
    AppealState.WITHDRAWN: Situation.WITHDRAWN,
    AppealState.DUPLICATE: Situation.DUPLICATE,
}
# What an answer waits for once the limit, if any, is set.
WAITING_SITUATIONS: Mapping[OutcomeKind, Situation] = {
    OutcomeKind.KEPT: Situation.KEPT,
    OutcomeKind.CORRECTED: Situation.DECIDING_AGAIN,
    OutcomeKind.TO_BUREAU: Situation.AT_BUREAU,
    OutcomeKind.CONDITIONAL: Situation.CONDITION_OPEN,
    OutcomeKind.TEMPORARY: Situation.FOR_A_TIME,
}
STAGE_NAMES: Mapping[Stage, Words] = {
    Stage.SENT: _("Sent"),
    Stage.TOGETHER: _("Rule being checked"),
    Stage.REVIEW: _("With a reviewer"),
    Stage.SECOND: _("Second check"),
    Stage.DECIDED: _("Answered"),
    Stage.APPLIED: _("Limit set"),
}
# The event whose date stands under a step.
STAGE_EVENTS: Mapping[Stage, EventKind] = {
    Stage.SENT: EventKind.SUBMITTED,
    Stage.TOGETHER: EventKind.GATHERED,
    Stage.REVIEW: EventKind.CLAIMED,
    Stage.SECOND: EventKind.PROPOSED,
    Stage.DECIDED: EventKind.DECIDED,
    Stage.APPLIED: EventKind.APPLIED,
}
# A kind that is not here is never shown, whatever its row says.
EVENT_SENTENCES: Mapping[EventKind, Words] = {
    EventKind.SUBMITTED: _("You sent your appeal"),
    EventKind.CLAIMED: _("A reviewer started to read your appeal"),
    EventKind.RELEASED: _("Your appeal waits for another reviewer"),
    EventKind.LEASE_ENDED: _("Your appeal waits for another reviewer"),
    EventKind.EVIDENCE_ADDED: _("You sent us a paper"),
    EventKind.EVIDENCE_REFUSED: _("We could not use one of your papers"),
    EventKind.CANNOT_UPLOAD: _("You told us that you cannot upload papers"),
    EventKind.POSTED: _("We received a paper of yours by post"),
    EventKind.DOCUMENTS_ASKED: _("A reviewer asked you something"),
    EventKind.DOCUMENTS_ANSWERED: _("You answered the reviewer"),
    EventKind.PROPOSED: _("A reviewer wrote an answer, and a second person checks it"),
    EventKind.SENT_BACK: _("The answer is being looked at once more"),
    EventKind.DECIDED: _("We answered your appeal"),
    EventKind.APPLIED: _("Your limit was set"),
    EventKind.WITHDRAWN: _("You withdrew your appeal"),
    EventKind.WARNED: _("We told you that our answer may come late"),
    EventKind.LATE: _("We did not answer by the day we promised"),
    EventKind.DUPLICATE: _("We answer this together with your other appeal"),
    EventKind.REOPENED: _("Your appeal was opened again"),
    EventKind.CONDITION_MET: _("You did your part, and more of your limit is back"),
    EventKind.CONDITION_MISSED: _("The last day for your payments on time passed"),
    EventKind.TIME_ENDED: _("The time of your higher limit ended"),
    EventKind.NO_NEWS: _("We told you that nothing is new yet"),
    EventKind.PAPERS_ERASED: _("We deleted papers of yours: we had kept them long enough"),
    EventKind.GATHERED: _(
        "We found that one of our rules may be wrong. We look at all its decisions together, and "
        "you need do nothing more"
    ),
    EventKind.PARTED: _("Your appeal is looked at by itself again"),
    EventKind.HELPER_NAMED: _("You named somebody to help you"),
    EventKind.HELPER_ENDED: _("The person you named no longer helps you"),
    EventKind.HELPER_FINISHED: _("The person who helps you finished their part"),
    EventKind.LOOK_ENDED: _("We looked again, as we promised"),
    EventKind.REQUEST_JOINED: _("What you asked us became part of your appeal"),
    EventKind.REQUEST_ERASED: _(
        "We deleted the words of something you asked: we had kept them long enough"
    ),
}
# What somebody else did on the customer's behalf.
HELPER_SENTENCES: Mapping[EventKind, Words] = {
    EventKind.EVIDENCE_ADDED: _("The person who helps you sent us a paper"),
    EventKind.DOCUMENTS_ANSWERED: _("The person who helps you answered the reviewer"),
}
# What the reviewer asked for was not sent here but came by post.
BY_POST_SENTENCE = _("All papers the reviewer asked for came by post")
OUTCOME_HEADLINES: Mapping[OutcomeKind, Words] = {
    OutcomeKind.RESTORED: _("We are giving you your limit back"),
    OutcomeKind.PARTLY_RESTORED: _("We are giving you part of your limit back"),
    OutcomeKind.CONDITIONAL: _("We are giving you your limit back, with a condition"),
    OutcomeKind.TEMPORARY: _("We are giving you your limit back for a time"),
    OutcomeKind.CORRECTED: _("You are right: a fact was wrong"),
    OutcomeKind.TO_BUREAU: _("We pass your question on to the credit bureau"),
    OutcomeKind.KEPT: _("Our decision stays as it is"),
}
RULING_HEADLINES: Mapping[Ruling, Words] = {
    Ruling.ACCEPTED: _("We agree with you"),
    Ruling.REFUTED: _("This reason stands"),
    Ruling.NOT_MATERIAL: _("This did not change our answer"),
}


@dataclass(frozen=True)
class BarStep:
    """One step of the bar, with the time it was reached."""

    name: Words
    state: str  # done, now or later
    at: datetime | None


@dataclass(frozen=True)
class Decided:
    """What became of an answer so far."""

    kind: OutcomeKind
    changes_line: bool = False
    is_applied: bool = False
    # A condition is open, a time runs, or a day to look again lies ahead.
    is_waiting: bool = False
    # The customer met a condition, and a newer decision stands in the way.
    is_overtaken: bool = False


def situation(
    state: AppealState, decided: Decided | None = None, *, is_gathered: bool = False
) -> Situation:
    """How the customer sees this state; what was decided matters only once it is."""
    if is_gathered and state in OPEN:
        return Situation.TOGETHER
    if state != AppealState.DECIDED:
        return OPEN_SITUATIONS[state]
    if decided is None:
        return Situation.FINISHED
    if decided.changes_line and not decided.is_applied:
        return Situation.NOT_APPLIED
    return _once_set(decided)


def _once_set(decided: Decided) -> Situation:
    if decided.is_overtaken:
        return Situation.OVERTAKEN
    if decided.is_waiting and decided.kind in WAITING_SITUATIONS:
        return WAITING_SITUATIONS[decided.kind]
    return Situation.APPLIED if decided.changes_line else Situation.FINISHED


def bar(
    reached: Stage | None,
    times: Mapping[Stage, datetime],
    *,
    has_second_check: bool,
    changes_line: bool | None,
) -> list[BarStep]:
    """The steps of this appeal; those it will not take are left out, unknown ones are not."""
    if reached is None:
        return []
    if reached == Stage.TOGETHER:
        left_out = {Stage.REVIEW, Stage.SECOND}
    elif has_second_check or reached == Stage.SECOND:
        left_out = {Stage.TOGETHER}
    else:
        left_out = {Stage.TOGETHER, Stage.SECOND}
    if changes_line is False:
        left_out.add(Stage.APPLIED)
    stages = [stage for stage in Stage if stage not in left_out]
    return [
        BarStep(
            STAGE_NAMES[stage],
            _state(stage, reached, is_last=stage == stages[-1]),
            times.get(stage) if stage <= reached else None,
        )
        for stage in stages
    ]


def _state(stage: Stage, reached: Stage, *, is_last: bool) -> str:
    if stage < reached or (stage == reached and is_last):
        return "done"
    return "now" if stage == reached else "later"
