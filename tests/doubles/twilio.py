"""Twilio's Messages, as far as we use them."""

import base64
import itertools
import re
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from tests.doubles.messages import Accepted, Plan, Reply, Request
from tests.doubles.server import Double

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "twilio-double-token"
SERVICE_SID = "MG" + "0" * 32
PATH = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages\.json")
CALLBACK = re.compile(r"/webhooks/twilio/([0-9a-f-]{36})/")
# A message in one of these has not left Twilio: it has no day it was sent on.
WAITING = frozenset({"accepted", "queued", "scheduled"})


class TwilioDouble(Double):
    name = "twilio"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._numbers = itertools.count(1)
        self._became: dict[str, tuple[str, int | None]] = {}

    def become(self, to: str, status: str, error_code: int | None = None) -> None:
        """Let what this number gets have this status in the list of messages."""
        self._became[to] = (status, error_code)

    def read(self, request: Request) -> Sequence[Accepted] | Reply:
        path = PATH.fullmatch(request.path)
        if path is None:
            return _error(404, 20404)
        account = path.group(1)
        login = base64.b64encode(f"{account}:{AUTH_TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return _error(401, 20003)
        if request.method == "GET":
            return self._list(account, dict(parse_qsl(request.query)))
        form = dict(parse_qsl(request.body.decode()))
        if not form.get("To") or not form.get("Body"):
            return _error(400, 21604)
        callback = CALLBACK.search(form.get("StatusCallback", ""))
        attempt_id = callback.group(1) if callback else ""
        ref = f"SM{next(self._numbers):032x}"
        return [Accepted(form["To"], attempt_id, ref, form, request.headers)]

    def yes(self, accepted: Sequence[Accepted]) -> Reply:
        (one,) = accepted
        return Reply.json(201, _message(one, "accepted", None))

    def no(self, plan: Plan) -> Reply:
        return _error(plan.status if plan.status != 500 else 400, int(plan.code))

    def _list(self, account: str, query: dict[str, str]) -> Reply:
        """Show the newest first; a filter by day leaves out what was not sent yet."""
        day = query.get("DateSent>", "")[:10]
        found = []
        for one in reversed(self.accepted):
            status, error_code = self._became.get(one.to, ("accepted", None))
            is_in = not day or (status not in WAITING and f"{one.at:%Y-%m-%d}" >= day)
            if is_in and one.to == query.get("To", one.to):
                found.append(_message(one, status, error_code))
        page = found[: int(query.get("PageSize", "50"))]
        uri = f"/2010-04-01/Accounts/{account}/Messages.json"
        return Reply.json(
            200,
            {
                "messages": page,
                "page": 0,
                "page_size": len(page),
                "start": 0,
                "end": max(0, len(page) - 1),
                "uri": uri,
                "first_page_uri": uri,
                "next_page_uri": None,
                "previous_page_uri": None,
            },
        )


def _message(accepted: Accepted, status: str, error_code: int | None) -> dict[str, Any]:
    at = format_datetime(accepted.at)
    return {
        "sid": accepted.ref,
        "account_sid": ACCOUNT_SID,
        "messaging_service_sid": SERVICE_SID,
        "to": accepted.to,
        "body": accepted.content["Body"],
        "status": status,
        "error_code": error_code,
        "error_message": None,
        "date_created": at,
        "date_updated": at,
        "date_sent": None if status in WAITING else at,
        "direction": "outbound-api",
        "num_segments": "1",
        "num_media": "0",
        "uri": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{accepted.ref}.json",
    }


def _error(status: int, code: int) -> Reply:
    # Like the real one it names the number, which must not reach our tables.
    content = {
        "code": code,
        "message": "The 'To' number +15005550001 is not a valid phone number.",
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Reply.json(status, content)
