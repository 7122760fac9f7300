"""The peer, django-post_office, in a process of its own: queue N mails, or send all that wait.

The parent gives DATABASE_URL and SMTP_PORT, and reads the seconds from the last line.
"""

import logging
import os
import sys
import time

import django
from django.conf import settings

from portal.lib.env import database_from_url

settings.configure(
    SECRET_KEY="bench",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
    DATABASES={"default": {**database_from_url(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 600}},
    LOGGING_CONFIG=None,
    TEMPLATES=[
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "NAME": "django"},
    ],
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(os.environ["SMTP_PORT"]),
    DEFAULT_FROM_EMAIL="notices@lender.example",
    # As fast as it goes: large batches, as many threads as ours, no row for each result.
    POST_OFFICE={
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
        "BATCH_SIZE": 1000,
        "THREADS_PER_PROCESS": 32,
        "LOG_LEVEL": 0,
    },
)
django.setup()
logging.disable(logging.CRITICAL)

from django.core.management import call_command  # noqa: E402
from post_office import mail  # noqa: E402
from post_office.models import EmailTemplate  # noqa: E402

SUBJECT = "One of your credit lines has changed"
TEXT = os.environ.get("MAIL_TEXT", "{{ link }}")
HTML = os.environ.get("MAIL_HTML", "{{ link }}")


def migrate() -> None:
    call_command("migrate", verbosity=0)
    EmailTemplate.objects.create(name="changed", subject=SUBJECT, content=TEXT, html_content=HTML)


def queue(count: int) -> None:
    template = EmailTemplate.objects.get(name="changed")
    for start in range(0, count, 1000):
        mail.send_many(
            [
                {
                    "recipients": [f"bench{number}@example.org"],
                    "template": template,
                    "context": {"link": f"https://portal.lender.example/decisions/LD-{number}/"},
                    "render_on_delivery": True,
                }
                for number in range(start, min(start + 1000, count))
            ]
        )


def send(processes: int) -> None:
    call_command("send_queued_mail", processes=processes, log_level=0)


def main() -> None:
    work, number = sys.argv[1], int(sys.argv[2])
    began = time.monotonic()
    if work == "migrate":
        migrate()
    elif work == "queue":
        queue(number)
    else:
        send(number)
    sys.stdout.write(f"{time.monotonic() - began:.4f}\n")


if __name__ == "__main__":
    main()
