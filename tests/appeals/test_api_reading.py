"""The lender's app reads one customer's records, and nothing without the right token."""

import pytest
from django.test import Client
from django.utils import timezone

from appeals.actions.tokens import create_token, revoke_token
from appeals.models import Scope
from appeals.states import AppealState
from tests.appeals.builders import RESTRICTED, create_appeal, create_customer, create_decision

pytestmark = pytest.mark.django_db
LISTS = ("lines", "decisions", "notices", "appeals")


def bearer(*scopes, **options):
    token, secret = create_token(name="app", scopes=list(scopes), by=None, **options)
    return token, {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def reader():
    return bearer(Scope.READ_CUSTOMERS)[1]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_needs_a_token_with_the_right_scope(client, name):
    customer = create_decision().customer
    address = f"/api/v1/customers/{customer.reference}/{name}/"
    _, wrong_scope = bearer(Scope.WRITE_DECISIONS)
    _, right_scope = bearer(Scope.READ_CUSTOMERS)

    assert client.get(address).status_code == 401
    assert client.get(address, headers=wrong_scope).status_code == 403
    assert client.get(address, headers=right_scope).status_code == 200


def test_a_revoked_or_ended_token_opens_nothing(client):
    customer = create_customer()
    address = f"/api/v1/customers/{customer.reference}/lines/"
    token, live = bearer(Scope.READ_CUSTOMERS)
    _, ended = bearer(Scope.READ_CUSTOMERS, expires_at=timezone.now())
    assert client.get(address, headers=live).status_code == 200

    revoke_token(token=token)

    refused = client.get(address, headers=live)
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused["Content-Type"] == "application/problem+json"
    assert client.get(address, headers=ended).status_code == 401


@pytest.mark.parametrize("value", ["rcs_", "rcs_00000000_x", "Basic x", "rcs_ä_x", "x" * 5000])
def test_a_made_up_token_is_refused(client, value):
    answer = client.get("/api/v1/customers/C/lines/", headers={"Authorization": f"Bearer {value}"})

    assert answer.status_code == 401


def test_an_unknown_customer_and_a_member_of_staff_are_both_not_found(client, reader):
    staff = create_customer(is_staff=True)

    for reference in ("nobody", staff.reference):
        answer = client.get(f"/api/v1/customers/{reference}/lines/", headers=reader)

        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:problem-type:recourse:not-found"


def test_each_list_shows_only_this_customers_records(client, reader):
    decision, other = create_decision(), create_decision()
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)
    create_appeal(other, state=AppealState.SUBMITTED)
    start = f"/api/v1/customers/{decision.customer.reference}"

    def listed(name):
        return client.get(f"{start}/{name}/", headers=reader).json()["results"]

    assert [row["reference"] for row in listed("lines")] == [decision.line.reference]
    assert [row["reference"] for row in listed("decisions")] == [decision.reference]
    assert [row["decision"] for row in listed("notices")] == [decision.reference]
    assert [row["reference"] for row in listed("appeals")] == [appeal.reference]


def test_a_draft_is_nobodys_business_yet(client, reader):
    appeal = create_appeal()

    answer = client.get(f"/api/v1/customers/{appeal.customer.reference}/appeals/", headers=reader)

    assert answer.json()["results"] == []


def test_a_restricted_reason_stays_restricted(client, reader):
    decision = create_decision(reasons=(RESTRICTED,))

    answer = client.get(
        f"/api/v1/customers/{decision.customer.reference}/decisions/", headers=reader
    )

    assert answer.json()["results"][0]["reasons"] == []


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_however_long(
    client, reader, name, django_assert_max_num_queries, django_assert_num_queries
):
    customer = create_customer()
    for _ in range(2):
        create_appeal(create_decision(customer), state=AppealState.SUBMITTED)
    address = f"/api/v1/customers/{customer.reference}/{name}/"
    client.get(address, headers=reader)

    with django_assert_max_num_queries(6) as few:
        client.get(address, headers=reader)
    for _ in range(5):
        create_appeal(create_decision(customer), state=AppealState.SUBMITTED)
    with django_assert_num_queries(len(few)):
        assert len(client.get(address, headers=reader).json()["results"]) == 7


def test_the_schema_names_every_operation_and_the_page_to_try_it_opens(client):
    schema = client.get("/api/v1/schema/?format=json").json()

    assert schema["openapi"].startswith("3.")
    assert set(schema["paths"]) == {
        "/api/v1/line-decisions/",
        "/api/v1/line-decisions/batch/",
        "/api/v1/payments/",
        "/api/v1/facts/",
        "/api/v1/group-counts/",
        *(f"/api/v1/customers/{{customer}}/{name}/" for name in LISTS),
    }
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"swagger" in page.content.lower()


def test_an_unknown_address_below_the_api_is_a_problem_too(client):
    answer = client.get("/api/v1/nothing/")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_crash_is_a_problem_without_details(monkeypatch, reader):
    def crash(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("appeals.access.list_lines", crash)
    customer = create_customer()
    client = Client(raise_request_exception=False)

    answer = client.get(f"/api/v1/customers/{customer.reference}/lines/", headers=reader)

    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert b"secret" not in answer.content
