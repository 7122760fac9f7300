"""Tasks as hints: rung when a transaction is safe, and allowed to vanish."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import celery
import structlog
from celery.contrib.django.task import DjangoTask
from django.db import transaction
from kombu.exceptions import OperationalError

P = ParamSpec("P")
R = TypeVar("R")

logger = structlog.get_logger(__name__)


class HintTask(DjangoTask[P, R]):
    """A task rung on commit is a hint: a broker that is down must not fail what was committed."""

    home_queue: str | None = None

    @classmethod
    def bind(cls, app: celery.Celery) -> celery.Celery:
        """Keep the decorator's `queue=` under a name of ours: Celery 6 drops its own."""
        if "queue" in cls.__dict__:
            cls.home_queue = cls.__dict__["queue"]
            delattr(cls, "queue")
        bound: celery.Celery = super().bind(app)
        return bound

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if request_id:
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "request_id": request_id}
        return super().apply_async(*args, **kwargs)

    # The stubs promise a result, which on commit there is none.
    def delay_on_commit(self, *args: P.args, **kwargs: P.kwargs) -> None:  # type: ignore[override]
        transaction.on_commit(self._hint(lambda: self.delay(*args, **kwargs)))

    def apply_async_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        transaction.on_commit(self._hint(lambda: self.apply_async(*args, **kwargs)))

    def _hint(self, ring: Callable[[], Any]) -> Callable[[], None]:
        def ring_or_log() -> None:
            try:
                ring()
            except OperationalError:
                # The periodic sweep finds the row that this hint was about.
                logger.warning("the broker did not take a hint", hint=self.name)

        return ring_or_log


def shared_task(
    *, name: str, queue: str = "", **options: Any
) -> Callable[[Callable[P, R]], HintTask[P, R]]:
    """Make a task with a name and a queue of its own, whatever the function is called."""
    if queue:
        options["queue"] = queue
    make: Any = celery.shared_task(name=name, **options)

    def as_task(work: Callable[P, R]) -> HintTask[P, R]:
        task: HintTask[P, R] = make(work)
        return task

    return as_task
