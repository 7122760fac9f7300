"""A Celery worker that kills itself once, at a named step of a send; otherwise like any other.

    FAULT_STEP=after_attempt FAULT_MARK=/some/file python -m tests.notifications.faults.worker ...

The mark is made by the first process that dies, so that the next one lives. Waits that last
minutes in the product last a second here.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PROCESS_ROLE", "worker")
django.setup()

from django.utils.module_loading import import_string  # noqa: E402

from portal.celery import app  # noqa: E402

A_MOMENT = timedelta(seconds=1)
# Each step by the function that makes it, in the module that calls it; whether it is done first.
STEPS = {
    "before_claim": ("notifications.tasks.claim", False),
    "after_claim": ("notifications.tasks.claim", True),
    "after_attempt": ("notifications.delivery.batch.begin", True),
    # In the thread of the calls, while the database knows nothing of the answer.
    "after_accepted": ("notifications.channels.wire.Air._hand_in", False),
    "before_result": ("notifications.delivery.batch.record_surely", False),
}


def die_once() -> None:
    try:
        os.close(os.open(os.environ["FAULT_MARK"], os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def dying(work: Callable[..., Any], *, is_done_first: bool) -> Callable[..., Any]:
    """Do the work and die after it, or die instead of it."""

    def or_die(*args: Any, **options: Any) -> Any:
        if not is_done_first:
            die_once()
        result = work(*args, **options)
        # What did nothing was not that step.
        if is_done_first and result and getattr(result, "rows", True):
            die_once()
        return result

    return or_die


def replace(name: str, change: Callable[[Any], Any]) -> None:
    """Put something else in the place of what has this dotted name."""
    holder_name, _dot, attribute = name.rpartition(".")
    try:
        holder = import_module(holder_name)
    except ModuleNotFoundError:
        holder = import_string(holder_name)
    setattr(holder, attribute, change(getattr(holder, attribute)))


def hurry() -> None:
    """Ask about lost answers at once, and give up asking soon."""
    for module in ("delivery.record", "delivery.sweep"):
        replace(f"notifications.{module}.ASK_AFTER", lambda _usual: A_MOMENT)
    replace("notifications.reconcile.ASK_AGAIN_AFTER", lambda _usual: A_MOMENT)
    replace("notifications.reconcile.ASK_UNTIL", lambda usual: dict.fromkeys(usual, A_MOMENT))


def main() -> None:
    if os.environ.get("FAULT_STEP"):
        name, is_done_first = STEPS[os.environ["FAULT_STEP"]]
        replace(name, lambda work: dying(work, is_done_first=is_done_first))
    hurry()
    app.start(sys.argv[1:])


if __name__ == "__main__":
    main()
