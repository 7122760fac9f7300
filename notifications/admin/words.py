"""What the pages for staff say of deliveries: words, never the codes that are stored."""

from datetime import datetime

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Lane
from notifications.models import Delivery
from notifications.models.notification import LANES
from notifications.sayings import provider_words, reason_words, state_words


class DeliveryWords:
    """Columns of a delivery for a list, a row of another page, or its own page."""

    @admin.display(description=_("lane"))
    def lane_in_words(self, delivery: Delivery) -> str:
        return str(LANES[Lane(delivery.lane)])

    @admin.display(description=_("state"))
    def state_in_words(self, delivery: Delivery) -> str:
        """A state as a word with a colour that says the same."""
        return format_html(
            '<span class="desk-delivery" data-state="{}">{}</span>',
            delivery.state,
            state_words(delivery),
        )

    @admin.display(description=_("reason"))
    def reason_in_words(self, delivery: Delivery) -> str:
        return reason_words(delivery.reason) or "-"

    @admin.display(description=_("provider"))
    def provider_in_words(self, delivery: Delivery) -> str:
        return unbroken(provider_words(delivery.provider) or "-")


def to_the_second(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return unbroken(f"{date_format(local, 'SHORT_DATE_FORMAT')} {local:%H:%M:%S}")


def unbroken(text: str) -> str:
    return format_html('<span class="whitespace-nowrap">{}</span>', text)
