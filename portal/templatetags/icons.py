"""`{% icon "clock" %}`: a picture of the sprite, beside words; every template knows it."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the picture of this name in `static/portal/icons.svg`, hidden from screen readers."""
    return _picture(static("portal/icons.svg"), name)


# A page has twenty of them, of a few names.
@lru_cache(maxsize=256)
def _picture(sprite: str, name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        sprite,
        name,
    )
