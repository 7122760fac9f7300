"""Keys for machines: the engine that sends decisions and the lender's app that reads them."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    WRITE_DECISIONS = "decisions:write", _("Send line decisions")
    WRITE_PAYMENTS = "payments:write", _("Send payments")
    WRITE_FACTS = "facts:write", _("Send facts about lines")
    WRITE_GROUPS = "groups:write", _("Send counts of groups")
    READ_CUSTOMERS = "customers:read", _("Read a customer's lines, decisions, notices, appeals")


class ServiceToken(models.Model):
    """A bearer token for a service; only its hash is kept."""

    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12, unique=True)
    secret_sha256 = models.CharField(_("hash"), max_length=64)
    scopes = models.JSONField(_("may"), default=list)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("service token")
        verbose_name_plural = _("service tokens")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def new_secret() -> tuple[str, str, str]:
        """A fresh `(token, prefix, hash)`; the token is shown once and kept by nobody."""
        prefix = secrets.token_hex(4)
        token = f"rcs_{prefix}_{secrets.token_urlsafe(32)}"
        return token, prefix, ServiceToken.hash(token)

    @staticmethod
    def hash(token: str) -> str:
        # 256 random bits need no slow hash: there is nothing to guess from.
        return hashlib.sha256(token.encode()).hexdigest()

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class IdempotencyRecord(models.Model):
    """The first answer to a request with an `Idempotency-Key`, given again to a repeat."""

    token = models.ForeignKey(ServiceToken, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)  # null while the first one is being worked
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return self.key
