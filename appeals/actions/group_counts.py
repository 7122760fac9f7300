"""The lender reports how many lines its groups have, and how many were cut; never a person."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_supervisor
from appeals.errors import NotAllowed
from appeals.feed.group_counts import counts_in
from appeals.models import GroupCount, Source
from portal.models import Customer

# Two reports of one month at once come one after the other.
LOCK = 0x5265636F_67726F75


def take_counts_of(*, rows: Iterable[Any], by: Customer) -> int:
    """As `take_counts`, from a file that a supervisor brings."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only supervisors bring counts of groups."))
    return take_counts(rows, by=by)


@transaction.atomic
def take_counts(rows: Iterable[Any], by: Customer | None = None) -> int:
    """Keep a report, all of it or nothing; raises Unusable. How many rows it has.

    It replaces what was reported before for the same months and the same kind of group.
    """
    now = timezone.now()
    reported = counts_in(rows, today=now.date())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    for month, dimension in {(one.month, one.dimension) for one in reported}:
        GroupCount.objects.filter(source=Source.LENDER, month=month, dimension=dimension).delete()
    GroupCount.objects.bulk_create(
        GroupCount(
            month=one.month,
            source=Source.LENDER,
            dimension=one.dimension,
            group=one.group,
            band=one.band,
            lines=one.lines,
            lines_cut=one.lines_cut,
            reported_at=now,
            reported_by=by,
        )
        for one in reported
    )
    return len(reported)
