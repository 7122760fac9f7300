"""What a result was measured on: without names of hosts or paths."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection

PACKAGES = (
    "Django",
    "celery",
    "kombu",
    "redis",
    "psycopg",
    "aiohttp",
    "twilio",
    "sendgrid",
    "django-post_office",
    "uvloop",
)
DATABASE_SETTINGS = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "max_wal_size",
    "wal_compression",
)


def machine() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgresql = str((cursor.fetchone() or ("",))[0])
        tuned = {}
        for name in DATABASE_SETTINGS:
            cursor.execute(f"SHOW {name}")
            tuned[name] = str((cursor.fetchone() or ("",))[0])
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        redis_version = str(client.info("server")["redis_version"])
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(_memory_bytes() / 2**30, 1),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgresql,
        "postgresql_settings": tuned,
        "redis": redis_version,
        "packages": {name: version(name) for name in PACKAGES},
    }


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
