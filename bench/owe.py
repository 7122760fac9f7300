"""Owe N people an e-mail each, as a campaign does, and print the seconds it took."""

import os
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()

from notifications.api import Lane, NotificationRequest, notify_many  # noqa: E402
from portal.models import Customer  # noqa: E402


def main() -> None:
    count, run = int(sys.argv[1]), str(time.time_ns())
    if not Customer.objects.filter(reference__startswith="bench-").exists():
        Customer.objects.bulk_create(
            Customer(reference=f"bench-{n}", name="B", email=f"bench{n}@example.org")
            for n in range(count)
        )
    people = Customer.objects.filter(reference__startswith="bench-").order_by("pk")
    ids = list(people.values_list("pk", flat=True)[:count])
    began = time.monotonic()
    notify_many(
        NotificationRequest(
            recipient_id=pk,
            type="line_changed",
            dedupe_key=f"bench:{run}:{pk}",
            lane=Lane.BULK,
            path=f"/decisions/LD-{pk}/",
        )
        for pk in ids
    )
    sys.stdout.write(f"{time.monotonic() - began:.4f}\n")


if __name__ == "__main__":
    main()
