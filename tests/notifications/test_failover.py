"""Which provider takes a batch: by weight, and never one that is down while another works."""

from collections import Counter

import pytest

from notifications import tasks
from notifications.kinds import ChannelKind, Lane
from notifications.models import Delivery
from notifications.passage import Passage, Wait, open_passage
from tests.doubles.fixtures import carry
from tests.notifications.builders import owe_sms, send
from tests.notifications.fake_providers import LOST, TAKEN, UNREACHABLE, WRONG_KEY, Line, fake

pytestmark = pytest.mark.django_db


def passage(lane=Lane.BULK, rows=10):
    opened = open_passage(lane, ChannelKind.SMS, rows)
    assert isinstance(opened, Passage)
    return opened


def states():
    return Counter(Delivery.objects.values_list("state", flat=True))


def test_batches_are_shared_by_weight(settings, closed_channels, gate_clock):
    carry(
        settings,
        "sms",
        fake("large", Line(), weight=3),
        fake("small", Line(), weight=1),
        fake("spare", Line(), weight=0),
    )

    chosen = Counter(passage().provider.name for _batch in range(400))

    assert set(chosen) == {"large", "small"}
    assert 240 <= chosen["large"] <= 360


def test_where_the_rate_of_one_is_used_up_the_other_goes_on(settings, closed_channels, gate_clock):
    lines = fake("slow", Line(), rate=1), fake("fast", Line(), rate=10_000)
    carry(settings, "sms", *lines)

    chosen = Counter(passage().provider.name for _batch in range(20))

    assert chosen["fast"] >= 19


def test_a_batch_the_first_cut_short_is_rung_for_at_once_where_another_has_room(
    settings, closed_channels, gate_clock
):
    lines = fake("one", Line(), rate=10), fake("other", Line(), rate=10)
    carry(settings, "sms", *lines)

    first = passage(rows=100)
    assert (first.rows, first.again_in) == (5, 0)

    assert {first.provider.name, passage(rows=100).provider.name} == {"one", "other"}
    waiting = open_passage(Lane.BULK, ChannelKind.SMS, 100)
    assert isinstance(waiting, Wait)
    assert waiting.again_in == pytest.approx(1)


def test_the_spare_does_not_help_out_one_that_is_only_busy(settings, closed_channels, gate_clock):
    lines = fake("first", Line(), rate=10), fake("spare", Line(), weight=0)
    carry(settings, "sms", *lines)

    assert passage(rows=100).provider.name == "first"

    assert isinstance(open_passage(Lane.BULK, ChannelKind.SMS, 10), Wait)


def test_after_the_first_provider_fell_the_next_batch_goes_by_the_spare(
    first_line, spare_line, caplog
):
    first_line.answer = UNREACHABLE
    owe_sms(25)
    send("sms")
    assert (len(first_line.texts), len(spare_line.texts)) == (25, 0)
    owe_sms(10)

    send("sms")

    assert (len(first_line.texts), len(spare_line.texts)) == (25, 10)
    assert caplog.text.count("provider is down") == 1


def test_the_first_provider_is_tried_again_with_a_few_and_takes_over(
    first_line, spare_line, gate_clock
):
    first_line.answer = LOST
    owe_sms(25)
    send("sms")
    owe_sms(30)
    first_line.answer = TAKEN
    gate_clock.forward(31)

    send("sms")
    assert (len(first_line.texts), len(spare_line.texts)) == (30, 0)
    send("sms")

    assert (len(first_line.texts), len(spare_line.texts)) == (55, 0)


def test_while_one_worker_probes_the_others_use_the_spare(first_line, spare_line, gate_clock):
    first_line.answer = LOST
    owe_sms(25)
    send("sms")
    gate_clock.forward(31)
    probe = passage(Lane.STANDARD, 100)
    assert (probe.provider.name, probe.rows) == ("first", 5)

    other = passage(Lane.STANDARD, 100)
    assert (other.provider.name, other.rows) == ("spare", 100)

    probe.claimed(0)
    probe.close(0)
    assert passage(Lane.STANDARD, 100).rows == 5


def test_a_wrong_key_stops_the_channel_keeps_the_tries_and_alerts_once(first_line, bells, caplog):
    first_line.answer = WRONG_KEY
    owe_sms(300)

    for _worker in range(4):
        send("sms")

    assert len(first_line.texts) == 1
    assert states() == {"ready": 300}
    assert set(Delivery.objects.values_list("tries", flat=True)) == {0}
    assert caplog.text.count("provider is down") == 1
    assert len(bells) == 1
    assert 0 < bells[0][2] <= tasks.LATEST_AGAIN * 1.2


def test_rows_behind_an_open_breaker_are_not_touched(first_line, gate_clock):
    first_line.answer = UNREACHABLE
    owe_sms(25)
    send("sms")
    owe_sms(5)
    before = list(Delivery.objects.order_by("pk").values())

    send("sms")

    assert list(Delivery.objects.order_by("pk").values()) == before
