"""When a worker of each queue last finished a task: alive means work done, not a process up."""

import time

from django.conf import settings
from django.core.cache import cache

FORGET_AFTER_SECONDS = 3600
WRITE_EVERY_SECONDS = 2.0

_last_written: dict[str, float] = {}


def beat(queue: str) -> None:
    """Note that a task of this queue was just done; a burst of tasks is noted once."""
    now = time.time()
    if now - _last_written.get(queue, 0.0) >= WRITE_EVERY_SECONDS:
        cache.set(_key(queue), now, FORGET_AFTER_SECONDS)
        _last_written[queue] = now


def seconds_since() -> dict[str, float | None]:
    """Return each queue's silence in seconds, or None if nothing was ever heard."""
    heard = cache.get_many([_key(queue) for queue in settings.QUEUES])
    now = time.time()
    return {
        queue: max(0.0, now - heard[_key(queue)]) if _key(queue) in heard else None
        for queue in settings.QUEUES
    }


def _key(queue: str) -> str:
    return f"heartbeat:{queue}"
