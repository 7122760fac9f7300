"""Ask for a code: one row and one hint to a worker, whoever the address may belong to."""

from django.db import transaction
from django.utils import timezone

from portal.models import SignInCode
from portal.sign_in.addresses import Address
from portal.tasks import issue_sign_in_code


@transaction.atomic
def ask_for_code(address: Address) -> SignInCode:
    """Write down that somebody wants a code; a worker finds out who, and sends it."""
    asked = SignInCode.objects.create(
        channel=address.channel, address=address.value, asked_at=timezone.now()
    )
    issue_sign_in_code.delay_on_commit(asked.pk)
    return asked
