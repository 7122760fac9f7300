"""Changing what follows when all reasons of a cut have passed; tracked like every setting."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appeals.access import is_supervisor, list_queues
from appeals.actions.changes import changed_by
from appeals.errors import BadInput, NotAllowed
from appeals.models import RestoreSetting
from portal.models import Customer


def save_restore_setting(*, setting: RestoreSetting, by: Customer) -> RestoreSetting:
    """Write a new row or change one; the database allows one a place, and no making in the EU."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can change this."))
    if setting.queue_id and not list_queues(by).filter(pk=setting.queue_id).exists():
        raise NotAllowed(_("Only a cleared supervisor can change the rules of this queue."))
    try:
        with transaction.atomic(), changed_by(by):
            setting.save()
    except IntegrityError as error:
        raise BadInput(_("There is a row for this already. Change that one.")) from error
    return setting
