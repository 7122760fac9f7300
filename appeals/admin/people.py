"""Who sits at the desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from appeals.access import is_approver, is_auditor, is_reviewer, is_supervisor
from portal.models import Customer

View = Callable[..., HttpResponseBase]


def staff(request: HttpRequest) -> Customer:
    """The signed-in member of staff; the admin lets nobody else this far."""
    assert isinstance(request.user, Customer)
    return request.user


def sits_at_desk(person: Any) -> bool:
    """May see cases; who may do what with one is asked in each action."""
    return isinstance(person, Customer) and any(
        may(person) for may in (is_reviewer, is_supervisor, is_approver, is_auditor)
    )


def desk_view(view: View) -> View:
    """A page of the desk: signed in as the admin asks for, and somebody who may see cases."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sits_at_desk(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(checked)
