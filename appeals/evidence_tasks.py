"""Doorbells for the check of documents, and the clock's rounds that need no doorbell."""

from django.utils import timezone

from appeals.evidence import checking
from portal.lib.private_files import clear_abandoned
from portal.lib.tasks import shared_task

# A ring that nobody heard by then is followed by the next round's.
ROUND_SECONDS = 10


@shared_task(name="appeals.check_evidence", queue="cases")
def check_evidence(document_id: int) -> None:
    checking.check_evidence(document_id)


@shared_task(name="appeals.sweep_evidence", queue="periodic")
def sweep_evidence() -> None:
    """Ring again for documents whose doorbell was lost, and delete what is not to be kept."""
    now = timezone.now()
    clear_abandoned(now)
    for document_id in checking.documents_to_check(now):
        check_evidence.apply_async([document_id], expires=ROUND_SECONDS)
    checking.erase_leftovers()


@shared_task(name="appeals.erase_orphaned_evidence", queue="periodic")
def erase_orphaned_evidence() -> None:
    checking.erase_orphans(timezone.now())
