"""What we owe people; the rows are the truth, the broker only a hint."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Lane, Settled, Unreached
from notifications.models.campaign import Campaign
from notifications.types import label_of

LANES = {
    Lane.URGENT: _("Urgent"),
    Lane.STANDARD: _("Standard"),
    Lane.BULK: _("Bulk"),
}
UNREACHED = {
    Unreached.NO_ADDRESS: _("We hold no phone number and no e-mail address"),
    Unreached.SUPPRESSED: _("We must not send to the addresses we hold"),
    Unreached.SWITCHED_OFF: _("The person switched these messages off"),
}
SETTLED = {
    Settled.REACHED: _("It arrived"),
    Settled.NO_LONGER_TRUE: _("It was overtaken"),
    Settled.STOPPED: _("Its campaign was stopped"),
}


class Notification(models.Model):
    """One thing to tell one person once; the same dedupe key again owes nothing more."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # No foreign keys in the database to people and campaigns: each new row would lock a row there,
    # a fifth of the cost of a campaign. The statement that makes rows takes them from these tables,
    # and neither people nor campaigns are ever deleted.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        related_name="notifications",
        verbose_name=_("recipient"),
        db_index=False,  # the index of a person's newest covers it
    )
    type = models.CharField(_("type"), max_length=40)
    dedupe_key = models.CharField(_("dedupe key"), max_length=120, unique=True)
    lane = models.CharField(
        _("lane"), max_length=8, choices=[(lane.value, name) for lane, name in LANES.items()]
    )
    is_mandatory = models.BooleanField(_("owed by law"), default=False)
    legal_due_at = models.DateTimeField(_("due by law"), null=True, blank=True)
    # Only a letter is what the law asks for: it goes out at once, and the rest is an alert.
    needs_letter = models.BooleanField(_("on paper by law"), default=False, db_default=False)
    language = models.CharField(_("language"), max_length=12)
    # References and dates a template may print; never a name, an address, an amount or a reason.
    context = models.JSONField(_("context"), default=dict)
    # A sign-in code while it lives; emptied as soon as the message left or ran out.
    secret = models.CharField(max_length=64, blank=True)
    path = models.CharField(_("page it leads to"), max_length=200, blank=True)
    # What must still be true when it is sent, as the owner of the type understands it.
    about = models.CharField(_("about"), max_length=80, blank=True)
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="notifications",
        db_index=False,  # read through counts and the index of waiting deliveries
        verbose_name=_("campaign"),
    )
    # The message this one repeats, by whom and why.
    resends = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resent_as",
        db_index=False,
        verbose_name=_("sent again for"),
    )
    resent_because = models.CharField(_("sent again because"), max_length=300, blank=True)
    resent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("sent again by"),
    )
    # Why no channel carries it; push alone never carries what is owed by law.
    unreached = models.CharField(
        _("not reached because"),
        max_length=12,
        blank=True,
        choices=[(cause.value, name) for cause, name in UNREACHED.items()],
    )
    # When to look whether what is owed arrived, or must go on to its next channel.
    settle_at = models.DateTimeField(_("look again at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_as = models.CharField(
        _("settled as"),
        max_length=16,
        blank=True,
        choices=[(how.value, name) for how, name in SETTLED.items()],
    )
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("useless after"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages sent")
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notifications_of_person"),
            models.Index(
                fields=["created_at"],
                condition=~models.Q(unreached=""),
                name="notifications_unreached",
            ),
            models.Index(
                fields=["expires_at"],
                condition=~models.Q(secret=""),
                name="notifications_with_secret",
            ),
            models.Index(
                fields=["settle_at"],
                condition=models.Q(settle_at__isnull=False),
                name="notifications_to_settle",
            ),
            models.Index(
                fields=["campaign"],
                condition=models.Q(settle_at__isnull=False, campaign__isnull=False),
                name="campaign_to_settle",
            ),
            models.Index(
                fields=["resends"],
                condition=models.Q(resends__isnull=False),
                name="notifications_resent",
            ),
            models.Index(
                fields=["legal_due_at"],
                condition=models.Q(is_mandatory=True, settled_at__isnull=True),
                name="notifications_owed",
            ),
        ]
        permissions = [("resend_notification", _("Can send a message again"))]
        triggers = [
            # Deliveries name their notification without a foreign key in the database.
            pgtrigger.Protect(name="notification_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{label_of(self.type)}, {self.created_at:%Y-%m-%d %H:%M}"
