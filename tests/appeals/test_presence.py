"""Who else has a case open; nothing of it is written down, and without Redis nothing breaks."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.utils import timezone

from appeals.admin.case_presence import STAYS
from appeals.models import Outcome
from appeals.states import AppealState
from portal.sign_in.clock import SEEN
from tests.appeals.builders import create_appeal, create_queue, create_reviewer
from tests.appeals.desks import at, desk, held, queue, rosa, sam, sofia

__all__ = ["desk", "held", "queue", "rosa", "sam", "sofia"]


def ping(client, appeal, **fields):
    return client.post(at(appeal, "looking/"), fields, headers={"X-Recourse-By": "page"})


def seen_by(client, appeal):
    return ping(client, appeal).json()["here"]


def test_two_people_see_each_other_and_not_themselves(browse, desk, held, sam):
    second = browse(sam)

    assert seen_by(desk, held) == []
    assert seen_by(second, held) == ["Rosa Vega works on this case"]
    assert seen_by(desk, held) == ["Sam Okoro is reading this case"]


def test_two_tabs_of_one_person_are_one_person(browse, desk, held, sam):
    for _ in range(2):
        seen_by(desk, held)

    assert seen_by(browse(sam), held) == ["Rosa Vega works on this case"]


def test_whoever_approves_is_named_as_that(browse, desk, queue, rosa, sam):
    appeal = create_appeal(state=AppealState.APPROVAL, queue=queue)
    Outcome.objects.create(
        appeal=appeal,
        kind="kept",
        sentence="No.",
        needs_approval=True,
        decided_by=rosa,
        decided_at=timezone.now(),
    )
    second = browse(sam)
    seen_by(second, appeal)

    assert seen_by(desk, appeal) == ["Sam Okoro is checking the outcome"]
    assert seen_by(second, appeal) == ["Rosa Vega is reading this case"]


def test_those_who_work_on_it_come_before_those_who_read(browse, desk, held, sam, sofia):
    seen_by(browse(sam), held)
    seen_by(desk, held)

    assert seen_by(browse(sofia), held) == [
        "Rosa Vega works on this case",
        "Sam Okoro is reading this case",
    ]


def test_leaving_the_page_is_told_at_once(browse, desk, held, sam):
    second = browse(sam)
    seen_by(second, held)

    assert ping(second, held, leave="1").status_code == 204
    assert seen_by(desk, held) == []
    assert ping(second, held, leave="1").status_code == 204


def test_a_browser_that_died_is_forgotten(browse, desk, held, sam):
    seen_by(browse(sam), held)

    with time_machine.travel(timezone.now() + STAYS + timedelta(seconds=1)):
        assert seen_by(desk, held) == []


def test_each_case_has_its_own_lookers(browse, desk, held, queue, sam):
    seen_by(browse(sam), create_appeal(state=AppealState.SUBMITTED, queue=queue))

    assert seen_by(desk, held) == []


def test_strangers_neither_see_nor_are_seen(browse, client, desk, held):
    outsider = create_reviewer("Olga Hart", queue=create_queue("income_verification"))

    assert ping(browse(outsider), held).status_code == 404
    assert ping(client, held).status_code == 302
    assert desk.get(at(held, "looking/")).status_code == 405
    assert seen_by(desk, held) == []


def test_the_cache_holds_no_name(desk, held, rosa):
    seen_by(desk, held)

    kept = cache.get(f"desk:looking:{held.pk}")
    assert [row[0] for row in kept] == [rosa.pk]
    assert rosa.name not in str(kept)


def test_somebody_who_left_the_house_meanwhile_is_left_out(desk, held):
    cache.set(f"desk:looking:{held.pk}", [(0, "reads", timezone.now().timestamp())], 30)

    assert seen_by(desk, held) == []


def test_without_redis_nobody_is_shown_and_nothing_breaks(desk, held, settings):
    settings.CACHES = {
        "default": {
            **django_settings.CACHES["default"],
            "LOCATION": "unix:///nowhere/redis.sock?db=1",
        }
    }

    assert seen_by(desk, held) == []
    assert ping(desk, held, leave="1").status_code == 204
    assert desk.get(at(held)).status_code == 200


def test_an_open_page_does_not_keep_anybody_signed_in(desk, held):
    desk.get(at(held))
    before = desk.session[SEEN]

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        seen_by(desk, held)
        assert desk.session[SEEN] == before
        desk.get(at(held))
        assert desk.session[SEEN] > before


@pytest.mark.parametrize("people", [1, 12])
def test_saying_so_costs_the_same_however_many_look(
    browse, desk, held, queue, people, django_assert_num_queries
):
    for number in range(people):
        seen_by(browse(create_reviewer(f"Reader {number}", queue=queue)), held)
    seen_by(desk, held)

    with django_assert_num_queries(PING_QUERIES):
        seen_by(desk, held)


PING_QUERIES = 6
