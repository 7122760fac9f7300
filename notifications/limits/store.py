"""Where the workers' common knowledge lies: Redis, which may be away and may forget."""

import json
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from notifications.channels.base import Account
from notifications.limits.breakers import BREAKER_RULES
from notifications.limits.buckets import BUCKET_RULES

logger = structlog.get_logger(__name__)
PREFIX = "recourse:limits"
# A sign-in code waits for this.
TIMEOUT_SECONDS = 0.3
# After a failure nobody waits for Redis again for so long.
LEAVE_ALONE_SECONDS = 2.0
RULES = {**BUCKET_RULES, **BREAKER_RULES, "kept_for": 24 * 3600}
PARTS = ("helpers", "bucket", "breaker", "gate")


def _script() -> str:
    folder = Path(__file__).parent
    parts = [(folder / f"{part}.lua").read_text() for part in PARTS]
    return "\n".join([f"local RULES = cjson.decode([==[{json.dumps(RULES)}]==])", *parts])


class Store:
    """One Redis, asked with short patience; None is the answer while it is away."""

    def __init__(self, location: str) -> None:
        self.client: redis.Redis = redis.Redis.from_url(
            location,
            decode_responses=True,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            # Once more, for a connection that died while nobody used it; not after a time-out.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )
        self._script = self.client.register_script(_script())
        self._away_until = 0.0
        self._is_away = False

    def ask(self, what: str, account: Account, **told: Any) -> dict[str, Any] | None:
        """Run one of the script's questions about one provider."""
        name = f"{account.kind.value}:{account.key}"
        keys = [f"{PREFIX}:bucket:{name}", f"{PREFIX}:breaker:{name}"]
        said = json.dumps({"ask": what, "rate": account.rate, **told})
        answer = self._try(lambda: self._script(keys=keys, args=[said]))
        return None if answer is None else dict(json.loads(answer))

    def is_first(self, name: str, seconds: float) -> bool:
        """Say whether nobody else said this within so many seconds."""
        key, milliseconds = f"{PREFIX}:{name}", max(1, int(seconds * 1000))
        return bool(self._try(lambda: self.client.set(key, 1, nx=True, px=milliseconds)))

    def _try(self, call: Any) -> Any:
        if time.monotonic() < self._away_until:
            return None
        try:
            answer = call()
        except RedisError as error:
            self._note_away(error)
            return None
        if self._is_away:
            self._is_away = False
            logger.info("limits are counted again")
        return answer

    def _note_away(self, error: RedisError) -> None:
        self._away_until = time.monotonic() + LEAVE_ALONE_SECONDS
        if not self._is_away:
            self._is_away = True
            logger.warning("limits cannot be counted", fault=type(error).__name__)


@lru_cache(maxsize=4)
def _store_at(location: str) -> Store:
    return Store(location)


def store() -> Store:
    """Return this process's way to the Redis of the cache."""
    return _store_at(str(settings.CACHES["default"]["LOCATION"]))
