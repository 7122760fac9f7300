"""The settings of every part of Recourse. Read them through `django.conf.settings`."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal import embedded
from portal.embedded import keys
from portal.embedded.host import local_dir
from portal.lib.env import (
    broker_from_redis_url,
    database_from_url,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_secret,
    env_str,
    redis_database,
)
from portal.lib.logging import logging_settings
from portal.lib.providers import chosen_providers, described_providers, with_local
from portal.schedule import beat_schedule
from portal.storage import addresses

# Before any form or admin is read: `ModelForm[Appeal]` must mean something at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = local_dir()

# --- Where we are -------------------------------------------------------------------------

DATABASE_URL = env_secret("DATABASE_URL")
REDIS_URL = env_secret("REDIS_URL")
ENVIRONMENT = env_choice(
    "ENVIRONMENT",
    choices=("development", "test", "production"),
    default="production" if DATABASE_URL else "development",
)
IS_PRODUCTION = ENVIRONMENT == "production"
# Who we are decides how long a statement may take: `web`, `worker` or `command`.
PROCESS_ROLE = env_choice("PROCESS_ROLE", choices=("web", "worker", "command"), default="command")
DEBUG = env_bool("DEBUG", default=False)

_public_url = env_str("PUBLIC_URL", default="" if IS_PRODUCTION else "http://localhost:8000")
PUBLIC_URL = _public_url.rstrip("/")
IS_HTTPS = urlsplit(PUBLIC_URL).scheme == "https"
_public_host = urlsplit(PUBLIC_URL).hostname or "localhost"
_loopback = [] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]", _public_host]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=_loopback)

SECRET_KEY = env_secret("SECRET_KEY") or ("" if IS_PRODUCTION else keys.secret_key())
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS", default=[])

# --- Engines ------------------------------------------------------------------------------

EMBEDDED_POSTGRES, EMBEDDED_REDIS = embedded.needed()
if EMBEDDED_POSTGRES:
    DATABASE_URL = embedded.database_url()
if EMBEDDED_REDIS:
    REDIS_URL = embedded.redis_url()

# A page that waits five seconds has failed; a worker's batch may take longer; a command
# (migrate, ingest) may take what it needs.
STATEMENT_TIMEOUT_MS = env_int(
    "STATEMENT_TIMEOUT_MS",
    default={"web": 5_000, "worker": 30_000, "command": 0}[PROCESS_ROLE],
)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **database_from_url(DATABASE_URL or "postgresql:///recourse"),
        "CONN_MAX_AGE": env_int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
# The plans of a page's questions cost PostgreSQL more than their answers: a connection keeps those
# of what it asks often. A pooler that gives each transaction another connection needs this off.
PREPARED_STATEMENTS = env_bool("PREPARED_STATEMENTS", default=True)
DATABASES["default"]["OPTIONS"] = {
    "server_side_binding": PREPARED_STATEMENTS,
    "prepare_threshold": 5 if PREPARED_STATEMENTS else None,
    "connect_timeout": 5,
    "application_name": f"recourse-{PROCESS_ROLE}",
    "options": " ".join(
        f"-c {name}={value}"
        for name, value in {
            "statement_timeout": STATEMENT_TIMEOUT_MS,
            "lock_timeout": min(STATEMENT_TIMEOUT_MS, 10_000),
            "idle_in_transaction_session_timeout": 60_000 if STATEMENT_TIMEOUT_MS else 0,
            # Whatever the server's default: an attempt that a crash could take back would be
            # sent again. Tests trade that for speed where nothing crashes.
            **({} if ENVIRONMENT == "test" else {"synchronous_commit": "on"}),
        }.items()
    ),
    **DATABASES["default"]["OPTIONS"],
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What staff edited is a history, and a history is only added to.
PGHISTORY_APPEND_ONLY = True

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_database(REDIS_URL or "redis://localhost:6379", 1),
        "KEY_PREFIX": "recourse",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

# --- Applications -------------------------------------------------------------------------

INSTALLED_APPS = [
    # django-unfold replaces the admin's templates, so it stands before it.
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "portal.apps.PortalConfig",
    "notifications.apps.NotificationsConfig",
    "appeals.apps.AppealsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "portal.pages.health.ProbeMiddleware",
    "portal.lib.logging.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside everything that may answer early, so that an error page has a policy too.
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.middleware.SessionLifetimeMiddleware",
    "portal.middleware.PersonalSettingsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.StaffSecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.KeptSettingsMiddleware",
    "portal.middleware.AppealErrorMiddleware",
    "portal.admin_policy.AdminPolicyMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["portal.templatetags.icons"],
        },
    }
]

# How many seconds a process may be behind what people keep in the admin: the catalogue's editions
# and the calendars. Tests look when they say so, for their queries are counted.
KEPT_SETTINGS_SECONDS = None if ENVIRONMENT == "test" else 3.0

# --- Languages, times, files --------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
# unfold ships no Chinese: the second holds what its pages say.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_unfold"]
FORMAT_MODULE_PATH = ["portal.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env_str("STATIC_ROOT") or LOCAL_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
# What we keep for others lies encrypted, outside everything a web server gives away: in a folder,
# or s3://bucket/folder?endpoint=https://...&region=... with the credentials that boto3 finds.
_evidence = env_str("EVIDENCE_STORAGE")
_is_local = not _evidence and not IS_PRODUCTION
EVIDENCE_STORAGE = addresses.address_of(str(LOCAL_DIR / "evidence") if _is_local else _evidence)
# Master keys as id:base64, the active one first; the others still open what they sealed.
EVIDENCE_KEYS = env_secret("EVIDENCE_KEYS") or ("" if IS_PRODUCTION else keys.evidence_keys())
_letters = str(LOCAL_DIR / "letters") if _is_local else addresses.below(EVIDENCE_STORAGE, "letters")
LETTER_STORAGE = addresses.address_of(env_str("LETTER_STORAGE", default=_letters))
# Files on their way, as private and for days only: one directory that all web processes share.
UPLOAD_DIR = env_str("UPLOAD_DIR", default="" if IS_PRODUCTION else str(LOCAL_DIR / "uploads"))
# Folders with more fonts for letters, beside those that are installed with us.
LETTER_FONTS = env_list("LETTER_FONTS", default=[])
# The papers' own folders are named by years.
_APART = ("notices", "exports", "letters", "files")
STORAGES: dict[str, dict[str, Any]] = {
    "default": addresses.sealed(addresses.below(EVIDENCE_STORAGE, "files"), "files"),
    "evidence": addresses.sealed(EVIDENCE_STORAGE, "evidence", apart=_APART),
    "notices": addresses.sealed(addresses.below(EVIDENCE_STORAGE, "notices"), "notices"),
    "exports": addresses.sealed(addresses.below(EVIDENCE_STORAGE, "exports"), "exports"),
    "letters": addresses.sealed(LETTER_STORAGE, "letters"),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if ENVIRONMENT == "test"
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
# For how many days a customer can take the copy of their data.
DATA_COPY_DAYS = env_int("DATA_COPY_DAYS", default=7)
WHITENOISE_USE_FINDERS = ENVIRONMENT == "test"
WHITENOISE_AUTOREFRESH = False
CLAMD_URL = env_str("CLAMD_URL")

# --- People and sessions ------------------------------------------------------------------

AUTH_USER_MODEL = "portal.Customer"
SESSION_ENGINE = "portal.sign_in.session_store"
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Kept by the server, see portal/middleware.py.
SESSION_IDLE_SECONDS = {"customer": 20 * 60, "staff": 15 * 60}
SESSION_TOTAL_SECONDS = {"customer": 12 * 3600, "staff": 10 * 3600}
DEVICE_COOKIE_NAME = "__Host-device" if IS_HTTPS else "device"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
LANGUAGE_COOKIE_SECURE = IS_HTTPS
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False

# --- Sign-in (django-allauth) -------------------------------------------------------------

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:home"
# Customers have no password; this one asks for the staff's, and takes nobody who is inactive.
AUTHENTICATION_BACKENDS = ["portal.sign_in.backends.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email", "reference"]},
    },
]
if ENVIRONMENT == "test":
    # The real one takes a third of a second on purpose.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The link with which a new member of staff chooses a password.
PASSWORD_RESET_TIMEOUT = 24 * 3600

ACCOUNT_ADAPTER = "portal.sign_in.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "reference"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Tries are counted in PostgreSQL (portal/sign_in/limits.py): allauth counts in the cache.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ACCOUNT_FORMS = {"reauthenticate": "portal.sign_in.second_factor_forms.ConfirmPasswordForm"}
MFA_ADAPTER = "portal.sign_in.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_PERIOD = 30
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# The lender vouches for the addresses; allauth's own list of them stays empty.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "activate_totp": "portal.sign_in.second_factor_forms.AppForm",
    "authenticate": "portal.sign_in.second_factor_forms.SecondStepForm",
    "reauthenticate": "portal.sign_in.second_factor_forms.SecondStepAgainForm",
    "authenticate_webauthn": "portal.sign_in.second_factor_forms.PasskeySecondStepForm",
    "reauthenticate_webauthn": "portal.sign_in.second_factor_forms.PasskeyAgainForm",
    "add_webauthn": "portal.sign_in.second_factor_forms.PasskeyForm",
    "login_webauthn": "portal.sign_in.second_factor_forms.PasskeySignInForm",
}

# How many proxies of ours stand before us: the client is the hop that the outermost one saw.
TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", default=0)
# Where a phone number without a country code is at home.
DEFAULT_PHONE_REGION = env_str("DEFAULT_PHONE_REGION", default="US")
# Who the notices are from, as the law wants it said; without them some notices are held back.
LENDER_NAME = env_str("LENDER_NAME", default="" if IS_PRODUCTION else "Example Lender")
LENDER_ADDRESS = env_str(
    "LENDER_ADDRESS", default="" if IS_PRODUCTION else "100 Example Street, New York, NY 10001"
)
HELP_PHONE = env_str("HELP_PHONE", default="+1 202 555 0100")
HELP_OPENS = env_str("HELP_OPENS", default="09:00")
HELP_CLOSES = env_str("HELP_CLOSES", default="17:00")
HELP_TIME_ZONE = env_str("HELP_TIME_ZONE", default="America/New_York")

# --- Safety of the transport and the page -------------------------------------------------

SECURE_SSL_REDIRECT = IS_HTTPS and env_bool("SECURE_SSL_REDIRECT", default=True)
# Scrapers come from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Only where a proxy of ours stands before us, and takes this header from strangers.
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Telling people -----------------------------------------------------------------------

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

# Rules that do what they always did may raise one alarm in so many days, all charts together.
DAYS_BETWEEN_FALSE_ALARMS = env_int("DAYS_BETWEEN_FALSE_ALARMS", default=180)
# A reason's overturned share that the engine is told of, and how far it must fall before it is told
# again; both in percent and of the interval's lower end. So many answers are needed.
OVERTURN_LIMIT = env_int("OVERTURN_LIMIT", default=30)
OVERTURN_LOWER_LIMIT = env_int("OVERTURN_LOWER_LIMIT", default=20)
OVERTURN_FEWEST = env_int("OVERTURN_FEWEST", default=20)
LEDGER_WEBHOOK_URL = env_str("LEDGER_WEBHOOK_URL")
LEDGER_WEBHOOK_SECRET = env_secret("LEDGER_WEBHOOK_SECRET")
# Where the risk engine is asked to stop a rule; without it, staff see that nobody was asked.
ENGINE_WEBHOOK_URL = env_str("ENGINE_WEBHOOK_URL")
ENGINE_WEBHOOK_SECRET = env_secret("ENGINE_WEBHOOK_SECRET")

# --- Background work ----------------------------------------------------------------------

# A page that rings a worker's doorbell must not hang when the broker is gone.
_PUBLISH_PATIENCE = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_BROKER_URL = env_secret("CELERY_BROKER_URL") or broker_from_redis_url(
    REDIS_URL or "redis://localhost:6379"
)
CELERY_BROKER_CONNECTION_RETRY = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    # A message taken by a worker that died comes back after this long. Long waits belong
    # in PostgreSQL, so nothing here may have a countdown near it.
    "visibility_timeout": 300,
    "socket_connect_timeout": 5,
    "socket_keepalive": not REDIS_URL.startswith("unix:"),
    "health_check_interval": 25,
    **_PUBLISH_PATIENCE,
}
if PROCESS_ROLE == "web":
    # A Redis that hangs must not hang the page; a worker waits for messages as long as it takes.
    CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] = 1
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = _PUBLISH_PATIENCE
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_SERIALIZER = "json"
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ROUTES = ("portal.celery.route_home",)
CELERY_TASK_DEFAULT_QUEUE = "standard"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 210
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
# A task in the middle of a provider's call is let finish; its claim in PostgreSQL is what counts.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = env_str("BEAT_SCHEDULE_FILE") or str(
    "beat-schedule" if IS_PRODUCTION else LOCAL_DIR / "beat-schedule"
)
# The connection outlives the task: 4.5 times the rows a second, measured.
CELERY_DB_REUSE_MAX = 10_000
QUEUES = ("urgent", "standard", "bulk", "cases", "periodic")
CELERY_BEAT_SCHEDULE = beat_schedule(QUEUES)

# --- API ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.lib.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
    "STRICT_JSON": True,
    "COERCE_DECIMAL_TO_STRING": True,
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Recourse",
    "DESCRIPTION": "Line decisions in, appeals and outcomes out.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AnswerStatusEnum": ["created", "unchanged", "conflict", "rejected"],
        "LineStatusEnum": "appeals.models.lines.LineStatus",
    },
}

# --- Staff admin --------------------------------------------------------------------------

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Recourse"),
    "SITE_HEADER": _("Recourse"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "balance",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "appeals.admin.desk.dashboard",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "appeals.admin.assets.favicon"}
    ],
    "STYLES": [
        f"appeals.admin.assets.{part}"
        for part in ("base", "case", "talk", "outcome", "dashboard", "lists", "settings_pages")
    ],
    "SCRIPTS": ["appeals.admin.assets.keys", "appeals.admin.assets.claiming"],
    "SIDEBAR": {"navigation": "appeals.admin.sidebar.navigation"},
    "BORDER_RADIUS": "8px",
    # The customer pages' green, from tint to shade.
    "COLORS": {
        "primary": {
            "50": "#eef7f4",
            "100": "#d8ece5",
            "200": "#b3dacd",
            "300": "#84d5bd",
            "400": "#5cb89d",
            "500": "#3aa085",
            "600": "#0b5d4a",
            "700": "#084537",
            "800": "#07382d",
            "900": "#062d25",
            "950": "#031a15",
        },
    },
}

# --- Logs ---------------------------------------------------------------------------------

LOG_LEVEL = env_choice("LOG_LEVEL", choices=("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO")
LOG_FORMAT = env_choice(
    "LOG_FORMAT", choices=("json", "lines"), default="json" if IS_PRODUCTION else "lines"
)
LOGGING = logging_settings(log_format=LOG_FORMAT, level=LOG_LEVEL)
