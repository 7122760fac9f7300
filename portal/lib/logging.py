"""One log line an event: JSON in production, short lines in development, ids and never people."""

import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any, TextIO

import structlog
from django.http import HttpRequest, HttpResponse

REQUEST_ID_HEADER = "X-Request-ID"
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUOTES_A_ROW = ("DETAIL:", "CONTEXT:", "LINE ")

_shared_processors: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
]

logger = structlog.get_logger("recourse.request")


def logging_settings(*, log_format: str, level: str) -> dict[str, Any]:
    """Return the dictionary for Django's LOGGING; plain `logging` calls go through it too."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": _formatter, "log_format": log_format}},
        "filters": {"faults": {"()": lambda: _only_faults}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "ERROR", "filters": ["faults"]},
            # A wrong Host header is a stranger's mistake, not an error of ours.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
            # It warns of each HEAD request for a page that is not there.
            "gunicorn.http": {"level": "ERROR"},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            # It greets whoever loads it.
            "pikepdf": {"level": "WARNING"},
            # These write addresses and numbers into their lines.
            "urllib3": {"level": "WARNING"},
            "twilio.http_client": {"level": "WARNING"},
        },
    }


def _formatter(*, log_format: str) -> structlog.stdlib.ProcessorFormatter:
    last: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        _drop_objects,
    ]
    if log_format == "json":
        last += [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_traceback),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    else:
        last.append(
            structlog.dev.ConsoleRenderer(
                colors=False,
                pad_event_to=0,
                pad_level=False,
                exception_formatter=_print_traceback,
            )
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared_processors, processors=last
    )


def _only_faults(record: logging.LogRecord) -> bool:
    """Let a traceback through under its own name; our line about the request says the rest."""
    record.msg, record.args = "unhandled error", ()
    return bool(record.exc_info)


def _traceback(exc_info: structlog.typing.ExcInfo) -> str:
    """Write a traceback without PostgreSQL's details, which quote the row: a person's data."""
    lines = "".join(traceback.format_exception(*exc_info)).splitlines()
    return "\n".join(line for line in lines if not line.startswith(_QUOTES_A_ROW))


def _print_traceback(target: TextIO, exc_info: structlog.typing.ExcInfo) -> None:
    target.write("\n" + _traceback(exc_info))


def _drop_objects(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Leave out what libraries add for their own handlers: a request holds a person's data."""
    for name in ("request", "data", "server_time", "_logger"):
        event.pop(name, None)
    return event


class RequestIdMiddleware:
    """Give each request an id, which its log lines, its tasks and its answer carry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            _log_request(request, response, seconds=time.perf_counter() - started)
        finally:
            structlog.contextvars.clear_contextvars()
        response[REQUEST_ID_HEADER] = request_id
        return response


def _log_request(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    # The route, not the address: an address names an appeal, and a typed one can name anything.
    route = request.resolver_match.route if request.resolver_match else "-"
    log = logger.error if response.status_code >= 500 else logger.info
    log(
        "request",
        method=request.method,
        route=f"/{route}" if route != "-" else route,
        status=response.status_code,
        ms=round(seconds * 1000),
    )
