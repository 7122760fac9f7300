"""Numbers of appeals, kept as sums, so that no page ever counts appeals."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """What a row counts, and what its `at` is: a day or a week (its Monday), both in UTC."""

    CAME_IN = "came_in", _("Came in")  # the day it was sent
    OPEN = "open", _("Still open")  # the day it was sent
    DUE = "due", _("Open, not waiting for the customer")  # the promise itself
    DECIDED = "decided", _("Decided")  # the day it was closed, as the two below
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DUPLICATE = "duplicate", _("Answered with another appeal")
    KEPT = "kept", _("Promise kept")  # the week it was decided, as all below
    MISSED = "missed", _("Promise missed")
    DAYS = "days", _("Days from sending to the answer")  # the subject is how many
    OUTCOME = "outcome", _("Outcome")
    REASON = "reason", _("Disputed reason")
    RULE = "rule", _("Rule of the decision")
    REGION = "region", _("Region of the customer")
    REVIEWER = "reviewer", _("Reviewer")  # the subject is their key
    AGAINST_RULE = "against_rule", _("Sent against a rule")  # the week it was sent, as below
    SENT_REASON = "sent_reason", _("Sent against a reason of a rule")
    RULE_REASON = "rule_reason", _("Disputed reason of a rule")  # the week it was decided
    SUGGESTED = "suggested", _("Finding suggested")  # the week it was decided, as all below
    AGREED = "agreed", _("Suggestion agreed with")
    CHANGED = "changed", _("Agreed with, then changed")
    READ_AGAIN = "read_again", _("Agreed with, then read again")
    OTHERWISE = "otherwise", _("Agreed with, then found otherwise")
    SAID_SO = "said_so", _("Earlier findings that said the same")
    COUNTED = "counted", _("Earlier findings")


class AppealTally(models.Model):
    """A part of a sum; the sum over all parts of a key is exact at every moment.

    Triggers add a part with each statement that changes what is counted, in its transaction, so
    that writers never wait for each other; the clock folds the parts of a key into one. Restricted
    cases are summed apart.
    """

    measure = models.CharField(_("measure"), max_length=12, choices=Measure.choices)
    at = models.DateTimeField(_("at"))
    # No foreign key: a part is written while its queue's row is busy with other things.
    queue_id = models.BigIntegerField(_("queue"))
    is_restricted = models.BooleanField(_("restricted"))
    subject = models.CharField(_("of"), max_length=64, blank=True)
    version = models.CharField(_("in version"), max_length=64, blank=True)
    # Which of the rule's reasons, where a row is about one.
    reason = models.CharField(_("reason"), max_length=40, blank=True, default="", db_default="")
    number = models.IntegerField(_("how many"))
    # Of an answer's marks: how many of them gave the customer something back.
    overturned = models.IntegerField(_("overturned"))
    is_folded = models.BooleanField(_("folded"), default=False)

    class Meta:
        verbose_name = _("tally of appeals")
        verbose_name_plural = _("tallies of appeals")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("measure", "at", "queue_id", "is_restricted"),
                    *("subject", "version", "reason"),
                ],
                condition=models.Q(is_folded=True),
                name="one_folded_tally_a_key",
            )
        ]
        indexes = [
            models.Index(fields=["measure", "at"], name="tallies_by_time"),
            models.Index(
                fields=["subject", "version"],
                condition=models.Q(measure__in=[Measure.RULE, Measure.AGAINST_RULE]),
                name="tallies_of_a_rule",
            ),
            models.Index(
                fields=["id"], condition=models.Q(is_folded=False), name="tallies_to_fold"
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(is_folded=True, number=0, overturned=0),
                name="tallies_of_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.at:%Y-%m-%d} {self.subject}: {self.number}"
