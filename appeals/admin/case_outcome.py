"""The letter before it is sent: in both languages, as the customer's page will show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appeals.actions.outcomes import look_again_on
from appeals.admin.case import case_or_404
from appeals.admin.case_answer import hard_texts
from appeals.admin.case_data import CasePage, load_case
from appeals.admin.case_difference import Findings, snapshot
from appeals.admin.forms import ReviewForm
from appeals.admin.frame import frame
from appeals.admin.people import desk_view, staff
from appeals.answers import (
    GroundAnswer,
    OutcomeAnswer,
    Reader,
    ground_answer,
    outcome_answer,
)
from appeals.errors import BadInput
from appeals.models import Notice, Outcome, OutcomeCondition
from appeals.outcome_rules import RESTORING, TAKES
from appeals.sentences import LANGUAGES
from appeals.states import OutcomeKind

LANGUAGE_NAMES = {"en": "English", "zh-hans": "简体中文"}


@dataclass(frozen=True)
class Letter:
    """The customer's page in one language, and how many of its texts are in the other one."""

    language: str
    name: str
    page: str
    in_other_language: int


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """The answer as the customer will get it: as typed so far, as proposed, or as decided."""
    page = load_case(case_or_404(request, reference), staff(request), timezone.now())
    form = ReviewForm(page, request.POST) if request.method == "POST" else None
    outcome, findings = _typed(page, form) if form else _saved(page)
    answer = {"sentence": outcome.sentence, "condition": outcome.condition} if outcome else {}
    told = [
        (card.title, findings[card.ground.pk][1])
        for card in page.disputed
        if card.ground and card.ground.pk in findings
    ]
    context = {
        **frame(),
        "title": _("The letter to the customer"),
        "appeal": page.appeal,
        "letters": [_letter(page, outcome, findings, one) for one in LANGUAGES],
        "own": page.language,
        "hard_texts": hard_texts(told, answer),
        "missing": len(page.disputed) - len(findings),
    }
    return TemplateResponse(request, "appeals/desk/case/preview.html", context)


def _saved(page: CasePage) -> tuple[Outcome | None, Findings]:
    if page.outcome:
        outcome = page.outcome
        outcome.appeal = page.appeal
        outcome.look_again_on = outcome.look_again_on or _promised_look(page, outcome)
        return outcome, snapshot(outcome)
    kept = {
        card.ground.pk: (card.finding.ruling, card.finding.sentence)
        for card in page.disputed
        if card.ground and card.finding
    }
    form = ReviewForm(page, {**page.draft, "version": page.appeal.version})
    return _typed(page, form)[0], kept


def _typed(page: CasePage, form: ReviewForm) -> tuple[Outcome | None, Findings]:
    """The outcome as far as it was typed; what cannot be used yet is left out."""
    form.is_valid()
    findings = {
        ground: (said.ruling.value, said.sentence) for ground, said in form.rulings().items()
    }
    said = form.cleaned_data
    if not said.get("kind"):
        return None, findings
    kind = OutcomeKind(said["kind"])
    outcome = Outcome(
        appeal=page.appeal,
        kind=kind,
        sentence=form.unfinished()["sentence"],
        corrections=_corrections(page, form) if kind == OutcomeKind.CORRECTED else [],
        **{name: said.get(name) or None for name in TAKES[kind] & {"until", "look_again_on"}},
        **{name: said.get(name) or "" for name in TAKES[kind] & {"condition", "bureau"}},
    )
    outcome.new_limit = _limit(page, kind, said.get("new_limit"))
    outcome.look_again_on = outcome.look_again_on or _promised_look(page, outcome)
    terms = {name: said.get(name) for name in ("payments_needed", "by_date", "then_limit")}
    if kind == OutcomeKind.CONDITIONAL and all(terms.values()):
        # Not stored: naming its outcome is enough for the letter to find it.
        OutcomeCondition(outcome=outcome, **terms)
    return outcome, findings


def _limit(page: CasePage, kind: OutcomeKind, asked: Decimal | None) -> Decimal | None:
    if kind not in RESTORING:
        return None
    return page.decision.old_limit if kind == OutcomeKind.RESTORED else asked


def _promised_look(page: CasePage, outcome: Outcome) -> Any:
    today = timezone.now().astimezone(page.appeal.customer.zone).date()
    return look_again_on(outcome, today)


def _corrections(page: CasePage, form: ReviewForm) -> list[dict[str, Any]]:
    facts = {card.row.code: card.row.facts for card in page.disputed}
    try:
        wanted = form.corrections()
    except BadInput:
        return []
    return [
        {"reason": one.reason, "fact": one.fact, "was": facts[one.reason][one.fact], "is": one.now}
        for one in wanted
    ]


def _letter(page: CasePage, outcome: Outcome | None, findings: Findings, language: str) -> Letter:
    appeal = page.appeal
    with translation.override(language), timezone.override(appeal.customer.zone):
        reader = Reader(language)
        answer = outcome_answer(outcome, reader) if outcome else None
        grounds = _grounds(page, findings, reader)
        html = render_to_string(
            "appeals/desk/case/letter.html",
            {"appeal": appeal, "answer": answer, "grounds": grounds, "language": language},
        )
    other = sum(said.language != language for said in _said(answer, grounds))
    return Letter(language, LANGUAGE_NAMES[language], html, other)


def _said(answer: OutcomeAnswer | None, grounds: Sequence[GroundAnswer]) -> list[Any]:
    texts = [answer.sentence, answer.condition] if answer else []
    return [said for said in (*texts, *(one.said for one in grounds)) if said is not None]


def _grounds(page: CasePage, findings: Findings, reader: Reader) -> list[GroundAnswer]:
    """The disputed reasons under the titles of the notice the customer was sent."""
    notice = Notice.objects.filter(decision=page.decision).only("content").first()
    content = notice.content.get(reader.language, {}) if notice else {}
    titles = {reason["code"]: reason["title"] for reason in content.get("reasons", ())}
    told = []
    for card in page.disputed:
        assert card.ground is not None
        title = titles.get(card.row.code) or card.row.reason.title[reader.language]
        ground = card.ground
        # They are here already: nothing is to be asked for again.
        ground.appeal, ground.decision_reason = page.appeal, card.row
        card.row.decision = page.decision
        told.append(ground_answer(ground, title, findings.get(ground.pk), reader))
    return told
