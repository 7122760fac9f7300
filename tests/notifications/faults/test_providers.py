"""Every way a provider can misbehave: each message ends well, with a reason, or with people."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.notifications.faults.house import House

pytestmark = pytest.mark.slow
EACH = 3


@dataclass(frozen=True)
class Way:
    """A fault, how a delivery ends after it, and how often the provider took the message."""

    fault: str
    ends: str
    taken: int
    details: dict[str, Any] = field(default_factory=dict)


SMS_WAYS = [
    Way("accept_then_cut", "accepted", 1),  # found by asking
    Way("accept_then_status", "accepted", 1, {"status": 500}),
    Way("accept_then_half", "accepted", 1),
    Way("drip", "accepted", 1, {"seconds": 1.0}),
    Way("slow", "accepted", 1, {"seconds": 0.5}),
    Way("throttle", "accepted", 1, {"retry_after": "1"}),
    Way("cut", "unknown", 0),  # the provider knows of nothing, and we cannot be sure
    Way("status", "unknown", 0, {"status": 500}),
    Way("hang", "unknown", 0),
    Way("code", "failed", 0, {"code": 21211}),
]


def test_each_sms_ends_well_with_a_reason_or_with_people(house: House):
    house.owe(EACH * len(SMS_WAYS), "sms", "standard", "mandatory")
    numbers = [to for (to,) in house.query("SELECT address FROM notifications_delivery ORDER BY 1")]
    groups = [numbers[start : start + EACH] for start in range(0, len(numbers), EACH)]
    for way, group in zip(SMS_WAYS, groups, strict=True):
        for number in group:
            house.twilio.play(way.fault, to=number, **way.details)
    house.start_clock()
    house.start_worker("standard")

    house.wait_for_the_end()

    house.check_the_count(len(numbers))
    for way, group in zip(SMS_WAYS, groups, strict=True):
        states = {state for number in group for state in _states_of(house, number)}
        assert states == {way.ends}, f"{way.fault}: {states}\n{house.told()}"
        taken = [len(house.twilio.sent_to(number)) for number in group]
        assert taken == [way.taken] * EACH, f"{way.fault}: taken {taken}"
    for_people = sum(EACH for way in SMS_WAYS if way.ends != "accepted")
    house.wait(lambda: house.states("letter")["ready"] == for_people, "people have the rest")


def test_one_bad_address_in_a_batch_of_mails_fails_alone(house: House):
    house.owe(40, "email", "bulk")
    house.sendgrid.bad.add("f17@example.org")
    house.start_clock()
    house.start_worker("bulk")

    house.wait_for_the_end()

    assert house.check_the_count(40) == {"accepted": 39, "failed": 1}
    assert _states_of(house, "f17@example.org") == ["failed"]


def test_a_mail_service_that_takes_a_batch_and_loses_the_answer_is_not_asked_twice(house: House):
    house.owe(40, "email", "bulk", "mandatory")
    house.sendgrid.play("accept_then_cut", times=None)
    house.start_clock()
    house.start_worker("bulk")

    house.wait_for_the_end()

    assert house.check_the_count(40) == {"unknown": 40}
    assert len(house.sendgrid.accepted) == 40
    house.wait(lambda: house.states("letter")["ready"] == 40, "people have them all")


def test_connections_refused_for_a_while_cost_only_that_while(house: House):
    house.owe(30, "sms", "urgent")
    house.twilio.refuse_connections()
    house.start_clock()
    house.start_worker("urgent")
    house.wait(lambda: _tries(house) >= 1, "a first try was refused")

    house.twilio.listen()
    house.wait_for_the_end()

    assert house.check_the_count(30) == {"accepted": 30}


def _states_of(house: House, address: str) -> list[str]:
    rows = house.query(f"SELECT state FROM notifications_delivery WHERE address = '{address}'")
    return [state for (state,) in rows]


def _tries(house: House) -> int:
    return int(house.query("SELECT max(tries) FROM notifications_delivery")[0][0])
