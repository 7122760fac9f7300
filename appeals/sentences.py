"""The sentences a reviewer starts from, in the customer's language; every word may be edited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from appeals.models import Action, DecisionReason, LineDecision, ReplyText, TextPurpose
from appeals.notice_text.formats import day_text
from appeals.notice_text.reasons import facts_key, reason_text
from appeals.reply_texts import fill
from appeals.states import OutcomeKind, Ruling
from portal.lib.money import format_amount

OPEN_PLACE = "…"
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


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


# --- Texts prepared in the admin -----------------------------------------------------------------


@dataclass(frozen=True)
class Prepared:
    """A prepared text with its open places filled, in each language."""

    title: str
    fits: str
    texts: Mapping[str, str]


def list_reply_texts() -> list[ReplyText]:
    """Every prepared sentence of findings and outcomes; those no longer offered were used once."""
    purposes = (TextPurpose.FINDING, TextPurpose.OUTCOME)
    return list(ReplyText.objects.filter(purpose__in=purposes).order_by("key"))


def prepared_findings(
    texts: Sequence[ReplyText], row: DecisionReason, reference: str
) -> list[Prepared]:
    """The prepared sentences about this reason."""
    fitting = [
        text
        for text in texts
        if text.purpose == TextPurpose.FINDING and text.reason_code in {"", row.code}
    ]
    values = {
        language: {
            "reference": reference,
            "last4": row.decision.line.last4,
            "reason": row.reason.title[language],
        }
        for language in LANGUAGES
    }
    return [_prepared(text, values) for text in fitting]


def prepared_outcomes(
    texts: Sequence[ReplyText], decision: LineDecision, reference: str, limit: Decimal | None
) -> list[Prepared]:
    """The prepared sentences of outcomes; a limit that is not known yet stays open."""
    amounts = {"limit": limit, "limit_before": decision.old_limit}
    values = {
        language: {
            "reference": reference,
            "last4": decision.line.last4,
            **{
                name: format_amount(amount, decision.currency, language)
                for name, amount in amounts.items()
                if amount is not None
            },
        }
        for language in LANGUAGES
    }
    return [_prepared(text, values) for text in texts if text.purpose == TextPurpose.OUTCOME]


def _prepared(text: ReplyText, values: Mapping[str, Mapping[str, str]]) -> Prepared:
    written = {"en": text.text_en, "zh-hans": text.text_zh}
    filled = {language: fill(written[language], values[language]) for language in LANGUAGES}
    return Prepared(str(text), text.fits, filled)
