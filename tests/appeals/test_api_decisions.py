"""The engine sends decisions by HTTP: one, or many in a stream."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from appeals.actions.tokens import create_token
from appeals.models import LineDecision, RejectedLine, Scope
from notifications.models import Notification
from tests.appeals.feeds import feed_line

ONE = "/api/v1/line-decisions/"
BATCH = "/api/v1/line-decisions/batch/"


@pytest.fixture
def engine(db):
    _, secret = create_token(name="engine", scopes=[Scope.WRITE_DECISIONS], by=None)
    return {"Authorization": f"Bearer {secret}"}


def send(client, line, headers, **more):
    body = line if isinstance(line, (bytes, str)) else json.dumps(line)
    return client.post(ONE, body, content_type="application/json", headers={**headers, **more})


def send_batch(client, lines, headers):
    body = b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )
    answer = client.post(BATCH, body, content_type="application/x-ndjson", headers=headers)
    return [json.loads(row) for row in b"".join(answer.streaming_content).splitlines()]


@pytest.mark.django_db
def test_a_decision_is_taken_and_the_customer_is_told(client, engine):
    answer = send(client, feed_line(), engine)

    assert answer.status_code == 201
    decision = LineDecision.objects.get(reference=answer.json()["reference"])
    assert decision.notice.sha256
    assert (
        Notification.objects.filter(recipient=decision.customer, type="line_changed").count() == 1
    )


@pytest.mark.django_db
def test_the_same_decision_again_changes_nothing(client, engine):
    line = feed_line()
    first = send(client, line, engine)

    again = send(client, line, engine)

    assert again.status_code == 200
    assert again.json() == {**first.json(), "status": "unchanged"}
    assert LineDecision.objects.count() == 1


@pytest.mark.django_db
def test_another_content_under_the_same_id_is_a_conflict(client, engine):
    line = feed_line()
    send(client, line, engine)

    answer = send(client, {**line, "balance": "1.00"}, engine)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:problem-type:recourse:conflict"
    assert LineDecision.objects.get().balance != 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"old_limit": NaN}', b"\xff\xfe", b"null", b'"text"']
)
def test_a_body_that_is_no_decision_is_refused_in_words(client, engine, body):
    answer = send(client, body, engine)

    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert not LineDecision.objects.exists()


@pytest.mark.django_db
def test_a_huge_body_is_refused_before_it_is_read(client, engine):
    answer = send(client, b'{"a": "' + b"x" * 1_000_000 + b'"}', engine)

    assert answer.status_code == 413


@pytest.mark.django_db
def test_only_a_token_that_may_write_can_write(client, engine):
    _, secret = create_token(name="app", scopes=[Scope.READ_CUSTOMERS], by=None)

    assert send(client, feed_line(), {}).status_code == 401
    assert send(client, feed_line(), {"Authorization": f"Bearer {secret}"}).status_code == 403
    assert not LineDecision.objects.exists()


@pytest.mark.django_db
def test_a_repeat_with_the_same_key_gets_the_first_answer(client, engine):
    key = {"Idempotency-Key": "k-1"}
    line = feed_line()
    first = send(client, line, engine, **key)

    again = send(client, line, engine, **key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replay"] == "true"


@pytest.mark.django_db
def test_a_key_used_for_another_body_is_refused(client, engine):
    key = {"Idempotency-Key": "k-2"}
    send(client, feed_line(), engine, **key)

    answer = send(client, feed_line(), engine, **key)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:problem-type:recourse:idempotency-conflict"
    assert LineDecision.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_request_leaves_its_key_free(client, engine):
    key = {"Idempotency-Key": "k-3"}
    line = feed_line()
    assert send(client, b"{}", engine, **key).status_code == 422

    assert send(client, line, engine, **key).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_key_make_one_decision(engine):
    line = feed_line()

    def one(_):
        try:
            return send(Client(), line, engine, **{"Idempotency-Key": "k-4"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(one, range(20)))

    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert LineDecision.objects.count() == 1


@pytest.mark.django_db
def test_a_batch_answers_each_line_in_order(client, engine):
    good, known = feed_line(), feed_line()
    send(client, known, engine)

    answers = send_batch(
        client, [good, known, {**known, "balance": "1.00"}, b"nonsense", b"\xff"], engine
    )

    assert [(row["line"], row["status"]) for row in answers] == [
        (1, "created"),
        (2, "unchanged"),
        (3, "conflict"),
        (4, "rejected"),
        (5, "rejected"),
    ]
    assert all(row["error"] for row in answers[2:])
    assert LineDecision.objects.count() == 2
    assert RejectedLine.objects.count() == 3


@pytest.mark.django_db
def test_a_line_without_end_is_rejected_and_the_next_one_taken(client, engine):
    answers = send_batch(client, [b"x" * 1_000_000, feed_line()], engine)

    assert [row["status"] for row in answers] == ["rejected", "created"]
