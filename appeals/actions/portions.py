"""Work over many rows in portions, each with transactions of its own.

A run ends after so many portions: the next one goes on.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row")
Of = TypeVar("Of", bound=Model)

AT_ONCE = 200
MOST_PORTIONS = 25


def in_portions(rows: QuerySet[Of, Row], work: Callable[[list[Row]], int]) -> int:
    """What `work` made of each portion, added up; a row it worked on must leave the query."""
    done = 0
    for _portion in range(MOST_PORTIONS):
        portion = list(rows.all()[:AT_ONCE])
        if portion:
            done += work(portion)
        if len(portion) < AT_ONCE:
            break
    return done


def for_each(rows: QuerySet[Of, Any], key: str, work: Callable[[int], int]) -> int:
    """What `work` made of each key the rows have, once each and in order, added up."""
    done = 0
    last = 0
    for _portion in range(MOST_PORTIONS):
        ahead = rows.filter(**{f"{key}__gt": last}).order_by(key)
        keys = list(ahead.values_list(key, flat=True).distinct()[:AT_ONCE])
        done += sum(work(one) for one in keys)
        if len(keys) < AT_ONCE:
            break
        last = keys[-1]
    return done
