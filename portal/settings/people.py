"""Who comes in, and how: sessions and sign-in (django-allauth)."""

from portal.settings.place import ENVIRONMENT, IS_HTTPS

# --- People and sessions ---------------------------------------------------------------------

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
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False

# --- Sign-in (django-allauth) ----------------------------------------------------------------

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
