"""Small things the desk's pages need."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from appeals.clock import short_day
from appeals.deadlines import last_day

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
def short_moment(at: datetime) -> str:
    """The hour when it is today, the day and the hour when it is not."""
    local = timezone.localtime(at)
    hour = local.strftime("%H:%M")
    is_today = local.date() == timezone.localdate()
    return hour if is_today else f"{short_day(local.date())} {hour}"


@register.filter
def short_promise(deadline: datetime) -> str:
    """The promised day, in a few characters."""
    return short_day(last_day(deadline, timezone.get_current_timezone()))


@register.filter
def as_options(people: Iterable[tuple[int, str]]) -> SafeString:
    """People to choose one of: a desk has hundreds, for whom a loop of the template is slow."""
    rows = (f'<option value="{key}">{escape(name)}</option>' for key, name in people)
    return mark_safe("".join(rows))  # noqa: S308 - names are escaped


@register.filter
def as_ticks(people: Iterable[tuple[int, str]], field: str) -> SafeString:
    """People to tick; the script finds them by their names."""
    named = ((key, escape(name)) for key, name in people)
    rows = (
        f'<label><input type="checkbox" name="{field}" value="{key}" data-person="{name}"> '
        f"{name}</label>"
        for key, name in named
    )
    return mark_safe("".join(rows))  # noqa: S308 - names are escaped


@register.filter
def item(mapping: Any, key: str) -> Any:
    """The value under a key that is only known on the page."""
    return mapping.get(key, "")


@register.filter
def language_name(code: str) -> str:
    """What a language calls itself."""
    return str(dict(settings.LANGUAGES).get(code, code))
