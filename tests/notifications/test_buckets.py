"""How fast a provider is called: shares of lanes, what idle ones leave, slower and faster again."""

import pytest

from notifications.channels.base import Account
from notifications.kinds import ChannelKind, Lane
from notifications.limits import gates
from notifications.limits.breakers import Verdict
from notifications.limits.gates import Gate
from notifications.limits.store import store
from tests.notifications.fake_providers import Clock, too_fast

NOTHING = Verdict()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def gate(clock):
    return gate_with(clock, rate=100)


def gate_with(clock, rate):
    return Gate(Account(ChannelKind.SMS, "fake", rate=rate), clock)


def take(gate, lane, rows=10_000):
    return gate.enter(lane, rows).rows


def throttle(gate, seconds=0.0):
    verdict = Verdict()
    verdict.add([too_fast(seconds)] * 32)
    gate.report(Lane.BULK, verdict)


def look(gate):
    seen = gate.look()
    assert seen is not None
    return seen


def factor(gate):
    return look(gate)["factor"]


def test_urgent_gets_its_share_while_bulk_asks_for_everything(gate, clock):
    sent = dict.fromkeys(Lane, 0)
    for _tenth in range(600):
        clock.forward(0.1)
        for lane in (Lane.BULK, Lane.STANDARD, Lane.URGENT):
            sent[lane] += take(gate, lane)

    # A minute at 100 a second, and the burst at its begin.
    assert sent[Lane.URGENT] == pytest.approx(20 * 62, rel=0.01)
    assert sent[Lane.STANDARD] == pytest.approx(30 * 62, rel=0.01)
    assert sent[Lane.BULK] == pytest.approx(50 * 62, rel=0.01)


def test_a_code_finds_room_at_any_moment_of_a_campaign(gate, clock):
    for _hundredth in range(1_000):
        clock.forward(0.01)
        take(gate, Lane.BULK)
    assert take(gate, Lane.BULK) == 0

    assert take(gate, Lane.URGENT, 40) == 40


@pytest.mark.parametrize("lane", Lane)
def test_what_idle_lanes_leave_is_used(gate, clock, lane):
    take(gate, lane)
    sent = 0
    for _sweep in range(30):
        clock.forward(2)
        sent += take(gate, lane)

    # The sweep's bells alone keep up the full rate.
    assert sent == pytest.approx(100 * 60, rel=0.01)


def test_a_long_night_saves_up_no_more_than_a_burst(gate, clock):
    take(gate, Lane.BULK)
    clock.forward(8 * 3600)

    assert sum(take(gate, lane) for lane in Lane) == 360


def test_a_first_burst_is_two_seconds_of_the_rate(gate):
    assert sum(take(gate, lane) for lane in Lane) == 200


def test_it_says_when_it_is_worth_asking_again(gate, clock):
    first = gate.enter(Lane.BULK, 1_000)
    assert (first.rows, first.again_in) == (100, pytest.approx(1))
    assert gate.enter(Lane.BULK, 10).again_in == pytest.approx(10 / 50)

    clock.forward(10 / 50)

    assert gate.enter(Lane.BULK, 10) == gates.Entry(10, 10, 0)


def test_what_was_not_spent_comes_back_and_what_was_overspent_is_billed(gate, clock):
    assert [take(gate, lane) for lane in Lane] == [40, 60, 100]

    gate.report(Lane.STANDARD, NOTHING, back=20)
    assert take(gate, Lane.STANDARD) == 20

    gate.report(Lane.STANDARD, NOTHING, back=-30)
    clock.forward(0.5)
    assert take(gate, Lane.STANDARD) == 0
    clock.forward(0.5)
    assert take(gate, Lane.STANDARD, 1) == 0
    clock.forward(0.1)
    assert take(gate, Lane.STANDARD, 1) == 1


def test_a_number_that_carries_one_segment_a_second_still_carries_each_lane(clock):
    gate = gate_with(clock, rate=1)
    for lane in Lane:
        assert take(gate, lane) == 1
        assert take(gate, lane) == 0
    clock.forward(5)

    # Three segments want more than there is: one goes, and the lane owes the rest.
    entry = gate.enter(Lane.URGENT, 1, units_a_row=3)
    assert entry.rows == 1
    gate.report(Lane.URGENT, NOTHING, back=entry.units - 3)
    assert take(gate, Lane.URGENT) == 0


def test_after_too_fast_the_rate_halves_and_comes_back_by_small_steps(gate, clock):
    clock.forward(1)
    throttle(gate)
    assert factor(gate) == 0.5

    clock.forward(1)
    assert factor(gate) == pytest.approx(0.52)
    clock.forward(9)
    assert factor(gate) == pytest.approx(0.7)
    clock.forward(60)
    assert factor(gate) == 1


def test_many_refusals_at_once_halve_the_rate_once(gate, clock):
    throttle(gate)
    throttle(gate)
    clock.forward(0.5)
    throttle(gate)
    assert factor(gate) == pytest.approx(0.51)

    clock.forward(0.5)
    throttle(gate)
    assert factor(gate) == pytest.approx(0.26)


def test_the_rate_never_falls_to_nothing(gate, clock):
    for _second in range(40):
        clock.forward(1)
        throttle(gate, seconds=1)

    assert factor(gate) == 1 / 64
    clock.forward(6)
    assert take(gate, Lane.URGENT) >= 1


def test_a_halved_rate_lets_half_through(gate, clock):
    take(gate, Lane.BULK)
    throttle(gate)
    clock.forward(1)

    # Its own share and what the idle lanes leave: all of the half.
    assert take(gate, Lane.BULK) == pytest.approx(50, abs=1)


@pytest.mark.parametrize("rate", [0, 100])
def test_a_provider_that_names_a_time_is_not_called_before_it(clock, rate):
    gate = gate_with(clock, rate)
    throttle(gate, seconds=30)

    entry = gate.enter(Lane.URGENT, 10)
    assert (entry.rows, entry.again_in, entry.is_down) == (0, pytest.approx(30), True)
    clock.forward(25)
    assert gate.enter(Lane.URGENT, 10).is_down is False

    clock.forward(5.1)
    assert take(gate, Lane.URGENT, 10) == 10


def test_one_without_a_rate_that_names_no_time_gets_a_moment(clock):
    gate = gate_with(clock, rate=0)
    throttle(gate)

    assert gate.enter(Lane.BULK, 10).again_in == pytest.approx(1)
    clock.forward(1.1)
    assert take(gate, Lane.BULK, 10) == 10


def test_without_a_rate_nothing_is_counted_and_everything_goes(clock):
    gate = gate_with(clock, rate=0)

    assert gate.enter(Lane.BULK, 5_000) == gates.Entry(5_000, 5_000, 0)

    assert store().client.keys("recourse:limits:bucket:*") == []


def test_an_emptied_redis_costs_no_more_than_the_memory_of_rates(gate, clock):
    take(gate, Lane.BULK)
    throttle(gate, seconds=30)

    store().client.flushdb()

    assert take(gate, Lane.BULK) == 100
    assert factor(gate) == 1


def test_a_clock_set_back_stops_nothing(gate, clock):
    take(gate, Lane.BULK)
    throttle(gate, seconds=5)
    clock.forward(-365 * 24 * 3600)

    assert take(gate, Lane.BULK) == 0
    clock.forward(2)
    assert take(gate, Lane.BULK) == pytest.approx(100, abs=5)


def test_the_time_is_that_of_redis_the_same_for_all_workers():
    gate = Gate(Account(ChannelKind.SMS, "fake", rate=100))
    throttle(gate, seconds=30)

    seconds, microseconds = store().client.time()

    assert look(gate)["shut_until"] == pytest.approx(seconds + microseconds / 1e6 + 30, abs=5)
