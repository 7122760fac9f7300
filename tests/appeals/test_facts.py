"""Facts about lines come in: each id once, checked by kind, whatever is sent again."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from appeals.actions.tokens import create_token
from appeals.models import LineFact, LineWatch, Scope
from tests.appeals.builders import create_customer, create_line

URL = "/api/v1/facts/"


@pytest.fixture
def line(db):
    return create_line(create_customer(), reference="L-77")


@pytest.fixture
def source(db):
    _, secret = create_token(name="bureau feed", scopes=[Scope.WRITE_FACTS], by=None)
    return {"Authorization": f"Bearer {secret}"}


def facts(number=1, **changes):
    good = {
        "fact_id": f"F-{number}",
        "line": "L-77",
        "as_of": "2026-11-01T08:00:00Z",
        "facts": {"bureau.utilisation": 41, "income.verified": True},
    }
    return {**good, **changes}


def send(client, told, headers):
    return client.post(URL, json.dumps(told), content_type="application/json", headers=headers)


def statuses(answer):
    return [one["status"] for one in answer.json()["facts"]]


def test_facts_are_kept_and_the_line_is_tested_soon(client, source, line):
    answer = send(client, [facts(1), facts(2, facts={"bureau.score": 700})], source)

    assert answer.status_code == 200
    assert answer.json()["counts"] == {"created": 2}
    first = LineFact.objects.get(source_id="F-1")
    assert (first.line, first.facts["bureau.utilisation"]) == (line, 41)
    assert LineWatch.objects.get().look_at is not None


def test_the_same_again_changes_nothing_and_other_content_is_a_conflict(client, source, line):
    send(client, [facts()], source)

    same = facts(as_of="2026-11-01T09:00:00+01:00")  # the same moment
    other = facts(facts={"bureau.utilisation": 42})
    assert statuses(send(client, [same, other], source)) == ["unchanged", "conflict"]
    assert LineFact.objects.get().facts["bureau.utilisation"] == 41


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"facts": {"bureau.utilisation": "41"}}, "must be a number, without the percent sign"),
        ({"facts": {"income.monthly": 900}}, "must be an amount in quotes"),
        ({"facts": {"identity.match": 1}}, "must be true or false"),
        ({"facts": {"shoe.size": 1}}, "no reason of the catalogue is tested by it"),
        ({"facts": {}}, "not empty"),
        ({"as_of": "2999-01-01T00:00:00Z"}, "lies ahead"),
        ({"as_of": "yesterday"}, "must be a date and time"),
        ({"line": "L-0"}, "We do not know this line"),
    ],
)
def test_what_cannot_be_used_says_what_to_mend(client, source, line, changes, says):
    answer = send(client, [facts(1, **changes), facts(2)], source)

    bad, good = answer.json()["facts"]
    assert (bad["status"], good["status"]) == ("rejected", "created")
    assert says in bad["error"]


def test_only_a_token_for_facts_may_send_them(client, line, db):
    assert send(client, [facts()], {}).status_code == 401
    _, other = create_token(name="ledger", scopes=[Scope.WRITE_PAYMENTS], by=None)
    assert send(client, [facts()], {"Authorization": f"Bearer {other}"}).status_code == 403
    assert not LineFact.objects.exists()


@pytest.mark.parametrize("body", [{}, [], [facts(n) for n in range(1001)]])
def test_no_list_or_too_long_a_list_is_refused(client, source, line, body):
    assert send(client, body, source).status_code == 422


def test_facts_never_change(client, source, line):
    send(client, [facts()], source)
    with pytest.raises(DatabaseError), transaction.atomic():
        LineFact.objects.update(facts={})


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_store_one(line, source):
    def one(_number):
        try:
            return statuses(send(Client(), [facts()], source))[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(one, range(2))) in (["created", "created"], ["created", "unchanged"])
    assert LineFact.objects.count() == 1


def test_a_file_of_facts_says_line_by_line_what_to_mend(line, tmp_path, capsys):
    feed = tmp_path / "facts.ndjson"
    lines = [json.dumps(facts(1)), "", "no json", json.dumps(facts(2, line="L-0"))]
    feed.write_text("\n".join(lines))

    with pytest.raises(CommandError) as refused:
        call_command("ingest_facts", str(feed))

    assert refused.value.returncode == 1
    told = capsys.readouterr()
    assert "line 3: The line is not JSON" in told.err
    assert "line 4: We do not know this line" in told.err
    assert "1 created, 2 rejected" in told.out

    feed.write_text(json.dumps(facts(1)))
    call_command("ingest_facts", str(feed))
    assert "1 unchanged" in capsys.readouterr().out
    with pytest.raises(CommandError) as missing:
        call_command("ingest_facts", str(tmp_path / "none"))
    assert missing.value.returncode == 2
