"""Engines of the benchmark's own, with fsync on, under a directory that goes away again."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
from django.core.management import call_command

from portal import embedded

NOT_OURS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "PUBLIC_URL", "ALLOWED_HOSTS")


@contextlib.contextmanager
def own_engines() -> Iterator[Path]:
    """Start PostgreSQL and Redis, and set Django up on an empty database."""
    local = Path(tempfile.mkdtemp(prefix="recourse-bench-"))
    # The engines' user must be able to walk in when root runs this.
    local.chmod(0o711)
    for name in NOT_OURS:
        os.environ.pop(name, None)
    os.environ |= {
        "RECOURSE_LOCAL": str(local),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PUBLIC_URL": "https://portal.lender.example",
        "LOG_LEVEL": "WARNING",
        "QUIET_HOURS": "false",
        "PYTHONWARNINGS": "ignore",
    }
    try:
        embedded.start(durable=True)
        django.setup()
        call_command("migrate", verbosity=0)
        yield local
    finally:
        embedded.stop()
        shutil.rmtree(local, ignore_errors=True)
