"""SendGrid's v3 mail send, as far as we use it."""

import itertools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.doubles.messages import Accepted, Plan, Reply, Request
from tests.doubles.server import Double

API_KEY = "SG.double"
MOST_PERSONALIZATIONS = 1_000


class SendGridDouble(Double):
    """Takes a call as a whole or not at all, and keeps each message as its reader sees it."""

    name = "sendgrid"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Addresses it finds wrong: one of them spoils a call.
        self.bad: set[str] = set()
        self.most_bytes = 30_000_000
        self._numbers = itertools.count(1)

    def read(self, request: Request) -> Sequence[Accepted] | Reply:
        if request.path != "/v3/mail/send":
            return _error(404, "", "not found")
        if request.headers.get("authorization") != f"Bearer {API_KEY}":
            return _error(401, "", "The provided authorization grant is invalid")
        if len(request.body) > self.most_bytes:
            return _error(413, "", "The request body is too large.")
        call = json.loads(request.body)
        return self._fault_of(call) or self._messages(call, request.headers)

    def yes(self, accepted: Sequence[Accepted]) -> Reply:
        return Reply(202, headers={"X-Message-Id": accepted[0].ref})

    def no(self, plan: Plan) -> Reply:
        return _error(plan.status if plan.status != 500 else 400, str(plan.code), "No.")

    def too_many(self, plan: Plan) -> Reply:
        reset = int(time.time()) + int(plan.retry_after or 0)
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
        reply = _error(429, "", "too many requests")
        return Reply(429, reply.body, {**reply.headers, **(headers if plan.retry_after else {})})

    def _fault_of(self, call: dict[str, Any]) -> Reply | None:
        people = call["personalizations"]
        addresses = [person["to"][0]["email"] for person in people]
        if not call["subject"] or not all(part["value"] for part in call["content"]):
            return _error(400, "content", "The content value must be a string of some length.")
        if len(people) > MOST_PERSONALIZATIONS:
            return _error(400, "personalizations", "There may be 1000 personalizations.")
        if len({one.casefold() for one in addresses}) < len(addresses):
            return _error(400, "personalizations", "Each email address should be unique.")
        for place, address in enumerate(addresses):
            if address in self.bad:
                field = f"personalizations.{place}.to.0.email"
                return _error(400, field, "Does not contain a valid address.")
        return None

    def _messages(self, call: dict[str, Any], headers: dict[str, str]) -> list[Accepted]:
        ref = f"mail-{next(self._numbers)}"
        return [
            Accepted(
                person["to"][0]["email"],
                person.get("custom_args", {}).get("attempt_id", ""),
                ref,
                Mail(call, person),
                headers,
            )
            for person in call["personalizations"]
        ]


class Mail(Mapping[str, Any]):
    """One person's message: the call with what was put into its places, when somebody looks."""

    def __init__(self, call: dict[str, Any], person: dict[str, Any]) -> None:
        self._call = call
        self._person = person

    def __getitem__(self, name: str) -> Any:
        if name == "personalizations":
            return [self._person]
        if name == "subject":
            return self._filled(self._call["subject"])
        if name == "content":
            return [
                {**part, "value": self._filled(part["value"])} for part in self._call["content"]
            ]
        return self._call[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._call)

    def __len__(self) -> int:
        return len(self._call)

    def _filled(self, text: str) -> str:
        for place, value in self._person.get("substitutions", {}).items():
            text = text.replace(place, value)
        return text


def _error(status: int, field: str, message: str) -> Reply:
    return Reply.json(status, {"errors": [{"message": message, "field": field or None}]})
