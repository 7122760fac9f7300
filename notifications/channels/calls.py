"""HTTP calls over kept connections, whose failure says whether the request went out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.request import getproxies, proxy_bypass

import aiohttp
from django.utils import timezone
from django.utils.translation import gettext_noop
from yarl import URL

from notifications.channels.base import Answer
from notifications.kinds import AttemptOutcome

# Connecting ends before the whole call may: so a call that took too long had gone out.
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
# Load balancers close idle connections after about a minute, without a word.
IDLE_SECONDS = 20.0
LONGEST_RETRY_AFTER = timedelta(hours=6)

UNREACHABLE = gettext_noop("The provider could not be reached.")
NO_ANSWER = gettext_noop("The provider's answer was lost.")
BROKEN = gettext_noop("The provider had a fault of its own.")
RUBBISH = gettext_noop("The provider's answer made no sense.")
SLOW_DOWN = gettext_noop("The provider asked us to slow down.")

# What aiohttp raises before a byte of the request is written: refused, no such host, a wrong
# certificate, no connection in time, a proxy that opens no tunnel, an address that is none.
NEVER_WENT_OUT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
# Everything else a call may end with; time-outs and cut connections among it.
CALL_FAULTS = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider answered, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def text(self) -> str:
        return self.body.decode(errors="replace")


class KeptSession:
    """Connections of one provider, kept between calls but not over a long pause.

    It repeats nothing (aiohttp does so for GET only, which is for asking): whether a message may
    go again is ours to say. It follows no redirect and keeps no cookie.
    """

    def __init__(self, in_flight: int, headers: Mapping[str, str] | None = None) -> None:
        self._in_flight = in_flight
        self._headers = headers
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        method: str,
        url: URL,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Make one call; raises one of CALL_FAULTS where there is no whole answer."""
        session = self._session or self._open()
        async with session.request(
            method,
            url,
            data=data,
            headers=headers,
            proxy=proxy_for(url.scheme, url.host or ""),
            allow_redirects=False,
        ) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        # Not in __init__: a session belongs to the loop that is running when it is made.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._in_flight, keepalive_timeout=IDLE_SECONDS, ttl_dns_cache=60
            ),
            timeout=aiohttp.ClientTimeout(
                total=CONNECT_SECONDS + READ_SECONDS,
                connect=CONNECT_SECONDS,
                sock_read=READ_SECONDS,
            ),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept-Encoding",),
        )
        return self._session


@cache
def proxy_for(scheme: str, host: str) -> str | None:
    """Return the proxy the environment names for calls to this host, read once."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


def failed_call(error: BaseException) -> Answer:
    """Class a call without an answer: retry if nothing went out, otherwise unknown."""
    code = type(error).__name__
    if isinstance(error, NEVER_WENT_OUT):
        return Answer(AttemptOutcome.RETRY, code=code, detail=UNREACHABLE)
    return Answer.unknown(NO_ANSWER, code=code)


def retry_after(header: str | None) -> timedelta | None:
    """Read a Retry-After header: seconds, or a date."""
    if not header:
        return None
    if header.strip().isdigit():
        return min(timedelta(seconds=int(header.strip()[:9])), LONGEST_RETRY_AFTER)
    try:
        wait = parsedate_to_datetime(header) - timezone.now()
    except (TypeError, ValueError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)


def throttled(header: str | None, http_status: int = 429, code: str = "429") -> Answer:
    """Answer for "too many requests": not taken, and the rest of the batch can wait as well."""
    return Answer(
        AttemptOutcome.RETRY,
        http_status=http_status,
        code=code,
        detail=SLOW_DOWN,
        retry_after=retry_after(header),
        halts=True,
        is_throttle=True,
    )
