"""What must happen for the rest of a limit to come back, and the payments that tell."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.decisions import IMMUTABLE, LineDecision
from appeals.models.lines import CreditLine
from appeals.models.review import Outcome


class PaymentReport(models.Model):
    """One instalment as the lender's ledger reports it; immutable, a correction is a later one."""

    source_id = models.CharField(_("id in the source"), max_length=100, unique=True)
    content_sha256 = models.CharField(_("SHA-256 of what was told"), max_length=64)
    line = models.ForeignKey(
        CreditLine, models.PROTECT, related_name="payments", verbose_name=_("line")
    )
    due_on = models.DateField(_("due on"))
    # Not paid yet, or not at all, when blank.
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("payment report")
        verbose_name_plural = _("payment reports")
        indexes = [models.Index(fields=["line", "due_on"], name="payments_of_a_line")]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return self.source_id


class ConditionState(models.TextChoices):
    OPEN = "open", _("Not yet met")
    MET = "met", _("Met: the rest was restored")
    MISSED = "missed", _("Not met in time")
    OVERTAKEN = "overtaken", _("A newer decision stands")


class OutcomeCondition(models.Model):
    """So many payments on time by a day, and the limit becomes `then_limit`."""

    outcome = models.OneToOneField(
        Outcome, models.PROTECT, related_name="payment_condition", verbose_name=_("outcome")
    )
    payments_needed = models.PositiveSmallIntegerField(_("payments on time"))
    payments_made = models.PositiveSmallIntegerField(_("made so far"), default=0)
    by_date = models.DateField(_("by"))
    then_limit = models.DecimalField(_("limit then"), max_digits=14, decimal_places=2)
    state = models.CharField(
        _("state"), max_length=9, choices=ConditionState.choices, default=ConditionState.OPEN
    )
    # None until the outcome is final: nothing counts before.
    since = models.DateField(_("counts from"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    line_decision = models.OneToOneField(
        LineDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="met_condition",
        verbose_name=_("decision it led to"),
    )

    class Meta:
        verbose_name = _("condition of an outcome")
        verbose_name_plural = _("conditions of outcomes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payments_needed__gte=1, payments_needed__lte=24),
                name="condition_can_be_met",
            ),
            models.CheckConstraint(
                condition=models.Q(state="met", line_decision__isnull=False)
                | (~models.Q(state="met") & models.Q(line_decision__isnull=True)),
                name="a_met_condition_restored",
            ),
        ]
        indexes = [
            models.Index(
                fields=["by_date"],
                condition=models.Q(state="open", since__isnull=False),
                name="conditions_to_look_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome_id}: {self.state}"
