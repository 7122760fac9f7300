"""What stands above the list of appeals: its tabs, its filters, and who is offered in them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appeals.access import list_queues
from appeals.admin.kept_shortly import KeptShortly
from appeals.admin.lists import Listing
from appeals.catalogue import CATALOGUE
from appeals.filters import ALL, Filters, Held, Promise
from appeals.models import SavedView
from appeals.models.appeals import STATE_NAMES
from appeals.models.review import OUTCOME_NAMES
from appeals.states import AppealState
from portal.models import Customer, Jurisdiction

MOST_PEOPLE = 200
PROMISES = {
    Promise.LATE: gettext_lazy("Late"),
    Promise.TODAY: gettext_lazy("Due today"),
    Promise.WEEK: gettext_lazy("Due this week"),
}
HELD = {
    Held.ME: gettext_lazy("Me"),
    Held.FREE: gettext_lazy("Nobody: free"),
    Held.RESERVED: gettext_lazy("Reserved"),
    Held.TAKEN: gettext_lazy("Anybody"),
}
# Filters that links bring along and that are shown while they hold.
FROM_LINKS = {
    "rule": gettext_lazy("Rule"),
    "version": gettext_lazy("Version"),
}

Option = tuple[str, str]
# The queues and the colleagues that are offered to a person; what the list holds is asked anew.
_own = KeptShortly[tuple[SafeString, SafeString]]()


@dataclass(frozen=True)
class Tab:
    """A link to a list; `is_here` when it is the one that is shown."""

    title: str
    query: str
    is_here: bool


@dataclass(frozen=True)
class Choice:
    """One filter with its values."""

    name: str
    label: str
    value: str
    options: SafeString

    @property
    def chosen(self) -> SafeString:
        """The values with the present one marked, even where it is not among them any more."""
        if not self.value:
            return self.options
        option = format_html('value="{}"', self.value)
        if option in self.options:
            marked = self.options.replace(option, f"{option} selected", 1)
            return mark_safe(marked)  # noqa: S308 - both parts are escaped
        return self.options + format_html("<option {} selected>{}</option>", option, self.value)


@dataclass(frozen=True)
class Chip:
    """A filter that a link brought along, and the list without it."""

    label: str
    value: str
    without: str


def list_tabs(filters: Filters) -> list[Tab]:
    """The lists everybody has; what else is filtered stays when one goes from one to the other."""
    bare = replace(filters, state="", promise="", outcome="", since="", until="")
    tabs = [
        (_("Still open"), bare),
        (_("Due today"), replace(bare, promise=Promise.TODAY)),
        (_("Late"), replace(bare, promise=Promise.LATE)),
        (_("Decided"), replace(filters, state=AppealState.DECIDED, promise="")),
        (_("All"), replace(bare, state=ALL)),
    ]
    return [Tab(title, tab.query, tab == filters) for title, tab in tabs]


def view_tabs(views: Iterable[SavedView], filters: Filters) -> list[Tab]:
    here = filters.without_search.query
    return [Tab(view.name, view.query, view.query == here) for view in views]


def list_choices(person: Customer, filters: Filters) -> list[Choice]:
    """The filters with a handful of values, in the order they are used."""
    values = asdict(filters)
    catalogue = CATALOGUE.current
    fixed = _fixed(get_language() or "en", catalogue.version, catalogue.edition)
    queues, people = _own.get(
        (person.pk, get_language()), lambda: (_queues(person), _people(person))
    )
    own = {"queue": queues, "held": fixed["held"][1] + people}
    return [
        Choice(name, label, values[name], own.get(name, options))
        for name, (label, options) in fixed.items()
    ]


@lru_cache(maxsize=16)
def _fixed(language: str, version: str, edition: int) -> dict[str, tuple[str, SafeString]]:
    """What is the same for everybody, put together once for a language and an edition."""
    made: tuple[tuple[str, str, Iterable[tuple[object, object]]], ...] = (
        ("state", _("State"), _states()),
        ("queue", _("Queue"), []),
        ("promise", _("Promise"), PROMISES.items()),
        ("held", _("Held by"), HELD.items()),
        ("reason", _("Reason"), _reasons(language)),
        ("jurisdiction", _("Jurisdiction"), Jurisdiction.choices),
        ("language", _("Language"), settings.LANGUAGES),
        ("care", _("Care"), [("1", _("Needs care"))]),
        ("outcome", _("Outcome"), OUTCOME_NAMES.items()),
    )
    return {name: (label, _options(pairs)) for name, label, pairs in made}


def list_chips(listing: Listing) -> list[Chip]:
    filters = listing.filters
    values = asdict(filters)
    return [
        Chip(str(label), values[name], replace(filters, **{name: ""}).query)
        for name, label in FROM_LINKS.items()
        if values[name]
    ]


def kept_values(listing: Listing) -> list[Option]:
    """What the form of filters sends along without a field of its own."""
    values = asdict(listing.filters)
    kept = [(name, values[name]) for name in FROM_LINKS if values[name]]
    return [*kept, ("turned", "1")] if listing.is_turned else kept


def _options(pairs: Iterable[tuple[object, object]]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', pairs)


def _states() -> list[tuple[str, object]]:
    shown = [(state, name) for state, name in STATE_NAMES.items() if state != AppealState.DRAFT]
    return [*shown, (ALL, _("All"))]


def _queues(person: Customer) -> SafeString:
    return _options((queue.pk, queue) for queue in list_queues(person))


def _people(person: Customer) -> SafeString:
    """The people of this person's queues."""
    members = Customer.objects.filter(review_queues__in=list_queues(person).values("pk"))
    named = members.filter(is_staff=True, is_active=True).distinct().order_by("name", "pk")
    return _options(named.values_list("pk", "name")[:MOST_PEOPLE])


def _reasons(language: str) -> list[Option]:
    titles = (
        (reason.code, reason.title.get(language, reason.title["en"]))
        for reason in CATALOGUE.reasons.values()
    )
    return sorted(titles, key=lambda option: option[1])
