"""What a customer asks for outside an appeal, page by page."""

import re
from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from appeals.models import CustomerRequest, RequestKind
from portal.lib.references import new_reference
from tests.appeals.builders import create_all_queues


def ask_page(decision, slug):
    return reverse("appeals:ask", args=[decision.reference, slug])


def fact_page(decision, place):
    return reverse("appeals:correct_fact", args=[decision.reference, place])


def token_on(page):
    found = re.search(r'name="token" value="([0-9a-f-]{36})"', page.text)
    assert found, "the form carries no token"
    return found[1]


def send(browser, address, **said):
    """Open the form and send it, as a person does."""
    token = token_on(browser.get(address))
    return browser.post(address, {"token": token, **said})


def complain(browser, decision, text="You never asked me first."):
    create_all_queues()
    answer = send(browser, ask_page(decision, "complaint"), text=text)
    assert answer.status_code == 302, answer.text
    return CustomerRequest.objects.latest("pk")


def correct(browser, decision, text="It is 40%, see my statement.", place="2.1"):
    create_all_queues()
    answer = send(browser, fact_page(decision, place), text=text)
    assert answer.status_code == 302, answer.text
    return CustomerRequest.objects.latest("pk")


def ask_help(browser, decision, situation="work", text=""):
    create_all_queues()
    answer = send(browser, ask_page(decision, "payments"), situation=situation, text=text)
    assert answer.status_code == 302, answer.text
    return CustomerRequest.objects.latest("pk")


def create_request(decision, **overrides):
    """A complaint that waits, as a row; its promise ends in ten days."""
    now = timezone.now()
    fields = {
        "reference": new_reference("RQ"),
        "token": uuid4(),
        "customer": decision.customer,
        "decision": decision,
        "kind": RequestKind.COMPLAIN,
        "text": "You never asked me first.",
        "language": decision.customer.locale,
        "received_at": now,
        "promised_at": now + timedelta(days=10),
    }
    return CustomerRequest.objects.create(**{**fields, **overrides})
