"""The providers' words on what became of a message: proved, remembered, never asked for twice.

A bad signature gets 403. Everything genuine gets 2xx, known to us or not, so that they stop.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.receipts import Word, apply_receipt
from notifications.signatures import is_from_sendgrid, is_from_twilio

logger = structlog.get_logger(__name__)
LARGEST_BODY = 2 * 1024 * 1024
FORBIDDEN = 403
TOO_LARGE = 413
NO_CONTENT = 204


@csrf_exempt
@require_POST
def twilio_status(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """One status of one SMS; the attempt is in the address, which Twilio signs too."""
    body = request.body
    genuine = is_from_twilio(
        url=settings.PUBLIC_URL + request.get_full_path(),
        form=request.POST.dict(),
        signature=request.headers.get("X-Twilio-Signature", ""),
        auth_token=settings.TWILIO_AUTH_TOKEN,
    )
    if not genuine:
        logger.warning("webhook refused", provider="twilio")
        return HttpResponse(status=FORBIDDEN)
    status = request.POST.get("MessageStatus", "")
    sid = request.POST.get("MessageSid", "")
    apply_receipt(
        Word(
            provider="twilio",
            event_id=f"{sid}:{status}",
            attempt_id=attempt_id,
            provider_ref=sid,
            word=status,
            code=request.POST.get("ErrorCode", ""),
            body_sha256=hashlib.sha256(body).hexdigest(),
        )
    )
    return HttpResponse(status=NO_CONTENT)


@csrf_exempt
@require_POST
def sendgrid_events(request: HttpRequest) -> HttpResponse:
    """A list of events on many messages; each carries the attempt's id as a custom argument."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        return HttpResponse(status=TOO_LARGE)
    body = request.body
    genuine = is_from_sendgrid(
        body=body,
        timestamp=request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", ""),
        signature=request.headers.get("X-Twilio-Email-Event-Webhook-Signature", ""),
        public_key=settings.SENDGRID_WEBHOOK_PUBLIC_KEY,
    )
    if not genuine:
        logger.warning("webhook refused", provider="sendgrid")
        return HttpResponse(status=FORBIDDEN)
    fingerprint = hashlib.sha256(body).hexdigest()
    for event in _events(body):
        apply_receipt(_word(event, fingerprint))
    return HttpResponse(status=NO_CONTENT)


def _events(body: bytes) -> list[dict[str, Any]]:
    try:
        events = json.loads(body)
    except ValueError:
        logger.error("webhook not understood", provider="sendgrid")
        return []
    found = events if isinstance(events, list) else []
    return [event for event in found if isinstance(event, dict) and event.get("sg_event_id")]


def _word(event: dict[str, Any], fingerprint: str) -> Word:
    return Word(
        provider="sendgrid",
        event_id=str(event["sg_event_id"])[:160],
        attempt_id=_uuid(event.get("attempt_id")),
        provider_ref=str(event.get("sg_message_id") or "").partition(".")[0],
        word=str(event.get("event") or "")[:40],
        code=str(event.get("type") or event.get("status") or "")[:40],
        body_sha256=fingerprint,
    )


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
