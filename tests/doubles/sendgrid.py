"""SendGrid's v3 mail send, as far as we use it."""

import itertools
import json
from typing import Any

from tests.doubles.messages import Accepted, Plan, Reply, Request
from tests.doubles.server import Double

API_KEY = "SG.double"


class SendGridDouble(Double):
    name = "sendgrid"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._numbers = itertools.count(1)

    def read(self, request: Request) -> Accepted | Reply:
        if request.path != "/v3/mail/send":
            return _error(404, "", "not found")
        if request.headers.get("authorization") != f"Bearer {API_KEY}":
            return _error(401, "", "The provided authorization grant is invalid")
        content = json.loads(request.body)
        (personalization,) = content["personalizations"]
        to = personalization["to"][0]["email"]
        attempt_id = personalization.get("custom_args", {}).get("attempt_id", "")
        if not content["subject"] or not all(part["value"] for part in content["content"]):
            return _error(400, "content", "The content value must be a string of some length.")
        return Accepted(to, attempt_id, f"mail-{next(self._numbers)}", content, request.headers)

    def yes(self, accepted: Accepted) -> Reply:
        return Reply(202, headers={"X-Message-Id": accepted.ref})

    def no(self, plan: Plan) -> Reply:
        return _error(plan.status if plan.status != 500 else 400, str(plan.code), "No.")


def _error(status: int, field: str, message: str) -> Reply:
    return Reply.json(status, {"errors": [{"message": message, "field": field or None}]})
