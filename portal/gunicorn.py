"""The web server: `gunicorn portal.wsgi --config portal/gunicorn.py`."""

import logging
import os
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

from portal.lib.env import env_int, env_str
from portal.lib.garbage import set_aside_what_is_loaded
from portal.lib.private_files import clear_abandoned

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PROCESS_ROLE", "web")


class DjangoLogger(Logger):
    """Gunicorn's own messages, sent the way all our log lines go."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self.loglevel = logging.INFO
        self.error_log.propagate = True


bind = env_str("BIND") or f"127.0.0.1:{env_int('PORT', default=8000)}"
workers = env_int("WEB_WORKERS", default=2)
# Threads keep a slow upload from holding up everybody else.
worker_class = "gthread"
threads = env_int("WEB_THREADS", default=8)
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# Loaded once before the workers fork: a half-configured site stops here, with one message.
preload_app = True
# The portal writes its own line about each request, without the caller's address.
accesslog = None
logger_class = DjangoLogger
# Its default lies in the home directory, where a second portal would take it over.
control_socket_disable = True


def when_ready(server: Any) -> None:
    # What its last run left open, should it have been killed.
    clear_abandoned(datetime.now(UTC))  # noqa: TID251 - Django is not needed for it
    set_aside_what_is_loaded()
