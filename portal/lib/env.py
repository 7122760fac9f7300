"""Read settings from the environment, once and strictly."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def env_str(name: str, *, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_secret(name: str, *, default: str = "") -> str:
    """Read NAME, or the file that NAME_FILE points at, as mounted secrets come."""
    path = env_str(f"{name}_FILE")
    if not path:
        return env_str(name, default=default)
    if env_str(name):
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    return secret_in(path, f"{name}_FILE")


def secret_in(path: str, named_by: str) -> str:
    """Return what a mounted secret holds; `named_by` is the setting that leads to it."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{named_by} points at {path}, which cannot be read: {error.strerror}."
        ) from error


def env_bool(name: str, *, default: bool) -> bool:
    value = env_str(name).lower()
    if value not in {"", "true", "false"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value == "true" if value else default


def env_int(name: str, *, default: int) -> int:
    value = env_str(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def env_float(name: str, *, default: float) -> float:
    value = env_str(name)
    if not value:
        return default
    try:
        return float(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from error


def env_json(name: str, *, default: Any) -> Any:
    """Read a JSON value, or one from the file that NAME_FILE points at."""
    value = env_secret(name)
    try:
        return json.loads(value) if value else default
    except ValueError as error:
        # Not the value: it may hold keys.
        raise ImproperlyConfigured(f"{name} must be JSON: {error}.") from error


def env_list(name: str, *, default: list[str]) -> list[str]:
    """Read a comma-separated list."""
    items = [item.strip() for item in env_str(name).split(",")]
    return [item for item in items if item] or default


def env_choice(name: str, *, choices: tuple[str, ...], default: str) -> str:
    value = env_str(name) or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def database_from_url(url: str) -> dict[str, Any]:
    """Turn postgresql://user:password@host:port/name?option=value into Django's dictionary."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    try:
        port = str(parts.port or options.pop("port", ""))
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL has a port that is not a number.") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")) or "recourse",
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }


def broker_from_redis_url(url: str) -> str:
    """Write a Redis address the way Celery reads it: sockets have a scheme of their own."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    database = dict(parse_qsl(parts.query)).get("db", "0")
    secret = f":{parts.password}@" if parts.password else ""
    return f"redis+socket://{secret}{parts.path}?virtual_host={database}"


def redis_database(url: str, number: int) -> str:
    """Return the same server's address with another database number."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        # Not geturl(): without a host it would drop the two slashes.
        return f"unix://{parts.netloc}{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()
