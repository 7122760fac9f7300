"""Doorbells for the copies of data, and the clock's round that needs no doorbell."""

from django.utils import timezone

from appeals.data_copy import making
from portal.lib.tasks import shared_task


@shared_task(name="appeals.make_data_copy", queue="cases")
def make_data_copy(copy_id: int) -> None:
    making.make_copy(copy_id)


@shared_task(name="appeals.sweep_data_copies", queue="periodic")
def sweep_data_copies() -> None:
    """Ring again for copies whose doorbell was lost, and erase what was kept long enough."""
    now = timezone.now()
    for copy_id in making.copies_to_make(now):
        make_data_copy.delay(copy_id)
    making.erase_expired(now)
