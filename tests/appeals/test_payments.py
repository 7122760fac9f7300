"""The ledger reports payments: each id once, whatever is sent again and by how many at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from appeals.actions.tokens import create_token
from appeals.models import PaymentReport, Scope
from tests.appeals.builders import create_customer, create_line

URL = "/api/v1/payments/"


@pytest.fixture
def line(db):
    return create_line(create_customer(), reference="L-77")


@pytest.fixture
def ledger(db):
    _, secret = create_token(name="ledger", scopes=[Scope.WRITE_PAYMENTS], by=None)
    return {"Authorization": f"Bearer {secret}"}


def payment(number=1, **changes):
    good = {
        "payment_id": f"P-{number}",
        "line": "L-77",
        "due_on": "2026-11-01",
        "paid_on": "2026-10-30",
        "amount": "120.00",
    }
    return {**good, **changes}


def send(client, payments, headers, **more):
    body = payments if isinstance(payments, bytes) else json.dumps(payments)
    return client.post(URL, body, content_type="application/json", headers={**headers, **more})


def statuses(answer):
    return [one["status"] for one in answer.json()["payments"]]


def test_payments_are_kept_with_what_was_told(client, ledger, line):
    answer = send(client, [payment(1), payment(2, paid_on=None)], ledger)

    assert answer.status_code == 200
    assert answer.json()["counts"] == {"created": 2}
    paid, unpaid = PaymentReport.objects.order_by("source_id")
    assert (paid.line, str(paid.amount), str(paid.paid_on)) == (line, "120.00", "2026-10-30")
    assert unpaid.paid_on is None


def test_the_same_again_changes_nothing(client, ledger, line):
    send(client, [payment()], ledger)

    # The same amount, spelled otherwise.
    again = send(client, [payment(amount="120.0"), payment(2)], ledger)

    assert statuses(again) == ["unchanged", "created"]
    assert PaymentReport.objects.count() == 2


def test_another_content_under_the_same_id_is_a_conflict(client, ledger, line):
    send(client, [payment()], ledger)

    answer = send(client, [payment(paid_on=None)], ledger)

    assert statuses(answer) == ["conflict"]
    assert "an id of its own" in answer.json()["payments"][0]["error"]
    assert str(PaymentReport.objects.get().paid_on) == "2026-10-30"


def test_two_with_one_id_in_one_list(client, ledger, line):
    answer = send(client, [payment(), payment(), payment(amount="5.00")], ledger)

    assert statuses(answer) == ["created", "unchanged", "conflict"]
    assert str(PaymentReport.objects.get().amount) == "120.00"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"line": "L-none"}, "do not know this line"),
        ({"line": ""}, "[0].line must be a text"),
        ({"due_on": "soon"}, "[0].due_on"),
        ({"due_on": "2026-02-30"}, "[0].due_on"),
        ({"paid_on": 5}, "[0].paid_on"),
        ({"amount": 120}, "[0].amount must be a decimal in quotes"),
        ({"amount": "-1.00"}, "negative"),
        ({"payment_id": ""}, "[0].payment_id"),
        ({"colour": "red"}, "[0].'colour' is not in the contract"),
        ({"paid_on": (timezone.now() + timedelta(days=9)).date().isoformat()}, "lies ahead"),
    ],
)
def test_a_bad_one_is_named_and_its_neighbour_taken(client, ledger, line, changes, words):
    answer = send(client, [payment(1, **changes), payment(2)], ledger)

    assert statuses(answer) == ["rejected", "created"]
    assert words in answer.json()["payments"][0]["error"]
    assert PaymentReport.objects.get().source_id == "P-2"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"[", b"null", b"\xff", b'[{"a": NaN}]', b'"text"']
)
def test_a_body_that_is_no_list_is_refused_in_words(client, ledger, body):
    answer = send(client, body, ledger)

    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_what_is_no_object_is_rejected_by_itself(client, ledger, line):
    assert statuses(send(client, ["P-1", 5, None, payment()], ledger)) == [
        "rejected",
        "rejected",
        "rejected",
        "created",
    ]


def test_too_many_or_too_much_is_refused(client, ledger, line):
    assert send(client, [payment(n) for n in range(1_001)], ledger).status_code == 422
    assert send(client, b"[" + b" " * 1_100_000 + b"]", ledger).status_code == 413
    assert not PaymentReport.objects.exists()


@pytest.mark.django_db
def test_only_a_token_for_payments_sends_payments(client):
    _, secret = create_token(name="engine", scopes=[Scope.WRITE_DECISIONS], by=None)

    assert send(client, [payment()], {}).status_code == 401
    assert send(client, [payment()], {"Authorization": f"Bearer {secret}"}).status_code == 403
    assert not PaymentReport.objects.exists()


def test_a_repeat_with_the_same_key_gets_the_first_answer(client, ledger, line):
    key = {"Idempotency-Key": "k-1"}
    first = send(client, [payment()], ledger, **key)

    again = send(client, [payment()], ledger, **key)

    assert again.json() == first.json()
    assert again["Idempotent-Replay"] == "true"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_keep_each_payment_once():
    create_line(create_customer(), reference="L-77")
    _, secret = create_token(name="ledger", scopes=[Scope.WRITE_PAYMENTS], by=None)
    headers = {"Authorization": f"Bearer {secret}"}

    def one(_):
        try:
            return send(Client(), [payment(1), payment(2)], headers).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(one, range(16)))

    assert set(codes) == {200}
    assert PaymentReport.objects.count() == 2


def test_a_list_costs_the_same_queries_whatever_its_length(
    client, ledger, line, django_assert_max_num_queries
):
    send(client, [payment(0)], ledger)

    with django_assert_max_num_queries(12):
        send(client, [payment(n) for n in range(1, 500)], ledger)
    assert PaymentReport.objects.count() == 500
