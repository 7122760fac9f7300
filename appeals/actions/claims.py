"""A reviewer takes an appeal for a while; no two ever hold the same one."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_reviewer, is_supervisor
from appeals.actions.events import record
from appeals.actions.independence import hold_person, never_your_own
from appeals.actions.standing import (
    Standing,
    why_no_more,
    why_not_give,
    why_not_take,
    why_not_waiting,
)
from appeals.errors import HeldByAnother, NotAllowed, WrongState
from appeals.models import Appeal, Claim, EventKind
from appeals.states import AppealState
from portal.models import Customer

LEASE = timedelta(minutes=45)
# A renewal is written only when it buys at least this much: a page view need not cost a write.
WORTH_RENEWING = timedelta(minutes=1)
RETURNED_AT_ONCE = 500
# Functions of the database (migration 0002_functions): one look each, planned once a connection.
TAKE_NEXT = "SELECT * FROM appeals_take_next(%s, %s::text[], %s, %s)"
LEASE_IT = "SELECT appeals_lease(%s, %s, %s, %s, %s, %s)"
# What decides about a claim, read again under the lock.
LOOKED_AT = (
    "state",
    "version",
    "queue_id",
    "language",
    "is_restricted",
    "reserved_for_id",
    "reserved_until",
)


@never_your_own
def claim_next(*, by: Customer) -> Appeal | None:
    """Give the reviewer what is kept for them, or else the most urgent they may take.

    None when nothing waits for them; NotAllowed where something does and they hold too much. The
    choice and the lease are one statement, and so one transaction by itself.
    """
    check_is_reviewer(by)
    now = timezone.now()
    languages = [code for code, _name in settings.LANGUAGES]
    asked = [by.pk, languages, now, now + LEASE]
    appeal = next(iter(Appeal.objects.raw(TAKE_NEXT, asked)), None)
    if appeal is not None:
        return appeal
    refusal = why_no_more(by)
    if refusal:
        raise NotAllowed(refusal)
    return None


@never_your_own
@transaction.atomic
def claim_appeal(*, appeal: Appeal, by: Customer) -> Claim:
    """Take this very appeal from the queue; a refusal says why, and who has it instead."""
    check_is_reviewer(by)
    hold_person(by)
    _look_again(appeal)
    elsewhere = why_not_waiting(appeal)
    if elsewhere:
        raise WrongState(elsewhere)
    refusal = why_not_take(appeal, by, Standing.of(appeal, by))
    if refusal:
        raise NotAllowed(refusal)
    return _lease(appeal, to=by, by=by)


@never_your_own
@transaction.atomic
def reassign_appeal(*, appeal: Appeal, by: Customer, to: Customer) -> Claim:
    """A supervisor hands the appeal to a member of its queue, whoever has it or is to have it."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can pass an appeal to somebody else."))
    hold_person(to)
    _look_again(appeal)
    refusal = why_not_give(appeal, to, Standing.of(appeal, to))
    if refusal:
        raise NotAllowed(refusal)
    if appeal.state == AppealState.IN_REVIEW:
        Claim.objects.filter(appeal=appeal).delete()
        give_back(appeal)
    return _lease(appeal, to=to, by=by)


@transaction.atomic
def release_claim(*, appeal: Appeal, by: Customer) -> None:
    """Put the appeal back in its queue; what was found so far stays with it."""
    claim = Claim.objects.filter(appeal=appeal).first()
    is_mine = claim is not None and claim.reviewer_id == by.pk and is_reviewer(by)
    if not is_mine and not is_supervisor(by):
        raise NotAllowed(_("You do not hold this appeal."))
    give_back(appeal)
    Claim.objects.filter(appeal=appeal).delete()
    record(appeal, EventKind.RELEASED, by, visible=False)


def renew_claim(*, appeal: Appeal, by: Customer) -> datetime | None:
    """Hold the appeal for a full lease from now; None when somebody else has it or nobody.

    Whoever may not review any more lets theirs run out.
    """
    if not is_reviewer(by):
        return None
    now = timezone.now()
    claim = Claim.objects.filter(appeal=appeal, reviewer=by).first()
    if claim is None:
        return None
    until = now + LEASE
    if until - claim.until >= WORTH_RENEWING:
        still_mine = Claim.objects.filter(pk=claim.pk, reviewer=by)
        if not still_mine.update(until=until):
            return None
        return until
    return claim.until


def return_abandoned() -> int:
    """Put back the appeals whose lease ran out; the number returned."""
    now = timezone.now()
    ended = Claim.objects.filter(until__lt=now).order_by("until").values_list("pk", flat=True)
    return sum(_return_one(pk, now) for pk in ended[:RETURNED_AT_ONCE])


@transaction.atomic
def _return_one(claim_id: int, now: datetime) -> bool:
    # The appeal is locked before the claim, as everywhere; one being worked on is left for later.
    held = Appeal.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    appeal = held.filter(claim=claim_id).first()
    if appeal is None:
        return False
    deleted, _by_model = Claim.objects.filter(pk=claim_id, until__lt=now).delete()
    if not deleted or appeal.state != AppealState.IN_REVIEW:
        return False
    give_back(appeal)
    record(appeal, EventKind.LEASE_ENDED, visible=False)
    return True


def check_holds(appeal: Appeal, by: Customer) -> None:
    """Raise unless the appeal is in review by this very person, who may still review."""
    check_is_reviewer(by)
    if appeal.state != AppealState.IN_REVIEW:
        raise WrongState(_("This appeal is not in review any more. Nothing was saved."))
    claim = Claim.objects.filter(appeal=appeal).select_related("reviewer").first()
    if claim is None:
        raise NotAllowed(_("You do not hold this appeal. Claim it first."))
    if claim.reviewer_id != by.pk:
        words = {"name": claim.reviewer.name}
        raise HeldByAnother(_("%(name)s holds this appeal now. Nothing was saved.") % words)


def check_is_reviewer(person: Customer) -> None:
    if not is_reviewer(person):
        raise NotAllowed(_("Only reviewers can do this."))


def give_back(appeal: Appeal, **changes: Any) -> None:
    """Let an appeal in review wait again; its findings and unfinished outcome stay with it."""
    if appeal.state != AppealState.IN_REVIEW:
        raise WrongState(_("This appeal is not in review any more."))
    appeal.move_to(AppealState.SUBMITTED, **changes)


def _look_again(appeal: Appeal) -> None:
    """Read what decides as it is now, and keep it so to the end of the transaction."""
    locked = Appeal.objects.select_for_update(of=("self",), no_key=True)
    appeal.refresh_from_db(fields=LOOKED_AT, from_queryset=locked)


def _lease(appeal: Appeal, *, to: Customer, by: Customer) -> Claim:
    if appeal.state != AppealState.SUBMITTED:
        raise WrongState(_("This appeal is not waiting in a queue any more."))
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(LEASE_IT, [appeal.pk, appeal.version, to.pk, by.pk, now, now + LEASE])
        is_leased = cursor.fetchone() == (True,)
    if not is_leased:
        raise WrongState(
            _("This appeal changed while you were looking at it. Please reload the page.")
        )
    claim = Claim.objects.select_related("appeal").get(appeal=appeal)
    # As the database left it; what is read beside an unchanged key need not be read again.
    for column in LOOKED_AT:
        setattr(appeal, column, getattr(claim.appeal, column))
    claim.appeal = appeal
    return claim
