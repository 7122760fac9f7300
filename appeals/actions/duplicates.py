"""Two appeals about one matter are answered once; the customer is told when it is settled."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import Reach, cases_within, is_supervisor, list_cases, reach_of
from appeals.actions.clocks import restart_clocks, stop_clocks
from appeals.actions.events import record
from appeals.actions.request_ends import release_requests
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, Claim, EventKind
from appeals.prepared import prepared
from appeals.states import OPEN, AppealState
from appeals.truth import about_appeal
from notifications.api import notify
from portal.models import Customer

# So long closing one can be undone; then the customer is told.
SECOND_THOUGHTS = timedelta(minutes=10)
TOLD_AT_ONCE = 200
# An appeal that is answered, or will be.
ANSWERING = OPEN | {AppealState.DECIDED}


def list_others_of(customers: Collection[int], by: Customer) -> QuerySet[Appeal]:
    """Appeals of these customers that may answer another one: open ones first, then the newest."""
    return _answering(list_cases(by)).filter(customer__in=customers)


def _answering(cases: QuerySet[Appeal]) -> QuerySet[Appeal]:
    open_first = Case(
        When(state__in=sorted(OPEN), then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    answering = cases.filter(state__in=sorted(ANSWERING))
    return answering.order_by(open_first, "-submitted_at", "-pk")


def list_others(appeal: Appeal, by: Customer) -> list[Appeal]:
    """The other appeals of this customer that may answer this one."""
    # What is hidden from some must not show through what everybody sees.
    hidden = appeal.is_restricted
    return _others(appeal.pk, appeal.customer_id, by.pk, reach=reach_of(by), is_restricted=hidden)


@prepared
def _others(
    appeal: int, customer: int, by: int, *, reach: Reach, is_restricted: bool
) -> QuerySet[Appeal]:
    rows = _answering(cases_within(by, reach)).filter(customer=customer)
    return rows.filter(is_restricted=is_restricted).exclude(pk=appeal)


@transaction.atomic
def close_as_duplicate(*, appeal: Appeal, of: Appeal, by: Customer) -> None:
    """Close the appeal: it is answered with another one of the same customer."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can close an appeal as a duplicate."))
    _lock(appeal, of)
    other = next((one for one in list_others(appeal, by) if one.pk == of.pk), None)
    if other is None:
        raise WrongState(_("The other appeal is not one of this customer that can answer it."))
    if appeal.duplicates.filter(state=AppealState.DUPLICATE).exists():
        raise WrongState(_("Another appeal is answered with this one, so it stays open."))
    now = timezone.now()
    appeal.move_to(AppealState.DUPLICATE, duplicate_of=other, duplicate_told_at=None, closed_at=now)
    Claim.objects.filter(appeal=appeal).delete()
    stop_clocks(appeal, now, is_answered=False)
    release_requests(appeal, now, is_answered=False)
    record(appeal, EventKind.DUPLICATE, by, visible=False, other=other.reference)


@transaction.atomic
def reopen_duplicate(*, appeal: Appeal, by: Customer) -> None:
    """Put the appeal back in its queue, its promise as it was, while the customer knows nothing."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can open an appeal again."))
    current = _locked(appeal)
    if current.duplicate_told_at is not None:
        raise NotAllowed(_("The customer has been told, and that cannot be taken back."))
    _reopen(appeal, by)


def reopen_duplicates_of(appeal: Appeal) -> None:
    """Whatever was to be answered with an appeal that is withdrawn gets an answer of its own."""
    for other in appeal.duplicates.filter(state=AppealState.DUPLICATE).order_by("pk"):
        _reopen(_locked(other), None)


def tell_of_duplicates(now: datetime | None = None) -> int:
    """Tell those whose appeals were closed as duplicates a while ago; how many were told."""
    now = now or timezone.now()
    untold = Appeal.objects.filter(
        state=AppealState.DUPLICATE,
        duplicate_told_at__isnull=True,
        closed_at__lte=now - SECOND_THOUGHTS,
    )
    keys = untold.order_by("closed_at").values_list("pk", flat=True)
    return sum(_tell(pk, now) for pk in keys[:TOLD_AT_ONCE])


@transaction.atomic
def _tell(pk: int, now: datetime) -> bool:
    rows = Appeal.objects.select_related("customer", "duplicate_of").filter(
        pk=pk, state=AppealState.DUPLICATE, duplicate_told_at__isnull=True
    )
    appeal = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if appeal is None:
        return False
    other = appeal.duplicate_of
    assert other is not None  # the database keeps it so
    Appeal.objects.filter(pk=pk).update(duplicate_told_at=now)
    record(appeal, EventKind.DUPLICATE, other=other.reference)
    notify(
        recipient=appeal.customer,
        type="appeal_duplicate",
        dedupe_key=f"appeal:{appeal.reference}:duplicate:{other.reference}",
        context={"reference": appeal.reference, "other": other.reference},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
    return True


def _reopen(appeal: Appeal, by: Customer | None) -> None:
    closed_at = appeal.closed_at
    assert closed_at is not None  # closing sets it
    appeal.move_to(AppealState.SUBMITTED, duplicate_of=None, closed_at=None)
    restart_clocks(appeal, closed_at)
    # A customer who was told that it is closed is also told that it is open again.
    record(appeal, EventKind.REOPENED, by, visible=appeal.duplicate_told_at is not None)


def _locked(appeal: Appeal) -> Appeal:
    current = Appeal.objects.select_for_update(no_key=True).get(pk=appeal.pk)
    if current.state != AppealState.DUPLICATE:
        raise WrongState(_("This appeal is not closed as a duplicate any more."))
    return current


def _lock(*appeals: Appeal) -> None:
    """Take both rows or none: two people who close each for the other wait for nobody."""
    keys = [appeal.pk for appeal in appeals]
    rows = Appeal.objects.select_for_update(no_key=True, skip_locked=True).order_by("pk")
    if len(rows.filter(pk__in=keys).values_list("pk")) < len(keys):
        raise WrongState(_("Somebody is working on this case or on the other one at this moment."))
