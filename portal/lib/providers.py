"""Which providers carry messages, from the keys a deployment has; without keys, none but ours."""

from typing import Any

from portal.lib.env import env_float, env_int

Provider = dict[str, Any]
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
    """Return the providers of SMS, e-mail and push, each channel with at least one."""
    sms = [_provider("twilio", "sms", sender=twilio_sender)] if twilio_sender else []
    email = [_provider("sendgrid", "email", sender=email_from)] if has_sendgrid else []
    if smtp_url:
        # Beside SendGrid it stands by, and takes over when SendGrid fails.
        spare = _provider("smtp", "email", sender=email_from, weight=0 if email else 1)
        email.append({**spare, "options": {"url": smtp_url}})
    push = [_provider("webpush", "push")] if has_vapid else []
    return [
        *(sms or [_local("sms")]),
        *(email or [_local("email")]),
        *(push or [_local("push")]),
    ]


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
