"""django-helpdesk as it comes: `python -m bench.peers.helpdesk N` fills it, gunicorn serves it.

The parent gives DATABASE_URL. Filling prints the session cookie of its member of staff and the id
of the ticket to open. Settings are those of its documentation, with what costs it time and we do
not ask of it switched off: no mail, no teams, cached templates, kept connections.
"""

import json
import os
import sys
from typing import Any

import django
from django.conf import settings
from django.urls import include, path

from portal.lib.env import database_from_url

settings.configure(
    SECRET_KEY="bench",
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    SITE_ID=1,
    ROOT_URLCONF=__name__,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    LOGGING_CONFIG=None,
    STATIC_URL="/static/",
    LOGIN_URL="/login/",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    HELPDESK_TEAMS_MODE_ENABLED=False,
    HELPDESK_REDIRECT_TO_LOGIN_BY_DEFAULT=False,
    DATABASES={"default": {**database_from_url(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 600}},
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django.contrib.sites",
        "django.contrib.humanize",
        "rest_framework",
        "helpdesk",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
application = get_wsgi_application()

CHUNK = 5_000
FOLLOW_UPS = 4


def fill(count: int) -> dict[str, object]:
    """Make a queue of open tickets, a third of them the viewer's, one with a short history."""
    call_command("migrate", verbosity=0)
    viewer: Any = User.objects.create_superuser("viewer", "viewer@lender.example", "unused")
    queue = Queue.objects.create(title="Appeals", slug="ap", allow_public_submission=True)
    now = timezone.now()
    tickets = (
        Ticket(
            queue=queue,
            title=f"My limit was lowered ({number})",
            description="It was paid in July. Please look again.",
            submitter_email=f"customer.{number}@example.org",
            assigned_to=viewer if number % 3 == 0 else None,
            created=now,
            status=Ticket.OPEN_STATUS,
        )
        for number in range(count)
    )
    Ticket.objects.bulk_create(tickets, batch_size=CHUNK)
    ticket = Ticket.objects.order_by("pk")[count // 2]
    for number in range(FOLLOW_UPS):
        FollowUp.objects.create(
            ticket=ticket, date=now, title="Comment", comment=f"Step {number}", user=viewer
        )
    client = Client()
    client.force_login(viewer)
    return {"cookie": client.cookies["sessionid"].value, "ticket": ticket.pk}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(fill(int(sys.argv[1]))) + "\n")
