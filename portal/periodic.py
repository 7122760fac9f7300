"""Clock-driven work of the portal itself."""

from django.db import connection
from django.utils import timezone

from portal.lib.tasks import shared_task
from portal.sign_in.cleaning import forget_what_is_over
from portal.sign_in.issuing import issue_code, list_waiting


@shared_task(name="portal.heartbeat")
def heartbeat() -> None:
    """Prove that an idle queue's worker reaches the database; the time is noted after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@shared_task(name="portal.send_waiting_codes")
def send_waiting_codes() -> None:
    """Send the codes whose hint was lost with the broker: somebody is waiting for each."""
    for code_id in list_waiting(timezone.now()):
        issue_code(code_id)


@shared_task(name="portal.clean_up_sign_in")
def clean_up_sign_in() -> None:
    """Forget codes, tries and sessions that are over."""
    forget_what_is_over()
