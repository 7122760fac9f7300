"""Where appeals wait, who works there, and the rules that send them."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.models import Jurisdiction


class ReviewQueue(models.Model):
    """One of the catalogue's queues, with its people and its promise."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="review_queues",
        verbose_name=_("members"),
    )
    target_working_days = models.PositiveSmallIntegerField(_("promise in working days"))
    needs_second_approval = models.BooleanField(_("needs a second approval"), default=False)
    # Hardship goes first: a lower number is served before a higher one.
    priority = models.PositiveSmallIntegerField(_("served in this order"), default=100)

    class Meta:
        verbose_name = _("review queue")
        verbose_name_plural = _("review queues")
        ordering = ["priority", "key"]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class RoutingRule(models.Model):
    """One row of the routing table; blank means any. The most specific matching row wins."""

    reason_code = models.CharField(_("reason"), max_length=40, blank=True)
    origin = models.CharField(_("origin of the reason"), max_length=20, blank=True)
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, blank=True, choices=Jurisdiction.choices
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    minimum_cut = models.DecimalField(
        _("cut of at least"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    queue = models.ForeignKey(
        ReviewQueue, models.PROTECT, related_name="routing_rules", verbose_name=_("queue")
    )
    because = models.CharField(_("because"), max_length=200)
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        constraints = [
            models.UniqueConstraint(
                fields=["reason_code", "origin", "jurisdiction", "language", "minimum_cut"],
                condition=models.Q(is_active=True),
                nulls_distinct=False,
                name="one_rule_for_one_case",
            )
        ]

    def __str__(self) -> str:
        parts = [self.reason_code, self.origin, self.jurisdiction, self.language]
        return f"{' + '.join(filter(None, parts)) or '*'} > {self.queue.key}"
