"""How a person wants to be reached, and where we must not send."""

from datetime import time

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.kinds import ChannelKind, SuppressionCause

CHANNELS = [
    (ChannelKind.SMS.value, _("SMS")),
    (ChannelKind.EMAIL.value, _("E-mail")),
    (ChannelKind.PUSH.value, _("Browser notification")),
    (ChannelKind.LETTER.value, _("Letter")),
]
SUPPRESSION_CAUSES = {
    SuppressionCause.STOP: _("The person answered STOP"),
    SuppressionCause.BOUNCE: _("The mailbox sent it back"),
    SuppressionCause.COMPLAINT: _("The person called our mail unwanted"),
    SuppressionCause.UNSUBSCRIBED: _("The person unsubscribed at the mail service"),
    SuppressionCause.DEAD_NUMBER: _("The number cannot get an SMS"),
    SuppressionCause.STAFF: _("Set by staff"),
}


class Preference(models.Model):
    """What a person chose; no row means everything on and the usual quiet hours."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="preference",
        verbose_name=_("person"),
    )
    sms = models.BooleanField(_("SMS"), default=True)
    email = models.BooleanField(_("e-mail"), default=True)
    push = models.BooleanField(_("browser notifications"), default=True)
    quiet_from = models.TimeField(_("quiet from"), default=time(21))
    quiet_until = models.TimeField(_("quiet until"), default=time(8))

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.person_id)


class Suppression(models.Model):
    """An address we must not send to, and why (STOP, bounce, wrong number).

    It holds for every sender of the channel, whichever it was said to: another sender must not
    be a way around it. A lifted one stays as history.
    """

    channel = models.CharField(_("channel"), max_length=6, choices=CHANNELS)
    # In the form of preferences.suppression_key.
    address = models.CharField(_("address"), max_length=254)
    cause = models.CharField(
        _("cause"),
        max_length=12,
        choices=[(cause.value, name) for cause, name in SUPPRESSION_CAUSES.items()],
    )
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    # The provider and sender it was said to; empty when staff said it.
    sender = models.CharField(_("sender"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_because = models.CharField(_("lifted because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address"],
                condition=models.Q(lifted_at__isnull=True),
                name="suppressed_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_cause_display()}"


class PushSubscription(models.Model):
    """A browser that said yes."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="push_subscriptions",
        verbose_name=_("person"),
    )
    endpoint = models.URLField(_("endpoint"), max_length=1000, unique=True)
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=100)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("since"))
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")

    def __str__(self) -> str:
        return f"{self.person.name}, {self.created_at:%Y-%m-%d}"
