"""Fixtures that every test may use."""

import os

import pytest
from django.core.cache import cache
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
