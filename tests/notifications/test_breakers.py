"""Who stops calling a provider that is down, for how long, and who may try it again."""

import threading

import pytest

from notifications.channels.base import Account
from notifications.kinds import ChannelKind, Lane
from notifications.limits.breakers import Verdict
from notifications.limits.gates import Gate
from notifications.limits.store import store
from tests.notifications.fake_providers import (
    BAD_NUMBER,
    LOST,
    TAKEN,
    UNREACHABLE,
    WRONG_KEY,
    Clock,
    too_fast,
)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def gate(clock):
    return Gate(Account(ChannelKind.SMS, "fake", sender="MG1"), clock)


def tell(gate, *answers, token="", is_over=False):
    verdict = Verdict()
    verdict.add(answers)
    gate.report(Lane.STANDARD, verdict, token=token, is_over=is_over)


def state(gate):
    return gate.look()["state"]


def rows(gate):
    return gate.enter(Lane.STANDARD, 1_000).rows


def bring_down(gate):
    tell(gate, *[UNREACHABLE] * 20)
    assert state(gate) == "open"


def opens_for(gate, clock):
    return round(gate.look()["open_until"] - clock.now)


def test_faults_of_long_ago_are_forgotten(gate, clock):
    tell(gate, *[UNREACHABLE] * 19)
    clock.forward(40)
    tell(gate, *[UNREACHABLE] * 19)

    assert (state(gate), gate.look()["bad"]) == ("closed", 19)
    # Nor are they kept.
    assert store().client.hlen("recourse:limits:breaker:sms:fake:MG1") == 1


def test_faults_of_several_workers_count_together(gate, clock):
    other = Gate(gate.account, clock)
    for one in (gate, other, gate, other):
        tell(one, *[LOST] * 5)
        clock.forward(6)

    assert state(other) == "open"


def test_two_workers_never_send_two_probes(gate, clock):
    bring_down(gate)
    clock.forward(31)
    entries = []
    go = threading.Barrier(8)

    def work():
        go.wait()
        entries.append(Gate(gate.account, clock).enter(Lane.STANDARD, 1_000))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(entry.rows for entry in entries) == [0] * 7 + [5]
    assert [bool(entry.token) for entry in entries if entry.rows] == [True]


def test_a_good_probe_closes_it_and_a_bad_one_opens_it_for_longer(gate, clock):
    bring_down(gate)
    for seconds in (60, 120, 240, 480, 600, 600):
        clock.forward(601)
        tell(gate, UNREACHABLE, token=gate.enter(Lane.STANDARD, 10).token)
        assert (state(gate), opens_for(gate, clock)) == ("open", seconds)

    clock.forward(601)
    tell(gate, TAKEN, BAD_NUMBER, token=gate.enter(Lane.STANDARD, 10).token)

    assert (state(gate), rows(gate)) == ("closed", 1_000)
    assert gate.look()["bad"] == 0


def test_a_provider_that_asks_the_probe_to_slow_down_is_there(gate, clock):
    bring_down(gate)
    clock.forward(31)

    tell(gate, too_fast(), token=gate.enter(Lane.STANDARD, 10).token)

    assert state(gate) == "closed"


def test_one_that_soon_falls_again_stays_down_for_longer(gate, clock):
    bring_down(gate)
    clock.forward(31)
    tell(gate, TAKEN, token=gate.enter(Lane.STANDARD, 10).token)
    bring_down(gate)
    assert opens_for(gate, clock) == 60

    clock.forward(61)
    tell(gate, TAKEN, token=gate.enter(Lane.STANDARD, 10).token)
    clock.forward(700)
    bring_down(gate)
    assert opens_for(gate, clock) == 30


def test_answers_of_calls_from_before_do_not_count_as_the_probe(gate, clock):
    bring_down(gate)
    tell(gate, *[TAKEN] * 50)
    assert state(gate) == "open"
    clock.forward(31)
    tell(gate, TAKEN)
    assert state(gate) == "half_open"
    token = gate.enter(Lane.STANDARD, 10).token

    tell(gate, TAKEN)
    tell(gate, WRONG_KEY, token="another")
    assert (state(gate), rows(gate)) == ("half_open", 0)

    tell(gate, TAKEN, token=token)
    assert state(gate) == "closed"


def test_a_probe_that_found_nothing_to_send_is_handed_on(gate, clock):
    bring_down(gate)
    clock.forward(31)
    token = gate.enter(Lane.STANDARD, 10).token
    assert rows(gate) == 0

    tell(gate, token=token, is_over=True)

    assert rows(gate) == 5


def test_a_probe_that_died_with_its_worker_is_given_to_the_next(gate, clock):
    bring_down(gate)
    clock.forward(31)
    assert (rows(gate), rows(gate)) == (5, 0)

    clock.forward(61)

    assert (rows(gate), rows(gate)) == (5, 0)


def test_a_wrong_key_opens_it_at_once_and_for_longer(gate, clock):
    tell(gate, *[TAKEN] * 100)
    tell(gate, WRONG_KEY)

    seen = gate.look()
    assert (seen["state"], seen["cause"], opens_for(gate, clock)) == ("open", "20003", 300)
    for seconds in (600, 1200, 2400, 3600, 3600):
        clock.forward(3601)
        tell(gate, WRONG_KEY, token=gate.enter(Lane.STANDARD, 10).token)
        assert opens_for(gate, clock) == seconds


def test_it_alerts_once_when_it_opens_and_tells_when_it_closes(gate, clock, caplog):
    bring_down(gate)
    tell(gate, *[UNREACHABLE] * 50)
    tell(gate, WRONG_KEY)
    clock.forward(31)
    tell(gate, UNREACHABLE, token=gate.enter(Lane.STANDARD, 10).token)
    clock.forward(61)
    tell(gate, TAKEN, token=gate.enter(Lane.STANDARD, 10).token)

    levels = [record.levelname for record in caplog.records]
    assert levels == ["ERROR", "WARNING", "INFO"]
    assert caplog.text.count("provider is down") == 1
    assert "ConnectTimeout" in caplog.records[0].getMessage()


def test_a_clock_set_back_does_not_keep_it_open(gate, clock):
    bring_down(gate)
    clock.forward(-365 * 24 * 3600)

    assert rows(gate) == 5


def test_an_emptied_redis_closes_it(gate):
    bring_down(gate)

    store().client.flushdb()

    assert (state(gate), rows(gate)) == ("closed", 1_000)
