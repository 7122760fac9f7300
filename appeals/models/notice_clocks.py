"""By when a customer must have been told of a decision: each clock of its pack is a row.

Not a `CaseClock`: those belong to an appeal, pause and are confirmed by people; these begin with
each of thousands of decisions of a feed and end by themselves when the notice has arrived.
"""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from appeals.catalogue.packs import PACKS
from appeals.models.clocks import ClockEnd
from appeals.models.decisions import LineDecision

RUNNING = models.Q(ended_at__isnull=True)


class NoticeClock(models.Model):
    """One clock of one decision's notice; a guard only says until when nothing may be charged."""

    decision = models.ForeignKey(
        LineDecision, models.PROTECT, related_name="notice_clocks", verbose_name=_("decision")
    )
    # A key of the pack it was begun by, such as "US.notice.days30".
    rule = models.CharField(_("rule"), max_length=40)
    is_guard = models.BooleanField(_("guard"), default=False)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    warn_at = models.DateTimeField(_("warn at"))
    warned_at = models.DateTimeField(_("warned at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    # When to look next whether the notice has arrived.
    look_at = models.DateTimeField(_("look again at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_as = models.CharField(_("ended"), max_length=8, choices=ClockEnd.choices, blank=True)

    class Meta:
        verbose_name = _("clock of a notice")
        verbose_name_plural = _("clocks of notices")
        constraints = [
            models.UniqueConstraint(fields=["decision", "rule"], name="one_notice_clock_of_a_rule"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_as="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_as="")),
                name="an_ended_notice_clock_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="notice_clocks_by_day"),
            models.Index(fields=["look_at"], condition=RUNNING, name="notice_clocks_to_look_at"),
            models.Index(
                fields=["warn_at"],
                condition=RUNNING & models.Q(warned_at__isnull=True, is_guard=False),
                name="notice_clocks_to_warn",
            ),
            models.Index(
                fields=["due_at"],
                condition=RUNNING & models.Q(escalated_at__isnull=True, is_guard=False),
                name="notice_clocks_to_escalate",
            ),
        ]

    def __str__(self) -> str:
        """The rule by its name, in the reader's language; one we no longer have by its key."""
        rule = PACKS.notice_clocks.get(self.rule)
        return rule.label.get(get_language() or "en", rule.label["en"]) if rule else self.rule
