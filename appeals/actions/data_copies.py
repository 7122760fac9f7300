"""Taking the copy of one's data: recorded each time."""

from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.data_copy.store import open_copy
from appeals.errors import NotAllowed, WrongState
from appeals.models import CopyState, DataCopy
from portal.models import Customer
from portal.storage.errors import BrokenSeal


@transaction.atomic
def take_copy(*, copy: DataCopy, by: Customer) -> IO[bytes]:
    """Open the file for its owner and write down that it was taken."""
    if copy.request.customer_id != by.pk:
        raise NotAllowed(_("Only the person whose data it is can take it."))
    now = timezone.now()
    # Held until it is written down: the clock erases it before or after, not meanwhile.
    row = DataCopy.objects.select_for_update(no_key=True).get(pk=copy.pk)
    if row.state == CopyState.WAITING:
        raise WrongState(_("The copy is still being made. We tell you when it is ready."))
    if row.state != CopyState.READY or row.expires_at is None or row.expires_at <= now:
        raise WrongState(_("This copy has been erased. You can ask for a new one."))
    try:
        file = open_copy(row.stored_name)
    except (FileNotFoundError, BrokenSeal):
        raise WrongState(
            _("We cannot find this copy any more. Please ask for a new one.")
        ) from None
    row.downloads.create(at=now)
    return file
