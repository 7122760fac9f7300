"""Papers of notices made behind the scenes: a little at a time, so that campaigns get through."""

from appeals.notice_paper import making, store
from portal.lib.tasks import shared_task

# Shorter than the clock's rings, which go on with what is left.
AT_A_TIME_SECONDS = 8.0


@shared_task(name="appeals.make_papers", queue="bulk", expires=30)
def make_papers() -> None:
    making.make_due(seconds=AT_A_TIME_SECONDS)


@shared_task(name="appeals.erase_orphaned_papers", queue="periodic")
def erase_orphaned_papers() -> None:
    store.erase_orphans()
