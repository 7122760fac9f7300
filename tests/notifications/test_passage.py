"""How much of a lane may go now: what the rate allows, what it really cost, who rings again."""

from collections import Counter

import pytest

from notifications import passage as passages
from notifications import tasks
from notifications.channels import providers_of
from notifications.delivery.batch import deliver
from notifications.kinds import ChannelKind, Lane
from notifications.limits.gates import Gate
from notifications.limits.store import store
from notifications.models import Attempt, Delivery
from notifications.passage import Passage, Wait, open_passage
from tests.doubles.fixtures import carry
from tests.notifications.builders import owe_sms, send
from tests.notifications.fake_providers import (
    TAKEN,
    fake,
    too_fast,
)

pytestmark = pytest.mark.django_db


def limit(settings, line, rate, **details):
    carry(settings, "sms", fake("first", line, rate=rate, **details))


def states():
    return Counter(Delivery.objects.values_list("state", flat=True))


def calls(monkeypatch):
    """Count the round trips to Redis from now on."""
    asked = []
    real = store()._script

    def ask(**given):
        asked.append(given)
        return real(**given)

    monkeypatch.setattr(store(), "_script", ask)
    return asked


# Rates ------------------------------------------------------------------------------------


def test_a_batch_is_no_larger_than_the_rate_allows_and_rings_for_the_rest(
    first_line, settings, bells
):
    limit(settings, first_line, rate=10)
    owe_sms(40)
    first_line.units = 2

    send("sms")

    # Three tenths of ten a second, for two seconds, at two segments a message.
    assert len(first_line.texts) == 3
    assert states() == {"delivered": 3, "ready": 37}
    assert [(lane, channel) for lane, channel, _seconds in bells] == [("standard", "sms")]
    assert 0 < bells[0][2] <= tasks.LATEST_AGAIN * 1.2


def test_who_has_to_wait_claims_nothing_and_rings_once(first_line, settings, bells):
    limit(settings, first_line, rate=10)
    owe_sms(40)
    send("sms")
    bells.clear()
    store().client.delete("recourse:limits:bell:standard:sms")

    for _worker in range(8):
        send("sms")

    assert states()["claimed"] == 0
    assert len(bells) == 1
    assert Attempt.objects.count() == len(first_line.texts)


def test_units_for_rows_that_are_not_there_are_given_back_before_the_call(
    first_line, settings, gate_clock
):
    limit(settings, first_line, rate=10)
    owe_sms(1)
    first_line.units = 2
    opened = open_passage(Lane.STANDARD, ChannelKind.SMS, 2_000)
    assert isinstance(opened, Passage)

    opened.claimed(1)

    assert Gate(opened.provider.account, gate_clock).enter(Lane.STANDARD, 100).units == 4


def test_what_messages_cost_is_learned(first_line, settings, gate_clock):
    limit(settings, first_line, rate=1_000)
    first_line.units = 5
    for _batch in range(12):
        owe_sms(10)
        send("sms")
        gate_clock.forward(60)

    opened = open_passage(Lane.STANDARD, ChannelKind.SMS, 2_000)

    # Its own 600 and nothing in the pool that idle lanes left: 1,600 more, at five a message.
    assert isinstance(opened, Passage)
    assert opened.rows == pytest.approx(2_200 / 5, rel=0.05)


def test_more_segments_than_guessed_are_paid_for_later(first_line, settings, gate_clock):
    limit(settings, first_line, rate=10)
    owe_sms(3)
    first_line.units = 6

    send("sms")
    assert len(first_line.texts) == 3

    # Twelve units above the six that were there: four seconds of its share.
    gate = Gate(providers_of(ChannelKind.SMS)[0].account, gate_clock)
    assert gate.enter(Lane.STANDARD, 1).rows == 0
    assert gate.enter(Lane.STANDARD, 1).again_in == pytest.approx(13 / 3)


def test_an_urgent_batch_leaves_room_for_the_next(first_line, settings):
    limit(settings, first_line, rate=10_000)

    opened = open_passage(Lane.URGENT, ChannelKind.SMS, 2_000)

    assert isinstance(opened, Passage)
    assert opened.rows == passages.MOST_URGENT_ROWS


def test_a_code_costs_few_round_trips(first_line, settings, monkeypatch):
    limit(settings, first_line, rate=10)
    first_line.units = 2
    owe_sms(1)
    Delivery.objects.update(lane="urgent")
    asked = calls(monkeypatch)

    send("sms", "urgent")

    # In; what is not needed back; out, after the code has left.
    assert (len(first_line.texts), len(asked)) == (1, 3)


def test_good_answers_are_told_of_together(first_line, gate_clock, monkeypatch):
    opened = open_passage(Lane.BULK, ChannelKind.SMS, 2_000)
    assert isinstance(opened, Passage)
    asked = calls(monkeypatch)

    monkeypatch.setattr(passages, "TELL_EVERY_SECONDS", 60)
    for _portion in range(10):
        opened.saw([TAKEN] * 100)
    assert len(asked) == 0
    monkeypatch.setattr(passages, "TELL_EVERY_SECONDS", 0)
    opened.saw([TAKEN] * 100)
    opened.close(1_100)

    assert len(asked) == 1
    seen = Gate(opened.provider.account, gate_clock).look()
    assert seen is not None
    assert seen["good"] == 1_100


def test_what_presses_is_told_before_the_batch_is_over(first_line, gate_clock):
    opened = open_passage(Lane.BULK, ChannelKind.SMS, 2_000)
    assert isinstance(opened, Passage)

    opened.saw([TAKEN])
    opened.saw([too_fast(seconds=20)])

    assert isinstance(open_passage(Lane.URGENT, ChannelKind.SMS, 10), Wait)


def test_a_batch_that_broke_off_gets_nothing_back(first_line, settings, gate_clock, monkeypatch):
    limit(settings, first_line, rate=10)
    owe_sms(3)

    def deliver_and_break(*args):
        deliver(*args)
        raise RuntimeError

    monkeypatch.setattr(tasks, "deliver", deliver_and_break)
    with pytest.raises(RuntimeError):
        send("sms")

    assert len(first_line.texts) == 3
    assert isinstance(open_passage(Lane.STANDARD, ChannelKind.SMS, 1), Wait)


def test_too_fast_is_heard_by_every_worker_at_once(first_line, settings, gate_clock):
    limit(settings, first_line, rate=100)
    first_line.answer = too_fast(seconds=20)
    owe_sms(30)

    send("sms")

    waiting = open_passage(Lane.URGENT, ChannelKind.SMS, 10)
    assert isinstance(waiting, Wait)
    assert waiting.again_in == pytest.approx(20)
    gate_clock.forward(21)
    assert isinstance(open_passage(Lane.URGENT, ChannelKind.SMS, 10), Passage)
