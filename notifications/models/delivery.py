"""How a message travels: deliveries, calls to providers, and the providers' later words.

The three tables are partitioned by month, by ranges of their ids (notifications/ids.py). They name
each other without foreign keys in the database, so that a month can be taken away in one stroke;
the statements that make the rows take them from the rows they name.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.kinds import AttemptOutcome, DeliveryState
from notifications.models.contact import CHANNELS, PushSubscription
from notifications.models.notification import Notification
from notifications.models.wording import Wording

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

OUTCOMES = {
    AttemptOutcome.ACCEPTED: pgettext_lazy("a call to a provider", "Taken"),
    AttemptOutcome.RETRY: _("Not taken now, to be tried again"),
    AttemptOutcome.PERMANENT: _("Refused for good"),
    AttemptOutcome.MISCONFIGURED: _("Our account is not set up right"),
    AttemptOutcome.UNKNOWN: _("Answer lost"),
}


class Delivery(models.Model):
    """One channel's try to carry a Notification. Its id is ids.delivery_id: one a channel."""

    id = models.UUIDField(primary_key=True, editable=False)
    notification = models.ForeignKey(
        Notification,
        models.PROTECT,
        db_constraint=False,
        related_name="deliveries",
        verbose_name=_("message"),
    )
    campaign_id = models.BigIntegerField(_("campaign"), null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=6, choices=CHANNELS)
    # The notification's, here for the claim's index.
    lane = models.CharField(_("lane"), max_length=8)
    address = models.CharField(_("address"), max_length=254)
    push_subscription = models.ForeignKey(
        PushSubscription,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
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
    # Tries that count against the lane's patience, and all calls ever made.
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    calls = models.PositiveSmallIntegerField(_("calls"), default=0)
    provider = models.CharField(_("provider"), max_length=40, blank=True)
    provider_ref = models.CharField(_("provider's id"), max_length=100, blank=True)
    # When to ask the provider what became of it; empty when it need not or cannot be asked.
    ask_at = models.DateTimeField(_("ask at"), null=True, blank=True)
    wording = models.ForeignKey(
        Wording,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("wording"),
    )
    content_sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    created_at = models.DateTimeField(_("made at"))
    sent_at = models.DateTimeField(pgettext_lazy("a message", "sent at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(
                fields=["lane", "channel", "campaign_id", "not_before"],
                condition=models.Q(state=DeliveryState.READY),
                name="deliveries_to_claim",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=[DeliveryState.CLAIMED, DeliveryState.SENDING]),
                name="deliveries_on_lease",
            ),
            models.Index(
                fields=["ask_at"],
                condition=models.Q(ask_at__isnull=False),
                name="deliveries_to_ask_about",
            ),
            models.Index(
                fields=["provider_ref"],
                condition=~models.Q(provider_ref=""),
                name="deliveries_by_provider_ref",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification}: {self.get_channel_display()}"


class Attempt(models.Model):
    """One call to a provider, written before the call; its outcome is filled in once."""

    id = models.UUIDField(primary_key=True, editable=False)
    delivery = models.ForeignKey(
        Delivery,
        models.PROTECT,
        db_constraint=False,
        related_name="attempts",
        verbose_name=_("delivery"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    provider = models.CharField(_("provider"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(
        pgettext_lazy("a call to a provider", "outcome"),
        max_length=13,
        blank=True,
        choices=[(outcome.value, name) for outcome, name in OUTCOMES.items()],
    )
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    code = models.CharField(_("provider's code"), max_length=40, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
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
    """One signed word from a provider. Its id is ids.receipt_id: the same event counts once."""

    id = models.UUIDField(primary_key=True, editable=False)
    provider = models.CharField(_("provider"), max_length=40)
    event_id = models.CharField(_("event id"), max_length=160)
    attempt = models.ForeignKey(
        Attempt,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
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
        triggers = [
            pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.word}"


class LocalMessage(models.Model):
    """What the customer would have got, kept where no provider is configured."""

    attempt = models.OneToOneField(
        Attempt, models.CASCADE, db_constraint=False, related_name="local_message"
    )
    channel = models.CharField(_("channel"), max_length=6, choices=CHANNELS)
    to = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    html = models.TextField("HTML", blank=True)
    link = models.URLField(_("link"), max_length=400, blank=True)
    kept_at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("message kept here")
        verbose_name_plural = _("messages kept here")

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.kept_at:%Y-%m-%d %H:%M:%S}"
