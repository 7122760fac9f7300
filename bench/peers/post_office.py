"""django-post_office in a process of its own: migrate, queue N mails, or send all that wait.

The parent gives DATABASE_URL, SMTP_PORT and THREADS, and reads the seconds from the last line.
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
    # As fast as it goes: large batches, and no row for each result.
    POST_OFFICE={
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
        "BATCH_SIZE": 1000,
        "THREADS_PER_PROCESS": int(os.environ["THREADS"]),
        "LOG_LEVEL": 0,
    },
)
django.setup()
logging.disable(logging.CRITICAL)

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from post_office import mail  # noqa: E402
from post_office.models import Email, EmailTemplate  # noqa: E402

SUBJECT = "One of your credit lines has changed"
TEXT = os.environ.get("MAIL_TEXT", "{{ link }}")
HTML = os.environ.get("MAIL_HTML", "{{ link }}")
PROCESSES = 2
CHUNK = 1_000


def migrate(_count: int) -> None:
    call_command("migrate", verbosity=0)
    EmailTemplate.objects.create(name="changed", subject=SUBJECT, content=TEXT, html_content=HTML)


def queue_text(count: int) -> None:
    """Queue mails whose text is there already: the least work it can have."""
    _queue(
        count,
        lambda link: {"subject": SUBJECT, "message": TEXT.replace("{{ link }}", link)},
    )


def queue_template(count: int) -> None:
    """Queue mails that it renders from a template, text and HTML, as we do."""
    template = EmailTemplate.objects.get(name="changed")
    _queue(
        count,
        lambda link: {
            "template": template,
            "context": {"link": link},
            "render_on_delivery": True,
        },
    )


def _queue(count: int, mail_for: object) -> None:
    assert callable(mail_for)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Email._meta.db_table} CASCADE")
        cursor.execute("CHECKPOINT")
    for start in range(0, count, CHUNK):
        mail.send_many(
            [
                {
                    "recipients": [f"bench{number}@example.org"],
                    **mail_for(f"https://portal.lender.example/decisions/LD-{number}/"),
                }
                for number in range(start, min(start + CHUNK, count))
            ]
        )


def send(_count: int) -> None:
    call_command("send_queued_mail", processes=PROCESSES, log_level=0)


def main() -> None:
    work = {
        "migrate": migrate,
        "queue_text": queue_text,
        "queue_template": queue_template,
        "send": send,
    }[sys.argv[1]]
    began = time.monotonic()
    work(int(sys.argv[2]))
    sys.stdout.write(f"{time.monotonic() - began:.4f}\n")


if __name__ == "__main__":
    main()
