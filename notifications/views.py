"""Browser notifications on and off, and every message we sent to the person who asks."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications.history import get_message, list_messages, sent_again_as, told_in
from notifications.retention import has_text
from notifications.subscriptions import BadSubscription, BrowserKeys, subscribe, unsubscribe
from portal.models import Customer

BAD_REQUEST = 400
NO_CONTENT = 204
ON_A_PAGE = 20


@login_required
@require_POST
def push_on(request: HttpRequest) -> HttpResponse:
    try:
        keys = _keys(json.loads(request.body))
        subscribe(
            person=_person(request),
            keys=keys,
            user_agent=request.headers.get("User-Agent", ""),
        )
    except (BadSubscription, ValueError) as error:
        return JsonResponse({"detail": str(error)}, status=BAD_REQUEST)
    return HttpResponse(status=NO_CONTENT)


@login_required
@require_POST
def push_off(request: HttpRequest) -> HttpResponse:
    try:
        endpoint = str(json.loads(request.body)["endpoint"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"detail": "The endpoint is missing."}, status=BAD_REQUEST)
    unsubscribe(person=_person(request), endpoint=endpoint)
    return HttpResponse(status=NO_CONTENT)


@login_required
@require_safe
@never_cache
def messages_sent(request: HttpRequest) -> HttpResponse:
    pages = Paginator(list_messages(_person(request)), ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "notifications/messages.html", {"page": page})


@login_required
@require_safe
@never_cache
def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_message(_person(request), public_id)
    if found is None:
        raise Http404
    context = {
        "message": found,
        "has_text": has_text(found),
        "texts": told_in(found),
        "text_days": settings.MESSAGE_TEXT_DAYS,
        "sent_again": sent_again_as(found),
    }
    return render(request, "notifications/message.html", context)


def _keys(told: Any) -> BrowserKeys:
    try:
        keys = told["keys"]
        found = BrowserKeys(str(told["endpoint"]), str(keys["p256dh"]), str(keys["auth"]))
    except (KeyError, TypeError):
        raise BadSubscription("The browser's answer has no endpoint or keys.") from None
    if len(found.endpoint) > 1000 or len(found.p256dh) > 200 or len(found.auth) > 100:
        raise BadSubscription("The browser's answer is too long.")
    return found


def _person(request: HttpRequest) -> Customer:
    assert isinstance(request.user, Customer)
    return request.user
