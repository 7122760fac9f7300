"""What production needs before it may start; `manage.py check` says what is missing."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from portal.lib.provider_rules import faults_of_extra, faults_of_mail_server
from portal.lib.providers import LOCAL
from portal.storage import addresses, keyring

TAG = "production"
SHORTEST_SECRET_KEY = 50
FEWEST_CHARACTERS = 10
SHORTEST_LEDGER_SECRET_BYTES = 24
SCANNER_SCHEMES = {"tcp", "unix"}
# Regulation B, 12 CFR 1002.12(b): records of a notice are kept for 25 months.
FEWEST_MONTHS = 25
# The same as `appeals.shares.FEW`: fewer are shown nowhere.
FEWEST_ANSWERS = 5
PERCENT = 100


def refuse_half_configured() -> None:
    """End the process with every reason at once, if production is not fully configured."""
    faults = [message for message in run_checks(tags=[TAG]) if message.is_serious()]
    if faults:
        lines = [f"  {fault.id}: {fault.msg}" for fault in faults]
        raise SystemExit("\n".join(["Recourse is not configured for production:", *lines]))


@register(TAG)
def production_is_configured(
    app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any
) -> Iterable[CheckMessage]:
    if not settings.IS_PRODUCTION:
        return []
    return [
        *_site_faults(),
        *_engine_faults(),
        *_provider_faults(),
        *_ledger_faults(),
        *_risk_engine_faults(),
        *_overturn_faults(),
        *_storage_faults(),
        *_upload_faults(),
        *_scanner_faults(),
    ]


def _fault(number: int, text: str) -> Error:
    return Error(text, id=f"portal.E{number:03}")


def _site_faults() -> Iterator[CheckMessage]:
    if not _is_strong(_secret_key()):
        yield _fault(
            1, f"SECRET_KEY is missing or weak: give {SHORTEST_SECRET_KEY} random characters."
        )
    if settings.DEBUG:
        yield _fault(2, "DEBUG is on: its error pages show secrets.")
    if not settings.IS_HTTPS:
        yield _fault(3, "PUBLIC_URL is missing or not https://: messages and cookies depend on it.")
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield _fault(4, "ALLOWED_HOSTS is missing or open: name the host names of the site.")


def _is_strong(key: str) -> bool:
    return (
        len(key) >= SHORTEST_SECRET_KEY
        and len(set(key)) >= FEWEST_CHARACTERS
        and not key.startswith("django-insecure-")
    )


def _secret_key() -> str:
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:
        return ""


def _engine_faults() -> Iterator[CheckMessage]:
    if not settings.DATABASE_URL:
        yield _fault(10, "DATABASE_URL is missing: production needs a PostgreSQL of its own.")
    if not settings.REDIS_URL:
        yield _fault(11, "REDIS_URL is missing: production needs a Redis of its own.")
    embedded = [name for name in ("DATABASE_URL", "REDIS_URL") if _is_embedded(name)]
    if embedded:
        yield _fault(
            12, f"{' and '.join(embedded)} lead to the embedded engines, which are for development."
        )


def _is_embedded(name: str) -> bool:
    return str(settings.LOCAL_DIR) in getattr(settings, name).replace("%2F", "/")


def _provider_faults() -> Iterator[CheckMessage]:
    yield from _all_or_none(
        20,
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_MESSAGING_SERVICE_SID",
    )
    yield from _email_faults()
    yield from _all_or_none(22, "VAPID_PRIVATE_KEY", "VAPID_SUBJECT")
    if not _reaches_somebody():
        yield _fault(
            23,
            "Neither Twilio nor SendGrid nor a mail server is set: no notice would ever reach a"
            " customer.",
        )
    for fault in faults_of_extra(settings.EXTRA_PROVIDERS, settings.PROVIDERS):
        yield _fault(25, f"EXTRA_PROVIDERS: {fault}.")


def _email_faults() -> Iterator[CheckMessage]:
    if not settings.SMTP_URL:
        yield from _all_or_none(21, "SENDGRID_API_KEY", "EMAIL_FROM", "SENDGRID_WEBHOOK_PUBLIC_KEY")
        return
    yield from _all_or_none(21, "SENDGRID_API_KEY", "SENDGRID_WEBHOOK_PUBLIC_KEY")
    yield from _all_or_none(21, "SMTP_URL", "EMAIL_FROM")
    for fault in faults_of_mail_server(settings.SMTP_URL):
        yield _fault(24, f"SMTP_URL: {fault}.")


def _reaches_somebody() -> bool:
    """Say whether anything carries SMS or e-mail out of the house; a push is a courtesy."""
    return any(
        one.get("channel") in {"sms", "email"} and one.get("backend") != LOCAL
        for one in settings.PROVIDERS
    )


def _all_or_none(number: int, *names: str) -> Iterator[CheckMessage]:
    missing = [name for name in names if not getattr(settings, name)]
    if missing and len(missing) < len(names):
        given = [name for name in names if name not in missing]
        yield _fault(number, f"{' and '.join(given)} set without {' and '.join(missing)}.")


def _ledger_faults() -> Iterator[CheckMessage]:
    if urlsplit(settings.LEDGER_WEBHOOK_URL).scheme != "https":
        yield _fault(
            30, "LEDGER_WEBHOOK_URL is missing or not https://: no outcome would be applied."
        )
    if not _is_webhook_secret(settings.LEDGER_WEBHOOK_SECRET):
        yield _fault(
            31,
            "LEDGER_WEBHOOK_SECRET is missing or weak: give whsec_ and "
            f"{SHORTEST_LEDGER_SECRET_BYTES} random bytes in base64.",
        )


def _risk_engine_faults() -> Iterator[CheckMessage]:
    """Optional, but never half: an engine that is asked to stop must be able to believe it."""
    yield from _all_or_none(32, "ENGINE_WEBHOOK_URL", "ENGINE_WEBHOOK_SECRET")
    if settings.ENGINE_WEBHOOK_URL and urlsplit(settings.ENGINE_WEBHOOK_URL).scheme != "https":
        yield _fault(33, "ENGINE_WEBHOOK_URL is not https://: anybody could read or change it.")
    if settings.ENGINE_WEBHOOK_SECRET and not _is_webhook_secret(settings.ENGINE_WEBHOOK_SECRET):
        yield _fault(
            34,
            "ENGINE_WEBHOOK_SECRET is weak: give whsec_ and "
            f"{SHORTEST_LEDGER_SECRET_BYTES} random bytes in base64.",
        )


def _overturn_faults() -> Iterator[CheckMessage]:
    if not 0 < settings.OVERTURN_LOWER_LIMIT < settings.OVERTURN_LIMIT < PERCENT:
        yield _fault(
            51,
            f"OVERTURN_LIMIT is {settings.OVERTURN_LIMIT} and OVERTURN_LOWER_LIMIT is "
            f"{settings.OVERTURN_LOWER_LIMIT}: give percents between 0 and 100, "
            "the lower one lower.",
        )
    if settings.OVERTURN_FEWEST < FEWEST_ANSWERS:
        yield _fault(
            52,
            f"OVERTURN_FEWEST is {settings.OVERTURN_FEWEST}: a share of fewer than "
            f"{FEWEST_ANSWERS} answers says more about each of them than about the reason.",
        )


def _is_webhook_secret(secret: str) -> bool:
    try:
        raw = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return False
    return len(raw) >= SHORTEST_LEDGER_SECRET_BYTES


def _storage_faults() -> Iterator[CheckMessage]:
    if not settings.EVIDENCE_STORAGE:
        yield _fault(40, "EVIDENCE_STORAGE is missing: say where customers' papers are kept.")
        return
    for number, name in ((41, "EVIDENCE_STORAGE"), (42, "LETTER_STORAGE")):
        for fault in _address_faults(getattr(settings, name)):
            yield _fault(number, f"{name} {fault}.")
    archive = Path(settings.DELIVERY_ARCHIVE or "/")
    if not archive.is_absolute() or _is_served(archive):
        yield _fault(
            43, "DELIVERY_ARCHIVE must be an absolute path outside everything that is served."
        )
    if settings.DELIVERY_MONTHS < FEWEST_MONTHS:
        yield _fault(
            44,
            f"DELIVERY_MONTHS is {settings.DELIVERY_MONTHS}: what was sent must be provable for "
            f"{FEWEST_MONTHS} months.",
        )
    if settings.DAYS_BETWEEN_FALSE_ALARMS < 1:
        yield _fault(
            50,
            f"DAYS_BETWEEN_FALSE_ALARMS is {settings.DAYS_BETWEEN_FALSE_ALARMS}: give the days in "
            "which sound rules may raise one alarm, at least 1.",
        )
    yield from _key_faults()


def _address_faults(address: str) -> list[str]:
    faults = addresses.faults_of(address)
    if not faults and not addresses.is_bucket(address) and _is_served(addresses.folder_of(address)):
        return ["must lie outside everything that is served"]
    return faults


def _key_faults() -> Iterator[CheckMessage]:
    try:
        keyring.read_keyring(settings.EVIDENCE_KEYS)
    except ImproperlyConfigured as error:
        yield _fault(45, str(error))


def _upload_faults() -> Iterator[CheckMessage]:
    folder = Path(settings.UPLOAD_DIR or ".")
    if not folder.is_absolute() or _is_served(folder):
        yield _fault(
            48,
            "UPLOAD_DIR is missing or served: give an absolute path, shared by all web processes,"
            " for files that are still arriving.",
        )


def _scanner_faults() -> Iterator[CheckMessage]:
    address = urlsplit(settings.CLAMD_URL)
    is_whole = address.hostname if address.scheme == "tcp" else address.path.startswith("/")
    if address.scheme not in SCANNER_SCHEMES or not is_whole:
        yield _fault(
            49,
            "CLAMD_URL is missing or no address of ClamAV's daemon: give tcp://host:3310 or "
            "unix:/path, for no customer's file is kept unscanned.",
        )


def _is_served(folder: Path) -> bool:
    served = [settings.STATIC_ROOT, settings.BASE_DIR / "static"]
    return any(folder.is_relative_to(one) for one in served)
