import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.lib.env import (
    broker_from_redis_url,
    database_from_url,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_secret,
    redis_database,
)


def test_a_secret_may_come_from_a_mounted_file(monkeypatch, tmp_path):
    file = tmp_path / "token"
    file.write_text("s3cret\n")
    monkeypatch.setenv("TOKEN_FILE", str(file))

    assert env_secret("TOKEN") == "s3cret"


def test_a_secret_given_twice_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("TOKEN", "other")

    with pytest.raises(ImproperlyConfigured, match="not both"):
        env_secret("TOKEN")


def test_a_secret_file_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("TOKEN_FILE", str(tmp_path / "nothing"))

    with pytest.raises(ImproperlyConfigured, match=r"TOKEN_FILE points at .*nothing"):
        env_secret("TOKEN")


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("FALSE", False), ("", True)])
def test_a_truth_is_true_or_false(monkeypatch, text, expected):
    monkeypatch.setenv("SWITCH", text)

    assert env_bool("SWITCH", default=True) is expected


@pytest.mark.parametrize("text", ["1", "yes", "on", "True!"])
def test_any_other_word_is_no_truth(monkeypatch, text):
    monkeypatch.setenv("SWITCH", text)

    with pytest.raises(ImproperlyConfigured, match="SWITCH must be true or false"):
        env_bool("SWITCH", default=False)


def test_numbers_lists_and_choices(monkeypatch):
    monkeypatch.setenv("NUMBER", "12")
    monkeypatch.setenv("LIST", "a.example, b.example,")
    monkeypatch.setenv("CHOICE", "lines")

    assert env_int("NUMBER", default=1) == 12
    assert env_int("NO_NUMBER", default=1) == 1
    assert env_list("LIST", default=[]) == ["a.example", "b.example"]
    assert env_list("NO_LIST", default=["c"]) == ["c"]
    assert env_choice("CHOICE", choices=("json", "lines"), default="json") == "lines"


def test_a_wrong_number_or_choice_is_named(monkeypatch):
    monkeypatch.setenv("NUMBER", "twelve")
    monkeypatch.setenv("CHOICE", "xml")

    with pytest.raises(ImproperlyConfigured, match="NUMBER must be a whole number"):
        env_int("NUMBER", default=1)
    with pytest.raises(ImproperlyConfigured, match="CHOICE must be one of json, lines"):
        env_choice("CHOICE", choices=("json", "lines"), default="json")


def test_a_database_address_with_everything():
    database = database_from_url("postgres://ann:p%40ss@db.example:6432/lines?sslmode=require")

    assert database["NAME"] == "lines"
    assert (database["USER"], database["PASSWORD"]) == ("ann", "p@ss")
    assert (database["HOST"], database["PORT"]) == ("db.example", "6432")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_database_address_with_a_socket():
    database = database_from_url("postgresql:///recourse?host=%2Frun%2Fpostgresql&user=ann")

    assert (database["HOST"], database["USER"]) == ("/run/postgresql", "ann")
    assert database["OPTIONS"] == {}


@pytest.mark.parametrize("url", ["sqlite:///x.db", "db.example", "postgresql://db:port/x"])
def test_another_database_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database_from_url(url)


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://r.example:6379/0", "redis://r.example:6379/0"),
        ("rediss://:pw@r.example/2", "rediss://:pw@r.example/2"),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
        ("unix://:pw@/run/redis.sock", "redis+socket://:pw@/run/redis.sock?virtual_host=0"),
    ],
)
def test_celery_reads_the_same_redis(redis, broker):
    assert broker_from_redis_url(redis) == broker


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://r.example:6379/0", "redis://r.example:6379/1"),
        ("rediss://:pw@r.example", "rediss://:pw@r.example/1"),
        ("unix:///run/redis.sock?db=0", "unix:///run/redis.sock?db=1"),
    ],
)
def test_another_database_of_the_same_redis(url, expected):
    assert redis_database(url, 1) == expected
