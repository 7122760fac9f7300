"""Erasing what was kept long enough: papers, and the text of feed lines we could not take.

In portions, each a transaction of its own. What a legal hold is about is passed over.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from appeals.actions.events import record
from appeals.actions.legal_holds import hold_back
from appeals.actions.portions import for_each, in_portions
from appeals.catalogue import RETENTION
from appeals.deadlines import add_months
from appeals.evidence.checking import erase_evidence
from appeals.models import (
    Appeal,
    ErasedBecause,
    EventKind,
    EvidenceDocument,
    RejectedLine,
)
from appeals.retention import erasable_on, is_on_hold, on_hold, rules_on
from appeals.states import AppealState, EvidenceState

logger = structlog.get_logger(__name__)

# A day begins somewhere on Earth before it does in UTC.
FIRST_ZONE = timedelta(hours=14)


# --- papers --------------------------------------------------------------------------------------


def plan_papers(now: datetime | None = None) -> int:
    """Write down the last day of papers whose case ended, or whose rules changed."""
    now = now or timezone.now()

    def write(papers: list[EvidenceDocument]) -> int:
        for document in papers:
            _write_plan(document, now)
        return len(papers)

    return in_portions(_unplanned(now), write)


def _unplanned(now: datetime) -> QuerySet[EvidenceDocument]:
    rules = rules_on(now.date())
    # `<>` would read them all; the two sides of it are found by the index.
    by_other_rules = Q(erase_on__isnull=False) & (Q(erase_rule__lt=rules) | Q(erase_rule__gt=rules))
    ended = Q(erase_on__isnull=True, appeal__closed_at__isnull=False)
    rows = EvidenceDocument.objects.kept().filter(ended | by_other_rules)
    return rows.select_related("appeal__customer").order_by("pk")


def _write_plan(document: EvidenceDocument, now: datetime) -> None:
    EvidenceDocument.objects.filter(pk=document.pk).update(
        erase_on=erasable_on(document, now), erase_rule=rules_on(now.date())
    )


def due_papers(now: datetime) -> QuerySet[EvidenceDocument]:
    """Papers that may be erased by what was planned; each is worked out once more when it is."""
    latest = (now + FIRST_ZONE).date()
    unsent = now - timedelta(days=RETENTION.unsent_days)
    is_over = Q(erase_on__lte=latest)
    is_unsent = Q(appeal__state=AppealState.DRAFT, appeal__saved_at__lt=unsent)
    return EvidenceDocument.objects.kept().filter(is_over | is_unsent)


def erase_due_papers(now: datetime | None = None) -> int:
    """Erase every paper that was kept long enough and that nothing holds."""
    now = now or timezone.now()
    rows = due_papers(now).exclude(on_hold())
    erased = for_each(rows, "appeal_id", lambda appeal: _erase_of(appeal, now))
    if erased:
        logger.info("papers erased", count=erased)
    return erased


@transaction.atomic
def _erase_of(appeal_id: int, now: datetime) -> int:
    """Erase what is due of one appeal, unless a hold or a case opened again came before us."""
    appeal = Appeal.objects.select_for_update(of=("self",), no_key=True).get(pk=appeal_id)
    hold_back(appeal.customer_id)
    if is_on_hold(appeal):
        return 0
    papers = EvidenceDocument.objects.kept().filter(appeal=appeal)
    due = [one for one in papers.select_related("appeal__customer") if _is_due(one, now)]
    because = ErasedBecause.UNSENT if appeal.is_draft else ErasedBecause.OVER
    EvidenceDocument.objects.filter(pk__in=[one.pk for one in due]).update(
        state=EvidenceState.ERASED, original_name="", erased_at=now, erased_because=because
    )
    if due and not appeal.is_draft:
        record(appeal, EventKind.PAPERS_ERASED, documents=len(due))
    transaction.on_commit(lambda: _erase_files([one.pk for one in due]))
    return len(due)


def _is_due(document: EvidenceDocument, now: datetime) -> bool:
    """Whether its day has come where the customer lives; if not, the new day is written down."""
    day = erasable_on(document, now)
    if day is not None and day <= now.astimezone(document.appeal.customer.zone).date():
        return True
    _write_plan(document, now)
    return False


def _erase_files(documents: Iterable[int]) -> None:
    for document in EvidenceDocument.objects.filter(pk__in=list(documents)):
        erase_evidence(document)


def coming(until: date) -> QuerySet[EvidenceDocument]:
    """Papers whose last day is planned to come by then, the next first."""
    rows = EvidenceDocument.objects.kept().filter(erase_on__lte=until)
    return rows.order_by("erase_on", "pk")


# --- feed lines we could not take ----------------------------------------------------------------


def forget_rejected_lines(now: datetime | None = None) -> int:
    """Erase their text, which has a customer's data, and much later the rows."""
    now = now or timezone.now()
    read_before = now - timedelta(days=RETENTION.rejected_text_days)
    old = RejectedLine.objects.filter(run__started_at__lt=read_before).exclude(raw="")
    forgotten = in_portions(_keys(old), lambda keys: _lines(keys).update(raw=""))
    months = RETENTION.rejected_row_months
    gone_before = datetime.combine(add_months(now.date(), -months), now.timetz())
    very_old = RejectedLine.objects.filter(run__started_at__lt=gone_before)
    in_portions(_keys(very_old), lambda keys: _lines(keys).delete()[0])
    return forgotten


def _keys(rows: QuerySet[RejectedLine]) -> QuerySet[RejectedLine, int]:
    return rows.order_by("pk").values_list("pk", flat=True)


def _lines(keys: list[int]) -> QuerySet[RejectedLine]:
    return RejectedLine.objects.filter(pk__in=keys)
