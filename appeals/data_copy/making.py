"""Makes the copies that were asked for, and erases those that were kept long enough.

A worker takes a copy for some time; one that dies half-way gives it back when that is over, and
what it stored is erased by the one that comes after. It is tried until it is there: the clock of
the request tells people when that takes long.
"""

import tempfile
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from appeals.data_copy import store
from appeals.data_copy.endings import answer_with_copy
from appeals.data_copy.writing import SCHEMA_VERSION, sha256_of, write_copy
from appeals.models import CopyState, DataCopy

LEASE = timedelta(minutes=30)
# Each try is given longer than the one before: a copy that takes an hour gets its hour.
LONGEST_LEASES = 12
AT_A_TIME = 50

logger = structlog.get_logger(__name__)


def make_copy(copy_id: int) -> bool:
    """Make the copy unless another worker is at it; whether it was made here."""
    now = timezone.now()
    rows = DataCopy.objects.select_related("request__customer")
    copy = rows.filter(pk=copy_id, state=CopyState.WAITING, look_at__lte=now).first()
    if copy is None or not _take(copy, now):
        return False
    for earlier in range(1, copy.tries):
        store.erase(copy.name_of_try(earlier))
    # The file has no name on this disk, and is gone with this process.
    with tempfile.TemporaryFile() as file:
        counts = write_copy(copy.request.customer, file, now)
        sha256, size = sha256_of(file)
        stored_name = store.keep(file, name=copy.name_of_try(copy.tries))
    made = {"sha256": sha256, "size": size, "counts": counts, "stored_name": stored_name}
    if not _note_made(copy, made):
        store.erase(stored_name)
        return False
    logger.info("copy of data made", copy=copy.pk, bytes=size)
    return True


def _take(copy: DataCopy, now: datetime) -> bool:
    """Have it for some time; no if another worker was quicker."""
    untouched = DataCopy.objects.filter(pk=copy.pk, state=CopyState.WAITING, tries=copy.tries)
    copy.tries += 1
    until = now + LEASE * min(copy.tries, LONGEST_LEASES)
    return bool(untouched.update(look_at=until, tries=copy.tries))


@transaction.atomic
def _note_made(copy: DataCopy, made: dict[str, object]) -> bool:
    """Write down what was stored and answer the request; no if another worker was quicker."""
    now = timezone.now()
    still = DataCopy.objects.filter(pk=copy.pk, state=CopyState.WAITING, tries=copy.tries)
    if not still.update(
        state=CopyState.READY,
        schema_version=SCHEMA_VERSION,
        made_at=now,
        expires_at=now + timedelta(days=settings.DATA_COPY_DAYS),
        **made,
    ):
        return False
    answer_with_copy(copy, now)
    return True


def copies_to_make(now: datetime) -> list[int]:
    """Copies whose doorbell was lost, or whose worker died."""
    waiting = DataCopy.objects.filter(state=CopyState.WAITING, look_at__lte=now)
    return list(waiting.order_by("look_at").values_list("pk", flat=True)[:AT_A_TIME])


def erase_expired(now: datetime) -> int:
    """Erase the files of copies that were kept long enough; how many.

    The file goes first: a row that says "erased" while the file is there would be a lie.
    """
    expired = DataCopy.objects.filter(state=CopyState.READY, expires_at__lte=now)
    count = 0
    for copy in expired.order_by("expires_at")[:AT_A_TIME]:
        store.erase(copy.stored_name)
        rows = DataCopy.objects.filter(pk=copy.pk, state=CopyState.READY)
        count += rows.update(state=CopyState.ERASED, stored_name="", erased_at=now)
    return count
