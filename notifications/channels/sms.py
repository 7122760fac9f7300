"""SMS through Twilio."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest.api.v2010.account.message import MessageInstance

from notifications.channels.base import Account, Answer, Message, OneByOne, Sent, fingerprint
from notifications.channels.calls import (
    BROKEN,
    CALL_FAULTS,
    RUBBISH,
    failed_call,
    throttled,
)
from notifications.channels.segments import segments
from notifications.channels.twilio_client import Login, TooManyRequestsError, TwilioClient
from notifications.channels.twilio_codes import MEANINGS, OUR_FAULT, meaning_of
from notifications.kinds import AttemptOutcome, SuppressionCause

LONGEST_VALIDITY_SECONDS = 36_000
# To how old a message of Twilio's list is believed to be ours: its clock is not ours.
CLOCKS_DIFFER = timedelta(minutes=2)
# More messages than one number gets between a lost answer and our question.
LISTED = 100
ARRIVED = frozenset({"delivered", "read"})
NOT_ARRIVED = frozenset({"undelivered", "failed", "canceled"})
UNDELIVERED = gettext_noop("The SMS service could not deliver this message.")


class TwilioProvider(OneByOne):
    """One kept Twilio client a process; every call says where Twilio reports what became of it."""

    in_flight = 256

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._sender = _sender(account)
        self._client = TwilioClient(_login(account), self.in_flight)

    def cost(self, text: str) -> int:
        return segments(text)

    async def send(self, message: Message) -> Answer:
        form = _form(message, self._sender)
        try:
            return _taken(await self._client.send(form))
        except TooManyRequestsError as error:
            return throttled(error.wait)
        except CALL_FAULTS as error:
            return failed_call(error)
        except (TwilioRestException, TwilioServiceException) as error:
            return _refusal(error.status, error.code or error.status)
        except (TwilioException, ValueError, KeyError, TypeError, AttributeError):
            return Answer.unknown(RUBBISH)

    async def find(self, sent: Sent) -> list[Answer]:
        """Look for the message among those Twilio has for this number.

        Twilio files a message by the day it was sent, and one that still waits under no day: so a
        second question goes without the day. Raises what a call may raise.
        """
        found: dict[str, MessageInstance] = {}
        for days in ({"date_sent_after": sent.started_at - CLOCKS_DIFFER}, {}):
            listed = await self._client.messages.list_async(
                to=sent.to, limit=LISTED, page_size=LISTED, **days
            )
            found.update((sms.sid, sms) for sms in _fitting(listed, sent) if sms.sid)
        by_age = sorted(found.values(), key=lambda sms: sms.date_created)
        return [_became(sms) for sms in by_age]

    async def close(self) -> None:
        await self._client.close()


def classed(code: int, http_status: int) -> Answer:
    """Put one of Twilio's codes into our words."""
    meaning = meaning_of(code)
    if meaning.is_throttle:
        return throttled(None, http_status, str(code))
    if meaning.outcome == AttemptOutcome.MISCONFIGURED:
        return _misconfigured(meaning.words, http_status, code, halts=not meaning.is_of_the_text)
    known: dict[str, Any] = {"dead_because": meaning.dead_because} if meaning.dead_because else {}
    return Answer(
        meaning.outcome,
        http_status=http_status,
        code=str(code),
        detail=meaning.words,
        is_dead=meaning.dead_because is not None,
        **known,
    )


def _login(account: Account) -> Login:
    """Return the account's own login, whole, or else the one all accounts share."""
    url = account.option("api_url", settings.TWILIO_API_URL)
    if account.option("account_sid"):
        return Login(account.option("account_sid"), account.option("auth_token"), url)
    return Login(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, url)


def _sender(account: Account) -> dict[str, str]:
    """Name who the SMS comes from: a messaging service, or one number."""
    named = account.option("messaging_service_sid") or account.sender
    sender = named or settings.TWILIO_MESSAGING_SERVICE_SID
    return {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}


def _taken(sms: dict[str, Any]) -> Answer:
    if not isinstance(sms["sid"], str) or not sms["sid"]:
        return Answer.unknown(RUBBISH)
    if sms.get("error_code"):
        return classed(int(sms["error_code"]), 201)
    return Answer.accepted(sms["sid"], 201)


def _refusal(status: int, code: int) -> Answer:
    if status >= 500:
        # Twilio says itself that a message may have been sent after a 500.
        return Answer.unknown(BROKEN, http_status=status, code=str(code))
    if status < 400:
        return Answer.unknown(RUBBISH, http_status=status)
    if status in {401, 403, 404} and code not in MEANINGS:
        return _misconfigured(OUR_FAULT, status, code)
    return classed(code, status)


def _misconfigured(detail: str, http_status: int, code: int, *, halts: bool = True) -> Answer:
    return Answer(
        AttemptOutcome.MISCONFIGURED,
        http_status=http_status,
        code=str(code),
        detail=detail,
        halts=halts,
        is_free=True,
    )


def _form(message: Message, sender: dict[str, str]) -> dict[str, str | int]:
    callback = f"{settings.PUBLIC_URL}/webhooks/twilio/{message.attempt_id}/"
    form: dict[str, str | int] = {
        "To": message.to,
        "Body": message.text,
        **sender,
        # Five tries for each report, whatever goes wrong on the way to us.
        "StatusCallback": f"{callback}#rc=5&rp=all",
    }
    seconds = int(message.useful_for.total_seconds())
    if 0 < seconds <= LONGEST_VALIDITY_SECONDS:
        form["ValidityPeriod"] = seconds
    return form


def _fitting(listed: Iterable[MessageInstance], sent: Sent) -> list[MessageInstance]:
    """Return the messages with exactly our words since we began the call."""
    since = sent.started_at - CLOCKS_DIFFER
    return [
        sms
        for sms in listed
        if sms.date_created
        and sms.date_created >= since
        and fingerprint("", sms.body or "", "") == sent.content_sha256
    ]


def _became(sms: MessageInstance) -> Answer:
    if sms.status in NOT_ARRIVED:
        # It went out and did not arrive: what a receipt would have told us, and no second try.
        said = classed(int(sms.error_code), 200) if sms.error_code else None
        return Answer(
            AttemptOutcome.PERMANENT,
            provider_ref=sms.sid,
            http_status=200,
            code=str(sms.error_code or sms.status),
            detail=said.detail if said else UNDELIVERED,
            is_dead=said.is_dead if said else False,
            dead_because=said.dead_because if said else SuppressionCause.DEAD_NUMBER,
        )
    accepted = Answer.accepted(sms.sid, 200)
    return replace(accepted, is_delivered=True) if sms.status in ARRIVED else accepted
