"""Who felt treated fairly, by disputed reason and language; never a share of few."""

from collections.abc import Iterable, Sequence

from django.db.models import Count, F, Q

from appeals.clarity import WORDS_SHOWN, Clarity, in_rows
from appeals.models import TreatmentAnswer
from appeals.shares import FEW


def treatment_by_reason(codes: Iterable[str] | None = None) -> list[Clarity]:
    """One row a reason and language; an answer counts for each reason its appeal disputed."""
    rows = TreatmentAnswer.objects.filter(appeal__grounds__isnull=False)
    if codes is not None:
        rows = rows.filter(appeal__grounds__decision_reason__code__in=list(codes))
    counted = (
        rows.values("language", code=F("appeal__grounds__decision_reason__code"))
        .annotate(
            answers=Count("pk", distinct=True),
            clear=Count("pk", filter=Q(is_fair=True), distinct=True),
        )
        .order_by("code", "language")
    )
    return in_rows(counted)


def words_of_treatment(code: str) -> Sequence[TreatmentAnswer]:
    """What people wrote, newest first; nothing where few did, who could be known."""
    about = TreatmentAnswer.objects.filter(appeal__grounds__decision_reason__code=code)
    rows = about.exclude(words="").order_by("-answered_at", "-pk")
    newest = list(rows.only("words", "language", "is_fair", "answered_at")[:WORDS_SHOWN])
    return newest if len(newest) >= FEW else []
