"""Has it arrived? Asked by whoever owed something, of many at once."""

from collections.abc import Collection
from datetime import datetime

from notifications.kinds import Settled
from notifications.models import Notification


def arrivals(dedupe_keys: Collection[str]) -> dict[str, datetime]:
    """Return when what is owed by law arrived, by dedupe key: one query; the others have not."""
    rows = Notification.objects.filter(
        dedupe_key__in=dedupe_keys, settled_as=Settled.REACHED, settled_at__isnull=False
    )
    found = rows.values_list("dedupe_key", "settled_at")
    return {key: at for key, at in found if at is not None}
