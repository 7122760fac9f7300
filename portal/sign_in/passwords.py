"""The password of a member of staff, checked in the same time whether there is such a person."""

from django.contrib.auth.hashers import make_password

from portal.models import Customer


def check_password(person: Customer | None, password: str) -> bool:
    """Return whether it is right; for nobody, work as long to say no."""
    if person is None or not person.has_usable_password():
        make_password(password)
        return False
    return person.check_password(password)
