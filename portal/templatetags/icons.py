"""`{% icon "clock" %}`: a picture of the sprite, beside words; every template knows it."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the picture of this name in `static/portal/icons.svg`, hidden from screen readers."""
    storage = settings.STORAGES["staticfiles"]["BACKEND"]
    return _picture(name, settings.STATIC_URL, storage)


# A page has twenty of them, of a few names. The file's address is another one only where the
# settings are.
@lru_cache(maxsize=256)
def _picture(name: str, _static_url: str, _storage: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("portal/icons.svg"),
        name,
    )
