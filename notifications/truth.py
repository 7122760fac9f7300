"""Is it still true? Asked of the app that knows, just before a message goes out.

This package knows nothing of decisions or appeals. An app that owes messages names, for a type,
the function that looks at many `about` keys at once and returns those that were overtaken.
"""

from collections.abc import Callable, Iterable

# From `about` keys to those of them that must not be sent any more, each with its reason.
Overtaken = Callable[[set[str]], dict[str, str]]

_CHECKS: dict[str, Overtaken] = {}


def check_before_sending(*types: str, overtaken: Overtaken) -> None:
    """Ask this function about messages of these types before each of them is sent."""
    for name in types:
        _CHECKS[name] = overtaken


def overtaken(subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return which of these (type, about) pairs were overtaken, and why: a query a type."""
    by_type: dict[str, set[str]] = {}
    for name, about in subjects:
        if about and name in _CHECKS:
            by_type.setdefault(name, set()).add(about)
    return {
        (name, about): reason
        for name, abouts in by_type.items()
        for about, reason in _CHECKS[name](abouts).items()
    }
