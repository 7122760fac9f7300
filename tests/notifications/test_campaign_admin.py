"""Campaigns in the admin: drafted by one person, started by another, run with buttons."""

import pytest

from notifications.campaigns.actions import start_campaign
from notifications.kinds import CampaignState
from notifications.models import Campaign
from tests.notifications.builders import create_person
from tests.notifications.campaigns import (
    WORDS,
    browse,
    create,
    create_audience,
    create_clerk,
    expand,
    is_in,
    told,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/notifications/campaign/"
ADD = f"{LIST}add/"


def page(campaign):
    return f"{LIST}{campaign.pk}/change/"


def button(campaign, act):
    return f"{LIST}{campaign.pk}/do/{act}/"


def typed(**fields):
    return {
        "title": "Opening hours",
        "audience": "customers",
        "type": "announcement",
        "customers-region": "US-VT",
        "title_en": WORDS["en"]["title"],
        "text_en": WORDS["en"]["text"],
        "title_zh": WORDS["zh-hans"]["title"],
        "text_zh": WORDS["zh-hans"]["text"],
        "share": "25",
        **fields,
    }


@pytest.fixture
def cora(db):
    return create_clerk("Cora Lang")


@pytest.fixture
def dan(db):
    return create_clerk("Dan Osei", rights=("view_campaign", "run_campaign"))


def test_a_campaign_from_the_draft_to_the_last_person(cora, dan):
    people = {person.pk for person in create_audience(30)}
    assert browse(cora).get(ADD).status_code == 200

    answer = browse(cora).post(ADD, typed())
    campaign = Campaign.objects.get()
    assert answer["Location"] == page(campaign)
    assert (campaign.canary_share, campaign.words, campaign.created_by) == (2_500, WORDS, cora)

    desk = browse(dan)
    shown = desk.get(page(campaign)).content.decode()
    assert "30 people are in the audience" in shown
    assert WORDS["en"]["title"] in shown
    assert WORDS["zh-hans"]["text"] in shown
    assert shown.count("US-VT") >= 10
    assert told(campaign) == set()

    desk.post(button(campaign, "start"))
    expand(campaign)
    assert is_in(campaign, CampaignState.WAITING)
    assert 0 < len(told(campaign)) < 30
    assert "Go on" in desk.get(page(campaign)).content.decode()

    desk.post(button(campaign, "go-on"))
    expand(campaign)
    assert told(campaign) == people
    assert (campaign.started_by, campaign.changed_by) == (dan, dan)


def test_a_large_campaign_is_started_by_somebody_else_than_who_made_it(cora, dan, settings):
    settings.CAMPAIGN_SECOND_PERSON_FROM = 2
    create_audience(3)
    campaign = create(cora)

    shown = browse(cora).get(page(campaign)).content.decode()
    assert "Somebody else with the right to run campaigns" in shown
    assert button(campaign, "start") not in shown
    answer = browse(cora).post(button(campaign, "start"), follow=True)
    assert "somebody else must start it" in answer.content.decode()
    assert is_in(campaign, CampaignState.DRAFT)

    browse(dan).post(button(campaign, "start"))
    assert is_in(campaign, CampaignState.CANARY)


def test_a_small_campaign_may_be_started_by_who_made_it(cora):
    create_audience(3)
    campaign = create(cora)

    browse(cora).post(button(campaign, "start"))

    assert is_in(campaign, CampaignState.CANARY)


def test_who_comes_second_is_told_what_it_is_now(cora, dan):
    create_audience(3)
    campaign = start_campaign(campaign=create(cora), by=dan)
    browse(cora).post(button(campaign, "stop"), {"because": "Wrong region"})

    answer = browse(dan).post(button(campaign, "pause"), follow=True)

    assert "The campaign is now: Stopped" in answer.content.decode()
    assert is_in(campaign, CampaignState.STOPPED)
    assert (campaign.because, campaign.changed_by) == ("Wrong region", cora)


def test_a_stop_wants_a_reason(cora):
    create_audience(3)
    campaign = start_campaign(campaign=create(cora), by=cora)

    answer = browse(cora).post(button(campaign, "stop"), {"because": "  "}, follow=True)

    assert "Say why it is stopped" in answer.content.decode()
    assert is_in(campaign, CampaignState.CANARY)


def test_pause_and_resume_go_back_to_what_it_was(cora):
    create_audience(3)
    campaign = expand(start_campaign(campaign=create(cora), by=cora))
    assert is_in(campaign, CampaignState.WAITING)

    browse(cora).post(button(campaign, "pause"))
    assert is_in(campaign, CampaignState.PAUSED)
    browse(cora).post(button(campaign, "resume"))
    assert is_in(campaign, CampaignState.WAITING)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"text_zh": ""}, "Write it in both languages."),
        ({"title_en": "x" * 91}, "at most 90 characters"),
        ({"text_en": "Dear [[name]]"}, "Two square brackets"),
        ({"customers-region": "US-ZZ"}, "We know no customer in this region."),
        ({"audience": "nobody"}, "nobody is not one of the available choices"),
        ({"type": "line_changed"}, "makes no sense to this audience"),
        ({"legal_due_on": "2100-01-01"}, "Only a message that the law asks for"),
        ({"legal_due_on": "2020-01-01", "is_mandatory": "on"}, "must be in the future"),
        ({"share": "101"}, "less than or equal to 100"),
    ],
)
def test_a_draft_that_cannot_be_sent_is_refused_with_what_was_typed(cora, fields, complaint):
    create_audience(1)

    answer = browse(cora).post(ADD, typed(**fields))

    shown = answer.content.decode()
    assert answer.status_code == 400
    assert complaint in shown
    assert "Opening hours" in shown
    assert not Campaign.objects.exists()


def test_an_audience_of_nobody_is_neither_kept_nor_started(cora):
    (person,) = create_audience(1)
    answer = browse(cora).post(ADD, typed(**{"customers-locale": "zh-hans"}))
    assert "Nobody is in this audience" in answer.content.decode()

    campaign = create(cora)
    person.region = ""
    person.save()
    answer = browse(cora).post(button(campaign, "start"), follow=True)
    assert "Nobody is in this audience" in answer.content.decode()
    assert is_in(campaign, CampaignState.DRAFT)


@pytest.mark.parametrize("act", ["start", "go-on", "pause", "resume", "stop"])
def test_without_the_right_nothing_is_pressed(cora, act):
    create_audience(3)
    campaign = create(cora)
    only_looks = create_clerk("Lena Cole", rights=("view_campaign",))
    clerk = create_clerk("Carl Boone", rights=())

    assert browse(only_looks).post(button(campaign, act), {"because": "x"}).status_code == 403
    assert browse(clerk).post(button(campaign, act), {"because": "x"}).status_code == 403
    assert browse(cora).get(button(campaign, act)).status_code == 405
    assert is_in(campaign, CampaignState.DRAFT)


def test_strangers_see_no_campaign(cora):
    create_audience(1)
    campaign = create(cora)
    customer, clerk = create_person(), create_clerk("Carl Boone", rights=())
    places = (LIST, ADD, page(campaign), f"{LIST}{campaign.pk}/progress/")

    assert {browse(clerk).get(place).status_code for place in places} == {403}
    # A customer is sent to the staff's door, as from every page of the admin.
    assert all(browse(customer).get(place).status_code in (302, 404) for place in places)
    assert browse(cora).get(f"{LIST}999999/change/").status_code == 404
    assert browse(cora).get(f"{LIST}x/change/").status_code == 404
    assert browse(cora).post(button(campaign, "erase")).status_code == 404


def test_a_button_wants_the_token_of_our_page(cora):
    create_audience(3)
    campaign = create(cora)
    desk = browse(cora)
    desk.handler.enforce_csrf_checks = True

    assert desk.post(button(campaign, "start")).status_code == 403
    assert is_in(campaign, CampaignState.DRAFT)


def test_who_may_only_run_finds_no_form(dan):
    assert browse(dan).get(ADD).status_code == 403
    assert browse(dan).post(ADD, typed()).status_code == 403
    assert browse(dan).get(LIST).status_code == 200


def test_pages_take_as_many_queries_however_large_the_audience_is(
    cora, django_assert_num_queries, django_assert_max_num_queries
):
    create_audience(2)
    campaign = create(cora)
    desk = browse(cora)
    desk.get(page(campaign))
    with django_assert_max_num_queries(16) as few:
        desk.get(page(campaign))
    create_audience(20)
    with django_assert_num_queries(len(few)):
        desk.get(page(campaign))

    expand(start_campaign(campaign=campaign, by=cora))
    with django_assert_max_num_queries(13) as few:
        desk.get(page(campaign))
    with django_assert_max_num_queries(7):
        desk.get(f"{LIST}{campaign.pk}/progress/?state=waiting")
    with django_assert_max_num_queries(14) as one:
        desk.get(LIST)
    for _ in range(3):
        create(cora)
    with django_assert_num_queries(len(one)):
        desk.get(LIST)
