"""What is known of a line after a decision, and what follows when its reasons have passed."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from appeals.models.decisions import IMMUTABLE, DecisionReason, LineDecision
from appeals.models.lines import CreditLine
from appeals.models.queues import ReviewQueue
from portal.models import Jurisdiction


class LineFact(models.Model):
    """Facts of one line at one moment, as a source told them; a later report corrects it."""

    source_id = models.CharField(_("id in the source"), max_length=100, unique=True)
    content_sha256 = models.CharField(_("SHA-256 of what was told"), max_length=64)
    line = models.ForeignKey(
        CreditLine, models.PROTECT, related_name="facts", verbose_name=_("line")
    )
    as_of = models.DateTimeField(_("as of"))
    # {"bureau.utilisation": 41, ...}: names and kinds of `appeals.catalogue.facts.WATCHED_FACTS`.
    facts = models.JSONField(_("facts"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("facts of a line")
        verbose_name_plural = _("facts of lines")
        indexes = [models.Index(fields=["line", "as_of"], name="facts_of_a_line")]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return self.source_id


class LineWatch(models.Model):
    """A line about which facts came in, and when its reasons are tested next."""

    line = models.OneToOneField(
        CreditLine, models.CASCADE, related_name="watch", verbose_name=_("line")
    )
    # None: nothing to test until new facts come.
    look_at = models.DateTimeField(_("tested next at"), null=True, blank=True)

    class Meta:
        verbose_name = _("watched line")
        verbose_name_plural = _("watched lines")
        indexes = [
            models.Index(
                fields=["look_at"],
                condition=models.Q(look_at__isnull=False),
                name="lines_to_test",
            )
        ]

    def __str__(self) -> str:
        return str(self.line_id)


class PassedReason(models.Model):
    """A reason of a decision that newer facts no longer bear out."""

    reason = models.OneToOneField(
        DecisionReason, models.PROTECT, related_name="passed", verbose_name=_("reason")
    )
    since = models.DateTimeField(_("passed since"))
    seen_at = models.DateTimeField(_("seen at"))
    # Later facts say that the reason is there again.
    ended_at = models.DateTimeField(_("back since"), null=True, blank=True)

    class Meta:
        verbose_name = _("reason that passed")
        verbose_name_plural = _("reasons that passed")

    def __str__(self) -> str:
        return str(self.reason_id)


class RestoreMode(models.TextChoices):
    OFF = "off", _("Only tell the customer")
    PROPOSE = "propose", _("Propose a restore to a reviewer")
    MAKE = "make", _("Restore without a reviewer")


@pghistory.track()
class RestoreSetting(models.Model):
    """What the lender allows when all reasons of a cut have passed; the most specific row wins."""

    jurisdiction = models.CharField(
        _("jurisdiction"),
        max_length=2,
        blank=True,
        choices=Jurisdiction.choices,
        help_text=_("Blank stands for any."),
    )
    queue = models.ForeignKey(
        ReviewQueue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("queue of the first reason"),
        help_text=_("Blank stands for any."),
    )
    mode = models.CharField(
        pgettext_lazy("once the reason has passed", "then"),
        max_length=7,
        choices=RestoreMode.choices,
    )
    because = models.CharField(_("because"), max_length=200)

    class Meta:
        verbose_name = _("restore watch")
        verbose_name_plural = _("restore watch")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "queue"],
                nulls_distinct=False,
                name="one_restore_setting_a_place",
                violation_error_message=_("There is a row for this already. Change that one."),
            ),
            # Directive (EU) 2023/2225 art. 18: a fresh check first. To be confirmed by counsel.
            models.CheckConstraint(
                condition=~models.Q(jurisdiction="EU", mode="make"),
                name="no_restore_by_itself_in_the_eu",
                violation_error_message=_(
                    "In the EU a higher limit needs a fresh affordability check: only propose it."
                ),
            ),
        ]

    def __str__(self) -> str:
        where = self.get_jurisdiction_display() or gettext("Any")
        return f"{where}, {self.queue or gettext('Any')}: {self.get_mode_display()}"


class RestoreState(models.TextChoices):
    WAITING = "waiting", _("Waiting for a reviewer")
    AGREED = "agreed", _("Waiting for a second person")
    MADE = "made", _("Restored")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("A reason is there again")
    OVERTAKEN = "overtaken", _("A newer decision stands")


class RestoreProposal(models.Model):
    """All reasons of a cut have passed: give the limit back? Once a decision, whoever answers."""

    decision = models.OneToOneField(
        LineDecision, models.PROTECT, related_name="restore_proposal", verbose_name=_("decision")
    )
    queue = models.ForeignKey(
        ReviewQueue, models.PROTECT, related_name="+", verbose_name=_("queue")
    )
    state = models.CharField(
        _("state"), max_length=9, choices=RestoreState.choices, default=RestoreState.WAITING
    )
    passed_since = models.DateTimeField(_("reasons passed since"))
    made_at = models.DateTimeField(_("proposed at"))
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agreed by"),
    )
    agreed_because = models.CharField(_("because"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_because = models.CharField(_("because"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    line_decision = models.OneToOneField(
        LineDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="made_by_proposal",
        verbose_name=_("decision it led to"),
    )

    class Meta:
        verbose_name = _("proposed restore")
        verbose_name_plural = _("proposed restores")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(agreed_by__isnull=True)
                | models.Q(answered_by__isnull=True)
                | ~models.Q(agreed_by=models.F("answered_by")),
                name="two_people_restore",
            ),
            models.CheckConstraint(
                condition=models.Q(state="made", line_decision__isnull=False)
                | (~models.Q(state="made") & models.Q(line_decision__isnull=True)),
                name="what_was_made_has_a_decision",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "made_at"],
                condition=models.Q(state__in=["waiting", "agreed"]),
                name="restores_to_answer",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_your_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
PERFORM appeals_refuse(appeals_bar(person.id, NULL, decision.customer_id, decision.id))
   FROM unnest(ARRAY[NEW.agreed_by_id, NEW.answered_by_id]) AS person (id),
        appeals_linedecision AS decision
  WHERE person.id IS NOT NULL AND decision.id = NEW.decision_id;
RETURN NEW;
""",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in {RestoreState.WAITING, RestoreState.AGREED}
