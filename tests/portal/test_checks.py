import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from portal import embedded
from portal.checks import production_is_configured
from tests.fresh_settings import fresh_settings
from tests.production import PRODUCTION

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
READ_BY_CHECKS = (
    *("IS_PRODUCTION", "IS_HTTPS", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "LOCAL_DIR"),
    *("DATABASE_URL", "REDIS_URL", "EVIDENCE_STORAGE", "STATIC_ROOT"),
    *("CLAMD_URL", "EVIDENCE_KEYS", "LETTER_STORAGE", "DELIVERY_ARCHIVE", "DELIVERY_MONTHS"),
    *("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_MESSAGING_SERVICE_SID"),
    *("SENDGRID_API_KEY", "EMAIL_FROM", "SENDGRID_WEBHOOK_PUBLIC_KEY"),
    *("SMTP_URL", "EXTRA_PROVIDERS", "PROVIDERS"),
    "DAYS_BETWEEN_FALSE_ALARMS",
    *("OVERTURN_LIMIT", "OVERTURN_LOWER_LIMIT", "OVERTURN_FEWEST"),
    *("VAPID_PRIVATE_KEY", "VAPID_SUBJECT", "LEDGER_WEBHOOK_URL", "LEDGER_WEBHOOK_SECRET"),
)
KEY = PRODUCTION["EVIDENCE_KEYS"].partition(":")[2]
SMTP_URL = "smtp://user:secret@mail.lender.example:587?starttls=true"
SPARE = {
    "name": "twilio_spare",
    "channel": "sms",
    "backend": "notifications.channels.sms.TwilioProvider",
    "sender": "MG1",
    "options": {"account_sid": "AC1", "auth_token": "secret"},
}
NO_PROVIDER = dict.fromkeys(("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")) | dict.fromkeys(
    ("TWILIO_MESSAGING_SERVICE_SID", "SENDGRID_API_KEY", "SENDGRID_WEBHOOK_PUBLIC_KEY")
)


@pytest.fixture
def faults(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Callable[[dict[str, str | None]], dict[str, str]]:
    """Return what the checks say of a full production with these changes."""

    def look(changes: dict[str, str | None]) -> dict[str, str]:
        for name, value in {**PRODUCTION, **changes}.items():
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        fresh = fresh_settings()
        for name in READ_BY_CHECKS:
            setattr(settings, name, fresh[name])
        return {str(fault.id): str(fault.msg) for fault in production_is_configured(None)}

    return look


@pytest.mark.parametrize(
    ("changes", "fault", "words"),
    [
        ({"SECRET_KEY": None}, "E001", "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "E001", "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "E001", "SECRET_KEY"),
        ({"DEBUG": "true"}, "E002", "DEBUG"),
        ({"PUBLIC_URL": None}, "E003", "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://recourse.lender.example"}, "E003", "PUBLIC_URL"),
        ({"ALLOWED_HOSTS": None}, "E004", "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "E004", "ALLOWED_HOSTS"),
        ({"DATABASE_URL": None}, "E010", "DATABASE_URL"),
        ({"REDIS_URL": None}, "E011", "REDIS_URL"),
        ({"DATABASE_URL": embedded.database_url()}, "E012", "DATABASE_URL lead"),
        ({"REDIS_URL": embedded.redis_url()}, "E012", "REDIS_URL lead"),
        ({"TWILIO_AUTH_TOKEN": None}, "E020", "without TWILIO_AUTH_TOKEN"),
        ({"SENDGRID_WEBHOOK_PUBLIC_KEY": None}, "E021", "without SENDGRID_WEBHOOK_PUBLIC_KEY"),
        ({"EMAIL_FROM": None}, "E021", "without EMAIL_FROM"),
        ({"VAPID_SUBJECT": None}, "E022", "without VAPID_SUBJECT"),
        (NO_PROVIDER | {"EMAIL_FROM": None}, "E023", "Neither"),
        ({"SMTP_URL": "mail.lender.example"}, "E024", "smtp://"),
        ({"SMTP_URL": "smtps://:secret@"}, "E024", "name a host"),
        ({"SMTP_URL": "smtps://mail.lender.example?starttls=true"}, "E024", "from the start"),
        ({"SMTP_URL": "smtp://mail.lender.example?starttls=yes"}, "E024", "true or false"),
        ({"SMTP_URL": "smtp://u:secret@mail.lender.example"}, "E024", "encrypted"),
        ({"SMTP_URL": SMTP_URL, "EMAIL_FROM": None}, "E021", "without EMAIL_FROM"),
        (
            {"SMTP_URL": SMTP_URL, "SENDGRID_WEBHOOK_PUBLIC_KEY": None},
            "E021",
            "without SENDGRID_WEBHOOK_PUBLIC_KEY",
        ),
        ({"LEDGER_WEBHOOK_URL": None}, "E030", "LEDGER_WEBHOOK_URL"),
        ({"LEDGER_WEBHOOK_URL": "http://ledger.lender.example/"}, "E030", "https"),
        ({"LEDGER_WEBHOOK_SECRET": None}, "E031", "LEDGER_WEBHOOK_SECRET"),
        ({"LEDGER_WEBHOOK_SECRET": "whsec_c2hvcnQ="}, "E031", "24 random bytes"),
        ({"EVIDENCE_STORAGE": None}, "E040", "EVIDENCE_STORAGE"),
        (
            {"EVIDENCE_STORAGE": "evidence", "LETTER_STORAGE": "/srv/letters"},
            "E041",
            "absolute",
        ),
        (
            {
                "EVIDENCE_STORAGE": f"{PROJECT_DIR}/static/papers",
                "LETTER_STORAGE": "/srv/letters",
            },
            "E041",
            "outside",
        ),
        (
            {"EVIDENCE_STORAGE": "s3://", "LETTER_STORAGE": "/srv/letters"},
            "E041",
            "must name a bucket",
        ),
        (
            {"EVIDENCE_STORAGE": "s3://p?endpont=https://s3", "LETTER_STORAGE": "/srv/letters"},
            "E041",
            "options beside endpoint and region",
        ),
        (
            {"EVIDENCE_STORAGE": "s3://papers", "LETTER_STORAGE": "s3://l?endpoint=http://s3.x"},
            "E042",
            "not https",
        ),
        ({"EVIDENCE_KEYS": None}, "E045", "EVIDENCE_KEYS is missing"),
        ({"CLAMD_URL": None}, "E049", "CLAMD_URL is missing"),
        ({"CLAMD_URL": "http://clamd:3310"}, "E049", "tcp://host:3310"),
        ({"CLAMD_URL": "tcp://"}, "E049", "CLAMD_URL"),
        ({"CLAMD_URL": "unix:clamd.sock"}, "E049", "unix:/path"),
        ({"EVIDENCE_KEYS": "2026-11"}, "E045", "2026-11 must be 32 random bytes"),
        ({"EVIDENCE_KEYS": "a:" + "A" * 43 + "="}, "E045", "32 random bytes"),
        ({"EVIDENCE_KEYS": f"{KEY}:b"}, "E045", "key number 1"),
        ({"EVIDENCE_KEYS": f"a:{KEY},a:{KEY}"}, "E045", "two keys are called a"),
        ({"LETTER_STORAGE": f"{PROJECT_DIR}/static/letters"}, "E042", "outside"),
        ({"DELIVERY_ARCHIVE": "archive"}, "E043", "absolute"),
        ({"DELIVERY_MONTHS": "24"}, "E044", "25 months"),
        ({"DAYS_BETWEEN_FALSE_ALARMS": "0"}, "E050", "at least 1"),
        ({"OVERTURN_LIMIT": "20"}, "E051", "the lower one lower"),
        ({"OVERTURN_LIMIT": "100"}, "E051", "between 0 and 100"),
        ({"OVERTURN_LOWER_LIMIT": "0"}, "E051", "between 0 and 100"),
        ({"OVERTURN_FEWEST": "4"}, "E052", "fewer than 5"),
    ],
)
def test_production_says_what_is_missing(faults, changes, fault, words):
    assert faults({}) == {}

    found = faults(changes)

    assert list(found) == [f"portal.{fault}"]
    assert words in found[f"portal.{fault}"]


def test_one_provider_is_enough(faults):
    assert faults(dict.fromkeys(name for name in PRODUCTION if name.startswith("TWILIO"))) == {}


def test_a_mail_server_is_enough(faults):
    assert faults(NO_PROVIDER | {"SMTP_URL": SMTP_URL}) == {}
    assert faults({"SMTP_URL": SMTP_URL}) == {}


def test_a_provider_of_ones_own_is_enough(faults):
    others = NO_PROVIDER | {"EMAIL_FROM": None}

    assert faults(others | {"EXTRA_PROVIDERS": json.dumps([SPARE])}) == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": "letter"}, "twilio_spare: channel must be one of sms, email, push"),
        ({"channel": ""}, "channel missing"),
        ({"name": ""}, "number 1: name missing"),
        ({"name": "twilio"}, "twilio: 2 providers of sms have this name"),
        ({"backend": "notifications.channels.sms.NoProvider"}, "backend cannot be imported"),
        ({"backend": "nowhere"}, "backend cannot be imported"),
        ({"sendr": "MG1"}, "sendr not known"),
        ({"weight": -1}, "weight must be a number"),
        ({"rate": "fast"}, "rate must be a number"),
        ({"options": {"account_sid": "AC1"}}, "options without auth_token"),
        ({"options": {"auth_token": "secret"}}, "options without account_sid"),
        ({"options": {"auth_tokn": "secret"}}, "options auth_tokn not known"),
        ({"options": ["AC1"]}, "options must be an object"),
        ({"sender": ""}, "a sender of its own"),
        (
            {
                "channel": "email",
                "backend": "notifications.channels.smtp.SmtpProvider",
                "options": {},
            },
            "options without url",
        ),
        (
            {
                "channel": "email",
                "backend": "notifications.channels.smtp.SmtpProvider",
                "options": {"url": "smtp://user:secret@mail.lender.example"},
            },
            "url: the way there must be encrypted",
        ),
    ],
)
def test_a_provider_that_is_described_wrongly_is_refused(faults, changes, words):
    assert faults({"EXTRA_PROVIDERS": json.dumps([SPARE])}) == {}

    found = faults({"EXTRA_PROVIDERS": json.dumps([SPARE | changes])})

    assert list(found) == ["portal.E025"]
    assert "EXTRA_PROVIDERS: " in found["portal.E025"]
    assert words in found["portal.E025"]
    assert "secret" not in found["portal.E025"]


@pytest.mark.parametrize("text", ['{"name": "x"}', '["twilio"]', "3"])
def test_providers_that_are_no_list_of_objects_are_refused(faults, text):
    with pytest.raises(ImproperlyConfigured, match="list of objects"):
        faults({"EXTRA_PROVIDERS": text})


def test_a_secret_may_lie_in_a_file(faults, settings, tmp_path):
    token = tmp_path / "token"
    options = {"account_sid": "AC1", "auth_token_file": str(token)}
    described = json.dumps([SPARE | {"options": options}])
    with pytest.raises(ImproperlyConfigured, match="twilio_spare: auth_token_file"):
        faults({"EXTRA_PROVIDERS": described})

    token.write_text("secret\n")

    assert faults({"EXTRA_PROVIDERS": described}) == {}
    assert settings.EXTRA_PROVIDERS == [SPARE]


def test_only_development_keeps_messages_in_its_own_house(faults, settings):
    faults({"SENDGRID_API_KEY": None, "EMAIL_FROM": None, "SENDGRID_WEBHOOK_PUBLIC_KEY": None})
    assert {one["name"] for one in settings.PROVIDERS} == {"twilio", "webpush"}

    faults(dict.fromkeys(PRODUCTION) | {"EXTRA_PROVIDERS": json.dumps([SPARE])})
    carriers = {one["channel"]: one["name"] for one in settings.PROVIDERS}
    assert carriers == {"sms": "twilio_spare", "email": "local", "push": "webpush"}


def test_development_needs_nothing(faults):
    assert faults(dict.fromkeys(PRODUCTION)) == {}


def run_with(environment: dict[str, str], *command: str | Path) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "RECOURSE_LOCAL")}
    return subprocess.run(
        [str(word) for word in command],
        cwd=PROJECT_DIR,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_full_production_passes_the_deploy_check():
    result = run_with(
        PRODUCTION, sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "manage.py", "check"),
        (BIN / "gunicorn", "portal.wsgi", "--config", "portal/gunicorn.py"),
        (BIN / "celery", "--app", "portal", "worker"),
        (BIN / "celery", "--app", "portal", "beat"),
    ],
    ids=["command", "web", "worker", "beat"],
)
def test_no_process_starts_half_configured(command):
    half = {name: PRODUCTION[name] for name in ("ENVIRONMENT", "SECRET_KEY", "DATABASE_URL")}

    result = run_with(half, *command)

    assert result.returncode != 0
    for fault in ("portal.E003", "portal.E011", "portal.E023", "portal.E030", "portal.E040"):
        assert fault in result.stderr, result.stderr
