"""Who changed a setting: every action that saves a row with a version history says so."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from portal.models import Customer

# What pghistory's triggers read. Its own context manager puts this before each statement, and two
# statements in one cannot be prepared.
SAY = """
SELECT set_config('pghistory.context_id', %s, true),
    set_config('pghistory.context_metadata', %s, true)
"""


@contextmanager
def changed_by(person: Customer) -> Iterator[None]:
    """Whatever is saved inside, all of it or nothing, has in its history that they changed it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SAY, [str(uuid.uuid4()), json.dumps({"user": person.pk})])
        yield
        cursor.execute(SAY, ["", ""])
