"""A deployment in the middle of a campaign: workers end what they began, and the next go on."""

import pytest

from tests.notifications.faults.house import House

pytestmark = pytest.mark.slow
PEOPLE = 16_000


def test_a_deployment_in_the_middle_of_a_campaign_loses_nothing_and_doubts_nothing(house: House):
    house.sendgrid.latency = 0.3
    house.run("-m", "tests.notifications.faults.campaign", str(PEOPLE))
    house.start_clock()
    worker = house.start_worker("bulk", processes=2)

    for _deployment in range(2):
        house.wait_for(house.accepted() + 1)
        assert house.accepted() < PEOPLE
        assert house.stop(worker) == 0, house.told()
        worker = house.start_worker("bulk", processes=2)
    house.wait(lambda: house.accepted() >= PEOPLE, "all went out")
    house.wait_for_the_end()

    # A worker that is asked to end leaves nothing in doubt, unlike one that is killed.
    assert set(house.check_the_count(house.accepted())) == {"accepted"}
    assert house.accepted() >= PEOPLE
