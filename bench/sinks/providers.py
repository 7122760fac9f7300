"""Twilio's and SendGrid's answers to what they accept."""

import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

from bench.sinks.http import HttpSink, reply

JSON = b"Content-Type: application/json"
# A form may leave a slash as it is.
CALLBACK = re.compile(rb"webhooks(?:%2F|/)twilio(?:%2F|/)([0-9a-f-]{36})(?:%2F|/)")
TO = re.compile(rb"\bTo=([^& ]+)")
ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "bench-token"
SERVICE_SID = "MG" + "0" * 32
API_KEY = "SG.bench"

# A real answer's fields; only the id differs, and nobody here looks at the rest.
_TAKEN = json.dumps(
    {
        "account_sid": ACCOUNT_SID,
        "api_version": "2010-04-01",
        "body": "Recourse: One of your credit lines has changed.",
        "date_created": "Fri, 02 Jan 2026 09:00:00 +0000",
        "date_sent": None,
        "date_updated": "Fri, 02 Jan 2026 09:00:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": None,
        "messaging_service_sid": SERVICE_SID,
        "num_media": "0",
        "num_segments": "0",
        "price": None,
        "price_unit": None,
        "sid": "SM@",
        "status": "accepted",
        "subresource_uris": {
            "media": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/SM@/Media.json"
        },
        "to": "+12025550100",
        "uri": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/SM@.json",
    }
).encode()


class TwilioSink(HttpSink):
    """201 with a message resource for each SMS, and the list of what a number got."""

    def answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"GET "):
            return self._list(head)
        counts = self.counts
        counts.calls += 1
        named, to = CALLBACK.search(body), TO.search(body)
        if not named or not to or b"Body=" not in body:
            return reply("400 Bad Request", b'{"code": 21604, "status": 400}', JSON)
        counts.take(named.group(1).decode())
        sid = b"SM%032x" % counts.accepted
        counts.kept.setdefault(to.group(1), []).append((sid, body))
        return reply("201 Created", _TAKEN.replace(b"SM@", sid), JSON)

    def _list(self, head: bytes) -> bytes:
        to = TO.search(head.split(b" ", 2)[1])
        kept = self.counts.kept.get(to.group(1), []) if to else []
        taken = [_listed(sid, body) for sid, body in kept]
        page = {"messages": taken, "page": 0, "next_page_uri": None}
        return reply("200 OK", json.dumps(page).encode(), JSON)


def _listed(sid: bytes, body: bytes) -> dict[str, object]:
    """Show an SMS as Twilio's list does; when it was taken is not what is measured."""
    form = dict(parse_qsl(body.decode()))
    now = format_datetime(datetime.now(UTC))
    return {
        **json.loads(_TAKEN),
        "sid": sid.decode(),
        "to": form["To"],
        "body": form["Body"],
        "status": "sent",
        "date_created": now,
        "date_updated": now,
        "date_sent": now,
    }


class SendGridSink(HttpSink):
    """202 for a whole call; each of its people is counted, and what is put into their places."""

    def answer(self, head: bytes, body: bytes) -> bytes:
        counts = self.counts
        counts.calls += 1
        call = json.loads(body)
        people = call["personalizations"]
        if len(people) > 1_000 or not call["subject"] or not call["content"]:
            return reply("400 Bad Request", b'{"errors": [{"message": "no"}]}', JSON)
        words = call["content"][0]["value"]
        for person in people:
            counts.take(person["custom_args"]["attempt_id"])
            places = person.get("substitutions")
            counts.different.add(hash(tuple(places.values()) if places else words))
        return reply("202 Accepted", b"", b"X-Message-Id: mail-%d" % counts.calls)
