"""The routing table tried on appeals that were sent; it changes none of them."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch

from appeals.access import list_cases
from appeals.models import Appeal, Ground, ReviewQueue, RoutingRule
from appeals.routing import Route, Table, route
from portal.models import Customer

# The newest ones: enough to see what a rule does, few enough to wait for.
TRIED = 200


@dataclass(frozen=True)
class Move:
    """An appeal that would be somewhere else."""

    appeal: Appeal
    was: ReviewQueue
    to: Route

    @property
    def turns_restricted(self) -> bool:
        """Whether only cleared members would see it there."""
        return self.to.is_restricted and not self.appeal.is_restricted


@dataclass(frozen=True)
class QueueCount:
    """How many of the tried appeals a queue has before and after."""

    queue: ReviewQueue
    before: int
    after: int

    @property
    def difference(self) -> str:
        number = self.after - self.before
        return f"{number:+d}" if number else "0"


@dataclass(frozen=True)
class Trial:
    """What a table would do with the newest appeals one person may see."""

    tried: int
    # How many the typed rule itself decides.
    decided: int
    queues: list[QueueCount]
    moves: list[Move]


def try_table(person: Customer, typed: RoutingRule | None = None) -> Trial:
    """With a typed rule: what it changes. Without: what the table would do with where they are."""
    appeals = _newest(person)
    table = Table.load()
    after = table.with_rule(typed) if typed else table
    before = [route(one, _grounds(one), table).queue if typed else one.queue for one in appeals]
    routes = [route(one, _grounds(one), after) for one in appeals]
    moves = [
        Move(appeal, was, to)
        for appeal, was, to in zip(appeals, before, routes, strict=True)
        if was is not None and was.pk != to.queue.pk
    ]
    decided = sum(typed is not None and way.rule is typed for way in routes)
    return Trial(len(appeals), decided, _counts(table, before, routes), moves)


def _newest(person: Customer) -> list[Appeal]:
    """By their number, which the primary key finds however many there are."""
    grounds = Prefetch("grounds", queryset=Ground.objects.select_related("decision_reason"))
    has_grounds = Exists(Ground.objects.filter(appeal=OuterRef("pk")))
    rows = list_cases(person).filter(has_grounds).order_by("-pk")
    rows = rows.select_related("decision", "customer", "queue").prefetch_related(grounds)
    return list(rows[:TRIED])


def _grounds(appeal: Appeal) -> list[Ground]:
    """The heaviest reason first, as when it was sent."""
    return sorted(appeal.grounds.all(), key=lambda ground: ground.decision_reason.rank)


def _counts(
    table: Table, before: list[ReviewQueue | None], routes: list[Route]
) -> list[QueueCount]:
    had = Counter(queue.pk for queue in before if queue is not None)
    gets = Counter(way.queue.pk for way in routes)
    return [
        QueueCount(queue, had[queue.pk], gets[queue.pk])
        for queue in table.queues.values()
        if had[queue.pk] or gets[queue.pk]
    ]
