"""E-mail through SendGrid."""

import json
import time
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import python_http_client
import urllib3
from django.conf import settings
from django.utils.translation import gettext_noop
from sendgrid import SendGridAPIClient

from notifications.channels.base import Answer, Channel, Message
from notifications.channels.calls import (
    BROKEN,
    CONNECT_SECONDS,
    IDLE_SECONDS,
    READ_SECONDS,
    RUBBISH,
    failed_call,
    proxies_for,
    throttled,
)
from notifications.kinds import AttemptOutcome, ChannelKind

SENDGRID = "https://api.sendgrid.com"
REFUSED = gettext_noop("The e-mail service refused this message.")
OUR_FAULT = gettext_noop("Our account with the e-mail service is not set up right.")
# What is wrong with the sender or the key is wrong for every message.
OURS = frozenset({401, 403, 404, 405, 406, 415})


class EmailChannel(Channel):
    """One kept SendGrid client a process; each message carries the id of our attempt."""

    provider = "sendgrid"

    def __init__(self, kind: ChannelKind) -> None:
        super().__init__(kind)
        self._api = SendGridAPIClient(
            settings.SENDGRID_API_KEY, host=settings.SENDGRID_API_URL or SENDGRID
        )
        self._pool = _pool(self._api.host, self.in_flight)
        self._api.client = _KeptClient(self._api.client, self._pool)

    def send(self, message: Message) -> Answer:
        try:
            taken = self._api.send(_body(message))
        except urllib3.exceptions.HTTPError as error:
            return failed_call(error)
        return _classed(taken.status, taken.headers, taken.data)

    def close(self) -> None:
        self._pool.clear()


def _pool(host: str, in_flight: int) -> urllib3.PoolManager:
    proxy = proxies_for(host).get(urlsplit(host).scheme)
    if proxy:
        return urllib3.ProxyManager(proxy, maxsize=in_flight)
    return urllib3.PoolManager(maxsize=in_flight)


def _classed(status: int, headers: urllib3.HTTPHeaderDict, body: bytes) -> Answer:
    if status == 202:
        return Answer.accepted(headers.get("X-Message-Id", ""), status)
    if status == 429:
        return throttled(headers.get("Retry-After") or _until_reset(headers))
    if status >= 500 or status < 400:
        detail = BROKEN if status >= 500 else RUBBISH
        return Answer.unknown(detail, http_status=status, code=str(status))
    return _refused(status, _first_field(body))


def _refused(status: int, field: str) -> Answer:
    if status in OURS or field.startswith("from"):
        return Answer(
            AttemptOutcome.MISCONFIGURED,
            http_status=status,
            code=field or str(status),
            detail=OUR_FAULT,
            halts=True,
            is_free=True,
        )
    return Answer(
        AttemptOutcome.PERMANENT, http_status=status, code=field or str(status), detail=REFUSED
    )


def _until_reset(headers: urllib3.HTTPHeaderDict) -> str | None:
    reset = headers.get("X-RateLimit-Reset", "")
    return str(max(0, int(reset) - int(time.time()))) if reset.isdigit() else None


def _first_field(body: bytes) -> str:
    """Return the name of the field SendGrid points at, which holds nobody's data."""
    try:
        return str(json.loads(body)["errors"][0].get("field") or "")[:40]
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _body(message: Message) -> dict[str, Any]:
    name, address = parseaddr(settings.EMAIL_FROM)
    return {
        "personalizations": [
            {
                "to": [{"email": message.to}],
                "custom_args": {"attempt_id": str(message.attempt_id)},
            }
        ],
        "from": {"email": address, "name": name} if name else {"email": address},
        "subject": message.subject,
        "content": [
            {"type": "text/plain", "value": message.text},
            {"type": "text/html", "value": message.html},
        ],
        "headers": {"Auto-Submitted": "auto-generated"},
        # Nobody is watched reading a notice, and no link leads through a stranger's server.
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
        },
    }


class _KeptClient(python_http_client.Client):
    """SendGrid's HTTP client with kept connections: its own opens one for each call."""

    def __init__(self, like: python_http_client.Client, pool: urllib3.PoolManager) -> None:
        super().__init__(
            like.host, like.request_headers, like._version, like._url_path, like.append_slash
        )
        self.pool = pool
        self.last_used = time.monotonic()

    def post(self, *, request_body: dict[str, Any]) -> urllib3.BaseHTTPResponse:
        return self.pool.request(
            "POST",
            self._build_url(None),
            json=request_body,
            headers={**self.request_headers, "Content-Type": "application/json"},
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=False,
        )

    def _build_client(self, name: str | None = None) -> "_KeptClient":
        return _KeptClient(super()._build_client(name), self._fresh_pool())

    def _fresh_pool(self) -> urllib3.PoolManager:
        if time.monotonic() - self.last_used > IDLE_SECONDS:
            self.pool.clear()
        self.last_used = time.monotonic()
        return self.pool
