"""The guides by themselves: the list and each one. Nothing in them is about anybody."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from appeals.catalogue import CATALOGUE, GUIDES
from appeals.catalogue.guides import Guide


@dataclass(frozen=True)
class Words:
    """A guide in one language."""

    key: str
    title: str
    lead: str
    sections: list[tuple[str, tuple[str, ...]]]
    helps_with: list[str]


@require_safe
def show_guides(request: HttpRequest) -> HttpResponse:
    guides = [in_words(guide) for guide in GUIDES.by_key.values()]
    return render(request, "appeals/guides/list.html", {"guides": guides})


@require_safe
def show_guide(request: HttpRequest, key: str) -> HttpResponse:
    guide = GUIDES.by_key.get(key)
    if guide is None:
        raise Http404
    return render(request, "appeals/guides/guide.html", {"guide": in_words(guide)})


def in_words(guide: Guide) -> Words:
    language = get_language() or "en"
    name = language if language in guide.title else "en"
    reasons = [CATALOGUE.reason(code) for code in CATALOGUE.reasons if code in guide.reasons]
    return Words(
        key=guide.key,
        title=guide.title[name],
        lead=guide.lead[name],
        sections=[(one.heading[name], one.text[name]) for one in guide.sections],
        helps_with=[reason.title[name] for reason in reasons if reason.is_active],
    )
