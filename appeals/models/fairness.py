"""How groups of customers fare, as small sums: pages and reports add these up and scan nothing."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_GROUP = 64
# The risk bands by score, from 1; 0 stands for a decision without a score.
BANDS = 5
NO_BAND = 0


class Dimension(models.TextChoices):
    """By what the portal itself can tell groups apart; a lender's own have names of their own."""

    LANGUAGE = "language", _("Language")
    REGION = "region", _("Region")
    POLICY = "policy", _("Policy")


class FairnessSum(models.Model):
    """The cuts of one day or month in one group and risk band, and what became of them since.

    All of it follows the cut: an appeal sent weeks later counts on the day of its cut. So a sum is
    counted anew, as a whole, whenever something about its day has changed.
    """

    is_month = models.BooleanField(_("of a whole month"))
    at = models.DateField(_("day, or first day of the month"))
    dimension = models.CharField(_("by"), max_length=8, choices=Dimension.choices)
    group = models.CharField(_("group"), max_length=LONGEST_GROUP, blank=True)
    band = models.PositiveSmallIntegerField(_("risk band"))
    # Lines cut for the first time in the month: a line counts once a month.
    lines_cut = models.IntegerField(_("lines cut"))
    cuts = models.IntegerField(_("cuts"))
    # What share of the limit was taken, summed, and its squares.
    size_total = models.FloatField(_("sizes"))
    size_squares = models.FloatField(_("squares of sizes"))
    begun = models.IntegerField(_("appeals begun"))
    sent = models.IntegerField(_("appeals sent"))
    dropped = models.IntegerField(_("given up"))
    asked = models.IntegerField(_("asked for papers"))
    decided = models.IntegerField(_("answered"))
    days_total = models.FloatField(_("days waited"))
    days_squares = models.FloatField(_("squares of days"))
    overturned = models.IntegerField(_("overturned"))

    class Meta:
        verbose_name = _("sum of fairness")
        verbose_name_plural = _("sums of fairness")
        constraints = [
            models.UniqueConstraint(
                fields=["is_month", "at", "dimension", "group", "band"],
                name="one_fairness_sum_a_group",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.dimension} {self.group} {self.band}"


class Source(models.TextChoices):
    PORTAL = "portal", _("Lines this portal holds")
    LENDER = "lender", _("Lines the lender reported")


class GroupCount(models.Model):
    """How many lines a group had in a month: of how many the cuts are.

    The lender may report groups the portal knows nothing of, such as age bands, with their cut
    lines; never a person. What is reported again replaces what was.
    """

    month = models.DateField(_("first day of the month"))
    source = models.CharField(_("source"), max_length=6, choices=Source.choices)
    dimension = models.CharField(_("by"), max_length=32)
    group = models.CharField(_("group"), max_length=LONGEST_GROUP, blank=True)
    band = models.PositiveSmallIntegerField(_("risk band"), default=NO_BAND)
    lines = models.PositiveIntegerField(_("lines"))
    # Nothing where the portal counts the cut lines itself.
    lines_cut = models.PositiveIntegerField(_("lines cut"), null=True, blank=True)
    # When it was counted; nothing where a month before the first count has that one's number.
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reported by"),
    )

    class Meta:
        verbose_name = _("count of a group")
        verbose_name_plural = _("counts of groups")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "source", "dimension", "group", "band"],
                name="one_count_a_group",
            ),
            models.CheckConstraint(
                condition=models.Q(lines_cut__isnull=True)
                | models.Q(lines_cut__lte=models.F("lines")),
                name="no_more_cut_than_there_are",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.dimension} {self.group}"


class FairnessMark(models.Model):
    """Up to which row of a table the sums have looked.

    Keys are given out before their rows are seen: only when every transaction that ran at the last
    look has ended (`horizon`) are all rows up to `seen` looked at for good.
    """

    table = models.CharField(_("table"), max_length=20, primary_key=True)
    done = models.BigIntegerField(_("looked at up to"), default=0)
    seen = models.BigIntegerField(_("newest seen"), default=0)
    horizon = models.BigIntegerField(_("transactions before"), default=0)

    class Meta:
        verbose_name = _("mark of the sums of fairness")
        verbose_name_plural = _("marks of the sums of fairness")

    def __str__(self) -> str:
        return f"{self.table} {self.done}"


class FairnessAlarm(models.Model):
    """A figure that left its band in a month; supervisors hear of it once."""

    month = models.DateField(_("first day of the month"))
    dimension = models.CharField(_("by"), max_length=32)
    measure = models.CharField(_("figure"), max_length=12)
    # [{"group", "value", "low", "high"}] as they stood when it was raised.
    groups = models.JSONField(_("groups"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("alarm of fairness")
        verbose_name_plural = _("alarms of fairness")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "dimension", "measure"], name="one_alarm_a_month_and_measure"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="alarm_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.dimension} {self.measure}"
