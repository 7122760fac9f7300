"""People in the staff admin, and the commands that make staff."""

import io
import json
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import Customer, StaffMember
from tests.portal.people import (
    SECRET,
    code_now,
    come_in,
    create_customer,
    create_staff,
    found,
    give_password,
    is_in,
)

pytestmark = pytest.mark.django_db

CUSTOMERS = reverse("admin:portal_customer_changelist")
STAFF = reverse("admin:portal_staffmember_changelist")


@pytest.fixture
def boss():
    return create_staff("Anna Boss", is_superuser=True)


@pytest.fixture
def boss_client(boss):
    client = Client()
    client.force_login(boss)
    return client


@pytest.fixture
def supervisor_client():
    person = create_staff("Sue Visor")
    person.user_permissions.add(Permission.objects.get(codename="supervise_appeal"))
    client = Client()
    client.force_login(person)
    return client


def change(person):
    name = "staffmember" if person.is_staff else "customer"
    return reverse(f"admin:portal_{name}_change", args=[person.pk])


def run(client, action, person):
    data = {"action": action, "_selected_action": [person.pk]}
    return client.post(STAFF, data, follow=True).content.decode()


def link_in(page):
    return found(r"http://localhost:8000(/staff/set-up/[^/]+/[^/]+/)", page)


def test_a_supervisor_finds_customers_and_no_staff(supervisor_client):
    alice = create_customer()
    rosa = create_staff()

    page = supervisor_client.get(CUSTOMERS, {"q": "o"}).content.decode()

    assert alice.reference in page
    assert rosa.reference not in page
    assert supervisor_client.get(STAFF).status_code == 403
    assert supervisor_client.get(change(rosa)).status_code == 403


def test_somebody_with_no_such_right_sees_nobody(client):
    client.force_login(create_staff())

    assert client.get(CUSTOMERS).status_code == 403
    assert client.get(STAFF).status_code == 403


def test_nothing_of_a_customer_can_be_changed_but_whether_they_come_in(boss_client):
    alice = create_customer()
    come_in(own := Client(), alice)

    boss_client.post(change(alice), {"name": "Mallory", "email": "m@example.org", "is_staff": "on"})

    changed = Customer.objects.get(pk=alice.pk)
    assert (changed.name, changed.email, changed.is_staff) == (alice.name, alice.email, False)
    assert not changed.is_active
    assert own.get("/settings/").status_code == 302
    assert boss_client.get(reverse("admin:portal_customer_add")).status_code == 403
    delete = reverse("admin:portal_customer_delete", args=[alice.pk])
    assert boss_client.post(delete, {"post": "yes"}).status_code == 403


def test_a_supervisor_may_look_but_shut_nobody_out(supervisor_client):
    alice = create_customer()

    assert supervisor_client.get(change(alice)).status_code == 200
    assert supervisor_client.post(change(alice), {}).status_code == 403
    alice.refresh_from_db()
    assert alice.is_active


def test_lists_of_people_cost_the_same_for_many(boss_client, django_assert_max_num_queries):
    create_customer()
    with django_assert_max_num_queries(40) as few:
        boss_client.get(CUSTOMERS)
        boss_client.get(STAFF)
    for number in range(5):
        create_customer(f"Person {number}")
        create_staff(f"Staff {number}")
    with django_assert_max_num_queries(len(few)):
        boss_client.get(CUSTOMERS)
        boss_client.get(STAFF)


def test_an_administrator_makes_a_member_of_staff_who_chooses_a_password(boss_client):
    fields = {"name": "Nina New", "email": "Nina@Lender.example", "role": "supervisor"}
    page = boss_client.post(
        reverse("admin:portal_staffmember_add"), fields, follow=True
    ).content.decode()

    nina = StaffMember.objects.get(email="nina@lender.example")
    assert not nina.has_usable_password()
    assert nina.has_perm("appeals.supervise_appeal")
    assert not nina.is_superuser
    new = Client()
    assert new.get(link_in(page)).status_code == 200


def test_two_members_of_staff_cannot_share_an_address(boss_client, boss):
    fields = {"name": "Other", "email": boss.email.upper(), "role": "reviewer"}

    page = boss_client.post(reverse("admin:portal_staffmember_add"), fields).content.decode()

    assert "Another member of staff has this e-mail address." in page


def test_a_new_role_takes_the_old_rights_away(boss_client):
    rosa = create_staff()
    fields = {"name": rosa.name, "email": rosa.email, "is_active": "on"}
    boss_client.post(change(rosa), {**fields, "role": "administrator"})
    assert StaffMember.objects.get(pk=rosa.pk).is_superuser

    boss_client.post(change(rosa), {**fields, "role": "reviewer"})

    changed = StaffMember.objects.get(pk=rosa.pk)
    assert not changed.is_superuser
    assert changed.has_perm("appeals.review_appeal")
    assert not changed.has_perm("appeals.supervise_appeal")


def test_nobody_changes_themselves(boss_client, boss):
    fields = {"name": "Me", "email": boss.email, "role": "reviewer"}
    assert boss_client.post(change(boss), fields).status_code == 403
    page = run(boss_client, "remove_second_factor", boss)

    assert "Ask another administrator" in page
    assert Authenticator.objects.filter(user=boss).exists()


def test_a_lost_phone_is_made_good_by_somebody_else(boss_client):
    rosa = create_staff()

    page = run(boss_client, "remove_second_factor", rosa)

    assert "sets up a new second step" in page
    assert not Authenticator.objects.filter(user=rosa).exists()


def test_a_new_link_replaces_a_forgotten_password(boss_client):
    rosa = create_staff()
    link = link_in(run(boss_client, "make_link", rosa))
    new = {"password": "seventeen green doors", "again": "seventeen green doors"}

    own = Client()
    own.post(link, new)

    assert give_password(Client(), rosa.email).status_code == 422
    answer = give_password(own, rosa.email, "seventeen green doors")
    assert answer["Location"] == reverse("mfa_authenticate")


def test_allauths_own_tables_are_not_in_the_admin():
    names = {model._meta.label for model in admin.site._registry}

    assert not [name for name in names if name.startswith(("account.", "mfa.", "usersessions."))]
    assert "auth.Group" not in names


def test_create_staff_prints_a_link_that_works(client):
    out = io.StringIO()

    call_command(
        "create_staff", name="Nina New", email="nina@lender.example", role="reviewer", stdout=out
    )

    assert client.get(link_in(out.getvalue())).status_code == 200
    assert StaffMember.objects.get().has_perm("appeals.review_appeal")


@pytest.mark.parametrize(
    ("email", "says"),
    [("nina", "is not an e-mail address"), ("rosa@lender.example", "Another member of staff")],
)
def test_create_staff_explains_what_is_wrong(email, says):
    create_staff(email="rosa@lender.example")

    with pytest.raises(CommandError, match=says):
        call_command("create_staff", name="Nina New", email=email, role="reviewer")


def test_demo_code_is_the_code_of_the_moment(client, settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    rosa = create_staff(email="rosa@lender.example")
    demo = {"customers": [], "staff": [{"email": "rosa@lender.example", "totp_secret": SECRET}]}
    (tmp_path / "demo.json").write_text(json.dumps(demo))
    out = io.StringIO()

    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        call_command("demo_code", "Rosa@lender.example", stdout=out)
        assert out.getvalue().strip() == code_now()
        give_password(client, rosa.email)
        client.post(reverse("mfa_authenticate"), {"code": out.getvalue()})

    assert is_in(client)


def test_demo_code_refuses_strangers_and_production(settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    with pytest.raises(CommandError, match="make run"):
        call_command("demo_code", "rosa@lender.example")
    (tmp_path / "demo.json").write_text(json.dumps({"staff": [{"email": "a@b.example"}]}))
    with pytest.raises(CommandError, match=r"There are: a@b\.example"):
        call_command("demo_code", "rosa@lender.example")
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="production"):
        call_command("demo_code", "a@b.example")
