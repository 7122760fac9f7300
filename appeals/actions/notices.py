"""The frozen notice of a decision, or the hold that keeps half a notice from going out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from appeals.actions.copying import WrittenJson
from appeals.catalogue import CATALOGUE
from appeals.deadlines import US_NOTICE_DAYS
from appeals.models import DecisionReason, LineDecision, Notice, NoticeHold, Outcome
from appeals.notice_text import (
    TEMPLATE_VERSION,
    NoticeHeld,
    NoticeReason,
    NoticeSubject,
    canonical_text,
    compose,
    sha256_of,
)
from appeals.truth import about_decision
from notifications.api import Lane, NotificationRequest, notify_many
from portal.lib.references import new_reference
from portal.models import Jurisdiction


@transaction.atomic
def make_notice(*, decision: LineDecision, announced_on: date | None = None) -> Notice | NoticeHold:
    """Freeze what the customer is owed for a stored decision; telling them is the caller's part.

    `announced_on` is the day on which an earlier answer told them of this decision ahead.
    """
    reasons = list(decision.reasons.all())
    notice = write_notice(decision, reasons, timezone.now(), announced_on)
    notice.save(force_insert=True)
    return notice


@transaction.atomic
def retry_notice(*, hold: NoticeHold) -> Notice | NoticeHold:
    """Write a held notice again: send it and end the hold, or say anew what keeps it."""
    decision = hold.decision
    held = NoticeHold.objects.select_for_update(of=("self",)).filter(pk=hold.pk).first()
    if held is None:  # Somebody else was quicker.
        return Notice.objects.get(decision=decision)
    reasons = list(decision.reasons.all())
    notice = write_notice(decision, reasons, timezone.now(), _announced_on(decision))
    if isinstance(notice, NoticeHold):
        held.cause = notice.cause
        held.save(update_fields=["cause"])
        return held
    notice.save(force_insert=True)
    held.delete()
    notify_many([line_changed(decision, notice, Lane.STANDARD)])
    return notice


def write_notice(
    decision: LineDecision,
    reasons: Sequence[DecisionReason],
    now: datetime,
    announced_on: date | None = None,
) -> Notice | NoticeHold:
    """The notice, or the hold, not stored yet; it names the texts it was written from."""
    catalogue = CATALOGUE.current
    subject = _subject(decision, reasons, now)
    if announced_on is not None:
        subject = replace(subject, announced_on=announced_on)
    try:
        content = compose(subject, catalogue)
    except NoticeHeld as held:
        return NoticeHold(decision=decision, cause=held.cause, held_at=now)
    text = canonical_text(content)
    return Notice(
        reference=new_reference("RN"),
        decision=decision,
        language=decision.customer.locale,
        content=WrittenJson(content, text),
        sha256=sha256_of(text),
        catalogue_version=catalogue.version,
        template_version=TEMPLATE_VERSION,
        created_at=now,
    )


def _announced_on(decision: LineDecision) -> date | None:
    """The day on which the outcome that this decision ends told the customer of its end."""
    outcome = Outcome.objects.filter(end_decision=decision).first()
    if outcome is None:
        return None
    told_at = outcome.approved_at or outcome.decided_at
    return told_at.astimezone(decision.customer.zone).date()


def line_changed(decision: LineDecision, notice: Notice, lane: Lane) -> NotificationRequest:
    """What to tell the customer: that something changed and where to read it, nothing else."""
    is_due_by_law = decision.is_adverse and decision.customer.jurisdiction == Jurisdiction.US.value
    return NotificationRequest(
        recipient_id=decision.customer_id,
        type="line_changed",
        dedupe_key=f"decision:{decision.reference}",
        lane=lane,
        context={"notice": notice.reference, "last4": decision.line.last4},
        path=f"/decisions/{decision.reference}/",
        about=about_decision(decision),
        is_mandatory=decision.is_adverse,
        legal_due_at=(
            decision.decided_at + timedelta(days=US_NOTICE_DAYS) if is_due_by_law else None
        ),
    )


def _subject(
    decision: LineDecision, reasons: Sequence[DecisionReason], now: datetime
) -> NoticeSubject:
    customer, line = decision.customer, decision.line
    return NoticeSubject(
        action=decision.action,
        old_limit=decision.old_limit,
        new_limit=decision.new_limit,
        balance=decision.balance,
        currency=decision.currency,
        product=line.product,
        last4=line.last4,
        effective_at=decision.effective_at,
        told_at=now,
        automated=decision.automated,
        jurisdiction=customer.jurisdiction,
        zone=customer.zone,
        reasons=tuple(NoticeReason(row.code, row.facts) for row in reasons),
        policy=decision.policy,
        score=decision.score,
    )
