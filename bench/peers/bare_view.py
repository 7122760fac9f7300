"""A Django view with nothing around it: it asks what the "why" page asks and answers with 1 kB.

The parent names the session, the person and the decision in PAGE, a JSON object.
"""

import json
import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup()
# Before the handler is made: no middleware, and no address but this one.
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

from django.contrib.sessions.models import Session  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from appeals.access import get_decision, list_appeals, list_decisions  # noqa: E402
from appeals.models import ClarityAnswer  # noqa: E402
from appeals.states import AppealState  # noqa: E402
from appeals.views.headlines import with_headline  # noqa: E402
from portal.models import Customer  # noqa: E402

PAGE = json.loads(os.environ["PAGE"])
KILOBYTE = b"x" * 1024


def answer(_request: HttpRequest) -> HttpResponse:
    Session.objects.get(session_key=PAGE["session"], expire_date__gt=timezone.now())
    person = Customer.objects.get(pk=PAGE["person"])
    decision = get_decision(person, PAGE["decision"])
    others = list_decisions(person).filter(line=decision.line_id).exclude(pk=decision.pk)
    list(with_headline(others))
    appeals = list_appeals(person).filter(decision__line=decision.line_id)
    list(appeals.exclude(state=AppealState.WITHDRAWN))
    list(ClarityAnswer.objects.filter(customer=person, notice=decision.notice))
    list(decision.reasons.all())
    return HttpResponse(KILOBYTE)


urlpatterns = [path("", answer)]
application = WSGIHandler()
