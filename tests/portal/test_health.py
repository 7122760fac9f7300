import re
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from portal.celery import app
from portal.lib import heartbeats
from portal.lib.metrics import Measure
from portal.models import Customer
from portal.pages import health
from portal.periodic import heartbeat


@pytest.fixture
def all_workers_alive(settings: Settings) -> None:
    for queue in settings.QUEUES:
        cache.set(f"heartbeat:{queue}", time.time())


def test_a_living_process_says_so(client):
    assert client.get("/healthz").json() == {"status": "up"}


@pytest.mark.django_db
def test_ready_when_every_part_answers(client, all_workers_alive):
    answer = client.get(reverse("readyz"))

    assert answer.status_code == 200
    parts = answer.json()["parts"]
    assert [name for name, part in parts.items() if part["ok"]] == list(parts)
    assert set(parts) == {"database", "broker", "cache", "workers"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_without_a_worker_of_one_queue(client, all_workers_alive):
    cache.delete("heartbeat:bulk")

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    queues = answer.json()["parts"]["workers"]["queues"]
    assert [name for name, queue in queues.items() if not queue["ok"]] == ["bulk"]


@pytest.mark.django_db
def test_not_ready_when_a_worker_fell_silent(client, all_workers_alive):
    long_ago = time.time() - health.LONGEST_SILENCE_SECONDS - 1
    cache.set("heartbeat:urgent", long_ago)

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    assert answer.json()["parts"]["workers"]["queues"]["urgent"]["seconds_ago"] > 90


@pytest.mark.django_db
def test_not_ready_without_a_broker(client, all_workers_alive, settings, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere.sock")
    monkeypatch.setattr(app.conf, "broker_write_url", "redis+socket:///nowhere.sock")

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    assert answer.json()["parts"]["broker"] == {"ok": False, "error": "OperationalError"}


@pytest.mark.django_db
def test_not_ready_without_a_cache(client, settings):
    nowhere = {**settings.CACHES["default"], "LOCATION": "unix:///nowhere.sock?db=1"}
    settings.CACHES = {"default": nowhere}

    parts = client.get(reverse("readyz")).json()["parts"]

    assert not parts["cache"]["ok"]
    assert not parts["workers"]["ok"]
    assert parts["database"]["ok"]


def test_not_ready_without_a_database(client, all_workers_alive, monkeypatch):
    parameters = {"host": "/nowhere", "dbname": "none"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: parameters)

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    # The driver's words name hosts and users: only the kind of error is told.
    assert answer.json()["parts"]["database"] == {"ok": False, "error": "OperationalError"}


def test_probes_need_no_tls_and_no_host_name(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["recourse.lender.example"]

    answer = Client(headers={"Host": "10.1.2.3:8000"}).get("/healthz")

    assert answer.status_code == 200


def test_a_heartbeat_is_noted_after_a_task_of_a_real_queue(settings, monkeypatch):
    monkeypatch.setattr(heartbeats, "_last_written", {})
    assert heartbeats.seconds_since() == dict.fromkeys(settings.QUEUES)

    heartbeats.beat("cases")

    silence = heartbeats.seconds_since()
    assert silence["cases"] is not None
    assert silence["urgent"] is None


@pytest.mark.django_db
def test_every_queue_is_rung_by_the_clock(settings):
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    rung = {entry["options"]["queue"] for entry in entries if entry["task"] == heartbeat.name}

    assert rung == set(settings.QUEUES)
    heartbeat()


@pytest.mark.django_db
def test_metrics_are_for_this_machine_and_staff_only(client, all_workers_alive):
    staff = Customer.objects.create_user("S-1", name="Sam Staff", is_staff=True)
    here = client.get("/metrics")
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    behind_a_proxy = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "203.0.113.9"})

    assert here.status_code == 200
    assert 'recourse_worker_silence_seconds{queue="urgent"}' in here.content.decode()
    # Other test processes ring the same broker's bells: how many wait is theirs to say.
    assert re.search(r'recourse_queue_messages\{queue="bulk"\} \d+\.0', here.content.decode())
    assert elsewhere.get("/metrics").status_code == 404
    assert behind_a_proxy.get("/metrics").status_code == 404
    elsewhere.force_login(staff)
    assert elsewhere.get("/metrics").status_code == 200


def test_a_measure_that_fails_hides_no_other():
    def fail() -> dict[tuple[str, ...], float]:
        raise ConnectionError

    assert list(Measure("broken", "Cannot be read.", (), fail).collect()) == []
