"""Legal holds: while one stands, nothing of what it is about is erased."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def standing(self) -> "LegalHoldQuerySet":
        """Those that were not lifted."""
        return self.filter(lifted_at__isnull=True)


class LegalHold(models.Model):
    """Why all of a customer, or of one appeal, must be kept; somebody else lifts it."""

    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="legal_holds",
        verbose_name=_("customer"),
    )
    appeal = models.ForeignKey(
        Appeal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="legal_holds",
        verbose_name=_("appeal"),
    )
    because = models.CharField(_("because"), max_length=300)
    placed_at = models.DateTimeField(_("placed at"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("placed by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )
    lifted_because = models.CharField(_("lifted because"), max_length=300, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False, appeal__isnull=True)
                | models.Q(customer__isnull=True, appeal__isnull=False),
                name="a_hold_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    lifted_at__isnull=True, lifted_by__isnull=True, lifted_because=""
                )
                | (
                    models.Q(lifted_at__isnull=False, lifted_by__isnull=False)
                    & ~models.Q(lifted_because="")
                    & ~models.Q(lifted_by=models.F("placed_by"))
                ),
                name="a_lifted_hold_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer or self.appeal)
