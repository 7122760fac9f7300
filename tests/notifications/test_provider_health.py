"""What staff see of the providers: state, cause and rates."""

from datetime import UTC, datetime

import pytest

from notifications.channels.base import Account
from notifications.kinds import ChannelKind, Lane
from notifications.limits import health
from notifications.limits.breakers import BreakerState, Verdict
from notifications.limits.gates import Gate
from tests.notifications.fake_providers import LOST, TAKEN, WRONG_KEY, Line, fake, too_fast


def tell(gate, *answers):
    verdict = Verdict()
    verdict.add(answers)
    gate.report(Lane.STANDARD, verdict)


@pytest.fixture
def two_providers(settings):
    settings.PROVIDERS = [
        {"channel": "sms", **fake("first", Line(), sender="MG1", rate=100.0)},
        {"channel": "email", **fake("first", Line(), sender="MG1", weight=0)},
    ]


def test_staff_see_the_state_the_cause_and_the_rates(two_providers):
    gate = Gate(Account(ChannelKind.SMS, "first", sender="MG1", rate=100.0))
    tell(gate, *[TAKEN] * 3, *[LOST] * 2, too_fast())
    before = datetime.now(UTC)

    sms, email = health.snapshot()
    assert (sms.key, sms.channel, sms.rate) == ("first:MG1", "sms", 100)
    assert sms.current_rate == pytest.approx(50, abs=5)
    assert (sms.breaker, sms.good, sms.bad) == (BreakerState.CLOSED, 3, 2)
    assert (email.key, email.weight, email.good, email.factor) == ("first:MG1", 0, 0, 1)

    tell(gate, WRONG_KEY)
    sms, email = health.snapshot()
    assert (sms.breaker, sms.cause) == (BreakerState.OPEN, "20003")
    assert sms.until is not None
    assert sms.since is not None
    assert 290 < (sms.until - before).total_seconds() < 310
    assert abs((sms.since - before).total_seconds()) < 10
    # The same name and sender on another channel is another matter.
    assert email.breaker == BreakerState.CLOSED


def test_without_redis_staff_see_that_nothing_is_known(two_providers, no_redis):
    assert {one.breaker for one in health.snapshot()} == {BreakerState.UNSEEN}
