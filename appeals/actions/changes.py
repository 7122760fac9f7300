"""Who changed a setting: every action that saves a row with a version history says so."""

from contextlib import AbstractContextManager
from typing import Any

import pghistory

from portal.models import Customer


def changed_by(person: Customer) -> AbstractContextManager[Any]:
    """Whatever is saved inside says in its history that this person changed it."""
    context: AbstractContextManager[Any] = pghistory.context(user=person.pk)
    return context
