"""Rows of the copy: how each record of a person looks there; no member of staff is named."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from allauth.usersessions.models import UserSession

from appeals.models import (
    Appeal,
    ClarityAnswer,
    CreditLine,
    CustomerRequest,
    DecisionReason,
    DocumentRequest,
    EvidenceDocument,
    LineDecision,
    LineFact,
    Notice,
    Outcome,
    PaymentReport,
    Representative,
    TreatmentAnswer,
)
from notifications.api import Notification, Preference, title_of
from portal.models import Customer

Row = dict[str, Any]
UNTOLD = ("fraud.", "legal.")


def plain(value: Any) -> Any:
    """As JSON says it: amounts as text, times in UTC."""
    if isinstance(value, Decimal | date) and not isinstance(value, datetime):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def fields(row: Any, *names: str) -> Row:
    return {name: plain(getattr(row, name)) for name in names}


def person(customer: Customer) -> Row:
    names = ("reference", "name", "email", "phone", "locale", "time_zone", "jurisdiction", "region")
    return fields(customer, *names, "date_joined")


def line(row: CreditLine) -> Row:
    names = ("reference", "product", "currency", "last4", "opened_on", "limit", "balance", "status")
    return fields(row, *names, "as_of")


def decision(row: LineDecision) -> Row:
    """With its reasons; what a restricted decision rests on is left out as on its notice."""
    reasons = list(row.reasons.all())
    names = ("reference", "action", "old_limit", "new_limit", "balance", "currency", "automated")
    told = {
        **fields(row, *names, "decided_at", "effective_at", "received_at"),
        "line": row.line.reference,
        "replaces": row.overrides.reference if row.overrides else None,
        "reasons": [reason(one) for one in reasons],
    }
    if any(one.reason.disclosure != "full" for one in reasons):
        return told
    rule = {"id": row.rule_id, "module": row.rule_module, "version": row.rule_version}
    return {**told, "rule": rule, "policy": row.policy, "score": row.score}


def reason(row: DecisionReason) -> Row:
    told: Row = {"rank": row.rank, "code": row.code, "title": dict(row.reason.title)}
    if row.reason.disclosure == "full":
        told |= {"weight": plain(row.weight), "facts": row.facts}
    return told


def notice(row: Notice) -> Row:
    names = ("reference", "language", "created_at", "content", "sha256")
    return {
        **fields(row, *names, "catalogue_version", "template_version", "pack_name", "pack_version"),
        "decision": row.decision.reference,
    }


def appeal(row: Appeal) -> Row:
    names = ("reference", "wish", "requested_limit", "statement", "late_reason")
    return {
        **fields(row, *names, "created_at", "submitted_at", "promised_at"),
        "state": row.told_state.value,
        "closed_at": plain(row.closed_at) if row.told_state == row.state else None,
        "decision": row.decision.reference,
        "grounds": [
            {"reason": one.decision_reason.code, "statement": one.statement}
            for one in row.grounds.all()
        ],
        "questions": [question(one) for one in row.document_requests.all()],
        "history": [
            {"what": one.kind, "at": plain(one.at)} for one in row.events.all() if one.is_visible
        ],
        "papers": [paper(one) for one in row.evidence.all()],
        "answer": next((outcome(one) for one in row.outcomes.all() if one.is_final), None),
    }


def question(row: DocumentRequest) -> Row:
    return fields(row, "kinds", "message", "asked_at", "answered_at", "answer", "is_called_off")


def outcome(row: Outcome) -> Row:
    codes = {one.pk: one.decision_reason.code for one in row.appeal.grounds.all()}
    names = ("kind", "new_limit", "condition", "until", "look_again_on", "corrections", "bureau")
    return {
        **fields(row, *names, "sentence", "decided_at"),
        "findings": [
            {
                "reason": codes.get(one["ground"]),
                "ruling": one["ruling"],
                "sentence": one["sentence"],
            }
            for one in row.findings
        ],
    }


def paper(row: EvidenceDocument) -> Row:
    names = ("kind", "original_name", "size", "media_type", "pages", "sha256", "state", "refusal")
    return {
        "id": str(row.public_id),
        **fields(row, *names, "uploaded_at", "checked_at", "erased_at"),
        "file": paper_name(row) if row.state == "ready" and row.stored_name else None,
        # The customer was told on its page that a reviewer opened it, and when: not who.
        "opened_at": [plain(one.at) for one in row.openings.all()],
    }


ENDINGS: Mapping[str, str] = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def paper_name(row: EvidenceDocument) -> str:
    """Its name in the ZIP: the customer's own may be no name of a file elsewhere."""
    return f"papers/{row.public_id}.{ENDINGS.get(row.media_type, 'bin')}"


def request(row: CustomerRequest) -> Row:
    names = ("reference", "kind", "text", "facts", "situation", "state", "received_at")
    return {
        **fields(row, *names, "promised_at", "answered_at", "result", "answer", "erased_at"),
        "decision": row.decision.reference if row.decision else None,
        "appeal": row.appeal.reference if row.appeal else None,
    }


def facts(row: LineFact) -> Row:
    # Whether an enquiry into misuse is closed would tell that there was one.
    told = {name: value for name, value in row.facts.items() if not name.startswith(UNTOLD)}
    return {"line": row.line.reference, **fields(row, "as_of", "received_at"), "facts": told}


def payment(row: PaymentReport) -> Row:
    return {
        "line": row.line.reference,
        **fields(row, "due_on", "paid_on", "amount", "received_at"),
    }


def clarity(row: ClarityAnswer) -> Row:
    return {
        "notice": row.notice.reference,
        **fields(row, "code", "language", "is_clear", "words", "answered_at"),
    }


def treatment(row: TreatmentAnswer) -> Row:
    return {
        "appeal": row.appeal.reference,
        **fields(row, "language", "is_fair", "words", "answered_at"),
    }


def representative(row: Representative, customer: Customer) -> Row:
    """For who gave the authority, what they agreed to; for who has it, that they have it."""
    has_given = row.appeal.customer_id == customer.pk
    return {
        "appeal": row.appeal.reference,
        "given_by_you": has_given,
        **fields(row, "name", "authority", "given_at", "ended_at"),
        "words": row.words if has_given else None,
    }


def preference(row: Preference) -> Row:
    return fields(row, "sms", "email", "push") | {
        name: getattr(row, name).isoformat() for name in ("quiet_from", "quiet_until")
    }


def sign_in(row: UserSession) -> Row:
    return fields(row, "created_at", "last_seen_at", "ip", "user_agent")


def message(row: Notification) -> Row:
    return {
        "type": row.type,
        "title": title_of(row),
        "language": row.language,
        "made_at": plain(row.created_at),
        "channels": [
            {
                "channel": one.channel,
                "address": one.address if one.channel in {"sms", "email"} else None,
                "state": one.state,
                "sent_at": plain(one.sent_at),
            }
            for one in row.deliveries.all()
        ],
    }
