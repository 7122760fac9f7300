"""Redis is emptied or restarted, PostgreSQL crashes: seconds are lost, and no message."""

from collections.abc import Callable

import pytest

from tests.notifications.faults.house import House

pytestmark = pytest.mark.slow
PEOPLE = 400
OWED = 2 * PEOPLE

BREAKS: dict[str, Callable[[House], None]] = {
    "redis is emptied": House.wipe_redis,
    "redis is restarted": House.restart_redis,
    "postgresql crashes": House.restart_postgres,
}


@pytest.mark.parametrize("what", BREAKS)
def test_an_engine_that_breaks_in_the_middle_costs_seconds_and_no_message(house: House, what: str):
    house.owe(PEOPLE, "both", "bulk", "mandatory")
    house.start_clock()
    house.start_worker("bulk", processes=2)

    for share in (4, 2):
        house.wait_for(OWED // share)
        BREAKS[what](house)
    house.wait_for_the_end()

    states = house.check_the_count(OWED)
    assert states["accepted"] + states["delivered"] + states["unknown"] == OWED
    if "redis" in what:
        assert states["unknown"] == 0
