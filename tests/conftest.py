"""Fixtures that every test may use."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.http import HttpRequest
from pytest_django import Settings

from portal.lib.env import redis_database
from tests.engines import pytest_sessionstart, pytest_unconfigure

__all__ = ["pytest_sessionstart", "pytest_unconfigure"]


@pytest.fixture(scope="session")
def worker_number() -> int:
    """The number of this xdist process, from 0."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(autouse=True)
def own_cache(settings: Settings, worker_number: int) -> None:
    """Give each process a Redis database of its own, empty at the start of each test."""
    location = redis_database(settings.REDIS_URL, 1 + worker_number)
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": location},
    }
    cache.clear()


def _complete(*, request: HttpRequest, user: Any, **_signal: object) -> None:
    """Let force_login mean "came in completely": staff have shown a second factor too."""
    # Only Client.force_login signs somebody in with a request that has no path.
    if request.path == "" and user.is_staff:
        shown = {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
        request.session["account_authentication_methods"] = [shown]
        request.session["account_authentication_methods_user"] = str(user.pk)


@pytest.fixture(autouse=True)
def own_log_settings() -> Iterator[None]:
    """Settings that a test reads anew must not take the log lines from those that listen later."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(autouse=True, scope="session")
def force_login_is_complete() -> None:
    user_logged_in.connect(_complete)
