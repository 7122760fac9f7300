"""Erasing the words of requests that were kept long enough; that they were asked stays known.

As papers are (`appeals.actions.retention`): planned, worked out once more on the day, and passed
over while a legal hold stands.
"""

from datetime import date, datetime

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from appeals.actions.events import record
from appeals.actions.legal_holds import hold_back
from appeals.actions.portions import for_each, in_portions
from appeals.actions.retention import FIRST_ZONE
from appeals.models import CustomerRequest, EventKind
from appeals.retention import request_on_hold, rules_on, words_erasable_on

logger = structlog.get_logger(__name__)


def plan_words(now: datetime | None = None) -> int:
    """Write down the last day of requests that were answered, or whose rules changed."""
    now = now or timezone.now()

    def write(requests: list[CustomerRequest]) -> int:
        for request in requests:
            _write_plan(request, now)
        return len(requests)

    return in_portions(_unplanned(now), write)


def _unplanned(now: datetime) -> QuerySet[CustomerRequest]:
    rules = rules_on(now.date())
    # `<>` would read them all; the two sides of it are found by the index.
    by_other_rules = Q(erase_on__isnull=False) & (Q(erase_rule__lt=rules) | Q(erase_rule__gt=rules))
    is_over = Q(appeal__isnull=True) | Q(appeal__closed_at__isnull=False)
    ended = Q(erase_on__isnull=True) & is_over
    rows = CustomerRequest.objects.with_words().filter(ended | by_other_rules)
    return rows.select_related("customer", "appeal").order_by("pk")


def _write_plan(request: CustomerRequest, now: datetime) -> None:
    CustomerRequest.objects.filter(pk=request.pk).update(
        erase_on=words_erasable_on(request, now), erase_rule=rules_on(now.date())
    )


def erase_due_words(now: datetime | None = None) -> int:
    """Erase the words of every request that were kept long enough and that nothing holds."""
    now = now or timezone.now()
    rows = words_coming((now + FIRST_ZONE).date()).exclude(request_on_hold())
    erased = for_each(rows, "customer_id", lambda customer: _erase_of(customer, now))
    if erased:
        logger.info("words of requests erased", count=erased)
    return erased


def words_coming(until: date) -> QuerySet[CustomerRequest]:
    """Requests whose last day is planned to come by then, the next first."""
    rows = CustomerRequest.objects.with_words().filter(erase_on__lte=until)
    return rows.order_by("erase_on", "pk")


@transaction.atomic
def _erase_of(customer: int, now: datetime) -> int:
    """Erase what is due of one customer, unless a hold came before us."""
    hold_back(customer)
    rows = words_coming((now + FIRST_ZONE).date()).filter(customer=customer)
    rows = rows.exclude(request_on_hold()).select_related("customer", "appeal")
    due = [one for one in rows if _is_due(one, now)]
    for request in due:
        _forget(request, now)
    return len(due)


def _is_due(request: CustomerRequest, now: datetime) -> bool:
    """Whether its day has come where the customer lives; if not, the new day is written down."""
    day = words_erasable_on(request, now)
    if day is not None and day <= now.astimezone(request.customer.zone).date():
        return True
    _write_plan(request, now)
    return False


def _forget(request: CustomerRequest, now: datetime) -> None:
    CustomerRequest.objects.filter(pk=request.pk).update(
        text="", facts=[], situation="", answer="", erased_at=now, version=F("version") + 1
    )
    if request.appeal is not None:
        record(request.appeal, EventKind.REQUEST_ERASED, request=request.reference)
