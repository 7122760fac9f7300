"""Is the process up, can it serve, and how is it doing: for probes and scrapers."""

import time
from collections.abc import Callable
from typing import Any

import psycopg
import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from portal.celery import app
from portal.lib import heartbeats
from portal.lib.metrics import REGISTRY, measure

logger = structlog.get_logger(__name__)

# Beat rings each queue every ten seconds; a worker may be busy with a batch for a while.
LONGEST_SILENCE_SECONDS = 90
PROBE_SECONDS = 2
_last: dict[str, bool] = {}
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "up"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    parts = {
        "database": _probe(_ask_database),
        "broker": _probe(_ask_broker),
        "cache": _probe(_ask_cache),
        "workers": _workers(),
    }
    is_ready = all(part["ok"] for part in parts.values())
    _log_change(is_ready=is_ready, parts=parts)
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", "parts": parts},
        status=200 if is_ready else 503,
    )


class ProbeMiddleware:
    """Answer probes before anything else: they know no host name, no TLS and no session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return healthz(request)
        if request.path_info == "/readyz":
            return readyz(request)
        return self.get_response(request)


def _log_change(*, is_ready: bool, parts: dict[str, dict[str, Any]]) -> None:
    """Write a line when it turns, not one for each of a probe's many questions."""
    before, _last["is_ready"] = _last.get("is_ready"), is_ready
    if before is not None and before != is_ready:
        down = [name for name, part in parts.items() if not part["ok"]]
        logger.info("ready") if is_ready else logger.warning("not ready", down=down)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not (request.user.is_staff or _is_from_this_machine(request)):
        raise Http404
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _is_from_this_machine(request: HttpRequest) -> bool:
    # A proxy on this machine speaks for the whole world, and says so.
    if any(header in request.headers for header in FORWARDED):
        return False
    return request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}


def _probe(ask: Callable[[], None]) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        ask()
    except (psycopg.Error, redis.RedisError, OperationalError, OSError) as error:
        # The kind only: the words of a driver hold addresses.
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "ms": round((time.perf_counter() - started) * 1000, 1)}


def _ask_database() -> None:
    """Ask over a new connection with a short time-out: a kept one may hang with its server."""
    parameters = connection.get_connection_params()
    with psycopg.connect(
        **{**parameters, "connect_timeout": PROBE_SECONDS, "cursor_factory": None}
    ) as probe:
        probe.execute("SELECT 1")


def _ask_broker() -> None:
    with app.connection_for_write(
        connect_timeout=PROBE_SECONDS,
        transport_options={
            **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            "max_retries": 0,
            "socket_connect_timeout": PROBE_SECONDS,
            "socket_timeout": PROBE_SECONDS,
        },
    ) as broker:
        # Opening a channel is what makes the client speak to the broker.
        channel: Any = broker.default_channel
        channel.close()


def _ask_cache() -> None:
    cache.get("readyz")


def _workers() -> dict[str, Any]:
    try:
        silences = heartbeats.seconds_since()
    except redis.RedisError as error:
        return {"ok": False, "error": type(error).__name__}
    queues = {
        queue: {
            "ok": silence is not None and silence <= LONGEST_SILENCE_SECONDS,
            "seconds_ago": None if silence is None else round(silence, 1),
        }
        for queue, silence in silences.items()
    }
    return {"ok": all(queue["ok"] for queue in queues.values()), "queues": queues}


@measure("recourse_worker_silence_seconds", "Seconds since a worker did a task.", ("queue",))
def worker_silence() -> dict[tuple[str, ...], float]:
    return {
        (queue,): silence
        for queue, silence in heartbeats.seconds_since().items()
        if silence is not None
    }


@measure("recourse_queue_messages", "Messages waiting in the broker.", ("queue",))
def queue_lengths() -> dict[tuple[str, ...], float]:
    with app.connection_for_read(connect_timeout=PROBE_SECONDS) as broker:
        channel: Any = broker.default_channel
        return {
            (queue,): channel.queue_declare(queue=queue, durable=True).message_count
            for queue in settings.QUEUES
        }
