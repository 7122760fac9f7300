"""What goes out of a campaign, what a pause keeps, what a stop halts, and how it ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.campaigns import ending
from notifications.campaigns.actions import (
    go_on,
    pause_campaign,
    resume_campaign,
    start_campaign,
    stop_campaign,
)
from notifications.channels import providers_of
from notifications.delivery.batch import deliver
from notifications.delivery.claim import claim
from notifications.delivery.settle import look_again, settle_due
from notifications.kinds import CampaignState, ChannelKind, Lane, Settled
from notifications.models import Attempt, Delivery, LocalMessage, Notification
from notifications.periodic import look_after_campaigns
from tests.notifications.builders import create_person, owe, send
from tests.notifications.campaigns import (
    WORDS,
    create,
    create_audience,
    create_clerk,
    expand,
    is_in,
    states,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk(db):
    return create_clerk()


def started(clerk, count, **overrides):
    create_audience(count)
    return expand(start_campaign(campaign=create(**{"canary_share": 0, **overrides}), by=clerk))


def mail_goes_out():
    send(ChannelKind.EMAIL, lane="bulk")


def no_receipt_comes(campaign):
    """As with a provider that took the mail and was not heard of again."""
    Delivery.objects.filter(campaign_id=campaign.pk, state="delivered").update(
        state="accepted", ended_at=None
    )


def test_only_the_first_share_goes_out_before_somebody_says_go_on(clerk):
    create_audience(30)
    campaign = expand(start_campaign(campaign=create(canary_share=3_000), by=clerk))
    first = len(told(campaign))

    mail_goes_out()
    assert states(campaign) == {"delivered": first}
    assert LocalMessage.objects.count() == first < 30

    expand(go_on(campaign=campaign, by=clerk))
    mail_goes_out()
    assert states(campaign) == {"delivered": 30}
    assert LocalMessage.objects.count() == 30


def test_people_read_the_words_in_their_language(clerk):
    create_person(region="US-VT", locale="zh-hans")
    create_person(region="US-VT")
    expand(start_campaign(campaign=create(canary_share=0), by=clerk))

    mail_goes_out()

    kept = {message.subject: message.text for message in LocalMessage.objects.all()}
    assert set(kept) == {WORDS["en"]["title"], WORDS["zh-hans"]["title"]}
    for words in WORDS.values():
        assert words["text"] in kept[words["title"]]


def test_what_is_not_sent_waits_through_a_pause(clerk):
    campaign = started(clerk, 5)
    pause_campaign(campaign=campaign, by=clerk)

    mail_goes_out()
    look_after_campaigns()
    assert states(campaign) == {"ready": 5}
    assert not LocalMessage.objects.exists()

    resume_campaign(campaign=campaign, by=clerk)
    mail_goes_out()
    assert states(campaign) == {"delivered": 5}


@pytest.mark.parametrize("act", ["pause", "stop"])
def test_what_a_worker_has_claimed_but_not_begun_does_not_go_out_either(clerk, act):
    campaign = started(clerk, 4)
    batch = claim(Lane.BULK, ChannelKind.EMAIL)
    assert len(batch.rows) == 4

    if act == "pause":
        pause_campaign(campaign=campaign, by=clerk)
    else:
        stop_campaign(campaign=campaign, by=clerk, because="Wrong text")
    deliver(batch, providers_of(ChannelKind.EMAIL)[0])

    assert not LocalMessage.objects.exists()
    assert not Attempt.objects.exists()


def test_a_stop_in_the_middle_halts_the_rest_and_says_why(clerk):
    campaign = started(clerk, 6)
    batch = claim(Lane.BULK, ChannelKind.EMAIL, limit=2)
    other = owe(create_person(), dedupe_key="not of a campaign")
    stop_campaign(campaign=campaign, by=clerk, because="Wrong text")

    mail_goes_out()
    look_after_campaigns()

    assert len(batch.rows) == 2
    assert states(campaign) == {"cancelled": 6}
    reasons = Delivery.objects.filter(campaign_id=campaign.pk).values_list("reason", "lease_token")
    assert set(reasons) == {(ending.STOPPED, None)}
    assert set(other.deliveries.values_list("state", flat=True)) == {"ready"}


def test_a_stopped_campaign_is_cleared_in_portions(clerk, monkeypatch):
    monkeypatch.setattr(ending, "PORTION", 2)
    monkeypatch.setattr(ending, "MOST_PORTIONS", 2)
    campaign = started(clerk, 7)
    stop_campaign(campaign=campaign, by=clerk, because="Wrong text")

    look_after_campaigns()
    assert states(campaign) == {"cancelled": 4, "ready": 3}
    look_after_campaigns()
    look_after_campaigns()
    assert states(campaign) == {"cancelled": 7}


def test_what_comes_back_from_a_provider_after_a_stop_is_not_tried_again(clerk):
    campaign = started(clerk, 2)
    in_the_air = claim(Lane.BULK, ChannelKind.EMAIL)
    Delivery.objects.filter(pk__in=[row.id for row in in_the_air.rows]).update(state="sending")
    stop_campaign(campaign=campaign, by=clerk, because="Wrong text")
    look_after_campaigns()
    assert states(campaign) == {"sending": 2}

    # "Try again later", said the provider.
    Delivery.objects.filter(campaign_id=campaign.pk).update(
        state="ready", lease_token=None, lease_until=None
    )
    mail_goes_out()
    look_after_campaigns()

    assert states(campaign) == {"cancelled": 2}
    assert not LocalMessage.objects.exists()


def test_what_the_law_asks_for_is_settled_by_who_stopped_it_and_brings_no_letter(clerk):
    campaign = started(clerk, 3, is_mandatory=True)
    deliver(claim(Lane.BULK, ChannelKind.EMAIL, limit=1), providers_of(ChannelKind.EMAIL)[0])
    no_receipt_comes(campaign)
    stop_campaign(campaign=campaign, by=clerk, because="Wrong text")

    look_after_campaigns()

    notices = Notification.objects.filter(campaign=campaign)
    settled = set(notices.values_list("settled_as", "settle_at"))
    assert settled == {(Settled.STOPPED.value, None)}
    # A bounce that comes later does not bring the words that were stopped by letter.
    later = timezone.now() + timedelta(days=30)
    look_again(list(notices.values_list("pk", flat=True)), later)
    assert settle_due(later)[0] == 0
    assert not Delivery.objects.filter(channel="letter").exists()


def test_nothing_follows_what_an_optional_campaign_sent_before_it_was_stopped(clerk):
    campaign = started(clerk, 2)
    mail_goes_out()
    no_receipt_comes(campaign)
    stop_campaign(campaign=campaign, by=clerk, because="Wrong text")
    look_after_campaigns()

    settle_due(timezone.now() + timedelta(days=2))

    assert states(campaign) == {"accepted": 2}


def test_a_campaign_is_done_when_nothing_is_left_that_could_go_out(clerk):
    campaign = started(clerk, 3)
    look_after_campaigns()
    assert is_in(campaign, CampaignState.RUNNING)

    mail_goes_out()
    no_receipt_comes(campaign)
    look_after_campaigns()
    assert is_in(campaign, CampaignState.RUNNING)

    # So an SMS follows, and that arrives.
    settle_due(timezone.now() + timedelta(hours=25))
    Delivery.objects.filter(channel="sms").update(not_before=timezone.now())
    ending.end_done()
    assert is_in(campaign, CampaignState.RUNNING)
    send(ChannelKind.SMS, lane="bulk")
    assert states(campaign) == {"accepted": 3, "delivered": 3}
    later = timezone.now() + timedelta(days=9)
    settle_due(later)
    ending.end_done(later)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.ended_at) == (CampaignState.DONE, later)
    assert len(told(campaign)) == 3


def test_the_clock_rings_for_a_campaign_whose_worker_died(clerk, monkeypatch):
    create_audience(3)
    campaign = start_campaign(campaign=create(canary_share=0), by=clerk)
    rung: list[int] = []
    monkeypatch.setattr("notifications.periodic.ring_expansion", rung.append)

    look_after_campaigns()
    assert rung == [campaign.pk]

    expand(campaign)
    look_after_campaigns()
    assert rung == [campaign.pk]
