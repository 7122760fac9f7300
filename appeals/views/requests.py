"""The request of a person who has signed in."""

from django.http import HttpRequest

from portal.models import Customer


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets."""

    user: Customer
