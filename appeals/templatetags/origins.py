"""Where a reason comes from, in a word or two."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

ORIGIN_WORDS: dict[str, str | Promise] = {
    "data": _("about you"),
    "behaviour": _("how you used it"),
    "model": _("our rule"),
    "policy": _("our policy"),
    "region": _("about your region"),
    "product": _("about this product"),
    "fraud": _("to keep you safe"),
    "legal": _("the law"),
    "customer": _("you asked for it"),
}


@register.filter
def origin_words(origin: str) -> str | Promise:
    """The tag beside a reason's title; a frozen text that holds the words already keeps them."""
    return ORIGIN_WORDS.get(origin, origin)
