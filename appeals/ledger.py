"""The lender's ledger and risk engine: what we tell them leaves as signed Standard Webhooks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import urllib3
from django.conf import settings
from django.utils import timezone
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

# Together well under the lease of an instruction, so that two senders never overlap.
TIMEOUT = urllib3.Timeout(connect=5, read=15)
# The ledger's own words help whoever mends it; this much of them fits the list.
DETAIL_BYTES = 200
_pool = urllib3.PoolManager(num_pools=2, maxsize=4, retries=False)


@dataclass(frozen=True)
class Receiver:
    """Where something is sent, and the secret it is signed with; `name` begins its settings."""

    name: str

    @property
    def url(self) -> str:
        return str(getattr(settings, f"{self.name}_WEBHOOK_URL"))

    @property
    def secret(self) -> str:
        return str(getattr(settings, f"{self.name}_WEBHOOK_SECRET"))

    @property
    def is_configured(self) -> bool:
        return bool(self.url and self.secret)


LEDGER, ENGINE = Receiver("LEDGER"), Receiver("ENGINE")


class LedgerError(Exception):
    """The ledger did not confirm; the message is fit for the list of what is not applied."""


def is_configured() -> bool:
    return LEDGER.is_configured


def send(*, key: UUID, payload: Mapping[str, Any], to: Receiver = LEDGER) -> None:
    """Deliver one instruction; returns only when the ledger, or whoever it is to, answered 2xx.

    The webhook's id is the instruction's key, the same at every try, so that the ledger can
    tell a repeat from a second instruction.
    """
    body = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    try:
        answer = _pool.request(
            "POST",
            to.url,
            body=body.encode(),
            headers=_signed_headers(to, str(key), body),
            timeout=TIMEOUT,
            redirect=False,
            preload_content=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise LedgerError(_in_words(error, to)) from error
    try:
        if not 200 <= answer.status < 300:
            raise LedgerError(f"HTTP {answer.status} {_said(answer)}".strip())
    finally:
        # Only the status counts: a body without an end must not hold the worker.
        answer.close()


def _signed_headers(to: Receiver, key: str, body: str) -> dict[str, str]:
    now = timezone.now()
    try:
        signer = Webhook(to.secret)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise LedgerError(
            f"{to.name}_WEBHOOK_SECRET is not a secret of Standard Webhooks"
        ) from error
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Recourse",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(msg_id=key, timestamp=now, data=body),
    }


def _in_words(error: urllib3.exceptions.HTTPError, to: Receiver) -> str:
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return "no answer in time; it may have arrived"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return f"nobody answers at the {to.name.lower()}'s address"
    if isinstance(error, urllib3.exceptions.ConnectTimeoutError):
        return "no connection in time"
    return type(error).__name__


def _said(answer: urllib3.BaseHTTPResponse) -> str:
    try:
        said = answer.read(DETAIL_BYTES)
    except urllib3.exceptions.HTTPError:
        return ""
    return " ".join(said.decode("utf-8", errors="replace").split())
