"""Sums of the engine's cuts by rule version, region and hour: what rules' charts are drawn from."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.watch.sums import BINS


class RuleSums(models.Model):
    """The fields of `appeals.watch.sums`: whose sums, and the sums."""

    rule_id = models.CharField(_("rule"), max_length=64)
    rule_version = models.CharField(_("rule version"), max_length=64)
    rule_module = models.CharField(_("module"), max_length=64)
    region = models.CharField(_("region"), max_length=8)
    hour = models.DateTimeField(_("hour"))
    number = models.IntegerField(_("decisions"))
    by_policy = models.IntegerField(_("by a policy"))
    spared = models.IntegerField(_("never late, low use"))
    scored = models.IntegerField(_("with a score"))
    score = models.BigIntegerField(_("sum of scores"))
    score_squares = models.BigIntegerField(_("sum of squared scores"))
    bins = ArrayField(models.IntegerField(), size=BINS, verbose_name=_("scores by range"))
    cut = models.BigIntegerField(_("sum of cuts, in thousandths"))
    cut_squares = models.BigIntegerField(_("sum of squared cuts"))
    with_gaps = models.IntegerField(_("with facts missing"))
    facts = models.JSONField(_("values of facts by box"), default=dict, db_default={})

    class Meta:
        abstract = True


class RuleHour(RuleSums):
    """A sum. The clock writes it, one process at a time; whoever reads folds the parts before."""

    class Meta:
        verbose_name = _("sums of a rule's hour")
        verbose_name_plural = _("sums of rules' hours")
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "rule_id", "rule_version", "rule_module", "region"],
                name="one_row_a_rule_and_hour",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.rule_version} {self.region} {self.hour:%Y-%m-%d %H}"


class RuleHourPart(RuleSums):
    """What one batch of decisions adds, written in its transaction: intakes wait for nobody."""

    class Meta:
        verbose_name = _("part of a rule's sums")
        verbose_name_plural = _("parts of rules' sums")

    def __str__(self) -> str:
        return f"{self.rule_id} {self.rule_version} {self.region} {self.hour:%Y-%m-%d %H}"


class RuleWatch(models.Model):
    """How far the rules have been looked at. There is one row."""

    # All hours before this one have been looked at, but from `again_from` on with fewer decisions.
    looked_until = models.DateTimeField(_("looked at until"), null=True)
    again_from = models.DateTimeField(_("to look at again from"), null=True)

    class Meta:
        verbose_name = _("watch of the rules")
        verbose_name_plural = _("watch of the rules")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_watch")]

    def __str__(self) -> str:
        return f"until {self.looked_until}"
