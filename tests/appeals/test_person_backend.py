"""Who somebody is and what they may do is asked anew at each page."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.utils import timezone

from appeals.access import is_auditor, is_reviewer, is_supervisor
from portal.models import Customer
from tests.appeals.builders import create_reviewer

pytestmark = pytest.mark.django_db

HOME = "/admin/"


def again(person):
    return Customer.objects.get(pk=person.pk)


def right(codename):
    return Permission.objects.get(codename=codename, content_type__app_label="appeals")


def test_rights_are_a_persons_own_and_those_of_all_their_roles():
    person = create_reviewer("Rosa Diaz")
    person.groups.clear()
    person.user_permissions.add(right("review_appeal"))
    role = Group.objects.create(name="Readers")
    role.permissions.add(right("audit_appeal"), right("review_appeal"))
    person.groups.add(role)

    assert is_reviewer(again(person))
    assert is_auditor(again(person))
    assert not is_supervisor(again(person))


def test_whoever_is_not_active_may_nothing():
    person = create_reviewer("Rosa Diaz")
    Customer.objects.filter(pk=person.pk).update(is_active=False)

    assert not is_reviewer(again(person))
    assert again(person).get_all_permissions() == set()


def test_an_administrator_may_everything():
    person = create_reviewer("Rosa Diaz")
    Customer.objects.filter(pk=person.pk).update(is_superuser=True)

    assert is_supervisor(again(person))
    assert "portal.add_customer" in again(person).get_all_permissions()


def test_a_role_taken_away_is_gone_at_the_next_page(browse):
    person = create_reviewer("Rosa Diaz")
    client = browse(person)
    assert client.get(f"{HOME}appeals/appeal/").status_code == 200

    person.groups.clear()
    person.user_permissions.clear()

    assert client.get(f"{HOME}appeals/appeal/").status_code == 403


def test_a_session_that_ended_or_never_was_is_nobody(browse):
    person = create_reviewer("Rosa Diaz")
    client = browse(person)
    Session.objects.update(expire_date=timezone.now())

    assert client.get(HOME).status_code == 302
    for key in ("", "never-there-0123456789", "x", "' OR 1=1 --"):
        client.cookies["session"] = key
        assert client.get(HOME).status_code == 302


def test_a_person_set_inactive_is_out_at_once(browse):
    person = create_reviewer("Rosa Diaz")
    client = browse(person)
    Customer.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get(HOME).status_code == 302
