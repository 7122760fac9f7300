"""The word before a session ends."""

from typing import Any

from django import template
from django.conf import settings

register = template.Library()


@register.inclusion_tag("portal/parts/session.html")
def session_watch() -> dict[str, Any]:
    return {"idle_seconds": settings.SESSION_IDLE_SECONDS["customer"]}
