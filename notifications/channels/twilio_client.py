"""Twilio's own client on our kept connections, without the work it repeats for each call."""

from dataclasses import dataclass
from typing import Any

from aiohttp import encode_basic_auth
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from yarl import URL

from notifications.channels.calls import KeptSession

TWILIO = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class Login:
    """One account at Twilio; `api_url` leads elsewhere than to Twilio itself."""

    account_sid: str
    auth_token: str
    api_url: str = ""


class TooManyRequestsError(Exception):
    """The one refusal whose header we need, which Twilio's own exceptions drop."""

    def __init__(self, wait: str | None) -> None:
        super().__init__()
        self.wait = wait


class TwilioClient(Client):
    """Its own builds the same headers anew for each call; these are made once."""

    def __init__(self, login: Login, in_flight: int) -> None:
        super().__init__(login.account_sid, login.auth_token)
        self._http = _HttpClient(in_flight, self._constant_headers(login), login.api_url)
        self.http_client = self._http
        self._api = self.api.v2010
        self._messages_uri = f"/Accounts/{login.account_sid}/Messages.json"

    def get_headers(self, method: str, headers: dict[str, str] | None) -> dict[str, str]:
        return headers or {}

    async def send(self, form: dict[str, str | int]) -> dict[str, Any]:
        """Create one message; Twilio's client without the instance it makes of each answer.

        That instance reads the dates of an answer whose id is all we need of it.
        """
        found: dict[str, Any] = await self._api.create_async("POST", self._messages_uri, data=form)
        return found

    async def close(self) -> None:
        await self._http.close()

    def _constant_headers(self, login: Login) -> dict[str, str]:
        login_header = encode_basic_auth(login.account_sid, login.auth_token)
        return {**super().get_headers("POST", None), "Authorization": login_header}


class _HttpClient(AsyncHttpClient):
    """Twilio's HTTP client on a kept session, at the address the settings name.

    Its own logs each number and text, and keeps the last response on itself.
    """

    def __init__(self, in_flight: int, headers: dict[str, str], api_url: str) -> None:
        super().__init__(None, is_async=True)
        self._kept = KeptSession(in_flight, headers)
        self._api_url = api_url
        # Messages all go to one address; to take it apart for each costs more than to look it up.
        self._posts: dict[str, URL] = {}

    async def request(  # noqa: PLR0913 - Twilio's signature
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
        if method == "POST":
            target = self._posts.get(url) or self._posts.setdefault(url, self._address(url))
            answer = await self._kept.call(method, target, data=_form(data or {}))
        else:
            query = {name: str(value) for name, value in (params or {}).items()}
            answer = await self._kept.call(method, self._address(url).update_query(query))
        if answer.status == 429:
            raise TooManyRequestsError(answer.headers.get("Retry-After"))
        return Response(answer.status, answer.text(), answer.headers)

    async def close(self) -> None:
        await self._kept.close()

    def _address(self, url: str) -> URL:
        return URL(url.replace(TWILIO, self._api_url, 1) if self._api_url else url)


def _form(data: dict[str, Any]) -> bytes:
    """Write a form; a fifth of what urlencode takes, which was the dearest part of a call."""
    return URL.build(query=data).raw_query_string.encode()
