"""One at a time for one file: what is deleted must not come back while a key is changed."""

import contextlib
import hashlib
from collections.abc import Iterator

from django.db import connection, transaction


def _number(words: str) -> int:
    digest = hashlib.sha256(words.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@contextlib.contextmanager
def alone_with(place: str) -> Iterator[None]:
    """Hold a file until the transaction ends; it is waited for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(f"file {place}")])
        yield


@contextlib.contextmanager
def only_once(work: str) -> Iterator[bool]:
    """Whether nobody else does this work now; nobody else can until it is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_number(f"work {work}")])
        row = cursor.fetchone()
        is_ours = bool(row and row[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(f"work {work}")])
