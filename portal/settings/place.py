"""Where this process runs, which one it is, and its engines."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal import embedded
from portal.embedded import keys
from portal.embedded.host import local_dir
from portal.lib.env import (
    database_from_url,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_secret,
    env_str,
    redis_database,
)

BASE_DIR = Path(__file__).resolve().parent.parent.parent
LOCAL_DIR = local_dir()

# --- Where we are ----------------------------------------------------------------------------

DATABASE_URL = env_secret("DATABASE_URL")
REDIS_URL = env_secret("REDIS_URL")
ENVIRONMENT = env_choice(
    "ENVIRONMENT",
    choices=("development", "test", "production"),
    default="production" if DATABASE_URL else "development",
)
IS_PRODUCTION = ENVIRONMENT == "production"
# Who we are decides how long a statement may take: `web`, `worker` or `command`.
PROCESS_ROLE = env_choice("PROCESS_ROLE", choices=("web", "worker", "command"), default="command")
DEBUG = env_bool("DEBUG", default=False)

_public_url = env_str("PUBLIC_URL", default="" if IS_PRODUCTION else "http://localhost:8000")
PUBLIC_URL = _public_url.rstrip("/")
IS_HTTPS = urlsplit(PUBLIC_URL).scheme == "https"
_public_host = urlsplit(PUBLIC_URL).hostname or "localhost"
_loopback = [] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]", _public_host]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=_loopback)

SECRET_KEY = env_secret("SECRET_KEY") or ("" if IS_PRODUCTION else keys.secret_key())
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS", default=[])

# --- Engines ---------------------------------------------------------------------------------

EMBEDDED_POSTGRES, EMBEDDED_REDIS = embedded.needed()
if EMBEDDED_POSTGRES:
    DATABASE_URL = embedded.database_url()
if EMBEDDED_REDIS:
    REDIS_URL = embedded.redis_url()

# A page that waits five seconds has failed; a worker's batch may take longer; a command
# (migrate, ingest) may take what it needs.
STATEMENT_TIMEOUT_MS = env_int(
    "STATEMENT_TIMEOUT_MS",
    default={"web": 5_000, "worker": 30_000, "command": 0}[PROCESS_ROLE],
)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **database_from_url(DATABASE_URL or "postgresql:///recourse"),
        "CONN_MAX_AGE": env_int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
# The plans of a page's questions cost PostgreSQL more than their answers: a connection keeps those
# of what it asks often. A pooler that gives each transaction another connection needs this off.
PREPARED_STATEMENTS = env_bool("PREPARED_STATEMENTS", default=True)
DATABASES["default"]["OPTIONS"] = {
    "server_side_binding": PREPARED_STATEMENTS,
    "prepare_threshold": 5 if PREPARED_STATEMENTS else None,
    "connect_timeout": 5,
    "application_name": f"recourse-{PROCESS_ROLE}",
    "options": " ".join(
        f"-c {name}={value}"
        for name, value in {
            "statement_timeout": STATEMENT_TIMEOUT_MS,
            "lock_timeout": min(STATEMENT_TIMEOUT_MS, 10_000),
            "idle_in_transaction_session_timeout": 60_000 if STATEMENT_TIMEOUT_MS else 0,
            # Whatever the server's default: an attempt that a crash could take back would be
            # sent again. Tests trade that for speed where nothing crashes.
            **({} if ENVIRONMENT == "test" else {"synchronous_commit": "on"}),
        }.items()
    ),
    **DATABASES["default"]["OPTIONS"],
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What staff edited is a history, and a history is only added to.
PGHISTORY_APPEND_ONLY = True

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_database(REDIS_URL or "redis://localhost:6379", 1),
        "KEY_PREFIX": "recourse",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
