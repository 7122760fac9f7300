"""What the desk's own pages need of unfold: its colours, without its side bar and its scripts.

The case page is opened hundreds of times a day by each reviewer and shows neither, so it does not
pay for them.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe


def frame() -> dict[str, Any]:
    """The context of a page that extends `appeals/desk/frame.html`."""
    return {"theme_colours": _colours(), "site_title": settings.UNFOLD["SITE_TITLE"]}


@cache
def _colours() -> SafeString:
    """Unfold's colours as custom properties; settings hold them, so they never change."""
    colours = admin.site._get_colors("COLORS", HttpRequest())  # type: ignore[attr-defined]
    lines = [
        f"--color-{name}-{weight}:{value};"
        for name, weights in colours.items()
        for weight, value in weights.items()
    ]
    return mark_safe("".join(lines))  # noqa: S308 - from the settings
