"""Correct a fact: which one of those our notice told, then what is right."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from appeals.actions.request_checks import Asked, WrongFact
from appeals.errors import AppealNotFound
from appeals.forms.rights import CorrectionForm, FactForm
from appeals.models import LineDecision, RequestKind
from appeals.views.drafts import posted
from appeals.views.reasons import frozen_text
from appeals.views.requests import SignedInRequest
from appeals.views.rights_asking import decision_with, sent, show_form
from appeals.views.rights_words import PAGES

KIND = RequestKind.CORRECT_FACT
# The last choice under each reason, where no single fact is meant.
WHOLE = "x"


@dataclass(frozen=True)
class Choice:
    """A fact of a reason as the notice told it; its place is `rank.number`."""

    place: str
    fact: WrongFact
    title: str  # of the reason

    @property
    def is_whole(self) -> bool:
        return not self.fact.label


@require_safe
@never_cache
@login_required
def choose_fact(request: SignedInRequest, reference: str) -> HttpResponse:
    """Which fact; the choice is part of the next page's address, so going back loses nothing."""
    decision = decision_with(request, reference, KIND)
    choices = list(choices_of(decision))
    data = request.GET if request.GET else None
    form = FactForm(data, places=[one.place for one in choices])
    if form.is_valid():
        return redirect("appeals:correct_fact", reference, form.cleaned_data["fact"])
    context = {
        "decision": decision,
        "notice_text": frozen_text(decision.notice),
        "choices": choices,
        "form": form,
    }
    return render(
        request, "appeals/rights/choose_fact.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def correct_fact(request: SignedInRequest, reference: str, place: str) -> HttpResponse:
    """What is right instead; a POST sends it."""
    decision = decision_with(request, reference, KIND)
    choice = next((one for one in choices_of(decision) if one.place == place), None)
    if choice is None:
        raise AppealNotFound(_("We could not find this page."))
    form = CorrectionForm(posted(request))
    if form.is_valid():
        asked = Asked(KIND, form.key(), form.cleaned_data["text"], choice.fact)
        if answer := sent(request, form, asked, decision):
            return answer
    template = "appeals/rights/correct_fact.html"
    return show_form(request, template, decision, form, words=PAGES[KIND], choice=choice)


def choices_of(decision: LineDecision) -> Iterator[Choice]:
    """What can be wrong: each fact the notice lists, and each reason as a whole.

    Of a reason that may not be explained nothing is listed, as on the notice.
    """
    for reason in frozen_text(decision.notice)["reasons"]:
        rank, code, title = reason["rank"], reason["code"], reason["title"]
        for number, pair in enumerate(reason["pairs"], start=1):
            fact = WrongFact(rank, code, pair["label"], pair["value"])
            yield Choice(f"{rank}.{number}", fact, title)
        yield Choice(f"{rank}.{WHOLE}", WrongFact(rank, code, "", title), title)
