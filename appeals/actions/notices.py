"""The frozen notice of a decision, or the hold that keeps half a notice from going out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from appeals.actions.copying import WrittenJson
from appeals.catalogue import CATALOGUE
from appeals.deadlines import US_NOTICE_DAYS
from appeals.models import DecisionReason, LineDecision, Notice, NoticeHold
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
def make_notice(*, decision: LineDecision) -> Notice | NoticeHold:
    """Freeze what the customer is owed for a stored decision; telling them is the caller's part."""
    notice = write_notice(decision, list(decision.reasons.all()), timezone.now())
    notice.save(force_insert=True)
    return notice


@transaction.atomic
def retry_notice(*, hold: NoticeHold) -> Notice | NoticeHold:
    """Write a held notice again: send it and end the hold, or say anew what keeps it."""
    decision = hold.decision
    held = NoticeHold.objects.select_for_update(of=("self",)).filter(pk=hold.pk).first()
    if held is None:  # Somebody else was quicker.
        return Notice.objects.get(decision=decision)
    notice = write_notice(decision, list(decision.reasons.all()), timezone.now())
    if isinstance(notice, NoticeHold):
        held.cause = notice.cause
        held.save(update_fields=["cause"])
        return held
    notice.save(force_insert=True)
    held.delete()
    notify_many([line_changed(decision, notice, Lane.STANDARD)])
    return notice


def write_notice(
    decision: LineDecision, reasons: Sequence[DecisionReason], now: datetime
) -> Notice | NoticeHold:
    """The notice, or the hold, not stored yet."""
    try:
        content = compose(_subject(decision, reasons, now))
    except NoticeHeld as held:
        return NoticeHold(decision=decision, cause=held.cause, held_at=now)
    text = canonical_text(content)
    return Notice(
        reference=new_reference("RN"),
        decision=decision,
        language=decision.customer.locale,
        content=WrittenJson(content, text),
        sha256=sha256_of(text),
        catalogue_version=CATALOGUE.version,
        template_version=TEMPLATE_VERSION,
        created_at=now,
    )


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
