"""Background work: Celery, its queues and its clock."""

from typing import Any

from portal.lib.env import broker_from_redis_url, env_secret, env_str
from portal.schedule import beat_schedule
from portal.settings.place import IS_PRODUCTION, LOCAL_DIR, PROCESS_ROLE, REDIS_URL

# A page that rings a worker's doorbell must not hang when the broker is gone.
_PUBLISH_PATIENCE = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_BROKER_URL = env_secret("CELERY_BROKER_URL") or broker_from_redis_url(
    REDIS_URL or "redis://localhost:6379"
)
CELERY_BROKER_CONNECTION_RETRY = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    # A message taken by a worker that died comes back after this long. Long waits belong
    # in PostgreSQL, so nothing here may have a countdown near it.
    "visibility_timeout": 300,
    "socket_connect_timeout": 5,
    "socket_keepalive": not REDIS_URL.startswith("unix:"),
    "health_check_interval": 25,
    **_PUBLISH_PATIENCE,
}
if PROCESS_ROLE == "web":
    # A Redis that hangs must not hang the page; a worker waits for messages as long as it takes.
    CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] = 1
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = _PUBLISH_PATIENCE
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_SERIALIZER = "json"
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ROUTES = ("portal.celery.route_home",)
CELERY_TASK_DEFAULT_QUEUE = "standard"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 210
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
# A task in the middle of a provider's call is let finish; its claim in PostgreSQL is what counts.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = env_str("BEAT_SCHEDULE_FILE") or str(
    "beat-schedule" if IS_PRODUCTION else LOCAL_DIR / "beat-schedule"
)
# The connection outlives the task: 4.5 times the rows a second, measured.
CELERY_DB_REUSE_MAX = 10_000
QUEUES = ("urgent", "standard", "bulk", "cases", "periodic")
CELERY_BEAT_SCHEDULE = beat_schedule(QUEUES)
