"""A reviewer's work on an appeal: the lease, the findings, the outcome, the instruction."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal, Ground
from appeals.models.counted import COUNTED_OUTCOMES
from appeals.models.decisions import LineDecision
from appeals.models.facts import RestoreProposal
from appeals.models.incidents import AffectedDecision
from appeals.models.independence import CLAIMS, OUTCOMES
from appeals.states import OutcomeKind, Ruling

OUTCOME_NAMES = {
    OutcomeKind.RESTORED: _("Restored in full"),
    OutcomeKind.PARTLY_RESTORED: _("Restored in part"),
    OutcomeKind.CONDITIONAL: _("Restored on conditions"),
    OutcomeKind.TEMPORARY: _("Restored for a time"),
    OutcomeKind.CORRECTED: _("Data corrected, decided again"),
    OutcomeKind.TO_BUREAU: _("Passed to the credit bureau"),
    OutcomeKind.KEPT: _("Kept as it is"),
}
RULING_NAMES = {
    Ruling.ACCEPTED: _("Accepted: the customer is right"),
    Ruling.REFUTED: _("Refuted: the reason stands"),
    Ruling.NOT_MATERIAL: _("Not material: does not change the outcome"),
}


class Claim(models.Model):
    """A reviewer's lease on an appeal; it runs out by itself."""

    appeal = models.OneToOneField(
        Appeal, models.CASCADE, related_name="claim", verbose_name=_("appeal")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims", verbose_name=_("reviewer")
    )
    claimed_at = models.DateTimeField(_("claimed at"))
    until = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        triggers = CLAIMS

    def __str__(self) -> str:
        return f"{self.appeal_id} - {self.reviewer_id}"


class Finding(models.Model):
    """The ruling on one ground, with the sentence the customer will read."""

    ground = models.OneToOneField(
        Ground, models.PROTECT, related_name="finding", verbose_name=_("ground")
    )
    ruling = models.CharField(
        _("ruling"), max_length=12, choices=[(r.value, name) for r, name in RULING_NAMES.items()]
    )
    sentence = models.TextField(_("sentence to the customer"), max_length=1000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")

    def __str__(self) -> str:
        return self.ruling


class Outcome(models.Model):
    """The answer to an appeal: proposed by one reviewer, final at once or by a second person."""

    appeal = models.ForeignKey(
        Appeal, models.PROTECT, related_name="outcomes", verbose_name=_("appeal")
    )
    kind = models.CharField(
        _("outcome"), max_length=16, choices=[(k.value, name) for k, name in OUTCOME_NAMES.items()]
    )
    new_limit = models.DecimalField(
        _("limit from now on"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    condition = models.TextField(_("condition"), max_length=500, blank=True)
    # The last day on which a limit restored for a time holds.
    until = models.DateField(_("until"), null=True, blank=True)
    # When the reason of what was kept is looked at again.
    look_again_on = models.DateField(_("looked at again on"), null=True, blank=True)
    # [{"reason", "fact", "was", "is"}]: what the engine must decide again with.
    corrections = models.JSONField(_("corrected facts"), default=list, blank=True)
    bureau = models.CharField(_("credit bureau"), max_length=80, blank=True)
    sentence = models.TextField(_("sentence to the customer"), max_length=2000)
    internal_note = models.TextField(_("note for staff only"), max_length=2000, blank=True)
    # [{"ground", "ruling", "sentence"}] as they stood when this outcome was proposed: a finding
    # that is written anew after a case was sent back does not change what was sent back.
    findings = models.JSONField(_("findings as proposed"), default=list, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"))
    # Who made the decision under appeal, repeated here so that the database can compare.
    decision_made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    needs_approval = models.BooleanField(_("needs a second person"), default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    sent_back_at = models.DateTimeField(_("sent back at"), null=True, blank=True)
    sent_back_note = models.TextField(_("sent back because"), max_length=1000, blank=True)
    is_final = models.BooleanField(_("final"), default=False)
    # The new decision this outcome made, if it changed the line.
    line_decision = models.OneToOneField(
        LineDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outcome",
        verbose_name=_("new line decision"),
    )
    # The decision that ended what was restored for a time.
    end_decision = models.OneToOneField(
        LineDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_outcome",
        verbose_name=_("decision at its end"),
    )
    # When the time was found to be over, whether that led to a decision or a newer one stood.
    ended_at = models.DateTimeField(_("its time ended at"), null=True, blank=True)
    end_told_at = models.DateTimeField(_("customer reminded at"), null=True, blank=True)
    looked_again_at = models.DateTimeField(_("looked at again at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            models.UniqueConstraint(
                fields=["appeal"],
                condition=models.Q(sent_back_at__isnull=True),
                name="one_outcome_an_appeal",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("decided_by")),
                name="approver_is_not_the_reviewer",
            ),
            models.CheckConstraint(
                condition=models.Q(decision_made_by__isnull=True)
                | ~models.Q(decided_by=models.F("decision_made_by")),
                name="reviewer_did_not_make_the_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(is_final=False)
                | models.Q(needs_approval=False)
                | models.Q(approved_by__isnull=False),
                name="final_only_when_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=OutcomeKind.TEMPORARY, until__isnull=False)
                | (~models.Q(kind=OutcomeKind.TEMPORARY) & models.Q(until__isnull=True)),
                name="only_what_is_for_a_time_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(end_decision__isnull=True) | models.Q(until__isnull=False),
                name="only_what_ends_has_an_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                condition=models.Q(is_final=True, until__isnull=False, ended_at__isnull=True),
                name="outcomes_to_end",
            ),
            models.Index(
                fields=["look_again_on"],
                condition=models.Q(
                    is_final=True, look_again_on__isnull=False, looked_again_at__isnull=True
                ),
                name="outcomes_to_look_at_again",
            ),
        ]
        triggers = [*COUNTED_OUTCOMES, *OUTCOMES]

    def __str__(self) -> str:
        return self.kind


class InstructionState(models.TextChoices):
    PENDING = "pending", _("Decided, not applied")
    CONFIRMED = "confirmed", _("Applied by the ledger")


class Purpose(models.TextChoices):
    OUTCOME = "outcome", _("The outcome itself")
    CONDITION_MET = "condition_met", _("The rest, because the condition was met")
    TIME_ENDED = "time_ended", _("The end of what was restored for a time")
    LOOK_AGAIN = "look_again", _("To decide again, after another look")
    PASSED = "passed", _("The limit again, because its reasons passed")
    FAULT = "fault", _("The limit again, because a rule was faulty")
    FAULT_FEES = "fault_fees", _("Fees and interest of a faulty rule undone")
    FAULT_BUREAU = "fault_bureau", _("What the credit bureaus were told by a faulty rule")


class LineInstruction(models.Model):
    """What the ledger must do, sent until it confirms; the key lets it recognise a repeat."""

    # One of the three: an answer to an appeal, a restore without one, the remedy of an incident.
    outcome = models.ForeignKey(
        Outcome,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="instructions",
        verbose_name=_("outcome"),
    )
    restore = models.OneToOneField(
        RestoreProposal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="instruction",
        verbose_name=_("restore"),
    )
    affected = models.ForeignKey(
        AffectedDecision,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,  # its constraint has one
        related_name="instructions",
        verbose_name=_("decision of an incident"),
    )
    purpose = models.CharField(
        _("for"), max_length=13, choices=Purpose.choices, default=Purpose.OUTCOME
    )
    idempotency_key = models.UUIDField(
        _("idempotency key"), unique=True, default=uuid.uuid4, editable=False
    )
    payload = models.JSONField(_("what the ledger is told"))
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=InstructionState.choices,
        default=InstructionState.PENDING,
    )
    created_at = models.DateTimeField(_("made at"))
    next_try_at = models.DateTimeField(_("next try at"))
    lease_until = models.DateTimeField(_("being sent until"), null=True, blank=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("ledger instruction")
        verbose_name_plural = _("decided, not applied")
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "purpose"], name="one_instruction_a_purpose"
            ),
            models.UniqueConstraint(
                fields=["affected", "purpose"],
                condition=models.Q(affected__isnull=False),
                name="one_instruction_a_fault",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__isnull=False, restore=None, affected=None)
                | models.Q(outcome=None, restore__isnull=False, affected=None)
                | models.Q(outcome=None, restore=None, affected__isnull=False),
                name="instruction_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state="pending"),
                name="instructions_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.created_at:%Y-%m-%d %H:%M}"
