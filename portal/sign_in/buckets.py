"""Which buckets a try at a door falls into."""

from django.http import HttpRequest

from portal.sign_in import devices
from portal.sign_in.addresses import keyed
from portal.sign_in.limits import Bucket, Kind
from portal.sign_in.people import account_name
from portal.sign_in.sender import sender_key


def for_sending(request: HttpRequest, name: str) -> list[Bucket]:
    """Return where a code to this address counts."""
    device = devices.known_as(request, name)
    if device:
        return [Bucket(Kind.SEND_DEVICE, keyed(f"{device}:{name}"))]
    return [Bucket(Kind.SEND_ADDRESS, name), Bucket(Kind.SEND_SENDER, sender_key(request))]


def for_trying(request: HttpRequest, name: str) -> list[Bucket]:
    """Return where a wrong code or password counts; a known device has a bucket of its own."""
    device = devices.known_as(request, name)
    if device:
        return [Bucket(Kind.TRY_DEVICE, keyed(f"{device}:{name}"))]
    return [
        Bucket(Kind.TRY_NAME, name),
        Bucket(Kind.TRY_SENDER, sender_key(request)),
        Bucket(Kind.TRY_ALL),
    ]


def for_account(request: HttpRequest, name: str, person_id: int | None) -> list[Bucket]:
    """Return where the same failure counts for whoever stands behind the name, or for nobody.

    An account with an e-mail address and a phone has two names, but not twice the tries.
    """
    if devices.known_as(request, name):
        return []
    account = account_name(person_id) if person_id else keyed(f"nobody:{name}")
    return [Bucket(Kind.TRY_ACCOUNT, account)]
