from notifications.models.contact import Preference, PushSubscription, Suppression
from notifications.models.outbox import Attempt, Delivery, LocalMessage, Notification, Receipt

__all__ = [
    "Attempt",
    "Delivery",
    "LocalMessage",
    "Notification",
    "Preference",
    "PushSubscription",
    "Receipt",
    "Suppression",
]
