import json
import logging

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from kombu.exceptions import OperationalError

from portal.admin_policy import AdminPolicyMiddleware
from portal.celery import app, drop_broken_connections
from portal.lib.logging import REQUEST_ID_HEADER, RequestIdMiddleware, logging_settings
from portal.lib.tasks import shared_task
from portal.models import Customer
from portal.periodic import heartbeat
from portal.storage.addresses import folder_of
from tests.fresh_settings import fresh_settings
from tests.production import PRODUCTION


@pytest.fixture
def read_settings(monkeypatch):
    """Read the settings as a process with this environment would."""

    def read(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return fresh_settings()

    return read


@pytest.mark.parametrize(("role", "timeout"), [("web", 5000), ("worker", 30000), ("command", 0)])
def test_each_role_has_its_patience_with_the_database(read_settings, role, timeout):
    settings = read_settings(PROCESS_ROLE=role)

    options = settings["DATABASES"]["default"]["OPTIONS"]["options"]
    assert f"statement_timeout={timeout}" in options


def test_production_speaks_only_https(read_settings):
    settings = read_settings(**PRODUCTION)

    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert settings["SESSION_COOKIE_NAME"] == "__Host-session"
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://recourse.lender.example"]
    assert not settings["SIGNED_COOKIE_LEGACY_SALT_FALLBACK"]


def test_https_is_believed_only_behind_a_proxy_of_ours(read_settings):
    assert "SECURE_PROXY_SSL_HEADER" not in read_settings(**PRODUCTION)
    behind = read_settings(**PRODUCTION, TRUSTED_PROXY_COUNT="1")

    assert behind["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_what_was_committed_outlives_a_crash_whatever_the_server_thinks(read_settings):
    options = read_settings(**PRODUCTION)["DATABASES"]["default"]["OPTIONS"]["options"]

    assert "-c synchronous_commit=on" in options


def providers(settings):
    return [(one["channel"], one["name"]) for one in settings["PROVIDERS"]]


def test_keys_choose_the_providers(read_settings):
    local, real = providers(read_settings()), providers(read_settings(**PRODUCTION))

    assert sorted(local) == [("email", "local"), ("push", "webpush"), ("sms", "local")]
    assert sorted(real) == [("email", "sendgrid"), ("push", "webpush"), ("sms", "twilio")]


def test_a_mail_server_stands_by_beside_sendgrid(read_settings):
    with_spare = read_settings(**PRODUCTION, SMTP_URL="smtps://mail.lender.example")
    spare = next(one for one in with_spare["PROVIDERS"] if one["name"] == "smtp")

    assert (spare["channel"], spare["weight"]) == ("email", 0)


def test_a_fresh_clone_can_push(read_settings):
    settings = read_settings()

    assert settings["VAPID_PRIVATE_KEY"]
    assert settings["VAPID_PUBLIC_KEY"]
    assert settings["VAPID_SUBJECT"].startswith("mailto:")


def test_papers_lie_outside_what_is_served(settings):
    evidence = folder_of(settings.STORAGES["evidence"]["OPTIONS"]["address"])

    assert not evidence.is_relative_to(settings.STATIC_ROOT)
    assert not any(evidence.is_relative_to(folder) for folder in settings.STATICFILES_DIRS)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# --- The content policy ---


def test_pages_take_nothing_from_elsewhere(client):
    policy = directives(client.get("/metrics"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"


def test_an_error_page_has_the_policy_too(client, db):
    answer = client.get("/no-such-page")

    assert answer.status_code == 404
    assert directives(answer)["script-src"] == "'self'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_admin_alone_may_compile_attributes():
    middleware = AdminPolicyMiddleware(lambda _request: HttpResponse())
    admin = middleware(RequestFactory().get(reverse("admin:index")))
    page = middleware(RequestFactory().get("/"))

    assert vars(admin)["_csp_update"]["script-src"] == ["'unsafe-eval'"]
    assert not hasattr(page, "_csp_update")


def directives(answer: HttpResponse) -> dict[str, str]:
    parts = [part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")]
    return dict(parts)


# --- Log lines ---


def test_an_answer_carries_its_request_id(client):
    given = client.get("/metrics", headers={REQUEST_ID_HEADER: "from-the-proxy-1"})
    made = client.get("/metrics", headers={REQUEST_ID_HEADER: "bad id\twith spaces"})

    assert given[REQUEST_ID_HEADER] == "from-the-proxy-1"
    assert len(made[REQUEST_ID_HEADER]) == 32


def json_line(record: logging.LogRecord) -> dict[str, object]:
    formatter = logging_settings(log_format="json", level="INFO")["formatters"]["ours"]
    line: dict[str, object] = json.loads(
        formatter["()"](log_format=formatter["log_format"]).format(record)
    )
    return line


def test_a_log_line_is_one_json_object(caplog):
    with caplog.at_level("INFO"):
        logging.getLogger("x").info("sent %s", "twice", extra={"delivery_id": 7})

    line = json_line(caplog.records[0])
    assert (line["event"], line["delivery_id"], line["level"]) == ("sent twice", 7, "info")
    assert str(line["timestamp"]).endswith("Z")


def test_a_request_is_logged_by_its_route_and_not_by_its_address(client, caplog, db):
    with caplog.at_level("INFO"):
        client.get("/metrics?email=ann@mail.example")

    lines = [str(record.msg) for record in caplog.records if record.name == "recourse.request"]
    assert len(lines) == 1
    assert "/metrics" in lines[0]
    assert "ann@" not in lines[0]


@pytest.mark.django_db
def test_a_traceback_does_not_quote_the_row(caplog):
    reference = "C-" + "1"  # A traceback quotes the source too.
    Customer.objects.create_user(reference, name="Ann")
    try:
        with transaction.atomic(), caplog.at_level("INFO"):
            Customer.objects.create_user(reference, name="Ann Again")
    except IntegrityError:
        logging.getLogger("x").exception("could not save")

    line = json_line(caplog.records[-1])
    assert "duplicate key value" in str(line["exception"])
    assert "C-1" not in str(line["exception"])


# --- Hints to workers ---


def test_a_task_goes_to_the_queue_of_its_decorator():
    @shared_task(name="tests.urgent", queue="urgent")
    def urgent() -> None:
        pass

    def queue_of(**options: str) -> str:
        route = app.amqp.router.route(options, urgent.name)
        return str(route["queue"].name)

    assert queue_of() == "urgent"
    assert queue_of(queue="bulk") == "bulk"
    assert app.amqp.router.route({}, "portal.heartbeat")["queue"].name == "standard"


@pytest.mark.django_db
def test_a_page_is_not_failed_by_a_broker_that_is_down(
    monkeypatch, django_capture_on_commit_callbacks
):
    def refuse(*_args, **_kwargs):
        raise OperationalError

    monkeypatch.setattr(heartbeat, "apply_async", refuse)

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        heartbeat.delay_on_commit()

    assert len(callbacks) == 1


@pytest.mark.django_db
def test_a_task_carries_the_id_of_its_request(monkeypatch, client, caplog):
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(
        "celery.app.base.Celery.send_task", lambda *_args, **options: sent.append(options)
    )

    def view(_request: HttpRequest) -> HttpResponse:
        heartbeat.delay()
        return HttpResponse()

    request = RequestFactory().get("/", headers={REQUEST_ID_HEADER: "from-the-proxy-2"})
    RequestIdMiddleware(view)(request)

    assert [options["headers"] for options in sent] == [{"request_id": "from-the-proxy-2"}]


@pytest.mark.django_db
def test_a_worker_drops_a_connection_that_broke(transactional_db):

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.connection.close()

    drop_broken_connections()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
