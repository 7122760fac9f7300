"""The lender's ledger: checks the signature of an instruction and applies each once."""

import json
from collections.abc import Sequence
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.doubles.messages import Accepted, Plan, Reply, Request
from tests.doubles.server import Double

SECRET = "whsec_" + "TGVkZ2VyRG91YmxlU2VjcmV0S2V5MTIzNDU2Nzg5MA=="


class LedgerDouble(Double):
    """Takes everything that is signed; `applied` holds each instruction once, by its id."""

    name = "ledger"

    def __init__(self, *, secret: str = SECRET, **options: Any) -> None:
        super().__init__(**options)
        self.secret = secret
        self.applied: dict[str, dict[str, Any]] = {}

    def read(self, request: Request) -> Sequence[Accepted] | Reply:
        try:
            Webhook(self.secret).verify(request.body, request.headers)
        except WebhookVerificationError:
            return Reply.json(401, {"error": "signature"})
        content = json.loads(request.body)
        message_id = request.headers["webhook-id"]
        return [Accepted(message_id, "", message_id, content, request.headers)]

    def yes(self, accepted: Sequence[Accepted]) -> Reply:
        (one,) = accepted
        self.applied.setdefault(one.ref, dict(one.content))
        return Reply.json(200, {"status": "applied", "id": one.ref})

    def no(self, plan: Plan) -> Reply:
        return Reply.json(plan.status, {"error": plan.code or "refused"})
