from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.notifications.builders import create_person, owe, send

pytestmark = pytest.mark.django_db


def shown(*words: str) -> str:
    out = StringIO()
    call_command("show_messages", *words, stdout=out)
    return out.getvalue()


def test_what_was_kept_is_shown_to_whom_it_went(closed_channels, settings):
    ann, bob = create_person("Ann"), create_person("Bob")
    owe(ann)
    owe(bob)
    send("email")
    send("sms")

    text = shown(str(ann.email))

    assert f"email to {ann.email}" in text
    assert settings.PUBLIC_URL in text
    assert str(bob.email) not in text
    assert f"sms to {bob.phone}" in shown(str(bob.phone))


def test_nothing_sent_says_so():
    assert "Nothing was sent" in shown("ann@mail.example")


def test_production_shows_none(settings):
    settings.IS_PRODUCTION = True

    with pytest.raises(CommandError, match="keeps no messages"):
        shown()
