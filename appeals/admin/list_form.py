"""What stands above the list of appeals: its tabs, its filters, and who is offered in them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appeals.access import list_queues
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
    "region": gettext_lazy("Region"),
}

Option = tuple[str, str]


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
    options: Sequence[Option]

    @property
    def offered(self) -> Sequence[Option]:
        """The values, with the present one even where it is not among them any more."""
        if not self.value or any(value == self.value for value, _title in self.options):
            return self.options
        return [*self.options, (self.value, self.value)]


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
        (_("Open"), bare),
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
    made = (
        ("state", _("State"), _states()),
        ("queue", _("Queue"), _queues(person)),
        ("promise", _("Promise"), _titled(PROMISES.items())),
        ("held", _("Held by"), [*_titled(HELD.items()), *_people(person)]),
        ("reason", _("Reason"), _reasons()),
        ("jurisdiction", _("Jurisdiction"), _titled(Jurisdiction.choices)),
        ("language", _("Language"), list(settings.LANGUAGES)),
        ("care", _("Care"), [("1", _("Needs care"))]),
        ("outcome", _("Outcome"), _titled(OUTCOME_NAMES.items())),
    )
    return [Choice(name, label, values[name], options) for name, label, options in made]


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


def _titled(pairs: Iterable[tuple[object, object]]) -> list[Option]:
    return [(str(value), str(title)) for value, title in pairs]


def _states() -> list[Option]:
    shown = [(state, name) for state, name in STATE_NAMES.items() if state != AppealState.DRAFT]
    return [*_titled(shown), (ALL, _("All"))]


def _queues(person: Customer) -> list[Option]:
    return [(str(queue.pk), str(queue)) for queue in list_queues(person)]


def _people(person: Customer) -> list[Option]:
    """The people of this person's queues."""
    members = Customer.objects.filter(review_queues__in=list_queues(person).values("pk"))
    named = members.filter(is_staff=True, is_active=True).distinct().order_by("name", "pk")
    return [(str(pk), name) for pk, name in named.values_list("pk", "name")[:MOST_PEOPLE]]


def _reasons() -> list[Option]:
    language = get_language() or "en"
    titles = (
        (reason.code, reason.title.get(language, reason.title["en"]))
        for reason in CATALOGUE.reasons.values()
    )
    return sorted(titles, key=lambda option: option[1])
