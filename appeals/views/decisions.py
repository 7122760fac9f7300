"""Why a limit changed: the notice as it was frozen, and what can be done about it."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.access import find_policy_page, get_decision, list_appeals, list_decisions
from appeals.incident_scope import is_gathered
from appeals.models import Appeal, LineDecision
from appeals.states import AppealState
from appeals.views.headlines import with_headline
from appeals.views.reason_help import help_of
from appeals.views.requests import SignedInRequest
from appeals.views.rights import rights_on_page
from portal.models import Customer

DECISIONS_A_PAGE = 20
EARLIER_SHOWN = 6


@dataclass(frozen=True)
class Standing:
    """Where a decision stands among the others of its line, and what was said against it."""

    decision: LineDecision
    others: list[LineDecision]
    appeals: dict[int, Appeal]  # by decision, without the withdrawn ones

    @property
    def replaced_by(self) -> LineDecision | None:
        pk = self.decision.pk
        return next((other for other in self.others if other.overrides_id == pk), None)

    @property
    def newest(self) -> LineDecision | None:
        """A later decision on the line, where this one was not replaced: its limit counts now."""
        at = self.decision.decided_at
        newest = max(self.others, key=lambda other: (other.decided_at, other.pk), default=None)
        return newest if newest and newest.decided_at > at and not self.replaced_by else None

    @property
    def replaces(self) -> LineDecision | None:
        old = self.decision.overrides_id
        return next((other for other in self.others if other.pk == old), None)

    @property
    def appeal(self) -> Appeal | None:
        return self.appeals.get(self.decision.pk)

    @property
    def answers(self) -> Appeal | None:
        """The appeal that this decision is the answer to."""
        return self.appeals.get(self.decision.overrides_id or 0)

    @property
    def can_be_appealed(self) -> bool:
        return self.decision.is_adverse and not self.replaced_by and not self.appeal

    @property
    def shown_others(self) -> list[LineDecision]:
        return self.others[:EARLIER_SHOWN]


@require_safe
@never_cache
@login_required
def show_decision(request: SignedInRequest, reference: str) -> HttpResponse:
    decision = get_decision(request.user, reference)
    decision.customer = request.user
    language, text = _frozen_text(decision)
    standing = _standing(request.user, decision)
    context = {
        "decision": decision,
        "notice": decision.notice,
        "language": language,
        "text": text,
        "standing": standing,
        "rights": rights_on_page(
            decision, text, standing.appeal, can_be_appealed=standing.can_be_appealed
        ),
        "cards": _cards(decision, text),
        "policy_page": find_policy_page(decision),
    }
    return render(request, "appeals/decision.html", context)


def _frozen_text(decision: LineDecision) -> tuple[str, dict[str, Any]]:
    """The notice in the reader's language, else in the one it was sent in."""
    content, language = decision.notice.content, get_language() or ""
    if language not in content:
        language = decision.notice.language
    return language, content[language]


def _cards(decision: LineDecision, text: dict[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """Each reason as it was frozen, and what we can say beside it today."""
    beside = help_of(decision)
    return [(reason, beside.get(reason["code"])) for reason in text["reasons"]]


def _standing(customer: Customer, decision: LineDecision) -> Standing:
    others = list_decisions(customer).filter(line=decision.line_id).exclude(pk=decision.pk)
    appeals = list_appeals(customer).filter(decision__line=decision.line_id)
    appeals = appeals.annotate(is_gathered=is_gathered())
    return Standing(
        decision,
        list(with_headline(others)),
        {appeal.decision_id: appeal for appeal in appeals.exclude(state=AppealState.WITHDRAWN)},
    )


@require_safe
@never_cache
@login_required
def show_decisions(request: SignedInRequest) -> HttpResponse:
    rows = with_headline(list_decisions(request.user)).select_related("line")
    page = Paginator(rows, DECISIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "appeals/decisions.html", {"page": page})
