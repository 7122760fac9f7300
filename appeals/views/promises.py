"""The promised day and how it was counted, for the customer to read."""

from dataclasses import dataclass
from datetime import datetime

from appeals.clock import place_of
from appeals.deadlines import Count, count_working_days, last_day
from appeals.models import Appeal


@dataclass(frozen=True)
class Promised:
    """A promise as a page shows it; without a count when waiting for the customer moved it."""

    at: datetime
    is_paused: bool
    is_late: bool
    count: Count | None


def promised(appeal: Appeal, now: datetime, *, was_paused: bool = False) -> Promised | None:
    """The promise of an appeal that is on its way, or none."""
    if not appeal.is_open or appeal.promised_at is None or appeal.submitted_at is None:
        return None
    person = appeal.customer
    sent_on = appeal.submitted_at.astimezone(person.zone).date()
    is_paused = appeal.paused_at is not None
    return Promised(
        at=appeal.promised_at,
        is_paused=is_paused,
        is_late=not is_paused and appeal.promised_at <= now,
        count=None
        if was_paused or is_paused
        else count_working_days(
            sent_on, last_day(appeal.promised_at, person.zone), place_of(appeal)
        ),
    )
