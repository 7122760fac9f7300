"""A browser's push service, and the browsers behind it that can read what came."""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.doubles.messages import Accepted, Plan, Reply, Request
from tests.doubles.server import Double


@dataclass(frozen=True)
class Browser:
    """A browser that said yes: what it tells us, and the key only it has."""

    endpoint: str
    p256dh: str
    auth: str
    private_key: ec.EllipticCurvePrivateKey


class PushServiceDouble(Double):
    name = "webpush"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._browsers: dict[str, Browser] = {}

    def new_browser(self) -> Browser:
        private_key = ec.generate_private_key(ec.SECP256R1())
        point = private_key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        path = f"/push/{secrets.token_urlsafe(12)}"
        browser = Browser(
            endpoint=self.url + path,
            p256dh=_base64url(point),
            auth=_base64url(secrets.token_bytes(16)),
            private_key=private_key,
        )
        self._browsers[path] = browser
        return browser

    def read(self, request: Request) -> Sequence[Accepted] | Reply:
        browser = self._browsers.get(request.path)
        if browser is None:
            return Reply.json(410, {})
        if not request.headers.get("authorization", "").startswith(("vapid ", "WebPush ")):
            return Reply.json(401, {})
        if "ttl" not in request.headers:
            return Reply.json(400, {})
        auth = base64.urlsafe_b64decode(browser.auth + "==")
        plain = http_ece.decrypt(
            request.body, private_key=browser.private_key, auth_secret=auth, version="aes128gcm"
        )
        return [Accepted(browser.endpoint, "", "", json.loads(plain), request.headers)]

    def yes(self, accepted: Sequence[Accepted]) -> Reply:
        return Reply(201, headers={"Location": f"{accepted[0].to}/message"})

    def no(self, plan: Plan) -> Reply:
        return Reply.json(plan.status, {})


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
