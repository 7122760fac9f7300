"""Who may act for a customer in one appeal, by the customer's own word."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal


class Authority(models.TextChoices):
    """Why this person may speak for the customer, as the customer says it."""

    FAMILY = "family", _("Family or a friend")
    ADVISER = "adviser", _("A money or debt adviser")
    LAWYER = "lawyer", _("A lawyer")
    GUARDIAN = "guardian", _("Somebody the law names: a guardian or an attorney")


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    def standing(self) -> "RepresentativeQuerySet":
        """Those whose authority was not ended."""
        return self.filter(ended_at__isnull=True)


class Representative(models.Model):
    """An authority for one appeal; `words` is what the customer agreed to, as they read it."""

    appeal = models.ForeignKey(
        Appeal, models.PROTECT, related_name="representatives", verbose_name=_("appeal")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="represents",
        verbose_name=_("representative"),
    )
    name = models.CharField(_("name"), max_length=120)  # as the customer wrote it
    authority = models.CharField(_("authority"), max_length=10, choices=Authority.choices)
    words = models.TextField(_("agreed to"))
    given_at = models.DateTimeField(_("given at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal"],
                condition=models.Q(ended_at__isnull=True),
                name="one_representative_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="an_ended_authority_says_who",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="was_given_so",
                fields=["appeal", "person", "name", "authority", "words", "given_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.given_at:%Y-%m-%d}"
