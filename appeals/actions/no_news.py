"""When nothing changed for a while: who has the appeal and what happens next, once a period."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from appeals.actions.events import record
from appeals.incident_scope import gathering_of
from appeals.models import Appeal, CaseEvent, EventKind, ReviewQueue
from appeals.states import AppealState
from appeals.truth import about_appeal
from notifications.api import notify

BATCH = 500


def tell_no_news(now: datetime | None = None) -> int:
    """Tell each customer who heard nothing for their queue's number of days; how many were told."""
    now = now or timezone.now()
    told = 0
    for queue in ReviewQueue.objects.filter(no_news_days__gt=0).order_by("pk"):
        quiet = _quiet(now - timedelta(days=queue.no_news_days)).filter(queue=queue)
        for pk in list(quiet.order_by("submitted_at", "pk").values_list("pk", flat=True)[:BATCH]):
            told += _tell(pk, queue, now)
    return told


def team_of(queue: ReviewQueue | None, language: str) -> str:
    """The team as the customer may know it: never a name, nor what a guarded queue is for."""
    if queue is None or queue.is_restricted:
        with override(language):
            return _("our review team")
    return queue.name_zh if language.startswith("zh") else queue.name_en


def _type(appeal: Appeal, *, is_waiting: bool) -> str:
    if is_waiting:
        return "no_news_waiting"
    # No reviewer reads it by itself meanwhile.
    return "appeal_gathered" if gathering_of(appeal.pk) else "no_news"


def _quiet(since: datetime) -> QuerySet[Appeal]:
    """Open appeals of which the customer could see nothing new since then."""
    news = CaseEvent.objects.filter(appeal=OuterRef("pk"), is_visible=True, at__gt=since)
    return Appeal.objects.open().filter(submitted_at__lte=since).exclude(Exists(news))


@transaction.atomic
def _tell(pk: int, queue: ReviewQueue, now: datetime) -> bool:
    # What happens to an appeal takes its row first: whatever was told meanwhile is seen below.
    held = Appeal.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    appeal = held.select_related("customer").filter(pk=pk).first()
    since = now - timedelta(days=queue.no_news_days)
    if appeal is None or not _quiet(since).filter(pk=pk, queue=queue).exists():
        return False
    is_waiting = appeal.state == AppealState.WAITING
    event = record(appeal, EventKind.NO_NEWS, waiting=int(is_waiting))
    notify(
        recipient=appeal.customer,
        type=_type(appeal, is_waiting=is_waiting),
        dedupe_key=f"appeal:{appeal.reference}:no_news:{event.pk}",
        context={
            "reference": appeal.reference,
            "team": team_of(queue, appeal.customer.locale),
        },
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
    return True
