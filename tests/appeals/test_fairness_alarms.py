"""A figure leaves its band: supervisors hear of it once a month and figure, reviewers never."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction

from appeals.actions.fairness_alarms import raise_alarms
from appeals.models import FairnessAlarm, FairnessSum
from appeals.periodic import raise_fairness_alarms
from notifications.models import Notification
from tests.appeals.desks import queue, rosa, sofia
from tests.appeals.fairness_rows import NOVEMBER, OCTOBER, create_lines, create_october, create_sum

__all__ = ["queue", "rosa", "sofia"]

TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)


def told():
    return list(Notification.objects.filter(type="fairness_alarm"))


def test_supervisors_hear_once_a_month_and_figure(sofia, rosa):
    create_october()
    assert raise_alarms(TODAY) == 1
    assert raise_alarms(TODAY) == 0

    alarm = FairnessAlarm.objects.get()
    assert (alarm.month, alarm.dimension, alarm.measure) == (OCTOBER, "language", "days")
    assert {one["group"]: one["value"] for one in alarm.groups} == {"zh-hans": 1.4, "en": -1.4}
    assert [one.recipient for one in told()] == [sofia]


def test_another_figure_of_the_month_is_told_too(sofia):
    create_october()
    raise_alarms(TODAY)
    FairnessSum.objects.filter(group="zh-hans").update(overturned=60)

    assert raise_alarms(TODAY) == 1
    assert len(told()) == 2


def test_a_month_that_is_not_over_raises_none(sofia):
    create_sum("en", at=NOVEMBER)
    create_sum("zh-hans", at=NOVEMBER, days_total=900.0, days_squares=9500.0)
    assert raise_alarms(TODAY) == 0


def test_what_may_be_chance_and_what_is_small_raise_none(sofia):
    """Twice as often of few, and by a tenth of many."""
    create_sum("en", decided=40, overturned=5, days_total=200.0, days_squares=1100.0)
    create_sum("zh-hans", decided=40, overturned=10, days_total=200.0, days_squares=1100.0)
    for group, cut in (("en", 30_000), ("zh-hans", 33_000)):
        FairnessSum.objects.filter(group=group).update(lines_cut=cut)
        create_lines(group, 400_000)
    assert raise_alarms(TODAY) == 0
    assert told() == []


def test_the_page_shows_it_and_it_never_changes(browse, sofia):
    create_october()
    raise_fairness_alarms()
    raise_alarms(TODAY)
    page = browse(sofia).get("/admin/fairness/").content.decode()
    assert "Figures that left their band" in page
    alarm = FairnessAlarm.objects.get()
    with pytest.raises(ProgrammingError), transaction.atomic():
        alarm.delete()
    with pytest.raises(ValidationError):
        FairnessAlarm(
            month=OCTOBER, dimension="language", measure="days", groups=[1], at=TODAY
        ).full_clean()
