"""What a customer does page by page, for tests that begin in the middle."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from appeals.models import Appeal, LineDecision


def page(appeal: Appeal, name: str, *rank: int) -> str:
    return reverse(f"appeals:{name}", args=[appeal.reference, *rank])


def start_page(decision: LineDecision) -> str:
    return reverse("appeals:start", args=[decision.reference])


def words(answer: Any) -> str:
    """What a person reads on a page."""
    return " ".join(strip_tags(answer.text).split())


def begin(browser: Client, decision: LineDecision) -> Appeal:
    browser.post(start_page(decision))
    return Appeal.objects.get(decision=decision, state="draft")


def answer_all(browser: Client, appeal: Appeal) -> None:
    """Dispute the first reason, ask for everything back."""
    browser.post(page(appeal, "reasons"), {"reasons": ["1"]})
    browser.post(page(appeal, "reason", 1), {"statement": "I paid this in July."})
    browser.post(page(appeal, "wish"), {"wish": "full"})


def send(browser: Client, appeal: Appeal) -> Appeal:
    browser.post(page(appeal, "check"))
    appeal.refresh_from_db()
    return appeal
