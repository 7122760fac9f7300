"""Browsers that said yes to notifications, and their way out again."""

from dataclasses import dataclass

from django.utils import timezone

from notifications.models import PushSubscription
from notifications.push_services import is_push_service
from portal.models import Customer

KEPT_FOR_ONE_PERSON = 10


class BadSubscription(ValueError):
    """The browser's answer cannot be used; the message says why."""


@dataclass(frozen=True)
class BrowserKeys:
    """What `PushSubscription.toJSON()` holds in the browser."""

    endpoint: str
    p256dh: str
    auth: str


def subscribe(*, person: Customer, keys: BrowserKeys, user_agent: str) -> PushSubscription:
    """Remember the browser; a browser that changes hands belongs to who said yes last.

    Raises BadSubscription when the endpoint is not one of the push services we know: our server
    posts to it, so a stranger must not choose where.
    """
    if not is_push_service(keys.endpoint):
        raise BadSubscription("This browser's push service is not one we know.")
    subscription, _ = PushSubscription.objects.update_or_create(
        endpoint=keys.endpoint,
        defaults={
            "person": person,
            "p256dh": keys.p256dh,
            "auth": keys.auth,
            "user_agent": user_agent[:200],
            "created_at": timezone.now(),
            "gone_at": None,
        },
    )
    newest = PushSubscription.objects.filter(person=person).order_by("-created_at", "-pk")
    extra = list(newest.values_list("pk", flat=True)[KEPT_FOR_ONE_PERSON:])
    PushSubscription.objects.filter(pk__in=extra).update(gone_at=timezone.now())
    return subscription


def unsubscribe(*, person: Customer, endpoint: str) -> None:
    """Forget one browser of this person; an unknown one is already forgotten."""
    PushSubscription.objects.filter(person=person, endpoint=endpoint, gone_at=None).update(
        gone_at=timezone.now()
    )


def unsubscribe_all(*, person: Customer) -> None:
    """Forget every browser of this person, for who no longer has the browser at hand."""
    PushSubscription.objects.filter(person=person, gone_at=None).update(gone_at=timezone.now())
