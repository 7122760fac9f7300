"""SMS through Twilio."""

from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext_noop
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from notifications.channels.base import Answer, Channel, Message
from notifications.channels.calls import (
    BROKEN,
    CONNECT_SECONDS,
    READ_SECONDS,
    RUBBISH,
    KeptSession,
    failed_call,
    proxies_for,
    throttled,
)
from notifications.kinds import AttemptOutcome, ChannelKind

TWILIO = "https://api.twilio.com"
LONGEST_VALIDITY_SECONDS = 36_000

REFUSED = gettext_noop("The SMS service refused this message.")
BAD_NUMBER = gettext_noop("This is not a phone number that can get an SMS.")
LANDLINE = gettext_noop("This is a landline, which cannot get an SMS.")
STOPPED = gettext_noop("The person answered STOP.")
NO_ROUTE = gettext_noop("The SMS service cannot reach this number.")
OUR_FAULT = gettext_noop("Our account with the SMS service is not set up right.")
TOO_LONG = gettext_noop("Our text is too long for an SMS.")
NOT_NOW = gettext_noop("The phone could not be reached for now.")
FILTERED = gettext_noop("The phone company held the message back.")

PERMANENT = {
    21211: BAD_NUMBER,
    21214: BAD_NUMBER,
    21217: BAD_NUMBER,
    21268: NO_ROUTE,
    21408: NO_ROUTE,
    21421: BAD_NUMBER,
    21610: STOPPED,
    21612: NO_ROUTE,
    21614: BAD_NUMBER,
    21635: LANDLINE,
    30004: NO_ROUTE,
    30005: BAD_NUMBER,
    30006: LANDLINE,
    30007: FILTERED,
    30008: NO_ROUTE,
}
DEAD = frozenset({21610, 21635, 30006})
MISCONFIGURED = {
    20003: OUR_FAULT,
    20404: OUR_FAULT,
    21212: OUR_FAULT,
    21603: OUR_FAULT,
    21606: OUR_FAULT,
    21608: OUR_FAULT,
    21609: OUR_FAULT,
    21617: TOO_LONG,
    21659: OUR_FAULT,
    21660: OUR_FAULT,
    21701: OUR_FAULT,
    21703: OUR_FAULT,
    30002: OUR_FAULT,
    30024: OUR_FAULT,
    30034: OUR_FAULT,
}
TOO_FAST = frozenset({20429, 14107, 21611, 30001, 30022, 63038})
TRY_LATER = {30003: NOT_NOW}


class SmsChannel(Channel):
    """One kept Twilio client a process; every call says where Twilio reports what became of it."""

    provider = "twilio"

    def __init__(self, kind: ChannelKind) -> None:
        super().__init__(kind)
        self._http = _HttpClient(self.in_flight)
        self._client = Client(
            settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=self._http
        )

    def send(self, message: Message) -> Answer:
        parameters = _parameters(message)
        try:
            return _taken(self._client.messages.create(**parameters))
        except _TooManyRequestsError as error:
            return throttled(error.wait)
        except requests.RequestException as error:
            return failed_call(error)
        except (TwilioRestException, TwilioServiceException) as error:
            return _refusal(error.status, error.code or error.status)
        except (TwilioException, ValueError, KeyError, TypeError, AttributeError):
            return Answer.unknown(RUBBISH)

    def close(self) -> None:
        self._http.close()


def classed(code: int, http_status: int) -> Answer:
    """Put one of Twilio's codes into our words."""
    if code in TOO_FAST:
        return throttled(None, http_status, str(code))
    if code in MISCONFIGURED:
        return _misconfigured(MISCONFIGURED[code], http_status, code)
    return Answer(
        AttemptOutcome.RETRY if code in TRY_LATER else AttemptOutcome.PERMANENT,
        http_status=http_status,
        code=str(code),
        detail=TRY_LATER.get(code) or PERMANENT.get(code, REFUSED),
        is_dead=code in DEAD,
    )


def _taken(sms: MessageInstance) -> Answer:
    if not sms.sid:
        return Answer.unknown(RUBBISH)
    if sms.error_code:
        return classed(int(sms.error_code), 201)
    return Answer.accepted(sms.sid, 201)


def _refusal(status: int, code: int) -> Answer:
    if status >= 500:
        # Twilio says itself that a message may have been sent after a 500.
        return Answer.unknown(BROKEN, http_status=status, code=str(code))
    if status < 400:
        return Answer.unknown(RUBBISH, http_status=status)
    if status in {401, 403, 404} and code not in PERMANENT:
        return _misconfigured(OUR_FAULT, status, code)
    return classed(code, status)


def _misconfigured(detail: str, http_status: int, code: int) -> Answer:
    return Answer(
        AttemptOutcome.MISCONFIGURED,
        http_status=http_status,
        code=str(code),
        detail=detail,
        halts=True,
        is_free=True,
    )


def _parameters(message: Message) -> dict[str, Any]:
    callback = f"{settings.PUBLIC_URL}/webhooks/twilio/{message.attempt_id}/"
    parameters: dict[str, Any] = {
        "to": message.to,
        "body": message.text,
        "messaging_service_sid": settings.TWILIO_MESSAGING_SERVICE_SID,
        # Five tries for each report, whatever goes wrong on the way to us.
        "status_callback": f"{callback}#rc=5&rp=all",
    }
    seconds = int(message.useful_for.total_seconds())
    if 0 < seconds <= LONGEST_VALIDITY_SECONDS:
        parameters["validity_period"] = seconds
    return parameters


class _TooManyRequestsError(Exception):
    """The one refusal whose header we need, which Twilio's own exceptions drop."""

    def __init__(self, wait: str | None) -> None:
        super().__init__()
        self.wait = wait


class _HttpClient(TwilioHttpClient):
    """Twilio's HTTP client on a kept session, at the address the settings name.

    Its own `request` keeps the last response on itself, so that two threads may get each
    other's answers; this one returns what it received.
    """

    def __init__(self, in_flight: int) -> None:
        super().__init__()
        self._kept = KeptSession(in_flight)

    def request(  # noqa: PLR0913 - Twilio's signature
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: FBT001, FBT002
    ) -> Response:
        if settings.TWILIO_API_URL:
            url = url.replace(TWILIO, settings.TWILIO_API_URL, 1)
        answer = self._kept.fresh().request(
            method,
            url,
            params=params,  # type: ignore[arg-type]
            data=data,
            headers=headers,
            auth=auth,
            proxies=proxies_for(settings.TWILIO_API_URL or TWILIO),
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=allow_redirects,
        )
        if answer.status_code == 429:
            raise _TooManyRequestsError(answer.headers.get("Retry-After"))
        return Response(answer.status_code, answer.text, answer.headers)

    def close(self) -> None:
        self._kept.close()
