"""Which addresses our server posts browser notifications to: a stranger must not choose."""

from urllib.parse import urlsplit

from django.conf import settings


def is_push_service(endpoint: str) -> bool:
    """Say whether the address belongs to a push service on our list."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    known = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_SERVICES)
    return known and (parts.scheme == "https" or host in {"127.0.0.1", "localhost"})
