"""The providers' words on what became of a message: proved, remembered, never asked for twice.

A bad signature gets 403, and so does an old one. Everything genuine gets 2xx, known to us or not,
so that they stop.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.receipts import Word, apply_receipts
from notifications.signatures import signed_by_sendgrid, signed_by_twilio

logger = structlog.get_logger(__name__)
LARGEST_BODY = 2 * 1024 * 1024
# SendGrid tries for a day; what comes later is somebody's recording.
OLDEST_POST = timedelta(days=3)
CLOCKS_DIFFER = timedelta(minutes=10)
# An event's own time is believed within these, and otherwise left out.
OLDEST_EVENT = timedelta(days=60)
FORBIDDEN = 403
TOO_LARGE = 413
NO_CONTENT = 204


@csrf_exempt
@require_POST
def twilio_status(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """One status of one SMS; the attempt is in the address, which Twilio signs too."""
    body = request.body
    if not signed_by_twilio(request):
        logger.warning("webhook refused", provider="twilio")
        return HttpResponse(status=FORBIDDEN)
    status = request.POST.get("MessageStatus", "")
    sid = request.POST.get("MessageSid", "")
    said = Word(
        provider="twilio",
        event_id=f"{sid}:{status}",
        attempt_id=attempt_id,
        provider_ref=sid,
        word=status,
        code=request.POST.get("ErrorCode", ""),
        body_sha256=hashlib.sha256(body).hexdigest(),
    )
    apply_receipts([said])
    return HttpResponse(status=NO_CONTENT)


@csrf_exempt
@require_POST
def sendgrid_events(request: HttpRequest) -> HttpResponse:
    """A list of events on many messages; each carries the attempt's id as a custom argument."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        return HttpResponse(status=TOO_LARGE)
    timestamp = request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "")
    if not signed_by_sendgrid(request, timestamp):
        logger.warning("webhook refused", provider="sendgrid")
        return HttpResponse(status=FORBIDDEN)
    if not _is_fresh(timestamp):
        logger.warning("webhook refused: it is too old or too new", provider="sendgrid")
        return HttpResponse(status=FORBIDDEN)
    fingerprint = hashlib.sha256(request.body).hexdigest()
    apply_receipts([_word(event, fingerprint) for event in _events(request.body)])
    return HttpResponse(status=NO_CONTENT)


def _is_fresh(timestamp: str) -> bool:
    moment, now = _moment(timestamp), timezone.now()
    return moment is not None and now - OLDEST_POST <= moment <= now + CLOCKS_DIFFER


def _events(body: bytes) -> list[dict[str, Any]]:
    try:
        events = json.loads(body)
    except ValueError:
        logger.error("webhook not understood", provider="sendgrid")
        return []
    found = events if isinstance(events, list) else []
    return [event for event in found if isinstance(event, dict) and event.get("sg_event_id")]


def _word(event: dict[str, Any], fingerprint: str) -> Word:
    word = str(event.get("event") or "")[:40]
    # The reason of a drop is one of a few fixed words; that of a bounce may name the address.
    why = event.get("reason") if word == "dropped" else event.get("type") or event.get("status")
    return Word(
        provider="sendgrid",
        event_id=str(event["sg_event_id"])[:160],
        attempt_id=_uuid(event.get("attempt_id")),
        provider_ref=str(event.get("sg_message_id") or "").partition(".")[0][:100],
        word=word,
        code=_code(why),
        body_sha256=fingerprint,
        said_at=_said_at(event.get("timestamp")),
    )


def _code(why: Any) -> str:
    text = str(why or "")[:40]
    return "" if "@" in text else text


def _said_at(told: Any) -> datetime | None:
    moment, now = _moment(told), timezone.now()
    is_likely = moment is not None and now - OLDEST_EVENT <= moment <= now + CLOCKS_DIFFER
    return moment if is_likely else None


def _moment(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
