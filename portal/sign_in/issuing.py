"""Make the code that was asked for and send it, away from the page that asked.

The page does the same work for every address, known or not; only here does anybody look.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from notifications.api import ChannelKind, Lane, notify
from portal.models import Customer, SignInCode
from portal.sign_in.addresses import Address
from portal.sign_in.codes import LIFETIME, LONGEST_WAIT, code_hash, new_code
from portal.sign_in.people import address_of, find_customer


@transaction.atomic
def issue_code(code_id: int) -> None:
    """Make the code and owe it to its owner, once; an unknown address gets a code nobody has."""
    now = timezone.now()
    waiting = SignInCode.objects.filter(pk=code_id, issued_at=None, asked_at__gt=now - LONGEST_WAIT)
    if not waiting.update(issued_at=now):
        return
    asked = SignInCode.objects.get(pk=code_id)
    channel = ChannelKind(asked.channel)
    person = find_customer(Address(channel, asked.address))
    code = new_code()
    asked.person = person
    asked.code_hash = code_hash(asked.pk, code)
    asked.expires_at = now + LIFETIME[channel]
    asked.address = ""
    asked.save(update_fields=["person", "code_hash", "expires_at", "address"])
    if person is not None:
        _owe_code(asked, person, code, asked.expires_at)


def _owe_code(asked: SignInCode, person: Customer, code: str, expires_at: datetime) -> None:
    channel = ChannelKind(asked.channel)
    notify(
        recipient=person,
        type="sign_in_code",
        dedupe_key=f"sign-in-code:{asked.pk}",
        lane=Lane.URGENT,
        secret=code,
        expires_at=expires_at,
        only=channel,
        # As we hold it: letters that look alike to a computer are not alike to a mail server.
        address=address_of(person, channel),
    )


def list_waiting(now: datetime) -> list[int]:
    """Return codes whose hint to a worker was lost while somebody may still be waiting."""
    rows = SignInCode.objects.filter(issued_at=None, asked_at__gt=now - LONGEST_WAIT)
    return list(rows.order_by("asked_at").values_list("pk", flat=True)[:500])
