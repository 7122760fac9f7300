"""The sentences a reviewer starts from, in the customer's language; every word may be edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from appeals.catalogue import CATALOGUE
from appeals.models import Action, DecisionReason, LineDecision
from appeals.notice_text.formats import day_text
from appeals.notice_text.reasons import facts_key, reason_text
from appeals.states import OutcomeKind, Ruling
from portal.lib.money import format_amount

OPEN_PLACE = "…"


@dataclass(frozen=True)
class Terms:
    """What the sentence of an outcome names, as far as it is known yet."""

    new_limit: Decimal | None = None
    until: date | None = None
    bureau: str = ""


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
    kind: OutcomeKind,
    decision: LineDecision,
    language: str,
    terms: Terms | None = None,
) -> str:
    """What the outcome means for the customer, with amounts and days in their own writing."""
    terms = terms or Terms()
    amount = decision.old_limit if kind == OutcomeKind.RESTORED else terms.new_limit
    if kind == OutcomeKind.KEPT:
        amount = decision.new_limit
    with override(language):
        return _outcome_text(kind, Action(decision.action)) % {
            "limit": format_amount(amount, decision.currency, language) if amount else OPEN_PLACE,
            "until": day_text(terms.until, language) if terms.until else OPEN_PLACE,
            "bureau": terms.bureau or OPEN_PLACE,
        }


def _outcome_text(kind: OutcomeKind, action: Action) -> str:
    texts = {
        OutcomeKind.RESTORED: _(
            "We looked at our decision again and changed it. Your limit is %(limit)s again."
        ),
        OutcomeKind.PARTLY_RESTORED: _(
            "We looked at our decision again and changed part of it. Your limit is now %(limit)s."
        ),
        OutcomeKind.CONDITIONAL: _(
            "We looked at our decision again. Your limit is now %(limit)s, with the condition "
            "below."
        ),
        OutcomeKind.TEMPORARY: _(
            "We looked at our decision again. Your limit is %(limit)s until %(until)s."
        ),
        OutcomeKind.CORRECTED: _(
            "You are right: something we used was wrong. We have put it right, and the decision "
            "is made again."
        ),
        OutcomeKind.TO_BUREAU: _(
            "The record you disagree with is kept by %(bureau)s. We pass on to them what you "
            "told us."
        ),
    }
    return texts.get(kind) or _kept_text(action)


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
