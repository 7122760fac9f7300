"""What was decided about a line, by engine or by person; nothing here ever changes."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from appeals.catalogue import CATALOGUE, Reason
from appeals.models.lines import CreditLine

IMMUTABLE = pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update | pgtrigger.Delete)


class Action(models.TextChoices):
    REDUCE = "reduce", _("Limit lowered")
    SUSPEND = "suspend", _("Line suspended")
    CLOSE = "close", _("Line closed")
    RESTORE = "restore", _("Limit restored")
    RAISE = "raise", _("Limit raised")


ADVERSE = frozenset({Action.REDUCE, Action.SUSPEND, Action.CLOSE})


class LineDecision(models.Model):
    """One decision. A correction is a new decision that `overrides` this one."""

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    # The engine's id for it; ours when a reviewer decided (then it is the reference).
    source_id = models.CharField(_("id in the source"), max_length=100, unique=True)
    content_sha256 = models.CharField(_("SHA-256 of the feed line"), max_length=64)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="line_decisions",
        verbose_name=_("customer"),
    )
    line = models.ForeignKey(
        CreditLine, models.PROTECT, related_name="decisions", verbose_name=_("line")
    )
    action = models.CharField(_("action"), max_length=8, choices=Action.choices)
    old_limit = models.DecimalField(_("old limit"), max_digits=14, decimal_places=2)
    new_limit = models.DecimalField(_("new limit"), max_digits=14, decimal_places=2)
    balance = models.DecimalField(_("balance then"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    decided_at = models.DateTimeField(_("decided at"))
    effective_at = models.DateTimeField(_("effective at"))
    # Where the customer lived then, as the feed said; empty in what is older than this field.
    region = models.CharField(
        _("region then"), max_length=10, blank=True, default="", db_default=""
    )
    automated = models.BooleanField(_("decided by a computer"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    rule_id = models.CharField(_("rule"), max_length=64, blank=True)
    rule_module = models.CharField(_("module"), max_length=64, blank=True)
    rule_version = models.CharField(_("rule version"), max_length=64, blank=True)
    # {"ref", "title", "region"} when the decision carries out a policy for many people.
    policy = models.JSONField(_("policy"), null=True, blank=True)
    # {"value", "min", "max", "source", "as_of"} of the score the engine used.
    score = models.JSONField(_("score"), null=True, blank=True)
    overrides = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="overridden_by",
        verbose_name=_("overrides"),
    )
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("line decision")
        verbose_name_plural = _("line decisions")
        indexes = [
            models.Index(fields=["customer", "-decided_at"], name="decision_of_customer"),
            # The decisions of a day: they come in by time, so a few bytes a megabyte do.
            BrinIndex(fields=["decided_at"], autosummarize=True, name="decisions_by_day"),
            # Whom a rule or a policy touched, person by person and the newest decision first.
            models.Index(
                "rule_id",
                "rule_version",
                "customer",
                F("decided_at").desc(),
                F("id").desc(),
                name="decisions_by_rule",
            ),
            models.Index(
                KeyTextTransform("ref", "policy"),
                "customer",
                F("decided_at").desc(),
                F("id").desc(),
                condition=models.Q(policy__isnull=False),
                name="decisions_by_policy",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(old_limit__gte=0, new_limit__gte=0),
                name="decision_limits_not_negative",
            ),
            models.CheckConstraint(
                condition=~models.Q(action="reduce")
                | models.Q(new_limit__lt=models.F("old_limit")),
                name="reduction_reduces",
            ),
        ]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_adverse(self) -> bool:
        """Whether it took something away from the customer."""
        return self.action in ADVERSE


class DecisionReason(models.Model):
    """A catalogue Reason on a decision, ranked from 1, with the customer's own facts."""

    decision = models.ForeignKey(
        LineDecision, models.PROTECT, related_name="reasons", verbose_name=_("decision")
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    code = models.CharField(_("reason"), max_length=40)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=4)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("reason of a decision")
        verbose_name_plural = _("reasons of decisions")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "rank"], name="one_reason_a_rank"),
            models.UniqueConstraint(fields=["decision", "code"], name="a_reason_counts_once"),
        ]
        indexes = [models.Index(fields=["code"], name="decision_reason_code")]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return self.code

    @property
    def reason(self) -> Reason:
        """The catalogue entry this row was made from."""
        return CATALOGUE.reason(self.code)
