"""Files: what we give away, and what we keep for others."""

from pathlib import Path
from typing import Any

from portal.embedded import keys
from portal.lib.env import env_list, env_secret, env_str
from portal.settings.place import BASE_DIR, ENVIRONMENT, IS_PRODUCTION, LOCAL_DIR
from portal.storage import addresses

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
WHITENOISE_USE_FINDERS = ENVIRONMENT == "test"
WHITENOISE_AUTOREFRESH = False
CLAMD_URL = env_str("CLAMD_URL")
