"""Carries what we ask of the risk engine to it, until it confirms; the rows are the truth."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from appeals import ledger
from appeals.ledger_delivery import LEASE, SWEPT_AT_ONCE, WAITS
from appeals.models import EngineRequest, EngineRequestState

logger = structlog.get_logger(__name__)


def is_configured() -> bool:
    return ledger.ENGINE.is_configured


def deliver(request_id: int) -> bool:
    """Try once, if it is due and nobody else is at it; whether the engine confirmed."""
    if not is_configured():
        return False
    now = timezone.now()
    mine = _due(now).filter(pk=request_id)
    if not mine.update(lease_until=now + LEASE, tries=F("tries") + 1):
        return False
    request = EngineRequest.objects.get(pk=request_id)
    try:
        ledger.send(key=request.idempotency_key, payload=request.payload, to=ledger.ENGINE)
    except ledger.LedgerError as error:
        _try_later(request, str(error))
        return False
    pending = EngineRequest.objects.filter(pk=request.pk, state=EngineRequestState.PENDING)
    return bool(
        pending.update(
            state=EngineRequestState.CONFIRMED,
            confirmed_at=timezone.now(),
            lease_until=None,
            last_error="",
        )
    )


def list_due(now: datetime) -> Sequence[int]:
    """The requests to try now, the longest waiting first."""
    return list(_due(now).order_by("next_try_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE])


def _due(now: datetime) -> QuerySet[EngineRequest]:
    return EngineRequest.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        state=EngineRequestState.PENDING,
        next_try_at__lte=now,
    )


def _try_later(request: EngineRequest, why: str) -> None:
    wait = WAITS[min(request.tries, len(WAITS)) - 1]
    # A sender whose lease ran out must not undo what a later one wrote.
    mine = EngineRequest.objects.filter(
        pk=request.pk, state=EngineRequestState.PENDING, tries=request.tries
    )
    mine.update(lease_until=None, last_error=why[:300], next_try_at=timezone.now() + wait)
    logger.warning("engine did not confirm", request=request.pk, tries=request.tries, why=why)
