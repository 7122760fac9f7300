from notifications.models.campaign import Campaign
from notifications.models.contact import Preference, PushSubscription, Suppression
from notifications.models.counts import DeliveryCount
from notifications.models.delivery import Attempt, Delivery, LocalMessage, Receipt
from notifications.models.letter import Letter, LetterBatch
from notifications.models.notification import Notification
from notifications.models.retention import RetentionMark
from notifications.models.wording import Wording

__all__ = [
    "Attempt",
    "Campaign",
    "Delivery",
    "DeliveryCount",
    "Letter",
    "LetterBatch",
    "LocalMessage",
    "Notification",
    "Preference",
    "PushSubscription",
    "Receipt",
    "RetentionMark",
    "Suppression",
    "Wording",
]
