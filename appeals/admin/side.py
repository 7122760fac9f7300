"""The links at the left of the list of appeals: those of the other pages of the admin.

The list is opened all day, and its rows are always as they are now. The links and their counts
are put together every few seconds for a person, not for each page.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from appeals.admin.kept_shortly import KeptShortly
from appeals.admin.people import staff
from appeals.admin.sidebar import navigation

_sides = KeptShortly[SafeString]()


def side_of(request: HttpRequest) -> SafeString:
    """The groups of links, with the one of this page marked."""
    key = (staff(request).pk, get_language() or "en")
    html = _sides.get(key, lambda: _put_together(navigation(request)))
    here = f'href="{escape(request.get_full_path())}"'
    return mark_safe(html.replace(here, f'{here} aria-current="page"', 1))  # noqa: S308 - escaped


def _put_together(groups: list[dict[str, Any]]) -> SafeString:
    return format_html_join(
        "",
        "<section>{}<ul>{}</ul></section>",
        ((_heading(group["title"]), _links(group["items"])) for group in groups),
    )


def _heading(title: str) -> SafeString:
    return format_html("<h2>{}</h2>", title) if title else SafeString("")


def _links(items: list[dict[str, Any]]) -> SafeString:
    return format_html_join(
        "",
        '<li><a href="{}">{}</a>{}</li>',
        ((item["link"], item["title"], _badge(item)) for item in items if item),
    )


def _badge(item: dict[str, Any]) -> SafeString:
    if not item["badge"]:
        return SafeString("")
    return format_html('<span data-tone="{}">{}</span>', item["badge_variant"], item["badge"])
