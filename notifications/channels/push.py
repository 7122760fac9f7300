"""Browser notifications through the browsers' own push services."""

import json
from datetime import timedelta
from typing import Any

import http_ece
import requests
from django.conf import settings
from django.utils.translation import gettext_noop
from py_vapid import Vapid, VapidException
from pywebpush import WebPushException, webpush

from notifications.channels.base import Answer, Channel, Message
from notifications.channels.calls import (
    BROKEN,
    CONNECT_SECONDS,
    READ_SECONDS,
    KeptSession,
    failed_call,
    throttled,
)
from notifications.kinds import AttemptOutcome, ChannelKind
from notifications.push_services import is_push_service

LONGEST_TTL = timedelta(days=1)
GONE = gettext_noop("The browser no longer takes notifications from us.")
BAD_KEYS = gettext_noop("The browser's keys are not valid.")
STRANGER = gettext_noop("This is not the address of a push service we know.")
REFUSED = gettext_noop("The push service refused this message.")
OUR_FAULT = gettext_noop("The push service did not accept our key.")


class PushChannel(Channel):
    """Encrypts for the browser, signs with our key; a yes says nothing about being seen."""

    provider = "webpush"

    def __init__(self, kind: ChannelKind) -> None:
        super().__init__(kind)
        self._key = Vapid.from_string(settings.VAPID_PRIVATE_KEY)
        self._kept = KeptSession(self.in_flight, trust_env=True)

    def send(self, message: Message) -> Answer:
        browser = message.subscription
        if browser is None or not is_push_service(browser.endpoint):
            return _permanent(STRANGER)
        try:
            answer = webpush(
                {
                    "endpoint": browser.endpoint,
                    "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
                },
                payload(message),
                vapid_private_key=self._key,
                vapid_claims={"sub": settings.VAPID_SUBJECT},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                ttl=int(min(message.useful_for, LONGEST_TTL).total_seconds()),
                headers={"Urgency": "high" if message.is_urgent else "normal"},
                requests_session=self._kept.fresh(),
            )
        except WebPushException as error:
            return _refused(error)
        except requests.RequestException as error:
            return failed_call(error)
        except (http_ece.ECEException, VapidException, ValueError):
            return _permanent(BAD_KEYS, is_dead=True)
        return Answer.accepted("", answer.status_code)

    def close(self) -> None:
        self._kept.close()


def payload(message: Message) -> str:
    """Return what the service worker gets to show."""
    return json.dumps(
        {"title": message.subject, "body": message.text, "url": message.link}, ensure_ascii=False
    )


def _refused(error: WebPushException) -> Answer:
    status = error.status_code
    if status is None:
        return _permanent(BAD_KEYS, is_dead=True)
    known: dict[str, Any] = {"http_status": status, "code": str(status)}
    if status == 429:
        return throttled(error.retry_after)
    if status >= 500:
        return Answer.unknown(BROKEN, **known)
    if status in {401, 403}:
        # Perhaps only this browser knows another key of ours, so the batch goes on.
        return Answer(AttemptOutcome.MISCONFIGURED, detail=OUR_FAULT, is_free=True, **known)
    is_gone = status in {404, 410}
    return _permanent(GONE if is_gone else REFUSED, is_dead=is_gone, **known)


def _permanent(detail: str, **known: Any) -> Answer:
    return Answer(AttemptOutcome.PERMANENT, detail=detail, **known)
