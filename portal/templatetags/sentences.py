"""`{% gap %}`: what stands between two sentences; every template knows it."""

from django import template
from django.utils.translation import get_language

register = template.Library()
WITHOUT_SPACES = ("zh", "ja")


@register.simple_tag
def gap() -> str:
    """A space, or nothing in a language whose full stop holds its own."""
    return "" if (get_language() or "en").startswith(WITHOUT_SPACES) else " "
