"""The Celery application: tasks are hints that may vanish, and carry the request's id on."""

import os
import sys
import warnings
from pathlib import Path
from typing import Any

import structlog
from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from portal.checks import refuse_half_configured
from portal.lib import heartbeats
from portal.lib.garbage import set_aside_what_is_loaded
from portal.lib.tasks import HintTask

if "celery" in Path(sys.argv[0]).parts[-2:]:
    os.environ.setdefault("PROCESS_ROLE", "worker")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# It speaks of a setting whose default we choose on purpose, each time the broker was away.
warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)

logger = structlog.get_logger(__name__)
# Work in these may wait a second for the processor.
PATIENT_QUEUES = {"bulk", "periodic"}
NICENESS = 10


def route_home(name: str, *_args: Any, task: Any = None, **_options: Any) -> dict[str, str] | None:
    """Send a task to the queue its decorator names, whoever asks for it."""
    known = task or app.tasks.get(name)
    queue = getattr(known, "home_queue", None)
    return {"queue": queue} if queue else None


app = Celery("recourse", task_cls=HintTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="periodic")
app.autodiscover_tasks(related_name="evidence_tasks")
app.autodiscover_tasks(related_name="paper_tasks")
app.autodiscover_tasks(related_name="ledger_tasks")
app.autodiscover_tasks(related_name="copy_tasks")
app.autodiscover_tasks(related_name="review_periodic")
app.autodiscover_tasks(related_name="engine_tasks")
app.autodiscover_tasks(related_name="incident_periodic")


@signals.setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Stop Celery from replacing Django's logging: a receiver here is all it takes."""


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_to_start_half_configured(**_kwargs: Any) -> None:
    refuse_half_configured()


@signals.worker_before_create_process.connect
def load_before_the_fork(**_kwargs: Any) -> None:
    for provider in settings.PROVIDERS:
        # Or the first code after a start waits until Twilio's library is loaded.
        import_string(provider["backend"])
    set_aside_what_is_loaded()


@signals.worker_process_init.connect
def step_back_where_nobody_waits(**_kwargs: Any) -> None:
    """Give way to the lanes in which somebody waits, where the processor is short."""
    if set(app.amqp.queues.consume_from) <= PATIENT_QUEUES:
        os.nice(NICENESS)


@signals.worker_ready.connect
def prove_life_at_once(*, sender: Any, **_kwargs: Any) -> None:
    """Ring our own queues, so that /readyz need not wait for the clock."""
    for queue in sender.task_consumer.queues:
        app.send_task("portal.heartbeat", queue=queue.name, expires=60)


@signals.task_prerun.connect
def bind_request_id(*, task_id: str, task: Any, **_kwargs: Any) -> None:
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
    request_id = getattr(task.request, "request_id", None)
    if request_id:
        structlog.contextvars.bind_contextvars(request_id=request_id)


@signals.task_prerun.connect
def drop_broken_connections(**_kwargs: Any) -> None:
    """Look before each task: Celery keeps the connection, PostgreSQL may have been restarted."""
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()


@signals.task_postrun.connect
def note_work_done(*, task: Any, **_kwargs: Any) -> None:
    structlog.contextvars.unbind_contextvars("task", "task_id", "request_id")
    queue = (task.request.delivery_info or {}).get("routing_key")
    if queue in settings.QUEUES and not task.request.is_eager:
        try:
            heartbeats.beat(queue)
        except RedisError:
            logger.warning("a heartbeat could not be noted", queue=queue)
