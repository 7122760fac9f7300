"""Telling many people at once: whom, what, and how far it got."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.kinds import CampaignState

CAMPAIGN_STATES = {
    CampaignState.DRAFT: _("Draft"),
    CampaignState.CANARY: _("First share is going out"),
    CampaignState.WAITING: _("First share is out, waits for a person"),
    CampaignState.RUNNING: _("Going out"),
    CampaignState.PAUSED: _("Paused"),
    CampaignState.STOPPED: _("Stopped"),
    CampaignState.DONE: _("Done"),
}
# Of ten thousand people.
ALL_SHARES = 10_000


class Campaign(models.Model):
    """One message to everybody an audience names, made in steps that can be repeated.

    `cursor` is the last recipient whose row is made in this phase; it moves in the transaction
    that makes the rows. A worker takes deliveries only of campaigns that are going out, so that
    pausing and stopping need not touch the rows.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    title = models.CharField(_("title"), max_length=120)
    type = models.CharField(_("type of message"), max_length=40)
    # The name of an audience in the registry, and what it needs to know.
    audience = models.CharField(_("audience"), max_length=40)
    audience_parameters = models.JSONField(_("audience's parameters"), default=dict, blank=True)
    # {"en": {"title", "text"}, "zh-hans": {...}} where the type leaves the words to the campaign.
    words = models.JSONField(_("words"), default=dict, blank=True)
    is_mandatory = models.BooleanField(_("owed by law"), default=False)
    legal_due_at = models.DateTimeField(_("due by law"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=[(state.value, name) for state, name in CAMPAIGN_STATES.items()],
        default=CampaignState.DRAFT,
    )
    # What a paused campaign goes back to.
    resumes_as = models.CharField(max_length=8, blank=True)
    canary_share = models.PositiveSmallIntegerField(_("first share, of 10,000"), default=100)
    cursor = models.BigIntegerField(default=0)
    is_expanded = models.BooleanField(_("all messages made"), default=False)
    recipients = models.PositiveIntegerField(_("people with a message"), default=0)
    audience_size = models.PositiveIntegerField(_("people in the audience"), null=True, blank=True)
    because = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(canary_share__gte=0, canary_share__lte=ALL_SHARES),
                name="campaign_share_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in CampaignState]),
                name="campaign_state_is_known",
            ),
        ]
        permissions = [("run_campaign", _("Can start, pause and stop campaigns"))]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"
