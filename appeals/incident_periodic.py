"""Clock-driven work of incidents: holds, late arrivals, and remedies in a worker of their own."""

from appeals import ledger_tasks
from appeals.actions.incident_hold import look_after_holds
from appeals.actions.incident_joining import join_late
from appeals.actions.remedy_steps import list_working, work_on
from portal.lib.tasks import shared_task

# So long one task works before another one may have the worker.
WORK_SECONDS = 20.0
HINT_EXPIRES_SECONDS = 60


@shared_task(name="appeals.look_after_incidents", queue="periodic")
def look_after_incidents() -> None:
    look_after_holds()
    join_late()


@shared_task(name="appeals.ring_for_remedies", queue="periodic")
def ring_for_remedies() -> None:
    """Ask for a worker for each remedy that has steps to take."""
    for remedy_id in list_working():
        put_right.apply_async((remedy_id,), expires=HINT_EXPIRES_SECONDS)


@shared_task(name="appeals.put_right", queue="bulk")
def put_right(remedy_id: int) -> None:
    """Take steps for a while, let the ledger hear, and ring again while there is more."""
    has_more = work_on(remedy_id, seconds=WORK_SECONDS)
    ledger_tasks.carry_instructions.delay()
    if has_more:
        put_right.apply_async((remedy_id,), expires=HINT_EXPIRES_SECONDS)
