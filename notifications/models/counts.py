"""How many deliveries are in which state, without ever counting them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryCount(models.Model):
    """One change of a number, written by a trigger with each statement that changes deliveries.

    The sum of `change` is how many are in a state now, the sum of `entered` how many ever came
    into it. Rows are only added, so that workers never wait for each other; upkeep folds old
    minutes into hours, and hours into one row that is older than all.
    """

    minute = models.DateTimeField(_("minute"))
    lane = models.CharField(_("lane"), max_length=8)
    channel = models.CharField(_("channel"), max_length=6)
    provider = models.CharField(_("provider"), max_length=40, blank=True)
    campaign_id = models.BigIntegerField(_("campaign"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=11)
    change = models.IntegerField(_("change"))
    entered = models.IntegerField(_("entered"))

    class Meta:
        verbose_name = _("count of deliveries")
        verbose_name_plural = _("counts of deliveries")
        indexes = [
            models.Index(fields=["minute"], name="delivery_counts_by_minute"),
            models.Index(
                fields=["campaign_id", "minute"],
                condition=models.Q(campaign_id__isnull=False),
                name="delivery_counts_of_campaign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M} {self.lane} {self.channel} {self.state}"
