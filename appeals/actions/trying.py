"""Work that others at the same tables may spoil, done again."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import DeadlockDetected, UniqueViolation

TRIES = 5
T = TypeVar("T")


def despite_others(work: Callable[[], T]) -> T:
    """Return what `work` returns, done in a transaction of its own.

    It begins anew, up to five times in all, where another one was in the way: it wrote the same
    key or drew the same reference first, or each held what the other wanted. What else goes wrong,
    and the last try, raises.
    """
    for last in (*[False] * (TRIES - 1), True):
        try:
            with transaction.atomic():
                return work()
        except (IntegrityError, OperationalError) as error:
            if last or not isinstance(error.__cause__, DeadlockDetected | UniqueViolation):
                raise
    raise AssertionError("the last try either returned or raised")
