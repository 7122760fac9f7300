"""What a reviewer can and may take on, and what they must keep their hands off."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal


@pghistory.track()
class ReviewerProfile(models.Model):
    """The skills of one member of staff; without a row: every language, not cleared, here."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="reviewer_profile",
        verbose_name=_("person"),
    )
    # Codes of settings.LANGUAGES; none stands for all of them.
    languages = models.JSONField(_("reads"), default=list, blank=True)
    is_cleared = models.BooleanField(_("cleared for fraud and restricted cases"), default=False)
    away_until = models.DateField(
        _("away until"), null=True, blank=True, help_text=_("No appeals are assigned before.")
    )

    class Meta:
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")

    def __str__(self) -> str:
        return self.person.name


class RuleOwner(models.Model):
    """Who answers for a rule of the engine, and so reviews no appeal against it."""

    rule_id = models.CharField(_("rule"), max_length=64)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner")
    )

    class Meta:
        verbose_name = _("rule owner")
        verbose_name_plural = _("rule owners")
        constraints = [
            models.UniqueConstraint(fields=["rule_id", "owner"], name="an_owner_of_a_rule_once")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.owner.name}"


class ConflictQuerySet(models.QuerySet["ConflictOfInterest"]):
    def standing(self) -> "ConflictQuerySet":
        """Those that were not ended."""
        return self.filter(ended_at__isnull=True)


class ConflictOfInterest(models.Model):
    """A declared reason to stay away from one customer, or from one appeal.

    It is never deleted. One that was declared by mistake is ended, with why, by somebody else.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="conflicts",
        verbose_name=_("member of staff"),
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer"),
    )
    appeal = models.ForeignKey(
        Appeal,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="conflicts",
        verbose_name=_("appeal"),
    )
    because = models.CharField(_("because"), max_length=300)
    declared_at = models.DateTimeField(_("declared at"))
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    ended_because = models.CharField(_("ended because"), max_length=300, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False, appeal__isnull=True)
                | models.Q(customer__isnull=True, appeal__isnull=False),
                name="conflict_with_one_thing",
            ),
            models.UniqueConstraint(
                fields=["person", "customer"],
                condition=models.Q(ended_at__isnull=True),
                name="one_conflict_with_a_customer",
            ),
            models.UniqueConstraint(
                fields=["person", "appeal"],
                condition=models.Q(ended_at__isnull=True),
                name="one_conflict_with_an_appeal",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True, ended_because="")
                | (
                    models.Q(ended_at__isnull=False, ended_by__isnull=False)
                    & ~models.Q(ended_because="")
                    & ~models.Q(ended_by=models.F("person"))
                ),
                name="an_ended_conflict_says_who_and_why",
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="conflicts_with_customer")]

    def __str__(self) -> str:
        return self.person.name
