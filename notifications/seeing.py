"""Which messages a member of staff may see in lists: asked of the app that knows what they say.

This package knows nothing of cases. An app whose messages speak of something that not all of the
staff may know of names the function that says so, as a condition of the query.
"""

from collections.abc import Callable

from django.db.models import Q

from portal.models import Customer

# From a person, and the way to the message's `path`, to what they may see.
Visible = Callable[[Customer, str], Q]

_CHECKS: list[Visible] = []


def check_before_showing(visible: Visible) -> None:
    """Show messages to staff only where this function's condition holds as well."""
    if visible not in _CHECKS:
        _CHECKS.append(visible)


def seen_by(person: object, message: str = "") -> Q:
    """The messages this person may see; `message` is the way from a row to its message."""
    condition = Q()
    for visible in _CHECKS:
        if isinstance(person, Customer):
            condition &= visible(person, f"{message}path")
    return condition
