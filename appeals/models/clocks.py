"""What must be done by when for an appeal: each promise and each legal clock is a row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from portal.models import Jurisdiction


class ClockKind(models.TextChoices):
    RECONSIDERATION = "reconsideration", _("Our promise of an answer")
    COMPLAINT = "complaint", _("Complaint")
    DATA_DISPUTE = "data_dispute", _("Dispute about data")
    DATA_RIGHT = "data_right", _("Right to see or correct data")


class DayUnit(models.TextChoices):
    WORKING = "working", _("working days")
    CALENDAR = "calendar", _("calendar days")
    MONTH = "month", _("months")


class ClockEnd(models.TextChoices):
    MET = "met", _("Kept")
    MISSED = "missed", _("Answered late")
    STOPPED = "stopped", _("Not needed any more")


class CaseClock(models.Model):
    """One clock of one appeal; paused while we wait for the customer, if its law allows that."""

    appeal = models.ForeignKey(
        Appeal, models.CASCADE, related_name="clocks", verbose_name=_("appeal")
    )
    kind = models.CharField(_("clock"), max_length=16, choices=ClockKind.choices)
    # The rule it follows: a key of the clock table, such as "GB.complaint.final".
    rule = models.CharField(_("rule"), max_length=40)
    unit = models.CharField(_("counted in"), max_length=8, choices=DayUnit.choices)
    # So many of the unit: "1" of a month.
    days = models.PositiveSmallIntegerField(_("days"))
    calendar = models.CharField(_("calendar"), max_length=2, choices=Jurisdiction.choices)
    started_at = models.DateTimeField(_("started at"))
    # Midnight at the end of the last day in the customer's zone.
    due_at = models.DateTimeField(_("due at"))
    can_pause = models.BooleanField(_("pauses while we wait"), default=False)
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    because = models.CharField(_("because"), max_length=200, blank=True)
    # Found by words; it runs until a person says whether it is one.
    is_suggested = models.BooleanField(_("suggested"), default=False)
    warn_at = models.DateTimeField(_("warn at"))
    warned_at = models.DateTimeField(_("warned at"), null=True, blank=True)
    # Only a promise has it: the customer hears of a likely delay then at the latest.
    tell_at = models.DateTimeField(_("tell the customer at"), null=True, blank=True)
    customer_told_at = models.DateTimeField(_("customer told at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_as = models.CharField(_("ended"), max_length=8, choices=ClockEnd.choices, blank=True)

    class Meta:
        verbose_name = _("clock of an appeal")
        verbose_name_plural = _("clocks of appeals")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "rule"], name="one_clock_of_a_rule"),
            models.CheckConstraint(
                condition=models.Q(paused_at__isnull=True) | models.Q(can_pause=True),
                name="only_some_clocks_pause",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_as="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_as="")),
                name="an_ended_clock_says_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["warn_at"],
                condition=models.Q(
                    ended_at__isnull=True, paused_at__isnull=True, warned_at__isnull=True
                ),
                name="clocks_to_warn",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(
                    ended_at__isnull=True, paused_at__isnull=True, escalated_at__isnull=True
                ),
                name="clocks_to_escalate",
            ),
            models.Index(
                fields=["tell_at"],
                condition=models.Q(
                    ended_at__isnull=True, paused_at__isnull=True, customer_told_at__isnull=True
                ),
                name="clocks_to_tell_of",
            ),
        ]

    def __str__(self) -> str:
        return self.rule
