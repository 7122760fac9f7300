"""Our own pipeline with Twilio's client as it comes: synchronous, on threads, connections kept."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from notifications.channels.base import Account, Answer, Flight, Message, Provider
from notifications.channels.sms import _form
from notifications.channels.twilio_client import TWILIO


class ThreadsProvider(Provider):
    """As many calls at once as there are threads."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        threads = int(account.options["threads"])
        self._pool = ThreadPoolExecutor(threads)
        self._client = Client(
            settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=_Sessions(threads)
        )

    async def send_all(self, messages: Sequence[Message], flight: Flight) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(self._pool, self._send, one, flight) for one in messages)
        )

    def _send(self, message: Message, flight: Flight) -> None:
        form = _form(message, {})
        try:
            sms = self._client.messages.create(
                to=str(form["To"]),
                body=str(form["Body"]),
                status_callback=str(form["StatusCallback"]),
                messaging_service_sid=settings.TWILIO_MESSAGING_SERVICE_SID,
            )
            answer = Answer.accepted(sms.sid or "", 201)
        except (requests.RequestException, TwilioException) as error:
            answer = self.broken(error)
        flight.hand_in(message.attempt_id, answer)


class _Sessions(TwilioHttpClient):
    """Its own HTTP client, at the sink's address, with a connection for each thread."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        assert self.session
        # Our other side reads the environment's proxies once, too.
        self.session.trust_env = False
        self.session.mount("http://", HTTPAdapter(pool_maxsize=threads))

    def request(self, method: str, url: str, *words: Any, **named: Any) -> Response:
        return super().request(
            method, url.replace(TWILIO, settings.TWILIO_API_URL), *words, **named
        )
