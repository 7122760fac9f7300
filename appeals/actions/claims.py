"""A reviewer takes an appeal for a while; no two ever hold the same one."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_reviewer, is_supervisor, list_queues
from appeals.actions.events import record
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, Claim, EventKind
from appeals.states import AppealState
from portal.models import Customer

LEASE = timedelta(minutes=45)
# A renewal is written only when it buys at least this much: a page view need not cost a write.
WORTH_RENEWING = timedelta(minutes=1)
RETURNED_AT_ONCE = 500

# The first hundred of each of my queues are enough for a hundred colleagues at the same moment,
# and keep the price of a claim the same however long the queues are.
NEXT_CASE = """
SELECT appeal.id
  FROM (
    SELECT head.id, head.promised_at, queue.priority
      FROM appeals_reviewqueue queue
      JOIN appeals_reviewqueue_members member
        ON member.reviewqueue_id = queue.id AND member.customer_id = %(person)s
     CROSS JOIN LATERAL (
        SELECT waiting.id, waiting.promised_at
          FROM appeals_appeal waiting
          JOIN appeals_linedecision decision ON decision.id = waiting.decision_id
         WHERE waiting.queue_id = queue.id
           AND waiting.state = 'submitted'
           AND waiting.customer_id <> %(person)s
           AND decision.decided_by_id IS DISTINCT FROM %(person)s
         ORDER BY waiting.promised_at, waiting.id
         LIMIT 100
     ) head
  ) candidate
  JOIN appeals_appeal appeal ON appeal.id = candidate.id
 WHERE appeal.state = 'submitted'
 ORDER BY candidate.priority, candidate.promised_at, candidate.id
 LIMIT 1
   FOR UPDATE OF appeal SKIP LOCKED
"""


@transaction.atomic
def claim_next(*, by: Customer) -> Appeal | None:
    """Give the reviewer the oldest promise of their most urgent queue, or None when all is done."""
    check_is_reviewer(by)
    with connection.cursor() as cursor:
        cursor.execute(NEXT_CASE, {"person": by.pk})
        row = cursor.fetchone()
    if row is None:
        return None
    appeal = Appeal.objects.select_related("decision").get(pk=row[0])
    _lease(appeal, to=by, by=by)
    return appeal


@transaction.atomic
def claim_appeal(*, appeal: Appeal, by: Customer) -> Claim:
    """Take this very appeal from the queue."""
    check_is_reviewer(by)
    check_is_independent(appeal, by)
    return _lease(appeal, to=by, by=by)


@transaction.atomic
def reassign_appeal(*, appeal: Appeal, by: Customer, to: Customer) -> Claim:
    """A supervisor hands the appeal to a member of its queue, whoever holds it now."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can pass an appeal to somebody else."))
    if not list_queues(to).filter(appeals=appeal).exists():
        raise NotAllowed(_("This person does not work in the queue of this appeal."))
    check_is_independent(appeal, to)
    if appeal.state == AppealState.IN_REVIEW:
        Claim.objects.filter(appeal=appeal).delete()
        _give_back(appeal)
    return _lease(appeal, to=to, by=by)


@transaction.atomic
def release_claim(*, appeal: Appeal, by: Customer) -> None:
    """Put the appeal back in its queue; what was found so far stays with it."""
    claim = Claim.objects.filter(appeal=appeal).first()
    is_mine = claim is not None and claim.reviewer_id == by.pk
    if not is_mine and not is_supervisor(by):
        raise NotAllowed(_("You do not hold this appeal."))
    _give_back(appeal)
    Claim.objects.filter(appeal=appeal).delete()
    record(appeal, EventKind.RELEASED, by, visible=False)


def renew_claim(*, appeal: Appeal, by: Customer) -> datetime | None:
    """Hold the appeal for a full lease from now; None when somebody else has it or nobody."""
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
    _give_back(appeal)
    record(appeal, EventKind.LEASE_ENDED, visible=False)
    return True


def check_holds(appeal: Appeal, by: Customer) -> None:
    """Raise unless the appeal is in review by this very person."""
    if appeal.state != AppealState.IN_REVIEW:
        raise WrongState(_("This appeal is not in review any more. Nothing was saved."))
    if not Claim.objects.filter(appeal=appeal, reviewer=by).exists():
        raise NotAllowed(_("You do not hold this appeal. Claim it first."))


def check_is_independent(appeal: Appeal, person: Customer) -> None:
    """Raise when the person would judge their own case or their own decision."""
    if appeal.customer_id == person.pk:
        raise NotAllowed(_("Nobody reviews their own appeal."))
    if appeal.decision.decided_by_id == person.pk:
        raise NotAllowed(_("This appeal is against a decision of yours. A colleague reviews it."))


def check_is_reviewer(person: Customer) -> None:
    if not is_reviewer(person):
        raise NotAllowed(_("Only reviewers can do this."))


def _lease(appeal: Appeal, *, to: Customer, by: Customer) -> Claim:
    if appeal.state != AppealState.SUBMITTED:
        raise WrongState(_("This appeal is not waiting in a queue any more."))
    now = timezone.now()
    appeal.move_to(AppealState.IN_REVIEW)
    claim = Claim.objects.create(appeal=appeal, reviewer=to, claimed_at=now, until=now + LEASE)
    record(appeal, EventKind.CLAIMED, by, reviewer=to.reference)
    return claim


def _give_back(appeal: Appeal) -> None:
    if appeal.state != AppealState.IN_REVIEW:
        raise WrongState(_("This appeal is not in review any more."))
    appeal.move_to(AppealState.SUBMITTED)
