"""Clock-driven work of the customers' appeals."""

from appeals.actions.promises import tell_of_late_promises
from portal.lib.tasks import shared_task


@shared_task(name="appeals.tell_of_late_promises", queue="periodic")
def tell_those_we_keep_waiting() -> None:
    tell_of_late_promises()
