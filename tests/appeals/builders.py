"""Plain builders of people, decisions and appeals for the tests of this app."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils import timezone

from appeals.actions.clocks import start_promise, stop_clocks
from appeals.actions.roles import ROLES
from appeals.catalogue import CATALOGUE
from appeals.catalogue.packs import pack_of
from appeals.deadlines import promise
from appeals.models import (
    Action,
    Appeal,
    CaseClock,
    Claim,
    CreditLine,
    DecisionReason,
    DocumentRequest,
    Ground,
    LineDecision,
    LineStatus,
    Notice,
    ReviewerProfile,
    ReviewQueue,
    Wish,
)
from appeals.notice_text import (
    TEMPLATE_VERSION,
    Lender,
    NoticeReason,
    NoticeSubject,
    canonical_text,
    compose,
    sha256_of,
)
from appeals.states import AppealState
from portal.lib.references import new_reference
from portal.models import Customer

_numbers = itertools.count(1)

LATE_PAYMENT = ("BUR-DELINQ-ELSEWHERE", {"count": 2, "month": "2026-08"})
HIGH_USE = ("BUR-UTIL-HIGH", {"util_pct": 93, "limit_pct": 80})
RESTRICTED: tuple[str, dict[str, Any]] = ("LEG-RESTRICTED", {})
TWO_REASONS = (LATE_PAYMENT, HIGH_USE)

Reasons = Sequence[tuple[str, Mapping[str, Any]]]


def create_customer(name: str = "Alice Moore", **overrides: Any) -> Customer:
    """A customer in New York who reads English; Charlie is the one who should have no access."""
    number = next(_numbers)
    first = name.split(" ")[0].lower()
    fields: dict[str, Any] = {
        "reference": f"C-{first}-{number}",
        "name": name,
        "email": f"{first}.{number}@example.org",
        "phone": f"+1202555{number % 10_000:04d}",
        "locale": "en",
        "time_zone": "America/New_York",
        "jurisdiction": "US",
        "region": "US-NY",
        "esign_consent": True,
        "esign_consent_on": date(2026, 1, 5),
    }
    return Customer.objects.create_user(**{**fields, **overrides})


def create_line(customer: Customer, **overrides: Any) -> CreditLine:
    number = next(_numbers)
    fields: dict[str, Any] = {
        "reference": f"L-{number}",
        "customer": customer,
        "product": "Everyday credit line",
        "currency": "USD",
        "last4": f"{number % 10_000:04d}",
        "opened_on": datetime(2020, 5, 4, tzinfo=UTC).date(),
        "limit": Decimal("1400.00"),
        "balance": Decimal("612.40"),
        "status": LineStatus.OPEN,
        "as_of": timezone.now() - timedelta(days=2),
    }
    return CreditLine.objects.create(**{**fields, **overrides})


def create_decision(
    customer: Customer | None = None,
    *,
    line: CreditLine | None = None,
    reasons: Reasons = TWO_REASONS,
    with_notice: bool = True,
    noticed_at: datetime | None = None,
    **overrides: Any,
) -> LineDecision:
    """A reduction from 4,000 to 1,400 with its reasons, told to the customer two days ago."""
    customer = customer or create_customer()
    line = line or create_line(customer)
    decided_at = overrides.pop("decided_at", None) or timezone.now() - timedelta(days=2)
    reference = new_reference("LD")
    fields: dict[str, Any] = {
        "reference": reference,
        "source_id": reference,
        "content_sha256": "0" * 64,
        "customer": customer,
        "line": line,
        "action": Action.REDUCE,
        "old_limit": Decimal("4000.00"),
        "new_limit": Decimal("1400.00"),
        "balance": line.balance,
        "currency": line.currency,
        "decided_at": decided_at,
        "effective_at": decided_at,
        "automated": True,
        "rule_id": "LATE-6M",
        "rule_module": "arrears",
        "rule_version": "4.2.0",
        "received_at": decided_at,
    }
    decision = LineDecision.objects.create(**{**fields, **overrides})
    for rank, (code, facts) in enumerate(reasons, start=1):
        DecisionReason.objects.create(
            decision=decision,
            rank=rank,
            code=code,
            weight=Decimal(1) / (2**rank),
            facts=dict(facts),
        )
    if with_notice:
        create_notice(decision, created_at=noticed_at or decided_at)
    return decision


def create_notice(decision: LineDecision, *, created_at: datetime | None = None) -> Notice:
    """The notice as it is really written, without telling anybody."""
    told_at = created_at or timezone.now()
    content = compose(_subject(decision, told_at))
    pack = pack_of(decision.customer, told_at)
    return Notice.objects.create(
        reference=new_reference("RN"),
        decision=decision,
        language=decision.customer.locale,
        content=content,
        sha256=sha256_of(canonical_text(content)),
        catalogue_version=CATALOGUE.version,
        template_version=TEMPLATE_VERSION,
        pack_name=pack.name,
        pack_version=pack.version,
        created_at=told_at,
    )


def _subject(decision: LineDecision, told_at: datetime) -> NoticeSubject:
    return NoticeSubject(
        action=decision.action,
        old_limit=decision.old_limit,
        new_limit=decision.new_limit,
        balance=decision.balance,
        currency=decision.currency,
        product=decision.line.product,
        last4=decision.line.last4,
        effective_at=decision.effective_at,
        told_at=told_at,
        automated=decision.automated,
        jurisdiction=decision.customer.jurisdiction,
        zone=decision.customer.zone,
        reasons=tuple(NoticeReason(row.code, row.facts) for row in decision.reasons.all()),
        policy=decision.policy,
        score=decision.score,
        region=decision.customer.region,
        lender=Lender(settings.LENDER_NAME, settings.LENDER_ADDRESS, settings.HELP_PHONE),
    )


def create_queue(key: str = "credit_review", **overrides: Any) -> ReviewQueue:
    """One of the catalogue's queues; asked for twice it is the same one."""
    kind = CATALOGUE.queue(key)
    fields: dict[str, Any] = {
        "name_en": kind.label["en"],
        "name_zh": kind.label["zh-hans"],
        "purpose": kind.purpose,
        "target_working_days": 10,
    }
    queue, _ = ReviewQueue.objects.update_or_create(key=key, defaults={**fields, **overrides})
    return queue


def create_all_queues() -> dict[str, ReviewQueue]:
    return {key: create_queue(key) for key in CATALOGUE.queues}


def create_reviewer(
    name: str = "Rosa Vega",
    *,
    queue: ReviewQueue | None = None,
    is_supervisor: bool = False,
    **overrides: Any,
) -> Customer:
    """A member of staff who may review, in the queue given."""
    reviewer = create_customer(name, is_staff=True, **overrides)
    role = "Supervisors" if is_supervisor else "Approvers"
    rights = Q()
    for app, _model, codename in ROLES[role]:
        rights |= Q(content_type__app_label=app, codename=codename)
    reviewer.user_permissions.set(Permission.objects.filter(rights))
    if queue is not None:
        queue.members.add(reviewer)
        if queue.is_restricted:
            ReviewerProfile.objects.create(person=reviewer, is_cleared=True)
    return reviewer


def create_appeal(
    decision: LineDecision | None = None,
    *,
    state: AppealState = AppealState.DRAFT,
    queue: ReviewQueue | None = None,
    reviewer: Customer | None = None,
    disputed: Sequence[str] | None = None,
    statement: str = "This was paid in July.",
    **overrides: Any,
) -> Appeal:
    """An appeal in the state asked for, with all that the state brings with it.

    `disputed` are the reason codes with a ground (all when left out, none when empty).
    """
    decision = decision or create_decision()
    begun = timezone.now() - timedelta(days=1)
    fields: dict[str, Any] = {
        "reference": new_reference("AP"),
        "decision": decision,
        "customer": decision.customer,
        "state": state,
        "created_at": begun,
        "saved_at": begun,
    }
    if state != AppealState.DRAFT:
        fields |= _fields_of_sent(decision.customer, queue or create_queue(), begun)
    if state == AppealState.WAITING:
        fields["paused_at"] = begun
    if state in {AppealState.DECIDED, AppealState.WITHDRAWN}:
        fields["closed_at"] = timezone.now()
    appeal = Appeal.objects.create(**{**fields, **overrides})
    if appeal.submitted_at is not None:
        _start_clock(appeal)
    for row in decision.reasons.all():
        if disputed is None or row.code in disputed:
            Ground.objects.create(appeal=appeal, decision_reason=row, statement=statement)
    if reviewer is not None and state in {AppealState.IN_REVIEW, AppealState.WAITING}:
        create_claim(appeal, reviewer)
    return appeal


def _start_clock(appeal: Appeal) -> None:
    """The clock of its promise, as it stands in the state of the appeal."""
    start_promise(appeal)
    CaseClock.objects.filter(appeal=appeal).update(paused_at=appeal.paused_at)
    if not appeal.is_open:
        is_answered = appeal.state == AppealState.DECIDED
        stop_clocks(appeal, appeal.closed_at or timezone.now(), is_answered=is_answered)


def _fields_of_sent(customer: Customer, queue: ReviewQueue, at: datetime) -> dict[str, Any]:
    return {
        "wish": Wish.FULL,
        "submitted_at": at,
        "queue": queue,
        "routed_because": "test",
        "language": customer.locale,
        "is_restricted": queue.is_restricted,
        "promised_at": promise(at, queue.target_working_days, customer.jurisdiction, customer.zone),
    }


def create_claim(appeal: Appeal, reviewer: Customer, *, minutes: int = 60) -> Claim:
    now = timezone.now()
    return Claim.objects.create(
        appeal=appeal, reviewer=reviewer, claimed_at=now, until=now + timedelta(minutes=minutes)
    )


def create_document_request(
    appeal: Appeal, *, by: Customer | None = None, kinds: Sequence[str] = ("payslip",)
) -> DocumentRequest:
    return DocumentRequest.objects.create(
        appeal=appeal,
        kinds=list(kinds),
        message="Please send your last two payslips.",
        asked_by=by or create_reviewer(),
        asked_at=appeal.paused_at or timezone.now(),
    )


def set_profile(person: Customer, **skills: Any) -> ReviewerProfile:
    """What the reviewer reads, may see and until when they are away."""
    profile, _ = ReviewerProfile.objects.update_or_create(person=person, defaults=skills)
    return profile
