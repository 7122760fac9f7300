"""E-mail through SendGrid: many people a call."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext_noop
from sendgrid import SendGridAPIClient
from yarl import URL

from notifications.channels.base import Account, Answer, Flight, Message, Provider
from notifications.channels.calls import (
    BROKEN,
    CALL_FAULTS,
    RUBBISH,
    KeptSession,
    Reply,
    failed_call,
    throttled,
)
from notifications.channels.mailings import Mailing, mailings
from notifications.kinds import AttemptOutcome

SENDGRID = "https://api.sendgrid.com"
REFUSED = gettext_noop("The e-mail service refused this message.")
OUR_FAULT = gettext_noop("Our account with the e-mail service is not set up right.")
# What is wrong with the key or the address of the service is wrong for every message.
OURS = frozenset({401, 403, 404, 405, 406, 415})
# Fields that are the same in every call, and fields of one wording.
OUR_FIELDS = ("from", "reply_to", "headers", "tracking_settings")
WORDING_FIELDS = ("subject", "content")


class SendGridProvider(Provider):
    """One account; a call takes everybody who gets the same words, each with our attempt's id."""

    stride = 1_000
    most_in_air = 2_000
    # Calls at the same time: people in one call wait for each other, calls do not.
    in_flight = 16

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        api = SendGridAPIClient(
            account.option("api_key", settings.SENDGRID_API_KEY),
            host=account.option("api_url", settings.SENDGRID_API_URL) or SENDGRID,
        )
        self._url = URL(f"{api.host}/v3/mail/send")
        headers = {**api.client.request_headers, "Content-Type": "application/json"}
        self._kept = KeptSession(self.in_flight, headers)
        self._window: asyncio.Semaphore | None = None
        self._from = account.sender or settings.EMAIL_FROM

    async def send_all(self, messages: Sequence[Message], flight: Flight) -> None:
        if self._window is None:
            self._window = asyncio.Semaphore(self.in_flight)
        calls = mailings(messages, settings.EMAIL_CALL_SIZE)
        await asyncio.gather(*(self._send(mailing, flight, self._window) for mailing in calls))

    async def close(self) -> None:
        await self._kept.close()

    async def _send(self, mailing: Mailing, flight: Flight, window: asyncio.Semaphore) -> None:
        """Send one mailing, in halves again and again where one of its people spoils it."""
        async with window:
            answer = await self._call(mailing, flight)
        if len(mailing.messages) > 1 and _may_be_one_of_many(answer):
            await asyncio.gather(*(self._send(half, flight, window) for half in mailing.halves()))
            return
        for message in mailing.messages:
            flight.hand_in(message.attempt_id, answer)

    async def _call(self, mailing: Mailing, flight: Flight) -> Answer:
        if flight.halted_by:
            return Answer.not_begun(flight.halted_by)
        body = json.dumps(mailing.body(self._from), ensure_ascii=False).encode()
        try:
            return _classed(await self._kept.call("POST", self._url, data=body))
        except CALL_FAULTS as error:
            return failed_call(error)
        except Exception as error:  # noqa: BLE001 - an answer is owed whatever broke
            return self.broken(error)


def _may_be_one_of_many(answer: Answer) -> bool:
    """Say whether a part of the same call might be taken: a call is refused as a whole."""
    return answer.outcome == AttemptOutcome.PERMANENT


def _classed(reply: Reply) -> Answer:
    status, headers = reply.status, reply.headers
    if status == 202:
        return Answer.accepted(headers.get("X-Message-Id", ""), status)
    if status == 429:
        return throttled(headers.get("Retry-After") or _until_reset(headers))
    if status >= 500 or status < 400:
        detail = BROKEN if status >= 500 else RUBBISH
        return Answer.unknown(detail, http_status=status, code=str(status))
    return _refused(status, _first_field(reply.body))


def _refused(status: int, field: str) -> Answer:
    is_ours = status in OURS or field.startswith(OUR_FIELDS)
    if is_ours or field.startswith(WORDING_FIELDS):
        return Answer(
            AttemptOutcome.MISCONFIGURED,
            http_status=status,
            code=field or str(status),
            detail=OUR_FAULT,
            # Other words may be taken where these are not.
            halts=is_ours,
            is_free=True,
        )
    return Answer(
        AttemptOutcome.PERMANENT, http_status=status, code=field or str(status), detail=REFUSED
    )


def _until_reset(headers: Mapping[str, str]) -> str | None:
    reset = headers.get("X-RateLimit-Reset", "")
    return str(max(0, int(reset) - int(time.time()))) if reset.isdigit() else None


def _first_field(body: bytes) -> str:
    """Return the name of the field SendGrid points at, which holds nobody's data."""
    try:
        return str(json.loads(body)["errors"][0].get("field") or "")[:40]
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
