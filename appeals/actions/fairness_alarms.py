"""A figure of fairness left its band: supervisors hear of it once a month and figure."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from appeals.access import list_all_supervisors
from appeals.fairness.aspects import Aspect
from appeals.fairness.comparing import Compared, compare, outside
from appeals.models import FairnessAlarm
from notifications.api import NotificationRequest, notify_many

# Whole months only; the one before the last as well, for its appeals are answered later.
MONTHS = 2
# Two who look at once tell once.
LOCK = 0x5265636F_616C6172
PAGE = "/admin/fairness/"


def raise_alarms(now: datetime | None = None) -> int:
    """Write down which figures of the last whole months left their bands, and tell of new ones."""
    now = now or timezone.now()
    month, raised = now.date().replace(day=1), 0
    for _turn in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        raised += _raise_of(month, now)
    return raised


@transaction.atomic
def _raise_of(month: date, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    known = set(FairnessAlarm.objects.filter(month=month).values_list("dimension", "measure"))
    new = [
        FairnessAlarm(
            month=month,
            dimension=dimension,
            measure=aspect,
            groups=[_told(row, aspect) for row in rows],
            at=now,
        )
        for (dimension, aspect), rows in outside(compare([month])).items()
        if (dimension, aspect.value) not in known
    ]
    FairnessAlarm.objects.bulk_create(new)
    if new:
        notify_many(_messages(new))
    return len(new)


def _told(row: Compared, aspect: Aspect) -> dict[str, str | float]:
    main = row.main(aspect)
    assert main is not None
    numbers = {"value": main.value, "low": main.low, "high": main.high}
    return {"group": row.group, **{name: round(one, 4) for name, one in numbers.items()}}


def _messages(new: list[FairnessAlarm]) -> list[NotificationRequest]:
    return [
        NotificationRequest(
            recipient_id=person.pk,
            type="fairness_alarm",
            dedupe_key=f"fairness:{new[0].pk}:{person.pk}",
            context={"figures": str(len(new)), "month": f"{new[0].month:%Y-%m}"},
            path=PAGE,
        )
        for person in list_all_supervisors()
    ]
