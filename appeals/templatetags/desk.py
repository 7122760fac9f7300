"""Small things the desk's pages need."""

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("appeals/desk/parts/tabs.html")
def state_tabs(changelist: Any) -> dict[str, Any]:
    """The first filter of a list as tabs above it, where it costs no click to see."""
    first = changelist.filter_specs[0] if changelist.filter_specs else None
    return {
        "choices": list(first.choices(changelist)) if first else [],
        "label": first and first.title,
    }


@register.filter
def item(mapping: Any, key: str) -> Any:
    """The value under a key that is only known on the page."""
    return mapping.get(key, "")
