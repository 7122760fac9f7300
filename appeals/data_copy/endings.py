"""What follows when a copy is there: its request is answered, and the person is told."""

from datetime import datetime

from appeals.models import ClockEnd, CustomerRequest, DataCopy, RequestClock, RequestResult
from appeals.states import RequestState
from appeals.truth import about_request
from notifications.api import notify


def answer_with_copy(copy: DataCopy, now: datetime) -> None:
    """In the transaction that writes down where the copy lies."""
    request = CustomerRequest.objects.select_related("customer").get(pk=copy.request_id)
    request.move_to(RequestState.ANSWERED, answered_at=now, result=RequestResult.TOLD)
    clocks = RequestClock.objects.filter(request=request, ended_at__isnull=True)
    clocks.filter(due_at__gte=now).update(ended_at=now, ended_as=ClockEnd.MET)
    clocks.update(ended_at=now, ended_as=ClockEnd.MISSED)
    notify(
        recipient=request.customer,
        type="data_copy_ready",
        dedupe_key=f"request:{request.reference}:ready",
        context={"reference": request.reference},
        path="/your-data/",
        about=about_request(request),
    )
