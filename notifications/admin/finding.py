"""Finding deliveries and messages among hundreds of millions: exact words, heads of indexes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from notifications import partitions
from notifications.ids import delivery_of, first_of
from notifications.kinds import DeliveryState
from notifications.models import Delivery, Notification

# Of one person, or of one provider's id, so many are shown at most.
MOST_FOUND = 200
# The states that have an index of their own, and its order.
INDEXED_ORDERS = {
    "waiting": ["lane", "channel", "campaign_id", "not_before"],
    "sending": ["lease_until"],
    "asked": ["ask_at"],
}
INDEXED_STATES: dict[str, dict[str, Any]] = {
    "waiting": {"state": DeliveryState.READY},
    "sending": {"state__in": [DeliveryState.CLAIMED, DeliveryState.SENDING]},
    "asked": {"ask_at__isnull": False},
}


def find_notifications(said: str) -> list[int]:
    """Return the messages of this customer reference, or with this dedupe key, newest first."""
    exact = Notification.objects.filter(dedupe_key=said).values_list("pk", flat=True)
    of_person = (
        Notification.objects.filter(recipient__reference=said)
        .order_by("-created_at")
        .values_list("pk", flat=True)[:MOST_FOUND]
    )
    return [*exact, *of_person]


def find_deliveries(said: str) -> list[UUID]:
    """Return deliveries by customer, message, provider's id, or their or an attempt's own id."""
    by_provider = Delivery.objects.filter(provider_ref=said).exclude(provider_ref="")
    of_message = Delivery.objects.filter(notification__in=find_notifications(said))
    return [
        *by_provider.values_list("pk", flat=True)[:MOST_FOUND],
        *of_message.values_list("pk", flat=True)[: MOST_FOUND * 5],
        *_by_id(said),
    ]


def _by_id(said: str) -> Iterable[UUID]:
    try:
        found = UUID(said)
    except ValueError:
        return []
    return [delivery_of(found)]


class IndexedStateFilter(admin.SimpleListFilter):
    """Only what is not over yet: those states are few, and each has an index."""

    title = _("state")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("Waiting")),
            ("sending", _("Being sent")),
            ("asked", _("Not confirmed, the provider is asked")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(**INDEXED_STATES.get(self.value() or "", {}))


class MonthFilter(admin.SimpleListFilter):
    """One month is one part of the table."""

    title = _("month")
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        months = [partitions.bounds_of(name)[0] for name in partitions.months_of_deliveries()]
        now = timezone.now()
        return [
            (f"{month:%Y_%m}", date_format(month, "YEAR_MONTH_FORMAT"))
            for month in sorted(months, reverse=True)
            if month <= now
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        bounds = self._bounds()
        if bounds is None:
            return queryset
        begin, end = bounds
        return queryset.filter(pk__gte=first_of(begin), pk__lt=first_of(end))

    def _bounds(self) -> tuple[datetime, datetime] | None:
        try:
            chosen = datetime.strptime(self.value() or "", "%Y_%m").replace(tzinfo=UTC)
        except ValueError:
            return None
        return partitions.bounds_of(f"_{chosen:%Y_%m}")


class AttentionFilter(admin.SimpleListFilter):
    """Messages that people should look at; each has an index of its own."""

    title = _("needs attention")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("overdue", _("Owed by law and past its due date")),
            ("owed", _("Owed by law, not settled")),
            ("unreached", _("Reaches the person by no channel")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Notification]
    ) -> QuerySet[Notification]:
        owed = queryset.filter(is_mandatory=True, settled_at__isnull=True)
        match self.value():
            case "overdue":
                return owed.filter(legal_due_at__lt=timezone.now())
            case "owed":
                return owed
            case "unreached":
                return queryset.exclude(unreached="")
        return queryset


ATTENTION_ORDERS = {
    "overdue": ["legal_due_at"],
    "owed": ["legal_due_at"],
    "unreached": ["-created_at"],
}
