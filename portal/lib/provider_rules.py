"""What is wrong with providers that a deployment describes itself, in words for who set it up."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from portal.lib.providers import BACKENDS, CHANNELS, Provider
from portal.lib.smtp import mail_server

NEEDED = ("name", "channel", "backend")
KNOWN = frozenset({*NEEDED, "sender", "weight", "rate", "options"})


@dataclass(frozen=True)
class Make:
    """The options of a backend of ours: those that come all or not at all, and others."""

    together: tuple[str, ...]
    others: tuple[str, ...] = ()
    # Without this one there is no provider.
    needed: str = ""


MAKES = {
    BACKENDS["twilio"]: Make(("account_sid", "auth_token"), ("messaging_service_sid", "api_url")),
    BACKENDS["sendgrid"]: Make((), ("api_key", "api_url", "webhook_public_key")),
    BACKENDS["smtp"]: Make((), ("url", "connections"), needed="url"),
    BACKENDS["webpush"]: Make(()),
}


def faults_of_extra(extra: Sequence[Provider], providers: Sequence[Provider]) -> Iterator[str]:
    """Say what is wrong with the described ones, themselves and beside all providers."""
    for number, one in enumerate(extra, start=1):
        named = one.get("name") or f"number {number}"
        yield from (f"{named}: {fault}" for fault in _faults(one))
    names = Counter((one.get("channel"), one.get("name")) for one in providers)
    for (channel, name), count in names.items():
        if count > 1:
            yield f"{name}: {count} providers of {channel} have this name"


def _faults(one: Provider) -> Iterator[str]:
    missing = [name for name in NEEDED if not one.get(name)]
    if missing:
        yield f"{' and '.join(missing)} missing"
        return
    if one["channel"] not in CHANNELS:
        yield f"channel must be one of {', '.join(CHANNELS)}"
    unknown = sorted(one.keys() - KNOWN)
    if unknown:
        yield f"{' and '.join(unknown)} not known"
    for name in ("weight", "rate"):
        if not _is_amount(one.get(name, 0)):
            yield f"{name} must be a number, 0 or more"
    try:
        import_string(one["backend"])
    except (ImportError, AttributeError):
        yield "backend cannot be imported"
        return
    yield from _option_faults(one)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _option_faults(one: Provider) -> Iterator[str]:
    make, options = MAKES.get(one["backend"]), one.get("options", {})
    if not isinstance(options, dict):
        yield "options must be an object"
        return
    if make is None:
        return
    given = {name for name, value in options.items() if value}
    missing = [name for name in make.together if name not in given]
    if missing and len(missing) < len(make.together):
        yield f"options without {' and '.join(missing)}"
    unknown = sorted(given - {*make.together, *make.others})
    if unknown:
        yield f"options {' and '.join(unknown)} not known"
    if make.needed and make.needed not in given:
        yield f"options without {make.needed}"
    if "account_sid" in given and not (one.get("sender") or "messaging_service_sid" in given):
        yield "an account of its own needs a sender of its own"
    if one["backend"] == BACKENDS["smtp"] and options.get("url"):
        yield from (f"url: {fault}" for fault in faults_of_mail_server(options["url"]))


def faults_of_mail_server(url: str) -> Iterator[str]:
    try:
        server = mail_server(url)
    except ValueError as error:
        yield str(error)
        return
    if not server.is_safe:
        yield "the way there must be encrypted: smtps://, or ?starttls=true"
