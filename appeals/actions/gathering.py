"""While an appeal is gathered under an incident, nobody works on it alone."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from appeals.errors import WrongState
from appeals.incident_scope import gathering_of
from appeals.models import Appeal, CaseEvent, DocumentRequest, EventKind


def why_gathered(appeal: Appeal) -> str:
    """Why it is nobody's to judge now; nothing when it is not gathered."""
    for gathered in gathering_of(appeal.pk):
        return _(
            "This appeal is gathered under incident %(reference)s: whom the rule touched is "
            "put right together. It can be decided by hand once the incident is closed, or "
            "leaves it to a person."
        ) % {"reference": gathered.incident.reference}
    return ""


def check_is_not_gathered(appeal: Appeal) -> None:
    """Everybody whom a faulty rule touched gets one answer, at once; nobody one of their own."""
    if refusal := why_gathered(appeal):
        raise WrongState(refusal)


def call_off_requests(appeal: Appeal, now: datetime) -> bool:
    """End what the customer was asked and has not answered; whether there was anything."""
    asked = DocumentRequest.objects.filter(appeal=appeal, answered_at__isnull=True)
    return bool(asked.update(answered_at=now, is_called_off=True))


def part(appeals: Iterable[Appeal], incident: str, now: datetime) -> None:
    """Write beside each that it is looked at by itself again, in the caller's transaction."""
    CaseEvent.objects.bulk_create(
        CaseEvent(appeal=one, kind=EventKind.PARTED, at=now, details={"incident": incident})
        for one in appeals
    )
