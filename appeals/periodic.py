"""Clock-driven work of the customers' appeals."""

from appeals.actions.escalations import escalate_deadlines, warn_of_deadlines
from appeals.actions.promises import tell_of_late_promises, tell_of_promises_at_risk
from portal.lib.tasks import shared_task


@shared_task(name="appeals.tell_of_late_promises", queue="periodic")
def tell_those_we_keep_waiting() -> None:
    tell_of_late_promises()


@shared_task(name="appeals.watch_deadlines", queue="periodic")
def watch_deadlines() -> None:
    """Warn staff, then the customers nobody has answered, then supervisors of what has passed."""
    warn_of_deadlines()
    tell_of_promises_at_risk()
    escalate_deadlines()
