"""People and browsers that the tests of this app share."""

import pytest
from django.test import Client

from appeals import kept_settings
from portal.lib import private_files
from tests.appeals.builders import create_customer, create_decision


@pytest.fixture(autouse=True)
def as_shipped():
    """Each test ends with the catalogue and the calendars as they were shipped."""
    yield
    kept_settings.forget()


@pytest.fixture(autouse=True, scope="session")
def own_workshops(worker_number):
    """A test whose clock is days ahead clears away no folder that another process works in."""
    with pytest.MonkeyPatch.context() as patch:
        prefix = f"{private_files.PREFIX}{worker_number}-"
        patch.setattr(private_files, "PREFIX", prefix)
        yield


@pytest.fixture
def alice(db):
    """Whose line and appeal it is."""
    return create_customer("Alice Moore")


@pytest.fixture
def charlie(db):
    """Another customer, who should have no access."""
    return create_customer("Charlie Stone")


@pytest.fixture
def decision(alice):
    return create_decision(alice)


@pytest.fixture
def browse():
    """A browser in which this person is signed in."""

    def signed_in(person):
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def browser(browse, alice):
    return browse(alice)


@pytest.fixture
def strange_browser(browse, charlie):
    return browse(charlie)
