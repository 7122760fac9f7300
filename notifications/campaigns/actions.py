"""Everything that changes a campaign: each from the states it names, or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.campaigns.audiences import Parameters, count_audience, get_audience
from notifications.campaigns.errors import CampaignError
from notifications.campaigns.tasks import ring_expansion
from notifications.campaigns.words import Words, check_words
from notifications.kinds import CampaignState
from notifications.models import Campaign
from notifications.models.campaign import ALL_SHARES, CAMPAIGN_STATES
from portal.lib.references import new_reference
from portal.models import Customer

LONGEST_REASON = 300
UNDER_WAY = (CampaignState.CANARY, CampaignState.WAITING, CampaignState.RUNNING)
# From a draft too: it is never deleted, so that what was once thought of can be explained.
STOPPABLE = (CampaignState.DRAFT, *UNDER_WAY, CampaignState.PAUSED)


@dataclass(frozen=True)
class CampaignDraft:
    """What somebody wants to tell, and whom."""

    title: str
    audience: str
    type: str
    parameters: Parameters = field(default_factory=dict)
    words: Words = field(default_factory=dict)
    canary_share: int = 100
    is_mandatory: bool = False
    legal_due_at: datetime | None = None


@transaction.atomic
def create_campaign(*, draft: CampaignDraft, by: Customer) -> Campaign:
    """Keep a draft; nobody is told anything before somebody starts it."""
    now = timezone.now()
    if not by.has_perm("notifications.add_campaign"):
        raise CampaignError(_("You may not make campaigns."))
    _check(draft, now)
    size = _count(draft.audience, draft.parameters)
    return Campaign.objects.create(
        reference=new_reference("CA"),
        title=draft.title,
        type=draft.type,
        audience=draft.audience,
        audience_parameters=draft.parameters,
        words=draft.words,
        is_mandatory=draft.is_mandatory,
        legal_due_at=draft.legal_due_at,
        canary_share=draft.canary_share,
        # Counted again at the start: ten million people are not counted for each look at the page.
        audience_size=size,
        created_at=now,
        created_by=by,
    )


def start_campaign(*, campaign: Campaign, by: Customer) -> Campaign:
    """Begin with the first share, or with everybody where there is none."""
    _may_run(by)
    if campaign.state != CampaignState.DRAFT:
        raise CampaignError(_too_late(campaign.state))
    size = _count(campaign.audience, campaign.audience_parameters)
    if needs_second_person(size) and campaign.created_by_id == by.pk:
        raise CampaignError(
            _("More than %(number)s people would be told: somebody else must start it.")
            % {"number": settings.CAMPAIGN_SECOND_PERSON_FROM}
        )
    if campaign.is_mandatory and campaign.legal_due_at and campaign.legal_due_at <= timezone.now():
        raise CampaignError(_("The date by which the law wants it has passed."))
    has_first_share = 0 < campaign.canary_share < ALL_SHARES
    return _move(
        campaign,
        (CampaignState.DRAFT,),
        by,
        state=CampaignState.CANARY if has_first_share else CampaignState.RUNNING,
        audience_size=size,
        started_at=timezone.now(),
        started_by=by,
    )


def go_on(*, campaign: Campaign, by: Customer) -> Campaign:
    """Tell everybody else: the first share went well."""
    _may_run(by)
    return _move(campaign, (CampaignState.WAITING,), by, state=CampaignState.RUNNING)


def pause_campaign(*, campaign: Campaign, by: Customer) -> Campaign:
    """Keep what is not sent where it is, until somebody resumes."""
    _may_run(by)
    return _move(campaign, UNDER_WAY, by, resumes_as=F("state"), state=CampaignState.PAUSED)


def resume_campaign(*, campaign: Campaign, by: Customer) -> Campaign:
    """Go on as it was before the pause."""
    _may_run(by)
    return _move(campaign, (CampaignState.PAUSED,), by, state=F("resumes_as"), resumes_as="")


def stop_campaign(*, campaign: Campaign, by: Customer, because: str) -> Campaign:
    """End it for good: no worker takes or begins another of its deliveries from now on."""
    _may_run(by)
    because = because.strip()
    if not because:
        raise CampaignError(_("Say why it is stopped. It stays with the campaign."))
    if len(because) > LONGEST_REASON:
        raise CampaignError(_("The reason is too long."))
    return _move(
        campaign,
        STOPPABLE,
        by,
        state=CampaignState.STOPPED,
        because=because,
        ended_at=timezone.now(),
    )


def needs_second_person(size: int) -> bool:
    """Say whether so many people may be told only by two of us."""
    return size > settings.CAMPAIGN_SECOND_PERSON_FROM


def _check(draft: CampaignDraft, now: datetime) -> None:
    if draft.type not in get_audience(draft.audience).types:
        raise CampaignError(_("This message makes no sense to this audience."))
    check_words(draft.type, draft.words)
    if not 0 <= draft.canary_share <= ALL_SHARES:
        raise CampaignError(_("The first share is between nobody and everybody."))
    if draft.legal_due_at and not draft.is_mandatory:
        raise CampaignError(_("Only a message that the law asks for is due by law."))
    if draft.legal_due_at and draft.legal_due_at <= now:
        raise CampaignError(_("The date by which the law wants it must be in the future."))


def _count(audience: str, parameters: Parameters) -> int:
    size = count_audience(audience, parameters)
    if not size:
        raise CampaignError(_("Nobody is in this audience."))
    return size


def _may_run(by: Customer) -> None:
    if not by.has_perm("notifications.run_campaign"):
        raise CampaignError(_("You may not start, pause or stop campaigns."))


@transaction.atomic
def _move(
    campaign: Campaign, allowed: Iterable[CampaignState], by: Customer, **changes: Any
) -> Campaign:
    """Change it if it is in one of these states; whoever comes second is told what it is now."""
    moved = Campaign.objects.filter(pk=campaign.pk, state__in=allowed).update(
        changed_at=timezone.now(), changed_by=by, **changes
    )
    now = Campaign.objects.get(pk=campaign.pk)
    if not moved:
        raise CampaignError(_too_late(now.state))
    transaction.on_commit(partial(ring_expansion, campaign.pk), robust=True)
    return now


def _too_late(state: str) -> str:
    return _("Somebody was faster, or it went on by itself. The campaign is now: %(state)s.") % {
        "state": CAMPAIGN_STATES[CampaignState(state)]
    }
