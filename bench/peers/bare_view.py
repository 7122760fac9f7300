"""A Django view without anything around it: asks the given questions and answers with 1 kB.

The parent gives DATABASE_URL and QUESTIONS, a JSON list of statements as the portal sent them.
"""

import json
import os
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.lib.env import database_from_url

DATABASE: dict[str, Any] = {**database_from_url(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 600}
DATABASE["OPTIONS"] = {
    **DATABASE["OPTIONS"],
    "server_side_binding": True,
    "prepare_threshold": 5,
}
settings.configure(
    SECRET_KEY="bench",
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    LOGGING_CONFIG=None,
    MIDDLEWARE=[],
    DATABASES={"default": DATABASE},
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402

QUESTIONS: list[str] = json.loads(os.environ["QUESTIONS"])
KILOBYTE = b"x" * 1024


def answer(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        for question in QUESTIONS:
            cursor.execute(question)
            if cursor.description:
                cursor.fetchall()
    return HttpResponse(KILOBYTE)


urlpatterns = [path("", answer)]
application = get_wsgi_application()
