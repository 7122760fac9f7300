"""Telling people: by whom, how much at a time, and for how long it is kept."""

from portal.embedded import keys
from portal.lib.env import env_bool, env_int, env_list, env_secret, env_str
from portal.lib.providers import chosen_providers, described_providers, with_local
from portal.settings.place import ENVIRONMENT, IS_PRODUCTION

TWILIO_ACCOUNT_SID = env_secret("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKEN = env_secret("TWILIO_AUTH_TOKEN")
TWILIO_MESSAGING_SERVICE_SID = env_secret("TWILIO_MESSAGING_SERVICE_SID")
TWILIO_API_URL = env_str("TWILIO_API_URL")
SENDGRID_API_KEY = env_secret("SENDGRID_API_KEY")
SENDGRID_API_URL = env_str("SENDGRID_API_URL")
# People told in one call to SendGrid: a lost answer leaves that many in doubt.
EMAIL_CALL_SIZE = env_int("EMAIL_CALL_SIZE", default=250)
SENDGRID_WEBHOOK_PUBLIC_KEY = env_secret("SENDGRID_WEBHOOK_PUBLIC_KEY")
EMAIL_FROM = env_str("EMAIL_FROM", default="" if IS_PRODUCTION else "notices@lender.example")
VAPID_PRIVATE_KEY = env_secret("VAPID_PRIVATE_KEY")
VAPID_SUBJECT = env_str("VAPID_SUBJECT")
if not VAPID_PRIVATE_KEY and not IS_PRODUCTION:
    VAPID_PRIVATE_KEY = keys.vapid_private_key()
    VAPID_SUBJECT = VAPID_SUBJECT or "mailto:notices@lender.example"
VAPID_PUBLIC_KEY = keys.vapid_public_key(VAPID_PRIVATE_KEY) if VAPID_PRIVATE_KEY else ""

SMTP_URL = env_secret("SMTP_URL")
EXTRA_PROVIDERS = described_providers()
PROVIDERS = [
    *chosen_providers(
        twilio_sender=TWILIO_MESSAGING_SERVICE_SID if TWILIO_ACCOUNT_SID else "",
        has_sendgrid=bool(SENDGRID_API_KEY),
        smtp_url=SMTP_URL,
        has_vapid=bool(VAPID_PRIVATE_KEY),
        email_from=EMAIL_FROM,
    ),
    *EXTRA_PROVIDERS,
]
if not IS_PRODUCTION:
    # In production a channel that nobody carries carries nothing, and never seems to.
    PROVIDERS = with_local(PROVIDERS)

# Where we post browser notifications to, and nowhere else: the address comes from a browser.
PUSH_SERVICES = env_list(
    "PUSH_SERVICES",
    default=[
        "fcm.googleapis.com",
        "push.services.mozilla.com",
        "notify.windows.com",
        "push.apple.com",
        *([] if IS_PRODUCTION else ["127.0.0.1", "localhost"]),
    ],
)
# The quiet hours of people who chose none; the sample people should not have to wait for morning.
QUIET_HOURS = env_bool("QUIET_HOURS", default=ENVIRONMENT != "development")
# Workers that carry one lane's messages by one channel at the same time.
DISPATCH_PARALLEL = env_int("DISPATCH_PARALLEL", default=4)
# A worker that was not heard of for so long is dead; longer than any provider may take.
DISPATCH_LEASE_SECONDS = env_int("DISPATCH_LEASE_SECONDS", default=150)

# Months of deliveries, attempts and receipts; a notice must be provable for 25.
DELIVERY_MONTHS = env_int("DELIVERY_MONTHS", default=30)
# Where months are written before they are dropped; empty: they are dropped only.
DELIVERY_ARCHIVE = env_str("DELIVERY_ARCHIVE")
# So long a customer may read the text of a message again; its fingerprint and its notice stay.
MESSAGE_TEXT_DAYS = env_int("MESSAGE_TEXT_DAYS", default=400)

# A campaign to more people than this is started by somebody else than who made it.
CAMPAIGN_SECOND_PERSON_FROM = env_int("CAMPAIGN_SECOND_PERSON_FROM", default=1_000)
