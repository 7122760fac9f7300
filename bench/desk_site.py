"""The portal served as in production, and somebody of the staff signed in there."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from bench.web import Site, serving
from portal.models import Customer


@contextlib.contextmanager
def serving_desk(folder: Path, person: Customer) -> Iterator[Site]:
    # Pages name their files with a hash: as a deployment does, once.
    call_command("collectstatic", interactive=False, verbosity=0)
    # Without TLS in front: the page is what is measured.
    environment = {"SECURE_SSL_REDIRECT": "false"}
    with serving("portal.wsgi", folder, environment, "--config", "portal/gunicorn.py") as at:
        yield Site(at, cookie_of(person), cookie_name=settings.SESSION_COOKIE_NAME)


def cookie_of(person: Customer) -> str:
    """A session as somebody has it who came in with two factors."""
    client = Client()
    client.force_login(person)
    session = client.session
    shown = {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": False}
    session["account_authentication_methods"] = [shown]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    key = session.session_key
    assert key is not None
    return key
