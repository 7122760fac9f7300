"""What the form of a case shows beside each field: what is written, prepared, or hard to read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appeals.admin.case_data import CasePage
from appeals.admin.case_parts import ReasonCard
from appeals.admin.forms import (
    ANSWER_FIELDS,
    FACT_FORMS,
    OUTCOMES,
    RULINGS,
    FactField,
    ReviewForm,
    fact_fields,
)
from appeals.catalogue.facts import FACT_KINDS, FactKind
from appeals.models import ReplyText
from appeals.notice_text.formats import fact_value
from appeals.notice_text.words import fact_label
from appeals.outcome_rules import add_months, look_again_day
from appeals.readability import GRADE, Hard, Reading, Remark, is_chinese, read
from appeals.sentences import list_reply_texts, prepared_findings, prepared_outcomes
from appeals.states import Ruling

# As short as three buttons in a row must be; the full meaning stands in their hints.
RULING_WORDS = {
    Ruling.ACCEPTED: gettext_lazy("Accepted"),
    Ruling.REFUTED: gettext_lazy("Refuted"),
    Ruling.NOT_MATERIAL: gettext_lazy("Not material"),
}
USUAL_PAYMENTS = 2
USUAL_MONTHS = 3
FIELD_NAMES = {
    "kind": gettext_lazy("Outcome"),
    "new_limit": gettext_lazy("Limit from now on"),
    "payments_needed": gettext_lazy("Payments on time"),
    "by_date": gettext_lazy("Last day for the payments"),
    "then_limit": gettext_lazy("Limit then"),
    "condition": gettext_lazy("In your own words"),
    "until": gettext_lazy("Last day"),
    "look_again_on": gettext_lazy("Looked at again on"),
    "bureau": gettext_lazy("Credit bureau"),
    "sentence": gettext_lazy("What the customer reads"),
    "internal_note": gettext_lazy("Note for staff only"),
}


@dataclass(frozen=True)
class Offered:
    """A prepared text as the reviewer may take it, in the customer's language."""

    title: str
    fits: str
    text: str


@dataclass(frozen=True)
class FindingRow:
    """A ground in the form: what is chosen and written, and what another page has saved."""

    card: ReasonCard
    ruling: str
    said: str
    texts: list[Offered]
    elsewhere: str = ""


@dataclass(frozen=True)
class FactRow:
    """A fact that may have been wrong, and what is typed beside it."""

    name: str
    label: str
    was: str
    typed: str
    form: Any
    is_day: bool


@dataclass(frozen=True)
class HardText:
    """A text that is hard to read: which one, and what to do about which sentence."""

    title: str
    remarks: tuple[str, ...]


def form_context(page: CasePage, form: ReviewForm | None, *, is_conflict: bool) -> dict[str, Any]:
    """Everything the form of the case shows; without `form` what was saved last."""
    texts = [text for text in list_reply_texts() if text.is_active]
    findings = [
        _finding_row(card, form, _texts_for(card, page, texts), is_conflict=is_conflict)
        for card in page.disputed
    ]
    answer = _answer_values(page, form)
    return {
        "findings": findings,
        "answer": answer,
        "facts": [_fact_row(one, page, form) for one in fact_fields(page)],
        "elsewhere": _elsewhere(page, answer) if is_conflict else [],
        "errors": form.errors if form else {},
        "is_conflict": is_conflict,
        "rulings": [(value, RULING_WORDS[Ruling(value)], meaning) for value, meaning in RULINGS],
        "outcomes": OUTCOMES,
        "outcome_texts": _outcome_texts(page, texts),
        "hard_texts": hard_texts([(row.card.title, row.said) for row in findings], answer),
        "bureaus": sorted({one.was for one in fact_fields(page) if _is_bureau(one)}),
    }


def hard_texts(findings: Iterable[tuple[str, str]], answer: Mapping[str, Any]) -> list[HardText]:
    """What the customer would find hard to read, text by text; it never blocks an answer."""
    texts = [
        *findings,
        (_("Outcome"), answer.get("sentence") or ""),
        (_("Condition"), answer.get("condition") or ""),
    ]
    told = ((title, read(text)) for title, text in texts if text.strip())
    return [
        HardText(str(title), tuple(_remarks(reading)))
        for title, reading in told
        if not reading.is_easy
    ]


def _remarks(reading: Reading) -> Iterable[str]:
    for remark in reading.remarks:
        yield _remark(remark)
    if not reading.remarks:
        yield _("As a whole it reads like school grade %(grade)s; aim for %(target)d.") % {
            "grade": reading.grade,
            "target": GRADE,
        }


def _remark(remark: Remark) -> str:
    beginning = remark.sentence if len(remark.sentence) <= 60 else f"{remark.sentence[:57]}…"
    words = {
        "sentence": beginning,
        "measured": remark.measured,
        "most": remark.at_most,
        "words": _(", ").join(remark.words),
    }
    if remark.why == Hard.WORDS and remark.words:
        return _("“%(sentence)s”: long words (%(words)s). Say it in shorter ones.") % words
    if remark.why == Hard.CLAUSE:
        return (
            _("“%(sentence)s”: %(measured)d characters without a mark, at most %(most)d.") % words
        )
    if is_chinese(remark.sentence):
        text = _("“%(sentence)s”: %(measured)d characters, at most %(most)d. Make two of it.")
    else:
        text = _("“%(sentence)s”: %(measured)d words, at most %(most)d. Make two of it.")
    return text % words


def _is_bureau(one: FactField) -> bool:
    return one.fact == "bureau" and isinstance(one.was, str)


def _texts_for(card: ReasonCard, page: CasePage, texts: list[ReplyText]) -> list[Offered]:
    card.row.decision = page.decision
    prepared = prepared_findings(texts, card.row, page.appeal.reference)
    return [Offered(one.title, one.fits, one.texts[page.language]) for one in prepared]


def _outcome_texts(page: CasePage, texts: list[ReplyText]) -> list[Offered]:
    """A limit the reviewer has not typed yet stays an open place in the text."""
    prepared = prepared_outcomes(texts, page.decision, page.appeal.reference, None)
    return [Offered(one.title, one.fits, one.texts[page.language]) for one in prepared]


def _finding_row(
    card: ReasonCard, form: ReviewForm | None, texts: list[Offered], *, is_conflict: bool
) -> FindingRow:
    assert card.ground is not None
    ruling = card.finding.ruling if card.finding else ""
    said = card.finding.sentence if card.finding else ""
    if form is None:
        return FindingRow(card, ruling, said, texts)
    typed_ruling = form.data.get(f"ruling-{card.ground.pk}", "")
    typed = form.data.get(f"said-{card.ground.pk}", "")
    elsewhere = ""
    if is_conflict and card.finding and (ruling, said) != (typed_ruling, typed):
        elsewhere = f"{card.finding.get_ruling_display()} · {said}"
    return FindingRow(card, typed_ruling, typed, texts, elsewhere)


def _answer_values(page: CasePage, form: ReviewForm | None) -> dict[str, Any]:
    if form is not None:
        return {name: form.data.get(name, "") for name in ANSWER_FIELDS}
    usual = usual_values(page)
    return {name: page.draft.get(name) or usual.get(name, "") for name in ANSWER_FIELDS}


def usual_values(page: CasePage) -> dict[str, str]:
    """What a reviewer begins with; only the fields of the chosen outcome count."""
    today = timezone.now().astimezone(page.appeal.customer.zone).date()
    decision, asked = page.decision, page.appeal.requested_limit
    fits = asked is not None and decision.new_limit < asked < decision.old_limit
    return {
        "new_limit": str(asked) if fits else "",
        "payments_needed": str(USUAL_PAYMENTS),
        "by_date": str(add_months(today, USUAL_MONTHS)),
        "then_limit": str(decision.old_limit),
        "until": str(add_months(today, USUAL_MONTHS)),
        "look_again_on": str(_look_again_on(page, today)),
        "bureau": next((one.was for one in fact_fields(page) if _is_bureau(one)), ""),
    }


def _look_again_on(page: CasePage, today: date) -> date:
    cards = page.disputed or page.reasons
    return look_again_day(((card.entry.restore_when, card.row.facts) for card in cards), today)


def _fact_row(one: FactField, page: CasePage, form: ReviewForm | None) -> FactRow:
    language = get_language() or "en"
    kind = FACT_KINDS[one.fact]
    return FactRow(
        name=one.name,
        label=fact_label(one.reason, one.fact, language),
        was=fact_value(one.fact, one.was, page.decision.currency, language),
        typed=form.data.get(one.name, "") if form is not None else _drafted(one, page),
        form=FACT_FORMS[kind],
        is_day=kind == FactKind.DAY,
    )


def _drafted(one: FactField, page: CasePage) -> str:
    for kept in page.draft.get("corrections") or ():
        if (kept["reason"], kept["fact"]) == (one.reason, one.fact):
            return str(kept["is"])
    return ""


def _elsewhere(page: CasePage, answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What another page saved, field by field, where it is not what was typed here."""
    saved = page.draft
    return [
        (str(FIELD_NAMES[name]), _shown(name, str(saved[name])))
        for name in ANSWER_FIELDS
        if saved.get(name) and str(saved[name]) != answer[name]
    ]


def _shown(name: str, value: str) -> str:
    return str(dict(OUTCOMES).get(value, value)) if name == "kind" else value
