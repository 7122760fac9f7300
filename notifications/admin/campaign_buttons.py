"""The buttons on the page of a campaign: which of them a person finds, and what they promise."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from notifications.campaigns.actions import needs_second_person
from notifications.kinds import CampaignState
from notifications.models import Campaign
from notifications.models.campaign import ALL_SHARES
from portal.models import Customer


@dataclass(frozen=True)
class Act:
    """A button: what it is called, what it does, and whether it asks for a reason."""

    name: str
    label: str | Promise
    explanation: str | Promise
    is_main: bool = False
    asks_why: bool = False


START = Act(
    "start",
    gettext_lazy("Start"),
    gettext_lazy("The first share is told now. Then it waits until somebody says “go on”."),
    is_main=True,
)
START_ALL = Act(
    "start", gettext_lazy("Start"), gettext_lazy("Everybody is told now."), is_main=True
)
GO_ON = Act(
    "go-on",
    gettext_lazy("Go on"),
    gettext_lazy("The first share is out. Now everybody else is told."),
    is_main=True,
)
PAUSE = Act(
    "pause",
    gettext_lazy("Pause"),
    gettext_lazy("What is not sent yet waits until somebody resumes."),
)
RESUME = Act("resume", gettext_lazy("Resume"), gettext_lazy("It goes on where it was."), True)
STOP = Act(
    "stop",
    gettext_lazy("Stop for good"),
    gettext_lazy("What is not sent yet never will be. This cannot be undone."),
    asks_why=True,
)
DISCARD = Act(
    "stop",
    gettext_lazy("Discard"),
    gettext_lazy("The draft is kept for the record and can never be started."),
    asks_why=True,
)
OFFERED: dict[CampaignState, tuple[Act, ...]] = {
    CampaignState.DRAFT: (START, DISCARD),
    CampaignState.CANARY: (PAUSE, STOP),
    CampaignState.WAITING: (GO_ON, PAUSE, STOP),
    CampaignState.RUNNING: (PAUSE, STOP),
    CampaignState.PAUSED: (RESUME, STOP),
}


def acts_of(campaign: Campaign, viewer: Customer) -> list[Act]:
    """Return what this person may do to it now."""
    if not viewer.has_perm("notifications.run_campaign"):
        return []
    acts = list(OFFERED.get(CampaignState(campaign.state), ()))
    if campaign.state == CampaignState.DRAFT:
        has_first_share = 0 < campaign.canary_share < ALL_SHARES
        acts[0] = START if has_first_share else START_ALL
        if needs_another(campaign, viewer):
            del acts[0]
    return acts


def needs_another(campaign: Campaign, viewer: Customer) -> bool:
    """Say whether somebody else must start it: this person made it, and it is large."""
    is_draft = campaign.state == CampaignState.DRAFT
    is_large = needs_second_person(campaign.audience_size or 0)
    return is_draft and is_large and campaign.created_by_id == viewer.pk
