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
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PROCESS_ROLE", "worker")
django.setup()

from notifications import reconcile, tasks  # noqa: E402
from notifications.channels.wire import Air  # noqa: E402
from notifications.delivery import batch, record, sweep  # noqa: E402
from portal.celery import app  # noqa: E402

A_MOMENT = timedelta(seconds=1)


def die_once() -> None:
    try:
        os.close(os.open(os.environ["FAULT_MARK"], os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def dying(work: Callable[..., Any], *, before: bool = False) -> Callable[..., Any]:
    """Do the work, and die before it or after it."""

    def or_die(*args: Any, **options: Any) -> Any:
        if before:
            die_once()
        result = work(*args, **options)
        # What did nothing was not that step.
        if not before and result and getattr(result, "rows", True):
            die_once()
        return result

    return or_die


def prepare(step: str) -> None:
    match step:
        case "before_claim":
            tasks.claim = dying(tasks.claim, before=True)
        case "after_claim":
            tasks.claim = dying(tasks.claim)
        case "after_attempt":
            batch.begin = dying(batch.begin)
        case "after_accepted":
            # In the thread of the calls, while the database knows nothing of the answer.
            Air._hand_in = dying(Air._hand_in, before=True)
        case "before_result":
            batch.record_surely = dying(batch.record_surely, before=True)
        case "":
            pass
        case _:
            raise SystemExit(f"there is no step {step}")


def hurry() -> None:
    """Ask about lost answers at once, and give up asking soon."""
    record.ASK_AFTER = sweep.ASK_AFTER = A_MOMENT
    reconcile.ASK_AGAIN_AFTER = A_MOMENT
    reconcile.ASK_UNTIL = dict.fromkeys(reconcile.ASK_UNTIL, A_MOMENT)


def main() -> None:
    prepare(os.environ.get("FAULT_STEP", ""))
    hurry()
    app.start(sys.argv[1:])


if __name__ == "__main__":
    main()
