"""Reasons that do not stand: what engine owners read each week, and what the engine is told."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RuleReasonWeek(models.Model):
    """How many decisions of a rule version gave a reason in a week; the sum over all parts counts.

    Each batch of decisions adds its parts in its own transaction, so that intakes wait for nobody;
    the clock folds them.
    """

    rule_id = models.CharField(_("rule"), max_length=64)
    rule_version = models.CharField(_("rule version"), max_length=64)
    reason = models.CharField(_("reason"), max_length=40)
    # The Monday, in UTC, as the weeks of the tallies.
    week = models.DateField(_("week"))
    number = models.IntegerField(_("decisions"))
    is_folded = models.BooleanField(_("folded"), default=False)

    class Meta:
        verbose_name = _("decisions of a rule by reason")
        verbose_name_plural = _("decisions of rules by reason")
        constraints = [
            models.UniqueConstraint(
                fields=["week", "rule_id", "rule_version", "reason"],
                condition=Q(is_folded=True),
                name="one_folded_sum_a_reason",
            )
        ]
        indexes = [
            models.Index(fields=["week"], name="reason_sums_by_week"),
            models.Index(fields=["id"], condition=Q(is_folded=False), name="reason_sums_to_fold"),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.rule_id} {self.rule_version} {self.reason}: {self.number}"


class OverturnDigest(models.Model):
    """What a week came to, as its owners were told it: whatever is mended later, it stays."""

    week = models.DateField(_("week"), unique=True)
    made_at = models.DateTimeField(_("made at"))
    # The fields of `appeals.overturns.reading.Line`, one object a reason of a rule version.
    lines = models.JSONField(_("reasons"), default=list)

    class Meta:
        verbose_name = _("weekly digest of overturned reasons")
        verbose_name_plural = _("weekly digests of overturned reasons")
        triggers = [
            pgtrigger.Protect(name="digest_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.week)


class OverturnPassing(models.Model):
    """A reason of a rule version was overturned more often than the limit says; once a passing."""

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    rule_id = models.CharField(_("rule"), max_length=64)
    rule_version = models.CharField(_("rule version"), max_length=64)
    reason = models.CharField(_("reason"), max_length=40)
    # As it stood then: of which answers, from which week on, and the limit in percent.
    since = models.DateField(_("counted from"))
    decided = models.PositiveIntegerField(_("answered"))
    overturned = models.PositiveIntegerField(_("overturned"))
    limit = models.PositiveSmallIntegerField(_("limit in percent"))
    passed_at = models.DateTimeField(_("passed at"))
    # When it had fallen so far that another passing counts again.
    fell_at = models.DateTimeField(_("fell at"), null=True, blank=True)

    class Meta:
        verbose_name = _("share that passed its limit")
        verbose_name_plural = _("shares that passed their limit")
        constraints = [
            models.UniqueConstraint(
                fields=["rule_id", "rule_version", "reason"],
                condition=Q(fell_at__isnull=True),
                name="one_standing_passing_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(overturned__lte=F("decided")), name="no_more_overturned_than_decided"
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.reference
