"""The notes that name a person, on their first page until they have opened the case."""

from django.db.models import QuerySet

from appeals.access import list_cases
from appeals.models import Mention
from portal.models import Customer

MOST_SHOWN = 20


def list_mentions(person: Customer) -> QuerySet[Mention]:
    """Those not seen yet, newest first, on cases the person may still open: one query."""
    unseen = Mention.objects.filter(person=person, seen_at__isnull=True)
    there = unseen.filter(note__appeal__in=list_cases(person).values("pk"))
    return there.select_related("note__by", "note__appeal").order_by("-pk")[:MOST_SHOWN]
