"""The frozen notice of a decision, or the hold that keeps half a notice from going out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from appeals.actions.copying import WrittenJson
from appeals.actions.notice_clocks import begin_clocks, first_due
from appeals.catalogue import CATALOGUE
from appeals.catalogue.packs import Pack, pack_of
from appeals.incident_scope import incident_of, open_incidents
from appeals.models import (
    DecisionReason,
    Incident,
    LineDecision,
    Notice,
    NoticeClock,
    NoticeHold,
    Outcome,
)
from appeals.notice_text import (
    TEMPLATE_VERSION,
    Cause,
    Lender,
    NoticeHeld,
    NoticeReason,
    NoticeSubject,
    canonical_text,
    compose,
    sha256_of,
)
from appeals.policy_answers import is_justified
from appeals.truth import about_decision
from notifications.api import Lane, NotificationRequest, notify_many
from portal.lib.references import new_reference


@transaction.atomic
def make_notice(*, decision: LineDecision, announced_on: date | None = None) -> Notice | NoticeHold:
    """Freeze what the customer is owed for a stored decision; telling them is the caller's part.

    `announced_on` is the day on which an earlier answer told them of this decision ahead.
    """
    reasons, now = list(decision.reasons.all()), timezone.now()
    paper = write_notice(decision, reasons, now, announced_on)
    clocks = begin_clocks(decision, reasons, now, is_told=isinstance(paper, Notice))
    if isinstance(paper, NoticeHold):
        paper.due_at = first_due(clocks)
    paper.save(force_insert=True)
    NoticeClock.objects.bulk_create(clocks)
    return paper


@transaction.atomic
def retry_notice(*, hold: NoticeHold) -> Notice | NoticeHold:
    """Write a held notice again: send it and end the hold, or say anew what keeps it."""
    decision = hold.decision
    held = NoticeHold.objects.select_for_update(of=("self",)).filter(pk=hold.pk).first()
    if held is None:  # Somebody else was quicker.
        return Notice.objects.get(decision=decision)
    reasons, now = list(decision.reasons.all()), timezone.now()
    incident = incident_of(decision, open_incidents())
    if incident is not None:
        notice: Notice | NoticeHold = hold_for(decision, incident, now)
    else:
        notice = write_notice(decision, reasons, now, _announced_on(decision))
    if isinstance(notice, NoticeHold):
        held.code, held.named, held.cause = notice.code, notice.named, notice.cause
        held.save(update_fields=["code", "named", "cause"])
        return held
    notice.save(force_insert=True)
    held.delete()
    # Those that count from the decision have run all the while.
    NoticeClock.objects.bulk_create(
        begin_clocks(decision, reasons, now, is_told=True), ignore_conflicts=True
    )
    tell_of(decision, notice)
    return notice


def tell_of(decision: LineDecision, notice: Notice) -> None:
    """Owe the customer the word that this notice is there, by when its clocks say."""
    due_at = first_due(NoticeClock.objects.filter(decision=decision))
    notify_many([line_changed(decision, notice, Lane.STANDARD, due_at=due_at)])


def write_notice(
    decision: LineDecision,
    reasons: Sequence[DecisionReason],
    now: datetime,
    announced_on: date | None = None,
    reference: str = "",
) -> Notice | NoticeHold:
    """The notice, or the hold, not stored yet; it names the texts it was written from.

    `reference` is one drawn ahead, for whoever writes many.
    """
    catalogue = CATALOGUE.current
    pack = pack_of(decision.customer, now)
    subject = _subject(decision, reasons, now)
    if rests_on_residence(reasons, pack):
        subject = replace(subject, is_justified=is_justified(decision.policy))
    if announced_on is not None:
        subject = replace(subject, announced_on=announced_on)
    try:
        content = compose(subject, catalogue, pack)
    except NoticeHeld as held:
        return NoticeHold(
            decision=decision,
            code=held.code,
            named=held.named,
            cause=held.cause,
            held_at=now,
        )
    text = canonical_text(content)
    return Notice(
        reference=reference or new_reference("RN"),
        decision=decision,
        language=decision.customer.locale,
        content=WrittenJson(content, text),
        sha256=sha256_of(text),
        catalogue_version=catalogue.version,
        template_version=TEMPLATE_VERSION,
        pack_name=pack.name,
        pack_version=pack.version,
        created_at=now,
    )


def rests_on_residence(reasons: Sequence[DecisionReason], pack: Pack) -> bool:
    """Whether the law asks for objective reasons before it may be told."""
    rule = pack.notice.residence
    return rule is not None and any(reason.code in rule.reasons for reason in reasons)


def hold_for(decision: LineDecision, incident: Incident, now: datetime) -> NoticeHold:
    """What waits with the incident its rule is looked into under, not stored yet."""
    held = NoticeHeld(Cause.INCIDENT, incident=incident.reference)
    return NoticeHold(
        decision=decision, code=held.code, named=held.named, cause=held.cause, held_at=now
    )


def _announced_on(decision: LineDecision) -> date | None:
    """The day on which the outcome that this decision ends told the customer of its end."""
    outcome = Outcome.objects.filter(end_decision=decision).first()
    if outcome is None:
        return None
    told_at = outcome.approved_at or outcome.decided_at
    return told_at.astimezone(decision.customer.zone).date()


def line_changed(
    decision: LineDecision, notice: Notice, lane: Lane, *, due_at: datetime | None = None
) -> NotificationRequest:
    """What to tell the customer: that something changed and where to read it, nothing else.

    `due_at` is by when the law wants them told. It hurries a letter along, so it is passed on only
    where a letter is what the law falls back on; elsewhere the notice's own clock sees to it.
    """
    writing = pack_of(decision.customer, notice.created_at).writing
    return NotificationRequest(
        recipient_id=decision.customer_id,
        type="line_changed",
        dedupe_key=f"decision:{decision.reference}",
        lane=lane,
        context={"notice": notice.reference, "last4": decision.line.last4},
        path=f"/decisions/{decision.reference}/",
        about=about_decision(decision),
        is_mandatory=decision.is_adverse,
        legal_due_at=due_at if writing.asks_consent else None,
        needs_letter=due_at is not None
        and writing.is_paper(has_consent=decision.customer.esign_consent is True),
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
        reasons=tuple(NoticeReason(row.code, row.facts, row.weight) for row in reasons),
        policy=decision.policy,
        score=decision.score,
        region=customer.region,
        lender=Lender(settings.LENDER_NAME, settings.LENDER_ADDRESS, settings.HELP_PHONE),
    )
