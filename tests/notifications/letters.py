"""People, letters and staff for the tests of the print queue."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pypdfium2
import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from notifications.delivery.settle import settle_due
from notifications.kinds import ChannelKind
from notifications.models import Delivery, LetterBatch
from portal.models import Customer
from tests.notifications.builders import create_person, owe

QUEUE = "/admin/notifications/letterbatch/"


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    """Letters of each test lie in a folder of its own."""
    options = {**settings.STORAGES["letters"]["OPTIONS"], "address": f"file://{tmp_path}/letters"}
    letters = {**settings.STORAGES["letters"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "letters": letters}
    return tmp_path / "letters"


@pytest.fixture
def printer(db) -> Client:
    """The browser of somebody who may print letters."""
    return browser_of(create_printer("Pia Print"))


def create_printer(name: str) -> Customer:
    person = create_person(name, is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="print_letters"))
    return person


def today_of_the_printer() -> date:
    """Their day where they live: for some hours it is not that of UTC."""
    return timezone.localdate(timezone=create_person("Somebody").zone)


def browser_of(person: Customer) -> Client:
    client = Client()
    client.force_login(person)
    return client


def owe_letter(
    name: str = "Alice Moore", type: str = "appeal_decided", days: int | None = 20, **person: Any
) -> Delivery:
    """A letter that waits: owed by law to somebody who can be reached no other way."""
    due = timezone.now() + timedelta(days=days) if days is not None else None
    recipient = create_person(name, email=None, phone=None, **person)
    one = owe(
        recipient,
        type=type,
        context={"reference": "AP-7K3M-92QX", "promised_on": "2026-11-20"},
        path="/appeals/AP-7K3M-92QX/",
        is_mandatory=True,
        legal_due_at=due,
    )
    settle_due()
    return one.deliveries.get(channel=ChannelKind.LETTER)


def export(client: Client, **chosen: str) -> LetterBatch:
    """Press the button; return the batch it led to."""
    batch = export_if_any(client, **chosen)
    assert batch is not None
    return batch


def export_if_any(client: Client, **chosen: str) -> LetterBatch | None:
    """Press the button; None when it led to no batch."""
    answer = client.post(f"{QUEUE}export/", chosen)
    assert answer.status_code == 302
    number = answer["Location"].removeprefix(QUEUE).strip("/").removesuffix("/change")
    return LetterBatch.objects.get(pk=number) if number else None


def pdf_of(client: Client, batch: LetterBatch) -> bytes:
    return client.get(f"{QUEUE}{batch.pk}/pdf/").content


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, its lines joined."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def list_of(client: Client, batch: LetterBatch) -> list[dict[str, str]]:
    content = client.get(f"{QUEUE}{batch.pk}/csv/").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def stored_files() -> list[str]:
    storage = storages["letters"]
    return [name for folder in _folders(storage, "") for name in storage.listdir(folder)[1]]


def _folders(storage: Any, folder: str) -> list[str]:
    try:
        inside, _files = storage.listdir(folder)
    except FileNotFoundError:
        return []
    below = [f"{folder}/{name}".strip("/") for name in inside]
    return [folder, *(each for one in below for each in _folders(storage, one))]
