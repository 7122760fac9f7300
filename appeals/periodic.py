"""Clock-driven work of the customers' appeals."""

from django.utils import timezone

from appeals import paper_tasks
from appeals.actions.escalations import escalate_deadlines, warn_of_deadlines
from appeals.actions.fairness_alarms import raise_alarms
from appeals.actions.fairness_sums import sum_the_night, sum_what_is_new
from appeals.actions.no_news import tell_no_news
from appeals.actions.notice_documents import tell_of_held_papers
from appeals.actions.notice_watch import look_at_arrivals, tell_supervisors
from appeals.actions.overturn_digests import digest_overturns
from appeals.actions.overturn_passings import look_at_overturns
from appeals.actions.policies import tell_what_waited
from appeals.actions.promises import tell_of_promises_at_risk
from appeals.actions.reason_sums import fold_reason_sums
from appeals.actions.request_deadlines import escalate_requests, warn_of_requests
from appeals.actions.request_erasing import erase_due_words, plan_words
from appeals.actions.retention import erase_due_papers, forget_rejected_lines, plan_papers
from appeals.actions.rule_looks import look_at_rules
from appeals.actions.uploads import erase_lost_parts, expire_uploads, finish_whole_uploads
from appeals.notice_paper.making import is_due
from portal.lib.tasks import shared_task


@shared_task(name="appeals.watch_deadlines", queue="periodic")
def watch_deadlines() -> None:
    """Warn staff, then the customers who may wait too long, then say what has passed."""
    warn_of_deadlines()
    tell_of_promises_at_risk()
    escalate_deadlines()
    warn_of_requests()
    escalate_requests()


@shared_task(name="appeals.tell_no_news", queue="periodic")
def tell_of_no_news() -> None:
    """Say who has an appeal of which nothing was heard for a while."""
    tell_no_news()


@shared_task(name="appeals.look_at_notices", queue="periodic")
def look_at_notices() -> None:
    """End the clocks of notices that have arrived, and write those whose policy has its reasons."""
    look_at_arrivals()
    tell_what_waited()


@shared_task(name="appeals.tell_of_notices", queue="periodic")
def tell_of_notices() -> None:
    """Tell supervisors of notices that are held, near their day or past it."""
    tell_supervisors()


@shared_task(name="appeals.print_due_notices", queue="periodic")
def print_due_notices() -> None:
    """Ring for a worker where papers of notices wait to be made."""
    if is_due(timezone.now()):
        paper_tasks.make_papers.delay()


@shared_task(name="appeals.tell_of_held_papers", queue="periodic")
def tell_supervisors_of_held_papers() -> None:
    tell_of_held_papers()


@shared_task(name="appeals.sum_fairness", queue="periodic")
def sum_fairness() -> None:
    """Count anew the days about which something is new."""
    sum_what_is_new()


@shared_task(name="appeals.sum_fairness_of_the_night", queue="periodic")
def sum_fairness_of_the_night() -> None:
    sum_the_night()


@shared_task(name="appeals.raise_fairness_alarms", queue="periodic")
def raise_fairness_alarms() -> None:
    """Tell supervisors which figures of the last whole months left their bands."""
    raise_alarms()


@shared_task(name="appeals.erase_what_is_over", queue="periodic")
def erase_what_is_over() -> None:
    """Erase papers and texts that were kept long enough and that no legal hold keeps."""
    plan_papers()
    erase_due_papers()
    plan_words()
    erase_due_words()
    forget_rejected_lines()


@shared_task(name="appeals.sweep_uploads", queue="periodic")
def sweep_uploads() -> None:
    """Finish what a dead process left whole, end what nobody continues, delete what is left."""
    now = timezone.now()
    finish_whole_uploads()
    expire_uploads(now)
    erase_lost_parts(now)


@shared_task(name="appeals.look_at_rules", queue="periodic")
def look_at_the_rules() -> None:
    """Which rule does what its past does not explain; each hour is looked at when it is over."""
    look_at_rules()


@shared_task(name="appeals.fold_reason_sums", queue="periodic")
def fold_the_reason_sums() -> None:
    fold_reason_sums()


@shared_task(name="appeals.look_at_overturns", queue="periodic")
def look_at_overturned_reasons() -> None:
    """Which reason is overturned more often than the limit says; the engine is told once."""
    look_at_overturns()


@shared_task(name="appeals.digest_overturns", queue="periodic")
def digest_overturned_reasons() -> None:
    """What last week came to, for who owns the rules; and each week before that has none."""
    digest_overturns()
