"""A production that lacks nothing, for checks that must be clean and tests that take one away."""

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "n4bq-not-a-real-key-but-long-and-varied-enough-0123456789-xyz",
    "DATABASE_URL": "postgresql://recourse:secret@db.lender.example/recourse",
    "REDIS_URL": "rediss://:secret@redis.lender.example:6380",
    "PUBLIC_URL": "https://recourse.lender.example",
    "ALLOWED_HOSTS": "recourse.lender.example",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "not-a-real-token",
    "TWILIO_MESSAGING_SERVICE_SID": "MG00000000000000000000000000000000",
    "SENDGRID_API_KEY": "SG.not-a-real-key",
    "SENDGRID_WEBHOOK_PUBLIC_KEY": (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgjLOoCTVv2LGdgCwiGBxlKREjRSGaEN5CN+pXWH8FNAo9CKCXuzK"
        "hkHbWkuQkVKyDYBzN9JEtAJKXaIYxBcO2A=="
    ),
    "EMAIL_FROM": "notices@lender.example",
    "VAPID_PRIVATE_KEY": "d81_DCwV5NZN8gO1OXgKCCBFkRbD5y2ZUf4YxBVEn1Y",
    "VAPID_SUBJECT": "mailto:notices@lender.example",
    "LEDGER_WEBHOOK_URL": "https://ledger.lender.example/instructions",
    "LEDGER_WEBHOOK_SECRET": "whsec_bm90LWEtcmVhbC1zZWNyZXQtYnV0LWxvbmctZW5vdWdo",
    "CLAMD_URL": "tcp://clamd.lender.example:3310",
    "EVIDENCE_STORAGE": "/srv/recourse/evidence",
    "EVIDENCE_KEYS": "2026-11:bm90LWEtcmVhbC1rZXktYnV0LWxvbmctZW5vdWdoISE=",
    "UPLOAD_DIR": "/srv/recourse/uploads",
}
