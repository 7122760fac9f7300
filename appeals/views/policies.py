"""The page of the policy that a decision carries out; only whom it hit finds it."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.access import get_decision, get_policy_page
from appeals.models import PolicyPage
from appeals.views.requests import SignedInRequest

HEADINGS: dict[str, Promise] = {
    "what": _("What changed"),
    "where": _("Where it applies"),
    "whom": _("Who it is for"),
    "why": _("Why we did it"),
    "stays": _("What stays the same"),
    "look": _("How to ask us to look at you alone"),
}


@dataclass(frozen=True)
class Part:
    key: str
    heading: Promise
    text: str


@require_safe
@never_cache
@login_required
def show_policy(request: SignedInRequest, reference: str) -> HttpResponse:
    decision = get_decision(request.user, reference)
    page = get_policy_page(decision)
    context = {"decision": decision, "page": page, "parts": parts_of(page)}
    context["can_ask"] = decision.is_adverse
    return render(request, "appeals/policy.html", context)


def parts_of(page: PolicyPage) -> list[Part]:
    """What the page says in the reader's language, part by part."""
    return [Part(key, heading, page.in_words(key)) for key, heading in HEADINGS.items()]
