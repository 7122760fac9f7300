"""How far a campaign is: sums that add up, a speed, and a guess of when it is over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from notifications.admin.campaign_pages import time_left
from notifications.campaigns.actions import go_on, start_campaign
from notifications.campaigns.progress import StateSum, progress_of, read_progress
from notifications.kinds import CampaignState, ChannelKind, DeliveryState
from notifications.models import Campaign, Delivery
from tests.notifications.campaigns import browse, create, create_audience, create_clerk, expand

EMAIL, SMS = ChannelKind.EMAIL, ChannelKind.SMS


NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def running(**fields):
    an_hour_ago = NOW - timedelta(hours=1)
    usual = {"state": CampaignState.RUNNING, "is_expanded": True, "changed_at": an_hour_ago}
    return Campaign(**{**usual, **fields})


def test_every_delivery_is_in_one_part():
    sums = [StateSum(EMAIL, state, number) for number, state in enumerate(DeliveryState, start=1)]

    (mail,) = progress_of(running(recipients=45, audience_size=45), sums, NOW).channels

    assert mail.made == sum(one.now for one in sums)
    assert mail.waiting == 1 + 2 + 3  # ready, claimed, sending
    assert (mail.sent, mail.delivered, mail.undelivered) == (4, 5, 6)
    assert (mail.failed, mail.unknown, mail.cancelled) == (7, 8, 9)
    assert mail.failed_share == (6 + 7) / (4 + 5 + 6 + 7 + 8)


def test_the_guess_counts_what_is_not_made_yet_at_the_speed_of_the_last_minutes():
    campaign = running(recipients=1_000, audience_size=3_000, is_expanded=False)
    sums = [
        StateSum(EMAIL, DeliveryState.READY, 500, lately=-500),
        # What was accepted before has arrived meanwhile: it left us once.
        StateSum(EMAIL, DeliveryState.ACCEPTED, 200, lately=-100),
        StateSum(EMAIL, DeliveryState.DELIVERED, 300, lately=600),
        StateSum(SMS, DeliveryState.CANCELLED, 1_000, lately=0),
    ]

    progress = progress_of(campaign, sums, NOW)

    # 100 a minute; 500 wait and 2,000 people will have two deliveries each.
    assert progress.a_minute == 100
    assert progress.minutes_left == 45


def test_the_speed_of_what_has_just_begun_is_not_spread_over_minutes_before_it():
    sums = [StateSum(EMAIL, DeliveryState.DELIVERED, 300, lately=300)]

    speeds = [
        progress_of(running(changed_at=NOW - since), sums, NOW).a_minute
        for since in (timedelta(seconds=10), timedelta(minutes=2), timedelta(minutes=30))
    ]

    assert speeds == [300, 150, 60]


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.STOPPED, CampaignState.DONE])
def test_there_is_no_guess_for_what_does_not_move(state):
    sums = [
        StateSum(EMAIL, DeliveryState.READY, 500),
        StateSum(EMAIL, DeliveryState.ACCEPTED, 500, lately=500),
    ]

    assert progress_of(running(state=state), sums, NOW).minutes_left is None


def test_there_is_no_guess_before_anything_left():
    sums = [StateSum(EMAIL, DeliveryState.READY, 500)]

    progress = progress_of(running(), sums, NOW)

    assert (progress.a_minute, progress.minutes_left, progress.failed_share) == (0, None, 0)


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (1, "about 1 minute"),
        (2_500, "about 25 minutes"),
        (100 * 60 * 5, "about 5 hours"),
        (100 * 60 * 24 * 4, "about 4 days"),
    ],
)
def test_the_guess_is_said_in_plain_words(waiting, words):
    sums = [
        StateSum(EMAIL, DeliveryState.READY, waiting),
        StateSum(EMAIL, DeliveryState.ACCEPTED, 0, lately=500),
    ]

    assert time_left(progress_of(running(), sums, NOW)) == words


@pytest.mark.django_db
def test_the_page_shows_the_sums_of_the_database():
    clerk = create_clerk()
    create_audience(12)
    campaign = expand(start_campaign(campaign=create(canary_share=0), by=clerk))
    some = list(Delivery.objects.filter(campaign_id=campaign.pk).values_list("pk", flat=True)[:3])
    Delivery.objects.filter(pk__in=some).update(state=DeliveryState.ACCEPTED)

    progress = read_progress(campaign, timezone.now())

    (mail,) = progress.channels
    assert (mail.channel, mail.made, mail.waiting, mail.sent) == (EMAIL, 12, 9, 3)
    assert (progress.recipients, progress.audience) == (12, 12)
    assert progress.a_minute == 3
    shown = browse(clerk).get(f"/admin/notifications/campaign/{campaign.pk}/change/")
    assert "about 3 minutes" in shown.content.decode()


@pytest.mark.django_db
def test_a_page_whose_buttons_have_changed_is_asked_for_anew():
    clerk = create_clerk()
    create_audience(5)
    campaign = expand(start_campaign(campaign=create(), by=clerk))
    numbers = f"/admin/notifications/campaign/{campaign.pk}/progress/?state=waiting"
    desk = browse(clerk)

    answer = desk.get(numbers, headers={"HX-Request": "true"})
    assert "hx-trigger" in answer.content.decode()

    go_on(campaign=campaign, by=clerk)
    assert desk.get(numbers, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
