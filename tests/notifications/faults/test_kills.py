"""A worker is killed at each step of a send: nothing is lost, nothing is sent twice."""

import random

import pytest

from tests.notifications.faults.house import House

pytestmark = pytest.mark.slow
OWED = 300
# How many deliveries the one killed worker may leave in doubt: what it had begun.
NONE_IN_DOUBT = {"before_claim", "after_claim"}


@pytest.mark.parametrize(
    "step",
    ["before_claim", "after_claim", "after_attempt", "after_accepted", "before_result"],
)
def test_a_worker_killed_in_the_middle_loses_nothing_and_sends_nothing_twice(
    house: House, step: str
):
    house.owe(OWED, "sms", "standard", "mandatory")
    house.start_clock()
    house.start_worker("standard", step=step)

    house.wait(lambda: (house.logs / "mark").exists(), f"a worker died at {step}")
    house.wait_for_the_end()

    states = house.check_the_count(OWED)
    if step in NONE_IN_DOUBT:
        assert states == {"accepted": OWED}
    if step == "after_attempt":
        # Nothing had gone out. We cannot know, and the provider knows of nothing.
        assert states["unknown"] > 0
        assert house.accepted() == OWED - states["unknown"]
    house.wait(lambda: house.states("letter")["ready"] == states["unknown"], "letters are made")


def test_kills_at_any_moment_lose_nothing_and_send_nothing_twice(house: House, seed: int):
    chance = random.Random(seed)
    house.owe(OWED, "both", "bulk", "mandatory")
    house.start_clock()
    worker = house.start_worker("bulk", processes=2)

    for _kill in range(3):
        house.wait_for(house.accepted() + chance.randint(1, OWED // 2), or_the_end=True)
        house.kill(worker)
        worker = house.start_worker("bulk", processes=2)
    house.wait_for_the_end()

    house.check_the_count(2 * OWED)
