"""Alarms: a version of a rule does what its past does not explain."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.decisions import LineDecision


class AlarmState(models.TextChoices):
    OPEN = "open", _("New")
    ACKNOWLEDGED = "acknowledged", _("Being looked into")
    DISMISSED = "dismissed", _("Dismissed")


class RuleAlarm(models.Model):
    """One a rule version and episode, however many charts stand out and however long."""

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    rule_id = models.CharField(_("rule"), max_length=64)
    rule_version = models.CharField(_("rule version"), max_length=64)
    rule_module = models.CharField(_("module"), max_length=64)
    # The first, second, ... of this version: two who look at once cannot both raise it.
    episode = models.PositiveIntegerField(_("episode"))
    since = models.DateTimeField(_("suspicious since"))
    # By the decisions' own time: the end of the hours whose looks first and last found something.
    found_at = models.DateTimeField(_("found"))
    last_at = models.DateTimeField(_("last found"))
    number = models.PositiveIntegerField(_("decisions since then"))
    # [{"kind", "region", "rarity", "since", "found_at", "observed", "usual"}], the rarest first.
    signals = models.JSONField(_("signals"), default=list)
    samples = models.ManyToManyField(LineDecision, verbose_name=_("sample decisions"))
    raised_at = models.DateTimeField(_("raised at"))
    state = models.CharField(
        _("state"), max_length=12, choices=AlarmState.choices, default=AlarmState.OPEN
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("looked into by"),
    )
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    why_dismissed = models.TextField(_("why it was dismissed"), blank=True)

    class Meta:
        verbose_name = _("alarm about a rule")
        verbose_name_plural = _("alarms about rules")
        constraints = [
            models.UniqueConstraint(
                fields=["rule_id", "rule_version", "episode"], name="one_alarm_an_episode"
            ),
            models.CheckConstraint(
                condition=models.Q(state=AlarmState.OPEN, changed_by__isnull=True)
                | models.Q(changed_by__isnull=False, changed_at__isnull=False),
                name="somebody_took_the_alarm",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=AlarmState.DISMISSED) | ~models.Q(why_dismissed=""),
                name="an_alarm_is_dismissed_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["found_at"],
                condition=models.Q(state=AlarmState.OPEN),
                name="alarms_nobody_took",
            )
        ]

    def __str__(self) -> str:
        return self.reference
