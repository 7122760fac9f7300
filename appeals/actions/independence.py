"""Nobody judges their own: what the database knows about it (`appeals_bar`), put into words."""

import enum
from collections.abc import Callable, Collection
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from appeals.errors import NotAllowed
from appeals.models import Appeal
from appeals.models.independence import CONSTRAINT
from portal.models import Customer

P = ParamSpec("P")
R = TypeVar("R")


class Bar(enum.StrEnum):
    """What keeps a person from judging an appeal, as the database calls it."""

    OWN_APPEAL = "own_appeal"
    OWN_DECISION = "own_decision"
    OWN_OUTCOME = "own_outcome"  # they decided or approved what is under appeal now
    OWN_RULE = "own_rule"
    CONFLICT = "conflict"


TO_THEMSELVES = {
    Bar.OWN_APPEAL: _("Nobody reviews their own appeal."),
    Bar.OWN_DECISION: _("This appeal is against a decision of yours. A colleague reviews it."),
    Bar.OWN_OUTCOME: _(
        "You decided or approved what this appeal is against. A colleague reviews it."
    ),
    Bar.OWN_RULE: _("You answer for the rule behind this decision. A colleague reviews it."),
    Bar.CONFLICT: _("You declared a conflict of interest here. A colleague reviews it."),
}
TO_A_COLLEAGUE = {
    Bar.OWN_APPEAL: _("%(name)s is the customer. Choose somebody else."),
    Bar.OWN_DECISION: _("%(name)s made the decision under appeal. Choose somebody else."),
    Bar.OWN_OUTCOME: _(
        "%(name)s decided or approved what this appeal is against. Choose somebody else."
    ),
    Bar.OWN_RULE: _("%(name)s answers for the rule behind this decision. Choose somebody else."),
    Bar.CONFLICT: _("%(name)s declared a conflict of interest here. Choose somebody else."),
}
ONE = """
SELECT appeals_bar(%(person)s, appeal.id, appeal.customer_id, appeal.decision_id)
FROM appeals_appeal AS appeal WHERE appeal.id = %(appeal)s
"""
MANY = """
SELECT person.id, appeal.id
FROM unnest(%(people)s::bigint[]) AS person (id)
JOIN appeals_appeal AS appeal ON appeal.id = ANY (%(appeals)s::bigint[])
WHERE appeals_bar(person.id, appeal.id, appeal.customer_id, appeal.decision_id) IS NOT NULL
"""

FREE = """
SELECT person.id FROM unnest(%(people)s::bigint[]) AS person (id)
WHERE pg_try_advisory_xact_lock(4015, (person.id %% 2147483647)::int)
"""


def bar_of(appeal: Appeal, person: Customer) -> Bar | None:
    """What keeps the person from judging the appeal, if anything; one look."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, {"person": person.pk, "appeal": appeal.pk})
        (bar,) = cursor.fetchone() or (None,)
    return Bar(bar) if bar else None


def list_bars(people: Collection[int], appeals: Collection[int]) -> frozenset[tuple[int, int]]:
    """Who of these people may not judge which of these appeals, as pairs of keys; one look."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"people": list(people), "appeals": list(appeals)})
        return frozenset(cursor.fetchall())


def in_words(bar: Bar, to: object = None) -> str:
    """Why not: said to the person themself, or about the colleague who was to have the appeal."""
    if isinstance(to, Customer):
        return str(TO_A_COLLEAGUE[bar]) % {"name": to.name}
    return str(TO_THEMSELVES[bar])


def check_is_independent(appeal: Appeal, person: Customer) -> None:
    """Raise when the person would judge their own, or has declared a conflict of interest."""
    bar = bar_of(appeal, person)
    if bar is not None:
        raise NotAllowed(in_words(bar))


def hold_person(person: Customer) -> None:
    """Wait until nothing else is being given to, or taken from, this person; to the end of here.

    So two claims at once count the same, and a conflict declared meanwhile is not overlooked. It
    is asked for before any appeal is locked, or two of these would wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT appeals_hold_person(%s)", [person.pk])


def hold_who_is_free(people: Collection[int]) -> set[int]:
    """Hold those of these people to or from whom nothing is being given now; to the end of here.

    The same lock as `appeals_hold_person`, but nobody is waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(FREE, {"people": sorted(people)})
        return {person for (person,) in cursor.fetchall()}


def never_your_own(action: Callable[P, R]) -> Callable[P, R]:
    """Say in plain words what the database refused at the last moment; outside its transaction."""

    @wraps(action)
    def worded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return action(*args, **kwargs)
        except IntegrityError as error:
            bar = _bar_in(error)
            if bar is None:
                raise
            raise NotAllowed(in_words(bar, kwargs.get("to"))) from error

    return worded


def _bar_in(error: IntegrityError) -> Bar | None:
    said = getattr(error.__cause__, "diag", None)
    if said is None or said.constraint_name != CONSTRAINT:
        return None
    return Bar(said.message_detail)
