"""Sending an appeal and taking it back."""

import enum
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.assignment import Reservation, reserve
from appeals.actions.clocks import start_disputes, start_promise, stop_clocks
from appeals.actions.complaints import suggest_clocks, words_of
from appeals.actions.drafts import check_not_overridden
from appeals.actions.duplicates import reopen_duplicates_of
from appeals.actions.eligibility import Wanted
from appeals.actions.events import record
from appeals.actions.request_ends import join_sent_appeal, release_requests
from appeals.clock_rules import promise_period
from appeals.deadlines import appeal_window_end, due_after, last_day
from appeals.errors import AlreadySent, Incomplete, NotAllowed, WrongState
from appeals.models import Appeal, Claim, EventKind, Ground, Wish
from appeals.routing import Route, harm_of, route
from appeals.states import AppealState
from appeals.truth import about_appeal
from notifications.api import notify
from portal.models import Customer


class Missing(enum.StrEnum):
    """An answer an appeal cannot be sent without; the value is the page that asks for it."""

    LATE = "late"
    REASONS = "reasons"
    WHY = "reason"
    WISH = "wish"


def is_late(appeal: Appeal) -> bool:
    """Whether the window to appeal had ended when this appeal was begun."""
    noticed_at = appeal.decision.notice.created_at
    return appeal.created_at >= appeal_window_end(noticed_at, appeal.customer.zone)


def needs_statement(ground: Ground) -> bool:
    """Nobody can say much against a reason we may not explain, so there it may stay blank."""
    return not ground.decision_reason.reason.is_restricted


def missing_answers(
    appeal: Appeal, grounds: Sequence[Ground]
) -> list[tuple[Missing, Ground | None]]:
    """What must be answered before the appeal can be sent, in the order of the pages."""
    missing: list[tuple[Missing, Ground | None]] = []
    if is_late(appeal) and not appeal.late_reason:
        missing.append((Missing.LATE, None))
    if not grounds:
        missing.append((Missing.REASONS, None))
    missing += [
        (Missing.WHY, ground)
        for ground in grounds
        if needs_statement(ground) and not ground.statement
    ]
    if not appeal.wish or (appeal.wish == Wish.PART and appeal.requested_limit is None):
        missing.append((Missing.WISH, None))
    return missing


@transaction.atomic
def submit_appeal(*, appeal: Appeal, by: Customer) -> Appeal:
    """Send the appeal to its queue, set the promised date and tell the customer."""
    now = timezone.now()
    appeal = _draft_to_send(appeal, by)
    grounds = list(appeal.grounds.select_related("decision_reason"))
    if missing_answers(appeal, grounds):
        raise Incomplete(_("Some answers are still missing. Please fill them in, then send."))
    way = route(appeal, grounds)
    wanted = Wanted(appeal.pk, language=by.locale, is_restricted=way.is_restricted)
    kept = reserve(way.reviewer, wanted, queue=way.queue, now=now)
    promised_at = due_after(now, promise_period(way.queue, by))
    appeal.move_to(
        AppealState.SUBMITTED,
        submitted_at=now,
        saved_at=now,
        language=by.locale,
        region=by.region,
        harm=harm_of(appeal.decision),
        promised_at=promised_at,
        **_placed(way, kept),
    )
    record(appeal, EventKind.SUBMITTED, by, grounds=len(grounds))
    _record_way(appeal, way, kept)
    start_promise(appeal)
    start_disputes(appeal, grounds)
    suggest_clocks(appeal, words_of(appeal, grounds), now)
    join_sent_appeal(appeal)
    promised_on = last_day(promised_at, by.zone).isoformat()
    notify(
        recipient=by,
        type="appeal_received",
        dedupe_key=f"appeal:{appeal.reference}:received",
        context={"reference": appeal.reference, "promised_on": promised_on},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
    return appeal


def _placed(way: Route, kept: Reservation) -> dict[str, Any]:
    """Where it goes and for whom it is kept, with why, as fields of the appeal."""
    return {
        "queue": way.queue,
        "routed_by": way.rule,
        "routed_version": way.rule.version if way.rule else None,
        "routed_reason": way.reason,
        "routed_because": way.because,
        "urgency": way.urgency,
        "is_restricted": way.is_restricted,
        "not_kept_for": kept.meant_for,
        "not_kept_why": kept.refusal or "",
        "reserved_for": kept.person,
        "reserved_until": kept.until,
    }


def _record_way(appeal: Appeal, way: Route, kept: Reservation) -> None:
    record(
        appeal,
        EventKind.ROUTED,
        visible=False,
        queue=way.queue.key,
        rule=way.rule.pk if way.rule else None,
        version=way.rule.version if way.rule else None,
        reason=way.reason,
        because=way.because,
    )
    if kept.person is not None:
        record(appeal, EventKind.RESERVED, visible=False, reviewer=kept.person.reference)


def _draft_to_send(appeal: Appeal, by: Customer) -> Appeal:
    """The draft as it stands now, held so that the second of two taps waits for the first."""
    if appeal.customer_id != by.pk:
        raise NotAllowed(_("Only the person who began this appeal can send it."))
    rows = Appeal.objects.select_related("decision__notice", "decision__overridden_by", "customer")
    current = rows.select_for_update(of=("self",), no_key=True).get(pk=appeal.pk)
    if current.state == AppealState.WITHDRAWN:
        raise WrongState(_("You have withdrawn this appeal, so it was not sent."))
    if not current.is_draft:
        raise AlreadySent(_("You have already sent this appeal. Once is enough."))
    check_not_overridden(current.decision)
    return current


@transaction.atomic
def withdraw_appeal(*, appeal: Appeal, by: Customer) -> Appeal:
    """Take the appeal back; one that was sent is confirmed to the customer."""
    if appeal.customer_id != by.pk:
        raise NotAllowed(_("Only the person who sent this appeal can withdraw it."))
    if appeal.state == AppealState.WITHDRAWN:
        raise WrongState(_("You have already withdrawn this appeal."))
    if not appeal.can_be_withdrawn:
        raise WrongState(_("It is too late to withdraw this appeal: the answer is being finished."))
    now = timezone.now()
    appeal.move_to(AppealState.WITHDRAWN, closed_at=now, paused_at=None)
    stop_clocks(appeal, now, is_answered=False)
    release_requests(appeal, now, is_answered=False)
    # The reviewer who holds it is free for the next one.
    Claim.objects.filter(appeal=appeal).delete()
    record(appeal, EventKind.WITHDRAWN, by)
    reopen_duplicates_of(appeal)
    if appeal.submitted_at:
        notify(
            recipient=by,
            type="appeal_withdrawn",
            dedupe_key=f"appeal:{appeal.reference}:withdrawn",
            context={"reference": appeal.reference},
            path=f"/appeals/{appeal.reference}/",
            about=about_appeal(appeal),
        )
    return appeal
