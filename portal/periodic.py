"""Clock-driven work of the portal itself."""

from celery import shared_task
from django.db import connection


@shared_task(name="portal.heartbeat")
def heartbeat() -> None:
    """Prove that an idle queue's worker reaches the database; the time is noted after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
