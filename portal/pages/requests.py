"""What pages are given."""

from django.http import HttpRequest

from portal.models import Customer


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: Customer
