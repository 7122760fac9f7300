"""What is there after `migrate`, before anybody did anything."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from appeals.access import is_reviewer, is_supervisor
from appeals.actions.first_rows import make_queues, make_rules
from appeals.actions.roles import make_roles
from appeals.catalogue import CATALOGUE
from appeals.models import ReviewQueue, RoutingRule
from tests.appeals.builders import create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_rows(db):
    """As migrate leaves them, whatever an earlier test emptied."""
    for make in (make_queues, make_rules, make_roles):
        make(apps)


def test_every_queue_of_the_catalogue_is_there_hardship_first():
    assert set(ReviewQueue.objects.values_list("key", flat=True)) == CATALOGUE.queues.keys()
    assert ReviewQueue.objects.all()[0].key == "hardship_care"


@pytest.mark.parametrize(
    ("key", "days", "is_second"),
    [
        ("fraud_identity", 3, True),
        ("hardship_care", 4, False),
        ("credit_review", 11, False),
        ("policy_compliance", 11, True),
        ("model_review", 4, True),
    ],
)
def test_a_queue_promises_in_working_days_and_asks_for_two_where_the_catalogue_does(
    key, days, is_second
):
    queue = ReviewQueue.objects.get(key=key)

    assert (queue.target_working_days, queue.needs_second_approval) == (days, is_second)


def test_whole_origins_have_rules_that_say_why():
    rules = RoutingRule.objects.filter(is_active=True)

    assert dict(rules.values_list("origin", "queue__key")) == {
        "fraud": "fraud_identity",
        "region": "policy_compliance",
        "policy": "policy_compliance",
    }
    assert all(rules.values_list("because", flat=True))


def test_groups_make_reviewers_and_supervisors():
    rosa, sam = (create_customer(name, is_staff=True) for name in ("Rosa Vega", "Sam Okoro"))
    rosa.groups.add(Group.objects.get(name="Reviewers"))
    sam.groups.add(Group.objects.get(name="Supervisors"))

    assert (is_reviewer(rosa), is_supervisor(rosa)) == (True, False)
    assert (is_reviewer(sam), is_supervisor(sam)) == (True, True)
    assert sam.has_perm("appeals.view_feedrun")
    assert not rosa.has_perm("appeals.view_linedecision")


def test_doing_it_again_keeps_what_people_changed():
    ReviewQueue.objects.filter(key="credit_review").update(target_working_days=2)
    RoutingRule.objects.filter(origin="region").delete()
    runs = Permission.objects.get(codename="view_feedrun")
    Group.objects.get(name="Reviewers").permissions.add(runs)

    for make in (make_queues, make_rules, make_roles):
        make(apps)

    assert ReviewQueue.objects.get(key="credit_review").target_working_days == 2
    assert not RoutingRule.objects.filter(origin="region").exists()
    assert runs in Group.objects.get(name="Reviewers").permissions.all()
