"""From an audience to rows: everybody once, whatever happens in the middle."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from notifications.campaigns import expansion
from notifications.campaigns.actions import (
    go_on,
    pause_campaign,
    resume_campaign,
    start_campaign,
    stop_campaign,
)
from notifications.campaigns.audiences import count_audience
from notifications.kinds import CampaignState, ChannelKind, SuppressionCause
from notifications.models import Delivery, Notification
from notifications.preferences import Stop, suppress
from tests.notifications.builders import create_person, prefer
from tests.notifications.campaigns import create, create_audience, create_clerk, expand, is_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_steps(monkeypatch):
    """Steps of seven people, so that a few dozen people are many steps."""
    monkeypatch.setattr(expansion, "STEP", 7)


@pytest.fixture
def clerk(db):
    return create_clerk()


def test_the_first_share_waits_for_a_person_and_then_everybody_is_told(small_steps, clerk):
    people = {person.pk for person in create_audience(40)}
    campaign = start_campaign(campaign=create(canary_share=2_500), by=clerk)

    expand(campaign)
    first = told(campaign)
    assert is_in(campaign, CampaignState.WAITING)
    assert 0 < len(first) < 30
    assert campaign.recipients == len(first)

    expand(campaign)
    assert told(campaign) == first

    campaign = expand(go_on(campaign=campaign, by=clerk))
    assert told(campaign) == people
    assert (campaign.recipients, campaign.is_expanded) == (40, True)
    assert campaign.audience_size == count_audience("customers", {"region": "US-VT"}) == 40


@pytest.mark.parametrize("share", [0, 10_000])
def test_without_a_first_share_everybody_is_told_at_once(small_steps, clerk, share):
    people = {person.pk for person in create_audience(15)}

    campaign = expand(start_campaign(campaign=create(canary_share=share), by=clerk))

    assert told(campaign) == people
    assert is_in(campaign, CampaignState.RUNNING)


def test_an_audience_that_fills_its_last_step_ends_too(small_steps, clerk):
    create_audience(14)

    campaign = expand(start_campaign(campaign=create(canary_share=0), by=clerk))

    assert (campaign.recipients, campaign.is_expanded) == (14, True)


def test_another_campaign_begins_with_other_people(clerk):
    create_audience(60)
    firsts = []
    for _ in range(2):
        campaign = expand(start_campaign(campaign=create(canary_share=3_000), by=clerk))
        firsts.append(told(campaign))

    assert firsts[0] != firsts[1]


def test_a_step_that_breaks_leaves_the_cursor_and_the_rows_as_they_were(
    small_steps, clerk, monkeypatch
):
    people = {person.pk for person in create_audience(20)}
    campaign = start_campaign(campaign=create(canary_share=0), by=clerk)
    expansion.expand_step(campaign.pk)
    move_on = expansion._move_on

    def killed(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(expansion, "_move_on", killed)
    with pytest.raises(KeyboardInterrupt):
        expansion.expand_step(campaign.pk)
    campaign.refresh_from_db()
    assert campaign.recipients == len(told(campaign)) == 7
    assert campaign.cursor == max(told(campaign))

    monkeypatch.setattr(expansion, "_move_on", move_on)
    assert told(expand(campaign)) == people


def test_pausing_in_the_middle_makes_nobody_until_it_is_resumed(small_steps, clerk):
    people = {person.pk for person in create_audience(20)}
    campaign = start_campaign(campaign=create(canary_share=0), by=clerk)
    expansion.expand_step(campaign.pk)

    pause_campaign(campaign=campaign, by=clerk)
    expand(campaign)
    assert len(told(campaign)) == 7

    expand(resume_campaign(campaign=campaign, by=clerk))
    assert told(campaign) == people


def test_a_stopped_campaign_makes_nobody_any_more(small_steps, clerk):
    create_audience(20)
    campaign = start_campaign(campaign=create(canary_share=0), by=clerk)
    expansion.expand_step(campaign.pk)

    stop_campaign(campaign=campaign, by=clerk, because="Wrong policy")

    assert len(told(expand(campaign))) == 7


def test_who_cannot_be_reached_is_written_down_as_for_any_message(clerk):
    silent = create_person(region="US-VT", email=None, phone=None)
    stopped = create_person(region="US-VT", phone=None)
    suppress(ChannelKind.EMAIL, {str(stopped.email): Stop(SuppressionCause.BOUNCE)}, timezone.now())
    reached = create_person(region="US-VT")
    prefer(reached, push=False)

    campaign = expand(start_campaign(campaign=create(canary_share=0), by=clerk))

    causes = dict(
        Notification.objects.filter(campaign=campaign).values_list("recipient_id", "unreached")
    )
    # By SMS, which follows the e-mail, somebody without one may still be reached: not these two.
    assert causes == {silent.pk: "no_address", stopped.pk: "suppressed", reached.pk: ""}
    deliveries = Delivery.objects.filter(campaign_id=campaign.pk)
    assert [(one.notification.recipient_id, one.channel, one.lane) for one in deliveries] == [
        (reached.pk, "email", "bulk")
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_nobody_twice(small_steps):
    clerk = create_clerk()
    people = {person.pk for person in create_audience(60)}
    campaign = start_campaign(campaign=create(canary_share=0), by=clerk)
    faults = []

    def work():
        try:
            while campaign.pk in expansion.list_unexpanded():
                expansion.expand_step(campaign.pk)
        except Exception as fault:  # noqa: BLE001 - shown by the test
            faults.append(fault)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert faults == []
    assert told(campaign) == people
    campaign.refresh_from_db()
    assert campaign.recipients == 60


@pytest.mark.django_db(transaction=True)
def test_a_step_during_which_somebody_stops_the_campaign_makes_nothing(small_steps, monkeypatch):
    clerk = create_clerk()
    create_audience(20)
    campaign = start_campaign(campaign=create(canary_share=0), by=clerk)
    make_rows = expansion._make_rows

    def stop():
        stop_campaign(campaign=campaign, by=clerk, because="Wrong policy")
        connections.close_all()

    def make_and_be_stopped(*its_arguments):
        found = make_rows(*its_arguments)
        # It does not wait for the step: nothing of the campaign is locked.
        somebody = threading.Thread(target=stop)
        somebody.start()
        somebody.join()
        return found

    monkeypatch.setattr(expansion, "_make_rows", make_and_be_stopped)
    expand(campaign)

    assert is_in(campaign, CampaignState.STOPPED)
    assert (told(campaign), campaign.recipients, campaign.cursor) == (set(), 0, 0)
