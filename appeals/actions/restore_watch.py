"""The restore watch: which reasons have passed by newer facts, and what the lender lets follow.

Order of locks: the watch, then the line; who answers a proposal takes the line first of all.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from appeals.actions.restore_making import make_restore
from appeals.actions.restoring import lock_line
from appeals.catalogue.restore_when import Report, passed_on, read_rule
from appeals.models import (
    Appeal,
    CreditLine,
    DecisionReason,
    LineDecision,
    LineFact,
    LineWatch,
    Notice,
    PassedReason,
    RestoreMode,
    RestoreProposal,
    RestoreState,
    ReviewQueue,
)
from appeals.restore_modes import mode_for
from appeals.truth import about_decision
from notifications.api import notify

BATCH = 200
# Reports of one line that are read at once, the newest: more than a year of daily ones.
MOST_REPORTS = 400
DAY = timedelta(days=1)
OPEN_PROPOSALS = (RestoreState.WAITING, RestoreState.AGREED)


def look_at_lines(now: datetime | None = None) -> int:
    """Test the reasons of the lines that are due, the longest due first; how many were tested."""
    now = now or timezone.now()
    due = LineWatch.objects.filter(look_at__lte=now).order_by("look_at", "pk")
    return sum(_look(pk, now) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _look(pk: int, now: datetime) -> bool:
    # One looker at a time; whoever comes second leaves it for the next round.
    due = LineWatch.objects.select_for_update(skip_locked=True, no_key=True)
    watch = due.filter(pk=pk, look_at__lte=now).first()
    if watch is None:
        return False
    decision = _newest(watch.line_id)
    goes_on = decision is not None and _test(decision, now)
    # Tomorrow again, as long as there is something to wait for: an appeal may have ended by then.
    watch.look_at = now + DAY if goes_on else None
    watch.save(update_fields=["look_at"])
    return True


def _newest(line_id: int) -> LineDecision | None:
    rows = LineDecision.objects.filter(line=line_id).select_related("customer", "line")
    return rows.order_by("-decided_at", "-pk").first()


def _test(decision: LineDecision, now: datetime) -> bool:
    """Test one cut, the newest decision of its line; whether to come back tomorrow."""
    line = lock_line(decision)
    if _newest_id(line) != decision.pk:  # decided while we waited for the line
        return True
    _overtake_others(decision, now)
    if not decision.is_adverse:
        return False
    reasons = list(decision.reasons.all())
    # Of what the law keeps us from explaining nothing is told, nor that it has passed.
    if not reasons or any(row.reason.is_restricted for row in reasons):
        return False
    # Who has not been told of the cut is not told that its reason is gone.
    if not Notice.objects.filter(decision=decision).exists():
        return True
    passed, new = _mark_passed(decision, reasons, now)
    is_made = _offer(decision, line, passed, now) if len(passed) == len(reasons) else False
    if len(passed) < len(reasons):
        _lapse(decision, now)
    if new and not is_made:
        _tell(decision, new)
    return not is_made


def _newest_id(line: CreditLine) -> int | None:
    rows = LineDecision.objects.filter(line=line).order_by("-decided_at", "-pk")
    return rows.values_list("pk", flat=True).first()


def passed_reasons(decision: LineDecision) -> dict[int, datetime]:
    """By reason's key since when it has passed, as the facts stand now."""
    since = LineFact.objects.filter(line=decision.line_id, as_of__gte=decision.decided_at)
    newest = list(since.order_by("-as_of", "-pk")[:MOST_REPORTS])
    reports = [Report(row.as_of, row.facts) for row in reversed(newest)]
    found = {
        row.pk: passed_on(read_rule(row.reason.restore_when), reports, row.facts)
        for row in decision.reasons.all()
    }
    return {pk: moment for pk, moment in found.items() if moment is not None}


def _mark_passed(
    decision: LineDecision, reasons: list[DecisionReason], now: datetime
) -> tuple[dict[int, datetime], list[DecisionReason]]:
    """Keep what has passed and what is back; the moments, and the reasons new among them."""
    passed = passed_reasons(decision)
    known = {row.reason_id: row for row in PassedReason.objects.filter(reason__in=reasons)}
    for row in known.values():
        is_back = row.reason_id not in passed
        if is_back and row.ended_at is None:
            row.ended_at = now
            row.save(update_fields=["ended_at"])
        elif not is_back and row.ended_at is not None:
            row.since, row.seen_at, row.ended_at = passed[row.reason_id], now, None
            row.save(update_fields=["since", "seen_at", "ended_at"])
    new = [row for row in reasons if row.pk in passed and row.pk not in known]
    PassedReason.objects.bulk_create(
        PassedReason(reason=row, since=passed[row.pk], seen_at=now) for row in new
    )
    return passed, new


def _tell(decision: LineDecision, new: list[DecisionReason]) -> None:
    """Once a reason: what comes back and goes again is not told twice. Signs of fraud never."""
    told = [row for row in new if row.reason.origin != "fraud"]
    if not told:
        return
    ranks = "-".join(str(row.rank) for row in told)
    notify(
        recipient=decision.customer,
        type="reason_passed",
        dedupe_key=f"decision:{decision.reference}:passed:{ranks}",
        context={"last4": decision.line.last4},
        path=f"/decisions/{decision.reference}/",
        about=about_decision(decision),
    )


def _offer(
    decision: LineDecision, line: CreditLine, passed: dict[int, datetime], now: datetime
) -> bool:
    """Propose the restore or make it, as the lender lets us; whether it was made."""
    first = decision.reasons.order_by("rank")[0]
    queue = ReviewQueue.objects.filter(key=first.reason.queue).first()
    mode = mode_for(decision, queue)
    # An open appeal is answered by its reviewer, who sees the facts: not past them.
    if queue is None or mode == RestoreMode.OFF or _is_under_appeal(line):
        return False
    proposal, is_new = RestoreProposal.objects.get_or_create(
        decision=decision,
        defaults={"queue": queue, "passed_since": max(passed.values()), "made_at": now},
    )
    if proposal.state == RestoreState.LAPSED:
        proposal.state, proposal.passed_since = RestoreState.WAITING, max(passed.values())
        proposal.save(update_fields=["state", "passed_since"])
    if mode == RestoreMode.MAKE and is_new:
        make_restore(proposal, line, now)
        return True
    return False


def _is_under_appeal(line: CreditLine) -> bool:
    return Appeal.objects.open().filter(decision__line=line).exists()


def _lapse(decision: LineDecision, now: datetime) -> None:
    """A reason is there again: nobody is to agree to this any more, and a first yes is void."""
    waiting = RestoreProposal.objects.filter(decision=decision, state__in=OPEN_PROPOSALS)
    waiting.update(state=RestoreState.LAPSED, agreed_by=None, agreed_because="")


def _overtake_others(newest: LineDecision, now: datetime) -> None:
    older = RestoreProposal.objects.filter(decision__line=newest.line_id, state__in=OPEN_PROPOSALS)
    older.exclude(decision=newest).update(state=RestoreState.OVERTAKEN, answered_at=now)
