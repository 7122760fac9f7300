"""The customer's credit lines as the feed last told us."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LineStatus(models.TextChoices):
    OPEN = "open", _("Open")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class CreditLine(models.Model):
    """One account. `limit` and `status` follow the newest decision in force."""

    reference = models.CharField(_("reference"), max_length=64, unique=True)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="lines", verbose_name=_("customer")
    )
    product = models.CharField(_("product"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3)
    last4 = models.CharField(_("last four digits"), max_length=4)
    opened_on = models.DateField(_("opened on"), null=True)
    limit = models.DecimalField(_("limit"), max_digits=14, decimal_places=2)
    balance = models.DecimalField(_("balance"), max_digits=14, decimal_places=2)
    status = models.CharField(_("status"), max_length=10, choices=LineStatus.choices)
    # When the decision that `limit` and `status` follow was made: an older one must not win later.
    as_of = models.DateTimeField(_("as of"))

    class Meta:
        verbose_name = _("credit line")
        verbose_name_plural = _("credit lines")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(limit__gte=0), name="credit_line_limit_not_negative"
            )
        ]

    def __str__(self) -> str:
        return self.reference
