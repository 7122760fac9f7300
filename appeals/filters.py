"""What a list of appeals is narrowed to: read from an address, of which nothing else is believed.

Lists, saved views, exports and steps over many cases all read it here, so that the same address
means the same appeals everywhere.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from appeals.catalogue import CATALOGUE
from appeals.states import CLOSED, OPEN, AppealState, OutcomeKind
from portal.models import Customer, Jurisdiction

ALL = "all"
LONGEST_TERM = 64


class Promise(enum.StrEnum):
    LATE = "late"
    TODAY = "today"
    WEEK = "week"


class Held(enum.StrEnum):
    ME = "me"
    FREE = "free"
    RESERVED = "reserved"
    TAKEN = "taken"


class Group(enum.StrEnum):
    """Which appeals a list is about, and so by which date it is sorted and found."""

    OPEN = "open"
    CLOSED = "closed"
    SENT = "sent"


@dataclass(frozen=True)
class Filters:
    """Clean values; an empty one stands for any. The names are those of the address."""

    state: str = ""
    queue: str = ""
    promise: str = ""
    held: str = ""
    reason: str = ""
    jurisdiction: str = ""
    language: str = ""
    care: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    rule: str = ""
    version: str = ""
    q: str = ""

    @property
    def query(self) -> str:
        """The address of this list, always spelt alike."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    @property
    def without_search(self) -> "Filters":
        """What may be kept under a name: a term searched for can be a customer's reference."""
        return replace(self, q="")

    @property
    def group(self) -> Group:
        if self.state == ALL:
            return Group.SENT
        if self.state:
            return Group.CLOSED if self.state in CLOSED else Group.OPEN
        # Whoever asks how appeals were decided means decided ones, and whoever looks for a number
        # wants to find it, open or not.
        if self.is_about_answers:
            return Group.CLOSED
        return Group.SENT if self.q else Group.OPEN

    @property
    def is_about_answers(self) -> bool:
        return bool(self.outcome or self.since or self.until)


def read_filters(values: Mapping[str, str]) -> Filters:
    """The filters of an address: unknown names and values that mean nothing are left out."""
    names = (field.name for field in fields(Filters))
    cleaned = {name: values.get(name, "").strip() for name in names}
    if cleaned["state"] == Promise.LATE:
        # As links to late appeals were written before there were filters by promise.
        cleaned |= {"state": "", "promise": Promise.LATE}
    return Filters(**{name: value for name, value in cleaned.items() if CHECKS[name](value)})


def read_query(query: str) -> Filters:
    """The filters of an address that was kept as text."""
    return read_filters(dict(parse_qsl(query)))


def condition(filters: Filters, person: Customer, now: datetime) -> Q:
    """What an appeal must be to stand in this person's list."""
    wanted = _states(filters)
    for name, value in asdict(filters).items():
        if value and name in NARROWINGS:
            wanted &= NARROWINGS[name](value, person, now)
    return wanted


def _states(filters: Filters) -> Q:
    if filters.state and filters.state != ALL:
        return Q(state=filters.state)
    if filters.group == Group.OPEN:
        return Q(state__in=sorted(OPEN))
    return Q(state=AppealState.DECIDED) if filters.group == Group.CLOSED else Q()


def _promise(value: str, person: Customer, now: datetime) -> Q:
    """An appeal that waits for its customer is neither late nor due: its promise is paused."""
    running = Q(state__in=sorted(OPEN - {AppealState.WAITING}))
    if value == Promise.LATE:
        return running & Q(promised_at__lt=now)
    today = timezone.localdate(now)
    last = today if value == Promise.TODAY else today + timedelta(days=6 - today.weekday())
    return running & Q(promised_at__gte=now, promised_at__lte=_midnight(last + timedelta(days=1)))


def _held(value: str, person: Customer, now: datetime) -> Q:
    if value in {Held.FREE, Held.RESERVED}:
        is_free = value == Held.FREE
        return Q(state=AppealState.SUBMITTED, reserved_for__isnull=is_free)
    if value == Held.TAKEN:
        return Q(state=AppealState.IN_REVIEW)
    reviewer = person.pk if value == Held.ME else int(value)
    return Q(state=AppealState.IN_REVIEW, claim__reviewer=reviewer)


def _outcome(value: str, person: Customer, now: datetime) -> Q:
    return Q(outcomes__is_final=True, outcomes__kind=value)


def _since(value: str, person: Customer, now: datetime) -> Q:
    return Q(closed_at__gte=_midnight(date.fromisoformat(value)))


def _until(value: str, person: Customer, now: datetime) -> Q:
    return Q(closed_at__lt=_midnight(date.fromisoformat(value) + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _equal(field: str) -> Callable[[str, Customer, datetime], Q]:
    return lambda value, person, now: Q(**{field: value})


NARROWINGS: Mapping[str, Callable[[str, Customer, datetime], Q]] = {
    "queue": lambda value, person, now: Q(queue=int(value)),
    "promise": _promise,
    "held": _held,
    # A decision gives a reason once, so this join doubles no row.
    "reason": _equal("decision__reasons__code"),
    "jurisdiction": _equal("customer__jurisdiction"),
    "language": _equal("language"),
    "care": lambda value, person, now: Q(is_vulnerable=True),
    "outcome": _outcome,
    "since": _since,
    "until": _until,
    "rule": _equal("decision__rule_id"),
    "version": _equal("decision__rule_version"),
}


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 10


def _is_day(value: str) -> bool:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return False
    # `2026W011` is a day too, but not as pages write it; far from the ends lies a next day.
    return value == day.isoformat() and 1900 < day.year < 9000


def _is_term(value: str) -> bool:
    return value.isprintable() and len(value) <= LONGEST_TERM


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "state": lambda value: value == ALL or value in set(AppealState) - {AppealState.DRAFT},
    "queue": _is_key,
    "promise": lambda value: value in set(Promise),
    "held": lambda value: value in set(Held) or _is_key(value),
    "reason": lambda value: value in CATALOGUE.reasons,
    "jurisdiction": lambda value: value in Jurisdiction.values,
    "language": lambda value: value in dict(settings.LANGUAGES),
    "care": lambda value: value == "1",
    "outcome": lambda value: value in set(OutcomeKind),
    "since": _is_day,
    "until": _is_day,
    "rule": _is_term,
    "version": _is_term,
    "q": _is_term,
}
