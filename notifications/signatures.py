"""Is this webhook really from the provider? Over the bytes as they came."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings
from django.http import HttpRequest
from twilio.request_validator import RequestValidator


def signed_by_twilio(request: HttpRequest) -> bool:
    """Say whether one of our Twilio accounts signed this request to our public address."""
    url = settings.PUBLIC_URL + request.get_full_path()
    form = request.POST.dict()
    signature = request.headers.get("X-Twilio-Signature", "")
    tokens = _secrets(settings.TWILIO_AUTH_TOKEN, option="auth_token")
    return any(
        is_from_twilio(url=url, form=form, signature=signature, auth_token=token)
        for token in tokens
    )


def signed_by_sendgrid(request: HttpRequest, timestamp: str) -> bool:
    """Say whether one of our SendGrid accounts signed this body with this timestamp."""
    signature = request.headers.get("X-Twilio-Email-Event-Webhook-Signature", "")
    keys = _secrets(settings.SENDGRID_WEBHOOK_PUBLIC_KEY, option="webhook_public_key")
    return any(
        is_from_sendgrid(
            body=request.body, timestamp=timestamp, signature=signature, public_key=key
        )
        for key in keys
    )


def is_from_twilio(*, url: str, form: dict[str, str], signature: str, auth_token: str) -> bool:
    """Check `X-Twilio-Signature`: HMAC-SHA1 over the public address and the sorted form."""
    if not auth_token or not signature:
        return False
    return bool(RequestValidator(auth_token).validate(url, form, signature))


def is_from_sendgrid(*, body: bytes, timestamp: str, signature: str, public_key: str) -> bool:
    """Check the event webhook's ECDSA signature: P-256, SHA-256, over timestamp then raw body."""
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        signed = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        return False
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signed, timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _secrets(usual: str, *, option: str) -> list[str]:
    """Return the account's own secret, and those of further accounts in the settings."""
    more = [one.get("options", {}).get(option, "") for one in settings.PROVIDERS]
    return [secret for secret in dict.fromkeys([usual, *more]) if secret]
