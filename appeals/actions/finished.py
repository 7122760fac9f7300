"""Whoever helps with a draft says that their part is done, and the customer learns of it."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.events import record
from appeals.actions.evidence import hold_appeal
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, CaseEvent, EventKind, Representative
from appeals.truth import about_appeal
from notifications.api import notify
from portal.models import Customer


class ToldAlready(WrongState):
    """The customer heard it before: today, or nothing has changed since."""


@transaction.atomic
def say_finished(*, representative: Representative, by: Customer) -> CaseEvent:
    """Tell the customer that the draft waits for them; once a day, and only when it changed.

    Nothing is sent by it, and whoever helps may go on writing.
    """
    if by.pk != representative.person_id:
        raise NotAllowed(_("Only the person who helps can say that they have finished."))
    appeal = hold_appeal(representative.appeal)
    if not Representative.objects.standing().filter(pk=representative.pk).exists():
        raise WrongState(_("You no longer help with this appeal."))
    customer, now = appeal.customer, timezone.now()
    if not appeal.is_draft:
        gone = _("This appeal is no longer a draft. %(name)s has sent it or taken it back.")
        raise WrongState(gone % {"name": customer.name})
    # The day the customer lives in, for it is they who must not be told too often.
    today = now.astimezone(customer.zone).date()
    said = appeal.events.filter(kind=EventKind.HELPER_FINISHED, by=by).last()
    if said and said.at.astimezone(customer.zone).date() == today:
        told = _("%(name)s was told already. We tell them once a day at most.")
        raise ToldAlready(told % {"name": customer.name})
    if said and not _has_changed(appeal, said.at):
        told = _("%(name)s was told already, and nothing has changed since.")
        raise ToldAlready(told % {"name": customer.name})
    event = record(appeal, EventKind.HELPER_FINISHED, by)
    notify(
        recipient=customer,
        type="helper_ready",
        dedupe_key=f"appeal:{appeal.reference}:finished:{by.pk}:{today.isoformat()}",
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/check/",
        about=about_appeal(appeal),
    )
    return event


def _has_changed(appeal: Appeal, since: datetime) -> bool:
    """Whether an answer was saved or a paper came, by whomever."""
    return appeal.saved_at > since or appeal.evidence.filter(uploaded_at__gt=since).exists()


def last_finished(appeal: Appeal) -> CaseEvent | None:
    """When somebody who helps last said so; it stays true whatever is written after."""
    return appeal.events.filter(kind=EventKind.HELPER_FINISHED).last()


def finished_at() -> Subquery:
    """The same of many appeals at once."""
    rows = CaseEvent.objects.filter(appeal=OuterRef("pk"), kind=EventKind.HELPER_FINISHED)
    return Subquery(rows.order_by("-at", "-pk").values("at")[:1])
