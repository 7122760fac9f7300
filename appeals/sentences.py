"""The sentences a reviewer starts from, in the customer's language; every word may be edited."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from appeals.catalogue import CATALOGUE
from appeals.models import Action, DecisionReason, LineDecision
from appeals.notice_text.reasons import facts_key, reason_text
from appeals.states import OutcomeKind, Ruling
from portal.lib.money import format_amount


def finding_sentences(row: DecisionReason, currency: str, language: str) -> dict[str, str]:
    """For each ruling the sentence about this reason."""
    title = {"reason": row.reason.title.get(language, row.reason.title["en"])}
    with override(language):
        accepted = _("About “%(reason)s”: you are right. We no longer count this against you.")
        refuted = _(
            "About “%(reason)s”: we read what you told us and checked our records. "
            "They still show it, so this reason stands."
        )
        not_material = _(
            "About “%(reason)s”: we read what you told us. It did not change our answer."
        )
        refuted = _joined(refuted % title, _what_would_change_it(row, currency, language))
    return {
        Ruling.ACCEPTED: accepted % title,
        Ruling.REFUTED: refuted,
        Ruling.NOT_MATERIAL: not_material % title,
    }


def _what_would_change_it(row: DecisionReason, currency: str, language: str) -> str:
    try:
        told = reason_text(row.reason, facts_key(row.reason, row.facts), currency, language)
    except (LookupError, ValueError, TypeError):
        # A fact we cannot write: the customer was shown no text with it either.
        return ""
    return str(told["counterfactual"])


def _joined(first: str, second: str) -> str:
    if not second:
        return first
    # Translators: two sentences, one after the other; Chinese puts nothing between them.
    return _("%(first)s %(second)s") % {"first": first, "second": second}


def outcome_sentence(
    kind: OutcomeKind, decision: LineDecision, language: str, *, new_limit: Decimal | None = None
) -> str:
    """What the outcome means for the customer, with the amount in their own writing."""
    amount = decision.old_limit if kind == OutcomeKind.RESTORED else new_limit
    with override(language):
        if kind == OutcomeKind.KEPT:
            return _kept_text(Action(decision.action)) % {
                "limit": format_amount(decision.new_limit, decision.currency, language)
            }
        limit = format_amount(amount, decision.currency, language) if amount else "…"
        return _restored_text(kind) % {"limit": limit}


def _restored_text(kind: OutcomeKind) -> str:
    if kind == OutcomeKind.RESTORED:
        return _("We looked at our decision again and changed it. Your limit is %(limit)s again.")
    if kind == OutcomeKind.PARTLY_RESTORED:
        return _(
            "We looked at our decision again and changed part of it. Your limit is now %(limit)s."
        )
    return _(
        "We looked at our decision again. Your limit is now %(limit)s, with the condition below."
    )


def _kept_text(action: Action) -> str:
    if action == Action.SUSPEND:
        return _("We looked at our decision again. It stays as it is: the line stays paused.")
    if action == Action.CLOSE:
        return _("We looked at our decision again. It stays as it is: the line stays closed.")
    return _("We looked at our decision again. It stays as it is: your limit is %(limit)s.")


def request_message(kinds: Sequence[str], language: str) -> str:
    """What we ask the customer for, in their language."""
    with override(language):
        if not kinds:
            return _("To decide your appeal, we need to know a little more. Please tell us:")
        papers = _(", ").join(CATALOGUE.document(key).label[language] for key in kinds)
        return _(
            "To decide your appeal, we need one more thing from you. Please send us: %(papers)s."
        ) % {"papers": papers}
