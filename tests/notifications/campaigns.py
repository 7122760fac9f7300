"""People and campaigns of the tests of campaigns."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from notifications.campaigns.actions import CampaignDraft, create_campaign
from notifications.campaigns.tasks import expand_campaign
from notifications.kinds import CampaignState
from notifications.models import Campaign, Delivery, Notification
from portal.models import Customer
from tests.notifications.builders import create_person

WORDS = {
    "en": {"title": "Our opening hours change", "text": "From May on we answer until 8 pm."},
    "zh-hans": {"title": "服务时间调整", "text": "自五月起，我们服务至晚上八点。"},
}
RIGHTS = ("view_campaign", "add_campaign", "run_campaign")


def create_clerk(name: str = "Cora Lang", rights: tuple[str, ...] = RIGHTS) -> Customer:
    """A member of staff with these rights over campaigns."""
    clerk = create_person(name, is_staff=True, is_awake=False)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=rights))
    # Permissions are remembered on the object that asked for them.
    return Customer.objects.get(pk=clerk.pk)


def create_audience(count: int, **overrides: Any) -> list[Customer]:
    """People who live where nobody else does, so that each test has an audience of its own."""
    return [create_person(**{"region": "US-VT", **overrides}) for _ in range(count)]


def draft(**overrides: Any) -> CampaignDraft:
    fields: dict[str, Any] = {
        "title": "Opening hours",
        "audience": "customers",
        "type": "announcement",
        "parameters": {"region": "US-VT"},
        "words": WORDS,
    }
    return CampaignDraft(**{**fields, **overrides})


def create(by: Customer | None = None, **overrides: Any) -> Campaign:
    return create_campaign(draft=draft(**overrides), by=by or create_clerk())


def expand(campaign: Campaign) -> Campaign:
    """Do what a worker does when it is rung for a campaign."""
    expand_campaign(campaign.pk)
    campaign.refresh_from_db()
    return campaign


def told(campaign: Campaign) -> set[int]:
    """Who has a notification of it; a person made twice would break the count."""
    people = list(
        Notification.objects.filter(campaign=campaign).values_list("recipient_id", flat=True)
    )
    assert len(people) == len(set(people))
    return set(people)


def states(campaign: Campaign) -> dict[str, int]:
    """How many deliveries are in which state, counted: a test may."""
    found: dict[str, int] = {}
    for state in Delivery.objects.filter(campaign_id=campaign.pk).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def is_in(campaign: Campaign, state: CampaignState) -> bool:
    campaign.refresh_from_db()
    return campaign.state == state


def browse(person: Customer) -> Client:
    client = Client()
    client.force_login(person)
    return client
