"""One house a process; each test begins with empty tables and doubles without a past."""

import os
from collections.abc import Iterator

import pytest

from tests.notifications.faults.house import House

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat each test with as many seeds as `make faults N=20` asks for."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(ROUNDS))


@pytest.fixture(scope="session")
def open_house() -> Iterator[House]:
    house = House()
    try:
        yield house.open()
    finally:
        house.close()


@pytest.fixture
def house(open_house: House, seed: int) -> Iterator[House]:
    open_house.clean()
    try:
        yield open_house
    finally:
        open_house.leave()
