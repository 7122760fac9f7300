"""Clock-driven work of the reviewers' desk."""

from appeals.actions.assignment import return_reservations
from appeals.actions.claims import return_abandoned
from appeals.actions.conditions import look_at_conditions
from appeals.actions.digests import send_digests
from appeals.actions.duplicates import tell_of_duplicates
from appeals.actions.looking_again import raise_what_is_due
from appeals.actions.outcome_ends import end_what_was_for_a_time, remind_of_ends
from appeals.actions.restore_watch import look_at_lines
from appeals.actions.sharing_out import share_out
from appeals.actions.tallies import fold_tallies
from portal.lib.tasks import shared_task


@shared_task(name="appeals.return_abandoned_cases", queue="periodic")
def return_abandoned_cases() -> None:
    return_abandoned()


@shared_task(name="appeals.look_at_conditions", queue="periodic")
def look_at_open_conditions() -> None:
    look_at_conditions()


@shared_task(name="appeals.end_what_was_for_a_time", queue="periodic")
def end_limits_for_a_time() -> None:
    remind_of_ends()
    end_what_was_for_a_time()


@shared_task(name="appeals.raise_what_to_look_at_again", queue="periodic")
def raise_what_to_look_at_again() -> None:
    raise_what_is_due()


@shared_task(name="appeals.watch_lines", queue="periodic")
def watch_lines() -> None:
    """Which reasons have passed by new facts; each line again a day later while it matters."""
    look_at_lines()


@shared_task(name="appeals.send_reviewer_digests", queue="periodic")
def send_reviewer_digests() -> None:
    send_digests()


@shared_task(name="appeals.fold_tallies", queue="periodic")
def fold_appeal_tallies() -> None:
    fold_tallies()


@shared_task(name="appeals.share_out_appeals", queue="periodic")
def share_out_appeals() -> None:
    return_reservations()
    share_out()


@shared_task(name="appeals.tell_of_duplicates", queue="periodic")
def tell_of_duplicate_appeals() -> None:
    tell_of_duplicates()
