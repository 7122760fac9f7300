"""Which providers carry messages, from the keys and descriptions a deployment has."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from portal.lib.env import env_float, env_int, env_json, secret_in

Provider = dict[str, Any]
CHANNELS = ("sms", "email", "push")
FILE = "_file"
LOCAL = "notifications.channels.local.LocalProvider"
BACKENDS = {
    "twilio": "notifications.channels.sms.TwilioProvider",
    "sendgrid": "notifications.channels.email.SendGridProvider",
    "smtp": "notifications.channels.smtp.SmtpProvider",
    "webpush": "notifications.channels.push.WebPushProvider",
}


def chosen_providers(
    *, twilio_sender: str, has_sendgrid: bool, smtp_url: str, has_vapid: bool, email_from: str
) -> list[Provider]:
    """Return the providers of SMS, e-mail and push that we have keys of."""
    sms = [_provider("twilio", "sms", sender=twilio_sender)] if twilio_sender else []
    email = [_provider("sendgrid", "email", sender=email_from)] if has_sendgrid else []
    if smtp_url:
        # Beside SendGrid it stands by, and takes over when SendGrid fails.
        spare = _provider("smtp", "email", sender=email_from, weight=0 if email else 1)
        email.append({**spare, "options": {"url": smtp_url}})
    push = [_provider("webpush", "push")] if has_vapid else []
    return [*sms, *email, *push]


def described_providers() -> list[Provider]:
    """Return the providers that EXTRA_PROVIDERS describes, beside those we have keys of."""
    described = env_json("EXTRA_PROVIDERS", default=[])
    if not isinstance(described, list) or not all(isinstance(one, dict) for one in described):
        raise ImproperlyConfigured("EXTRA_PROVIDERS must be a list of objects.")
    return [_with_secrets(one) for one in described]


def _with_secrets(described: Provider) -> Provider:
    """Put the contents of files where options named NAME_file point at them."""
    options = described.get("options")
    if not isinstance(options, dict):
        return described
    plain = {}
    for name, value in options.items():
        is_file = name.endswith(FILE) and isinstance(value, str)
        told_by = f"EXTRA_PROVIDERS ({described.get('name')}: {name})"
        plain[name.removesuffix(FILE)] = secret_in(value, told_by) if is_file else value
    return {**described, "options": plain}


def with_local(providers: list[Provider]) -> list[Provider]:
    """Add our own phone, mailbox and browser for every channel that has nobody else."""
    taken = {one.get("channel") for one in providers}
    return [*providers, *(_local(channel) for channel in CHANNELS if channel not in taken)]


def _provider(name: str, channel: str, *, sender: str = "", weight: int = 1) -> Provider:
    """Describe a provider; NAME_WEIGHT and NAME_RATE (calls or segments a second) change it."""
    return {
        "name": name,
        "channel": channel,
        "backend": BACKENDS[name],
        "sender": sender,
        "weight": env_int(f"{name.upper()}_WEIGHT", default=weight),
        "rate": env_float(f"{name.upper()}_RATE", default=0.0),
    }


def _local(channel: str) -> Provider:
    return {"name": "local", "channel": channel, "backend": LOCAL}
