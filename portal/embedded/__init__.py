"""Real PostgreSQL and Redis from Python wheels, so that a fresh clone needs no server.

Nothing here imports Django: `manage.py` starts the engines before Django is loaded.
"""

import os

from portal.embedded import host, postgres, redis
from portal.embedded.host import EngineError, local_dir, start_lock

__all__ = [
    "EngineError",
    "database_url",
    "is_up",
    "local_dir",
    "needed",
    "redis_url",
    "remove",
    "start",
    "stop",
]

database_url = postgres.url
redis_url = redis.url


def needed() -> tuple[bool, bool]:
    """Say which engines the environment leaves to us: (PostgreSQL, Redis)."""
    in_production = os.environ.get("ENVIRONMENT", "") == "production"

    def is_ours(name: str) -> bool:
        return not in_production and not (os.environ.get(name) or os.environ.get(f"{name}_FILE"))

    uses_postgres = is_ours("DATABASE_URL")
    # A database given without ENVIRONMENT means production: nothing of ours may run there.
    if not uses_postgres and not os.environ.get("ENVIRONMENT"):
        return False, False
    return uses_postgres, is_ours("REDIS_URL")


def start(*, durable: bool = True) -> None:
    """Start whichever of the two is needed and not up; safe to call from many processes."""
    with_postgres, with_redis = needed()
    if (not with_postgres or postgres.is_up()) and (not with_redis or redis.is_up()):
        return
    with start_lock():
        if with_redis:
            redis.start()
        if with_postgres:
            postgres.start(durable=durable)


def stop() -> None:
    with start_lock():
        postgres.stop()
        redis.stop()


def remove() -> None:
    """Stop the engines and remove all their data."""
    stop()
    host.remove()


def is_up() -> dict[str, bool]:
    return {"postgresql": postgres.is_up(), "redis": redis.is_up()}
