"""Clock-driven work of the customers' appeals."""

from appeals.actions.escalations import escalate_deadlines, warn_of_deadlines
from appeals.actions.promises import tell_of_promises_at_risk
from portal.lib.tasks import shared_task


@shared_task(name="appeals.watch_deadlines", queue="periodic")
def watch_deadlines() -> None:
    """Warn staff, then the customers who may wait too long, then say what has passed."""
    warn_of_deadlines()
    tell_of_promises_at_risk()
    escalate_deadlines()
