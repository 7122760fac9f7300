"""The months of deliveries: there before they are needed, gone when nobody may ask any more."""

from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from notifications import partitions

logger = structlog.get_logger(__name__)

# A notification's deliveries lie in the month it was made in, so its own rows need not be read.
OPEN_SQL = """
SELECT EXISTS (SELECT FROM {delivery} WHERE state = 'ready')
    OR EXISTS (SELECT FROM {delivery} WHERE state IN ('claimed', 'sending'))
    OR EXISTS (SELECT FROM {delivery} WHERE ask_at IS NOT NULL)
    OR EXISTS (
        SELECT FROM notifications_notification
        WHERE is_mandatory AND settled_at IS NULL
        AND created_at >= %(begin)s AND created_at < %(end)s
    ) OR EXISTS (
        SELECT FROM notifications_notification
        WHERE settle_at IS NOT NULL AND created_at >= %(begin)s AND created_at < %(end)s
    )
"""


def keep_months(now: datetime | None = None) -> None:
    """Make the months that come, say what fell outside all, and take away the old ones."""
    now = now or timezone.now()
    try:
        made = partitions.make_ahead(now)
    except OperationalError as error:
        made = []
        logger.warning("months could not be made now", error=type(error).__name__)
    if made:
        logger.info("months made", partitions=made)
    astray = [table for table, is_so in partitions.rows_astray().items() if is_so]
    if astray:
        logger.error("rows lie outside all months", tables=astray)
    for month, tables in _old_months(now).items():
        _set_aside(month, tables)
    for name in partitions.list_aside():
        _take_away(name)


def _old_months(now: datetime) -> dict[str, list[str]]:
    months: dict[str, list[str]] = {}
    for name in partitions.older_than(now, settings.DELIVERY_MONTHS):
        months.setdefault(name[-len("2026_01") :], []).append(name)
    return dict(sorted(months.items()))


def _set_aside(month: str, tables: list[str]) -> None:
    """Set all of one month aside or nothing of it; what cannot go now is asked again later."""
    try:
        with transaction.atomic():
            partitions.hold_all()
            if _is_open(tables):
                logger.warning("an old month is kept: something in it is not settled", month=month)
                return
            partitions.set_aside(tables)
    except OperationalError as error:
        _log_later(month, error)


def _take_away(name: str) -> None:
    archive = Path(settings.DELIVERY_ARCHIVE) if settings.DELIVERY_ARCHIVE else None
    try:
        kept = partitions.take_away(name, archive)
    except (OperationalError, OSError, partitions.BeingArchived) as error:
        _log_later(name, error)
    else:
        logger.info("an old month was taken away", partition=name, is_archived=kept is not None)


def _log_later(what: str, error: Exception) -> None:
    logger.warning("an old month could not go now", month=what, error=type(error).__name__)


def _is_open(tables: list[str]) -> bool:
    delivery = next((name for name in tables if name.startswith(partitions.TABLES[0])), None)
    if delivery is None:
        return False
    begin, end = partitions.bounds_of(delivery)
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SQL.format(delivery=delivery), {"begin": begin, "end": end})
        return bool((cursor.fetchone() or (True,))[0])
