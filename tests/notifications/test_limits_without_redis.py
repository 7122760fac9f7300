"""What goes on while Redis is away: codes in small numbers, and all that has no limit."""

from collections import Counter

import pytest

from notifications.channels.base import Account
from notifications.kinds import ChannelKind, Lane
from notifications.limits import gates, store
from notifications.limits.breakers import Verdict
from notifications.limits.gates import Gate
from notifications.models import Delivery
from portal.lib.env import redis_database
from tests.doubles.fixtures import carry
from tests.notifications.builders import owe_sms, send
from tests.notifications.fake_providers import fake


def take(gate, lane, rows=10_000):
    return gate.enter(lane, rows).rows


def limited():
    return Gate(Account(ChannelKind.SMS, "fake", rate=100))


def states():
    return Counter(Delivery.objects.values_list("state", flat=True))


def test_codes_go_in_small_numbers_and_campaigns_wait(no_redis):
    gate = limited()

    assert take(gate, Lane.URGENT) == 4
    assert take(gate, Lane.URGENT) == 0
    assert take(gate, Lane.STANDARD) == 6
    bulk = gate.enter(Lane.BULK, 100)
    assert (bulk.rows, bulk.again_in, bulk.is_down) == (0, gates.ASK_AGAIN_SECONDS, False)
    gate.report(Lane.URGENT, Verdict(good=1))
    assert gate.look() is None


def test_what_has_no_rate_goes_on(no_redis):
    assert take(Gate(Account(ChannelKind.SMS, "fake")), Lane.BULK) == 10_000


def test_it_is_told_once_and_again_when_redis_is_back(settings, no_redis, monkeypatch, caplog):
    monkeypatch.setattr(store, "LEAVE_ALONE_SECONDS", 0)
    away, gate = store.store(), limited()
    for _call in range(5):
        gate.look()
    back = store.Store(redis_database(settings.REDIS_URL, 1))
    monkeypatch.setattr(away, "_script", back._script)
    for _call in range(5):
        gate.look()

    told = [record.getMessage() for record in caplog.records]
    assert [("cannot" in text, "again" in text) for text in told] == [(True, False), (False, True)]


def test_nobody_waits_for_it_twice_in_a_row(no_redis, monkeypatch):
    gate, calls = limited(), []
    real = store.store()._script

    def ask(**asked):
        calls.append(asked)
        return real(**asked)

    monkeypatch.setattr(store.store(), "_script", ask)

    for _call in range(5):
        take(gate, Lane.URGENT)

    assert len(calls) == 1


def test_a_redis_that_was_restarted_learns_our_script_again(caplog):
    # On a clock of its own: in real time the bucket fills while a slow machine comes back.
    gate = Gate(limited().account, lambda: 1_000.0)
    take(gate, Lane.URGENT)
    store.store().client.script_flush()
    store.store().client.connection_pool.disconnect()

    assert take(gate, Lane.STANDARD) == 60
    assert caplog.records == []


@pytest.mark.django_db
def test_messages_of_an_unlimited_provider_are_sent(first_line, no_redis):
    owe_sms(50)

    send("sms")

    assert states() == {"delivered": 50}


@pytest.mark.django_db
def test_a_limited_provider_gets_no_campaign(first_line, no_redis, settings, bells):
    carry(settings, "sms", fake("first", first_line, rate=100))
    owe_sms(50)
    Delivery.objects.update(lane="bulk")

    send("sms", "bulk")

    assert states() == {"ready": 50}
    # The sweep rings, which needs no Redis to know that it did.
    assert bells == []
