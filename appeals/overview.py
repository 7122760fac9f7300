"""The whole of the desk in numbers, read from kept sums: never by counting appeals.

A viewer is told of the queues they may see, and of restricted cases only when they are cleared.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from appeals.access import Reach, reach_of
from appeals.kept_sums import (
    COMPARED,
    compared_sums,
    count_held,
    open_sums,
    sums_by,
    sums_since,
    tallies_within,
)
from appeals.models import AppealTally, Measure, ReviewQueue
from appeals.prepared import prepared
from portal.models import Customer

# The last day of each bucket of age; what is older is in one more.
AGES = (2, 5, 10, 20)
FLOW = (Measure.CAME_IN, Measure.DECIDED, Measure.WITHDRAWN, Measure.DUPLICATE)


@dataclass(frozen=True)
class View:
    """Who looks at which of their queues, since which day, and at which one if only at one."""

    viewer: Customer
    queues: Sequence[ReviewQueue]
    since: date
    # Promises are looked at for longer: a few weeks say little.
    weeks_since: date
    now: datetime
    queue: int | None = None

    @cached_property
    def reach(self) -> Reach:
        return reach_of(self.viewer)

    @property
    def only(self) -> tuple[int, ...]:
        """The one queue that is looked at, if only one is."""
        return () if self.queue is None else (self.queue,)


@dataclass(frozen=True)
class Flow:
    """How many came in and went out on one day."""

    day: date
    came_in: int = 0
    decided: int = 0
    withdrawn: int = 0
    duplicate: int = 0

    @property
    def went_out(self) -> int:
        return self.decided + self.withdrawn + self.duplicate


@dataclass(frozen=True)
class Standing:
    """What is open in a queue: by days since it was sent, and how many promises are past."""

    queue: ReviewQueue
    ages: tuple[int, ...]
    overdue: int

    @property
    def open(self) -> int:
        return sum(self.ages)


@dataclass(frozen=True)
class Week:
    """Promises of the answers of one week, and what the answers were."""

    monday: date
    kept: int
    missed: int
    outcomes: Counter[str]


@dataclass(frozen=True)
class Compared:
    """The answers that had one thing in common, and how many of them gave something back."""

    subject: str
    version: str
    decided: int
    overturned: int


@dataclass(frozen=True)
class Load:
    """A reviewer's cases now, and their answers."""

    key: str
    name: str
    held: int
    decided: int


@dataclass(frozen=True)
class Overview:
    queues: Sequence[ReviewQueue]
    flow: list[Flow]
    standing: list[Standing]
    weeks: list[Week]
    # Days from sending to the answer -> how many answers took so many, of each queue.
    days: dict[int, Counter[int]]
    compared: dict[Measure, list[Compared]]
    loads: list[Load]


@dataclass(frozen=True)
class RuleRecord:
    """How appeals against one version of a rule went so far."""

    appeals: int
    decided: int
    accepted: int


def rule_version_record(rule_id: str, rule_version: str, viewer: Customer) -> RuleRecord:
    """How many appeals stand against this version, are answered, and gave something back."""
    sums = _rule_sums(rule_id, rule_version, viewer.pk, reach=reach_of(viewer))
    return RuleRecord(*sums[0]) if sums else RuleRecord(0, 0, 0)


@prepared
def _rule_sums(
    rule_id: str, rule_version: str, viewer: int, *, reach: Reach
) -> QuerySet[AppealTally, tuple[int, int, int]]:
    """One row, or none where nothing was counted."""
    about = tallies_within(viewer, reach).filter(
        measure__in=[Measure.RULE, Measure.AGAINST_RULE], subject=rule_id, version=rule_version
    )
    sums = (
        about.order_by()
        .values("subject")
        .annotate(
            appeals=Sum("number", filter=Q(measure=Measure.AGAINST_RULE), default=0),
            decided=Sum("number", filter=Q(measure=Measure.RULE), default=0),
            accepted=Sum("overturned", filter=Q(measure=Measure.RULE), default=0),
        )
    )
    return sums.values_list("appeals", "decided", "accepted")


def read_overview(view: View) -> Overview:
    """Everything the first page of who oversees the desk shows, in a fixed number of queries."""
    compared = _compared(view)
    return Overview(
        queues=view.queues,
        flow=_flow(view),
        standing=_standing(view),
        weeks=_weeks(view),
        days=_days(view),
        compared=compared,
        loads=_loads(view, compared[Measure.REVIEWER]),
    )


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _flow(view: View) -> list[Flow]:
    """Every day of the span, also those on which nothing happened."""
    found: defaultdict[date, dict[str, int]] = defaultdict(dict)
    sums = sums_since(
        view.viewer.pk,
        midnight(view.since),
        *view.only,
        reach=view.reach,
        measures=FLOW,
        key=("measure", "at"),
    )
    for measure, at, number in sums:
        found[at.date()][measure] = number
    count = (view.now.date() - view.since).days + 1
    days = [view.since + timedelta(days=n) for n in range(count)]
    return [Flow(day, **found[day]) for day in days]


def _standing(view: View) -> list[Standing]:
    ages: defaultdict[int, list[int]] = defaultdict(lambda: [0] * (len(AGES) + 1))
    overdue: Counter[int] = Counter()
    for queue, measure, at, number in open_sums(
        view.viewer.pk, view.now, *view.only, reach=view.reach
    ):
        if measure == Measure.DUE:
            overdue[queue] += number
        else:
            ages[queue][bucket_of((view.now.date() - at.date()).days)] += number
    return [
        Standing(queue, tuple(ages[queue.pk]), overdue[queue.pk])
        for queue in view.queues
        if view.queue in {None, queue.pk}
    ]


def bucket_of(days: int) -> int:
    """Which of the buckets of age something belongs to that was sent so many days ago."""
    return sum(days > last for last in AGES)


def _weeks(view: View) -> list[Week]:
    sums = sums_since(
        view.viewer.pk,
        midnight(monday_of(view.weeks_since)),
        *view.only,
        reach=view.reach,
        measures=(Measure.KEPT, Measure.MISSED, Measure.OUTCOME),
        key=("measure", "at", "subject"),
    )
    promises: Counter[tuple[str, date]] = Counter()
    outcomes: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for measure, at, subject, number in sums:
        if measure == Measure.OUTCOME:
            outcomes[at.date()][subject] += number
        else:
            promises[measure, at.date()] += number
    first, last = monday_of(view.weeks_since), monday_of(view.now.date())
    mondays = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return [
        Week(
            monday,
            promises[Measure.KEPT, monday],
            promises[Measure.MISSED, monday],
            outcomes[monday],
        )
        for monday in mondays
    ]


def _days(view: View) -> dict[int, Counter[int]]:
    sums = sums_since(
        view.viewer.pk,
        midnight(monday_of(view.since)),
        *view.only,
        reach=view.reach,
        measures=(Measure.DAYS,),
        key=("queue_id", "subject"),
    )
    found: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for queue, days, number in sums:
        found[queue][int(days)] += number
    return dict(found)


def _compared(view: View) -> dict[Measure, list[Compared]]:
    since = midnight(monday_of(view.since))
    sums = compared_sums(view.viewer.pk, since, *view.only, reach=view.reach)
    found: dict[Measure, list[Compared]] = {measure: [] for measure in COMPARED}
    for measure, subject, version, decided, gave_back in sums:
        found[Measure(measure)].append(Compared(subject, version, decided, gave_back))
    return found


def _loads(view: View, answered: list[Compared]) -> list[Load]:
    """Whoever holds something or answered something, most held first."""
    held = dict(count_held(view.viewer.pk, *view.only, reach=view.reach))
    decided = {int(one.subject): one.decided for one in answered}
    names = Customer.objects.filter(pk__in=held.keys() | decided.keys()).values_list("pk", "name")
    loads = [Load(str(pk), name, held.get(pk, 0), decided.get(pk, 0)) for pk, name in names]
    return sorted(loads, key=lambda one: (-one.held, -one.decided, one.name))


def read_backlog(now: datetime | None = None) -> dict[str, tuple[int, int, float]]:
    """By key of a queue: open, past their promise, days the oldest has waited; none restricted."""
    now = now or timezone.now()
    keys = dict(ReviewQueue.objects.filter(is_restricted=False).values_list("pk", "key"))
    rows = AppealTally.objects.filter(queue_id__in=keys, is_restricted=False).filter(
        Q(measure=Measure.OPEN) | Q(measure=Measure.DUE, at__lt=now)
    )
    found = dict.fromkeys(keys, (0, 0, 0.0))
    for queue, measure, at, number in sums_by(rows, "queue_id", "measure", "at"):
        count, overdue, oldest = found[queue]
        if measure == Measure.DUE:
            found[queue] = count, overdue + number, oldest
        elif number:
            age = (now - at) / timedelta(days=1)
            found[queue] = count + number, overdue, max(oldest, age)
    return {keys[queue]: numbers for queue, numbers in found.items()}
