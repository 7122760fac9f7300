"""Browser notifications through the browsers' own push services."""

import base64
import hashlib
import json
import time
from datetime import timedelta
from typing import Any

import http_ece
from django.conf import settings
from django.utils.translation import gettext_noop
from py_vapid import Vapid, VapidException
from pywebpush import WebPusher, WebPushException
from yarl import URL

from notifications import ids
from notifications.channels.base import Account, Answer, Message, OneByOne, Subscription
from notifications.channels.calls import (
    BROKEN,
    CALL_FAULTS,
    RUBBISH,
    KeptSession,
    Reply,
    failed_call,
    throttled,
)
from notifications.kinds import AttemptOutcome
from notifications.push_services import is_push_service

LONGEST_TTL = timedelta(days=1)
# A signature holds for 12 hours (24 is the most a push service takes), and is used for half.
SIGNED_SECONDS = 12 * 3600
LONGEST_TOPIC = 32

GONE = gettext_noop("The browser no longer takes notifications from us.")
BAD_KEYS = gettext_noop("The browser's keys are not valid.")
STRANGER = gettext_noop("This is not the address of a push service we know.")
REFUSED = gettext_noop("The push service refused this message.")
OUR_FAULT = gettext_noop("The push service did not accept our key.")


class WebPushProvider(OneByOne):
    """Encrypts for the browser, signs with our key; a yes says nothing about being seen."""

    in_flight = 128
    has_receipts = False

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._signatures = _Signatures()
        self._kept = KeptSession(self.in_flight)

    async def send(self, message: Message) -> Answer:
        browser = message.subscription
        if browser is None or not is_push_service(browser.endpoint):
            return _permanent(STRANGER)
        try:
            address = URL(browser.endpoint, encoded=True)
            headers = {**_headers(message), **self._signatures.for_origin(str(address.origin()))}
            sealed = _sealed(browser, payload(message))
        except (WebPushException, http_ece.ECEException, VapidException, ValueError):
            return _permanent(BAD_KEYS, is_dead=True)
        try:
            return _classed(await self._kept.call("POST", address, data=sealed, headers=headers))
        except CALL_FAULTS as error:
            return failed_call(error)

    async def close(self) -> None:
        await self._kept.close()


def payload(message: Message) -> str:
    """Return what the service worker gets to show."""
    return json.dumps(
        {"title": message.subject, "body": message.text, "url": message.link}, ensure_ascii=False
    )


class _Signatures:
    """Our signature for each push service, made anew twice in its time: it costs as a call does."""

    def __init__(self) -> None:
        self._key = Vapid.from_string(settings.VAPID_PRIVATE_KEY)
        self._made: dict[str, tuple[float, dict[str, str]]] = {}

    def for_origin(self, origin: str) -> dict[str, str]:
        now = time.time()
        made_at, headers = self._made.get(origin, (0.0, {}))
        if not 0 <= now - made_at < SIGNED_SECONDS / 2:
            claims = {
                "aud": origin,
                "sub": settings.VAPID_SUBJECT,
                "exp": int(now) + SIGNED_SECONDS,
            }
            headers = self._key.sign(claims)
            self._made[origin] = (now, headers)
        return headers


def _sealed(browser: Subscription, text: str) -> bytes:
    """Return the text as only this browser can read it."""
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    pusher = WebPusher({"endpoint": browser.endpoint, "keys": keys})
    return bytes(pusher.encode(text.encode())["body"])


def _headers(message: Message) -> dict[str, str]:
    wait = min(message.useful_for, LONGEST_TTL)
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(max(0, int(wait.total_seconds()))),
        "Urgency": "high" if message.is_urgent else "normal",
        "Topic": _topic(message),
    }


def _topic(message: Message) -> str:
    """Name the message, so that one that waits for the browser is replaced by its repetition."""
    name = hashlib.sha256(ids.delivery_of(message.attempt_id).bytes).digest()
    return base64.urlsafe_b64encode(name).decode()[:LONGEST_TOPIC]


def _classed(reply: Reply) -> Answer:
    status = reply.status
    known: dict[str, Any] = {"http_status": status, "code": str(status)}
    if 200 <= status < 300:
        return Answer.accepted("", status)
    if status == 429:
        return throttled(reply.headers.get("Retry-After"))
    if status >= 500 or status < 400:
        return Answer.unknown(BROKEN if status >= 500 else RUBBISH, **known)
    if status in {401, 403}:
        # Perhaps only this browser knows another key of ours, so the batch goes on.
        return Answer(AttemptOutcome.MISCONFIGURED, detail=OUR_FAULT, is_free=True, **known)
    is_gone = status in {404, 410}
    return _permanent(GONE if is_gone else REFUSED, is_dead=is_gone, **known)


def _permanent(detail: str, **known: Any) -> Answer:
    return Answer(AttemptOutcome.PERMANENT, detail=detail, **known)
