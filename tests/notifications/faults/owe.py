"""Owe N people a message: python -m tests.notifications.faults.owe N CHANNEL LANE [mandatory]."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from notifications.api import Lane, NotificationRequest, notify_many  # noqa: E402
from portal.models import Customer  # noqa: E402


def main() -> None:
    count, channel, lane = int(sys.argv[1]), sys.argv[2], Lane(sys.argv[3])
    is_mandatory = "mandatory" in sys.argv
    begin = Customer.objects.count()
    people = Customer.objects.bulk_create(
        _person(begin + number, channel) for number in range(count)
    )
    notify_many(
        NotificationRequest(
            recipient_id=person.pk,
            type="line_changed",
            dedupe_key=f"fault:{person.pk}",
            lane=lane,
            path=f"/decisions/LD-{person.pk}/",
            is_mandatory=is_mandatory,
        )
        for person in people
    )


def _person(number: int, channel: str) -> Customer:
    return Customer(
        reference=f"F-{number}",
        name="Fay",
        email=f"f{number}@example.org" if channel in {"email", "both"} else None,
        phone=f"+1202{number:07d}" if channel in {"sms", "both"} else None,
        locale="zh-hans" if number % 3 == 0 else "en",
    )


if __name__ == "__main__":
    main()
