"""How it was decided: which data, from where, by whom, and how the rule works, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.catalogue import CATALOGUE, HOW
from appeals.models import LineDecision, RequestKind
from appeals.views.reasons import frozen_text
from appeals.views.requests import SignedInRequest
from appeals.views.rights import helpers, in_language
from appeals.views.rights_asking import decision_with, rights_with


@dataclass(frozen=True)
class Step:
    """One reason: what was looked at, where it came from, and what the rule did with it."""

    title: str
    data: str
    source: str
    rule: str
    # "Our rule starts at 80%" and the like, as the notice told them.
    pairs: list[Mapping[str, str]]
    what_would_change_it: str


@require_safe
@never_cache
@login_required
def show_how(request: SignedInRequest, reference: str) -> HttpResponse:
    decision = decision_with(request, reference, RequestKind.EXPLAIN)
    content = frozen_text(decision.notice)
    rights = rights_with(request, decision)
    is_restricted = any(_is_guarded(reason) for reason in content["reasons"])
    context = {
        "decision": decision,
        "notice_text": content,
        "is_restricted": is_restricted,
        "steps": [] if is_restricted else [_step(reason) for reason in content["reasons"]],
        "score": None if is_restricted else decision.score,
        "rule": None if is_restricted else _rule(decision),
        "helpers": helpers(rights.bodies(RequestKind.EXPLAIN)),
    }
    return render(request, "appeals/rights/how.html", context)


def _is_guarded(reason: Mapping[str, Any]) -> bool:
    return bool(reason.get("restricted")) or CATALOGUE.reason(reason["code"]).is_restricted


def _rule(decision: LineDecision) -> str:
    """What to name when somebody asks us about it."""
    return " ".join(part for part in (decision.rule_id, decision.rule_version) if part)


def _step(reason: Mapping[str, Any]) -> Step:
    family = HOW.of_reason(reason["code"])
    return Step(
        title=reason["title"],
        data=in_language(family.data),
        source=in_language(family.source),
        rule=in_language(family.rule),
        pairs=reason["pairs"],
        what_would_change_it=reason["counterfactual"],
    )
