"""HTTP calls whose failure says whether the request went out."""

import ssl
import threading
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache

import requests
from django.utils import timezone
from django.utils.translation import gettext_noop
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    MaxRetryError,
    NewConnectionError,
    SSLError,
)

from notifications.channels.base import Answer
from notifications.kinds import AttemptOutcome

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


class KeptSession:
    """A session whose connections are kept between calls, but not over a long pause."""

    def __init__(self, in_flight: int, *, trust_env: bool = False) -> None:
        self.session = requests.Session()
        # Trusting means to read the whole environment for each call; see `proxies_for`.
        self.session.trust_env = trust_env
        for scheme in ("https://", "http://"):
            # Never a retry below us: whether a request may be repeated is ours to say.
            self.session.mount(scheme, HTTPAdapter(pool_maxsize=in_flight, max_retries=0))
        self._last_used = time.monotonic()
        self._lock = threading.Lock()

    def fresh(self) -> requests.Session:
        """Return the session, its connections dropped if they may have gone stale."""
        with self._lock:
            if time.monotonic() - self._last_used > IDLE_SECONDS:
                self.session.close()
            self._last_used = time.monotonic()
        return self.session

    def close(self) -> None:
        self.session.close()


@cache
def proxies_for(address: str) -> dict[str, str]:
    """Return the proxies the environment names for calls to this address, read once."""
    return get_environ_proxies(address)


def failed_call(error: requests.RequestException | HTTPError) -> Answer:
    """Class a call without an answer: retry if nothing went out, otherwise unknown."""
    if went_out(error):
        return Answer.unknown(NO_ANSWER, code=type(error).__name__)
    return Answer(AttemptOutcome.RETRY, code=type(error).__name__, detail=UNREACHABLE)


def went_out(error: BaseException) -> bool:
    """Say whether the provider may have seen the request; in doubt it may."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return False
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else error
    if isinstance(cause, MaxRetryError) and cause.reason is not None:
        cause = cause.reason
    if isinstance(cause, SSLError):
        # A broken TLS record may come with the answer; a wrong certificate comes before all.
        return not isinstance(cause.args[0], ssl.SSLCertVerificationError)
    return not isinstance(cause, NewConnectionError | ConnectTimeoutError | LocationValueError)


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
    )
