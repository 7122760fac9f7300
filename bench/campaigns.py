"""A campaign that is going out, without the people who would click on it."""

import time

from django.utils import timezone

from notifications.campaigns.expansion import expand
from notifications.kinds import CampaignState
from notifications.models import Campaign
from portal.models import Customer

LONGEST_SECONDS = 900.0
WORDS = {"en": {"title": "Our rules have changed", "text": "Sign in to read what is new."}}


def running_campaign(people: int) -> Campaign:
    """Make a campaign to the newest so many customers, its first share already out."""
    staff = Customer.objects.filter(is_staff=True).first() or Customer.objects.create_user(
        "bench-staff", is_staff=True
    )
    customers = Customer.objects.filter(is_staff=False).order_by("-pk")
    before = list(customers.values_list("pk", flat=True)[people : people + 1])
    now = timezone.now()
    return Campaign.objects.create(
        reference=f"CA-{time.time_ns() % 10**12}",
        title="Bench",
        type="announcement",
        audience="customers",
        words=WORDS,
        state=CampaignState.RUNNING,
        cursor=before[0] if before else 0,
        created_at=now,
        created_by=staff,
        started_at=now,
        started_by=staff,
    )


def expand_to(people: int) -> Campaign:
    """Make a campaign's rows in this process."""
    campaign = running_campaign(people)
    has_more, _bells = expand(campaign.pk, seconds=LONGEST_SECONDS)
    if has_more:
        raise RuntimeError("the campaign could not be expanded")
    return campaign
