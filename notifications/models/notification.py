"""What we owe people and what became of it: the rows are the truth, the broker only a hint."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.kinds import AttemptOutcome, DeliveryState, Lane, Unreached
from notifications.models.contact import CHANNELS, PushSubscription

DELIVERY_STATES = {
    DeliveryState.READY: _("Waiting"),
    DeliveryState.CLAIMED: _("Being prepared"),
    DeliveryState.SENDING: _("Being sent"),
    DeliveryState.ACCEPTED: _("Sent"),
    DeliveryState.DELIVERED: _("Delivered"),
    DeliveryState.UNDELIVERED: _("Did not arrive"),
    DeliveryState.FAILED: _("Could not be sent"),
    DeliveryState.UNKNOWN: _("Sent, not confirmed"),
    DeliveryState.CANCELLED: _("Not sent"),
}
UNREACHED = {
    Unreached.NO_ADDRESS: _("We hold no phone number and no e-mail address"),
    Unreached.SUPPRESSED: _("We must not send to the addresses we hold"),
    Unreached.SWITCHED_OFF: _("The person switched these messages off"),
}


class Notification(models.Model):
    """One thing to tell one person once; the same dedupe key again owes nothing more."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="notifications",
        verbose_name=_("recipient"),
    )
    type = models.CharField(_("type"), max_length=40)
    dedupe_key = models.CharField(_("dedupe key"), max_length=120, unique=True)
    lane = models.CharField(
        _("lane"), max_length=8, choices=[(lane.value, lane.value) for lane in Lane]
    )
    is_mandatory = models.BooleanField(_("owed by law"), default=False)
    legal_due_at = models.DateTimeField(_("due by law"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=12)
    # References and dates a template may print; never a name, an address, an amount or a reason.
    context = models.JSONField(_("context"), default=dict)
    # A sign-in code while it lives; emptied as soon as the message left or ran out.
    secret = models.CharField(max_length=64, blank=True)
    path = models.CharField(_("page it leads to"), max_length=200, blank=True)
    # Why no channel carries it; push alone never carries what is owed by law.
    unreached = models.CharField(
        _("not reached because"),
        max_length=12,
        blank=True,
        choices=[(cause.value, name) for cause, name in UNREACHED.items()],
    )
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("useless after"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
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
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.dedupe_key}"


class Delivery(models.Model):
    """One channel's try to carry a Notification."""

    notification = models.ForeignKey(
        Notification, models.PROTECT, related_name="deliveries", verbose_name=_("notification")
    )
    channel = models.CharField(_("channel"), max_length=5, choices=CHANNELS)
    lane = models.CharField(
        _("lane"), max_length=8
    )  # the notification's, here for the claim's index
    address = models.CharField(_("address"), max_length=254)
    push_subscription = models.ForeignKey(
        PushSubscription, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        _("state"),
        max_length=11,
        choices=[(state.value, name) for state, name in DELIVERY_STATES.items()],
        default=DeliveryState.READY,
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    not_before = models.DateTimeField(_("not before"))
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    provider = models.CharField(_("provider"), max_length=20, blank=True)
    provider_ref = models.CharField(_("provider's id"), max_length=100, blank=True, db_index=True)
    content_sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    created_at = models.DateTimeField(_("made at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel", "push_subscription"],
                nulls_distinct=False,
                name="one_delivery_a_channel",
            )
        ]
        indexes = [
            models.Index(
                fields=["lane", "channel", "not_before"],
                condition=models.Q(state=DeliveryState.READY),
                name="deliveries_to_claim",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=[DeliveryState.CLAIMED, DeliveryState.SENDING]),
                name="deliveries_on_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} {self.channel}"


class Attempt(models.Model):
    """One call to a provider, written before the call; its outcome is filled in once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="attempts", verbose_name=_("delivery")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"),
        max_length=13,
        blank=True,
        choices=[(outcome.value, outcome.value) for outcome in AttemptOutcome],
    )
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    code = models.CharField(_("provider's code"), max_length=40, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempts_are_numbered")
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"


class Receipt(models.Model):
    """One signed word from a provider; its event id lets a repeat be recognised for good."""

    provider = models.CharField(_("provider"), max_length=20)
    event_id = models.CharField(_("event id"), max_length=160)
    attempt = models.ForeignKey(
        Attempt,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receipts",
        verbose_name=_("attempt"),
    )
    word = models.CharField(_("provider's word"), max_length=40)
    code = models.CharField(_("provider's code"), max_length=40, blank=True)
    received_at = models.DateTimeField(_("received at"))
    body_sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="receipt_counts_once")
        ]
        triggers = [
            pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.word}"


class LocalMessage(models.Model):
    """What the customer would have got, kept where no provider is configured."""

    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="local_message")
    channel = models.CharField(_("channel"), max_length=5, choices=CHANNELS)
    to = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    html = models.TextField("HTML", blank=True)
    link = models.URLField(_("link"), max_length=400, blank=True)
    kept_at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("local message")
        verbose_name_plural = _("local messages")

    def __str__(self) -> str:
        return f"{self.channel} {self.kept_at:%Y-%m-%d %H:%M:%S}"
