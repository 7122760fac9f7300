"""The remedy of an incident: proposed by one person, approved by another, run like a campaign."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.models.incidents import NEVER_DELETED, Incident

ALL_SHARES = 100


class RemedyState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    DECLINED = "declined", _("Declined")
    CANARY = "canary", _("Putting the first share right")
    WAITING = "waiting", _("First share done: waiting for a person")
    RUNNING = "running", _("Putting everybody right")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")


# Steps are taken only in these.
WORKING = (RemedyState.CANARY, RemedyState.RUNNING)
UNDER_WAY = (RemedyState.CANARY, RemedyState.WAITING, RemedyState.RUNNING)


class Remedy(models.Model):
    """All that is done for everybody in the frozen scope, said once and agreed to by two people."""

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="remedies", verbose_name=_("incident")
    )
    state = models.CharField(
        _("state"), max_length=8, choices=RemedyState.choices, default=RemedyState.PROPOSED
    )
    resumes_as = models.CharField(max_length=8, blank=True, default="")
    canary_share = models.PositiveSmallIntegerField(_("first share in percent"), default=5)
    # What else the ledger is asked to undo.
    undoes_fees = models.BooleanField(_("undo fees and interest"), default=True)
    undoes_bureau = models.BooleanField(
        _("correct what the credit bureaus were told"), default=True
    )
    because = models.CharField(_("what went wrong"), max_length=500)
    # How many decisions the second person saw before they approved.
    counted = models.PositiveIntegerField(_("decisions when proposed"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last changed by"),
    )
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    ended_because = models.CharField(_("ended because"), max_length=500, blank=True, default="")
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("remedy")
        verbose_name_plural = _("remedies")
        constraints = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=~Q(state__in=["declined", "stopped"]),
                name="one_remedy_an_incident",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="two_people_put_right",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "declined"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="nothing_is_put_right_unapproved",
            ),
            models.CheckConstraint(
                condition=Q(canary_share__lte=ALL_SHARES), name="a_share_is_of_a_hundred"
            ),
        ]
        triggers = [NEVER_DELETED]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.state}"
