"""Is this webhook really from the provider? Over the bytes as they came."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from twilio.request_validator import RequestValidator


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
