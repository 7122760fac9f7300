"""How clear the explanations were, by reason and language; never a share of few."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from appeals.models import ClarityAnswer
from appeals.shares import FEW, share, too_few

WORDS_SHOWN = 20


@dataclass(frozen=True)
class Clarity:
    """Answers about one reason in one language; without numbers where they are few."""

    code: str
    language: str
    answers: int | None
    clear: int | None
    percent: float | None

    @property
    def is_hidden(self) -> bool:
        return self.answers is None


def clarity_by_reason(codes: Iterable[str] | None = None) -> list[Clarity]:
    """One row a reason and language somebody answered in."""
    rows = ClarityAnswer.objects.all()
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    counted = rows.values("code", "language").annotate(
        answers=Count("pk"), clear=Count("pk", filter=Q(is_clear=True))
    )
    return in_rows(counted.order_by("code", "language"))


def in_rows(counted: Iterable[Mapping[str, Any]]) -> list[Clarity]:
    """Sums by code and language as rows, without those of few; the lowest that may be shown first.

    Of each reason rows are hidden so that none can be worked out from the others.
    """
    by_code: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in counted:
        by_code[row["code"]].append((row["language"], row["answers"], row["clear"]))
    found = [one for code, answers in by_code.items() for one in _rows(code, answers)]
    return sorted(found, key=lambda one: (one.is_hidden, one.percent or 0.0, one.code))


def words_about(code: str) -> Sequence[ClarityAnswer]:
    """What people wrote about a reason, newest first; nothing where few did, who could be known."""
    rows = ClarityAnswer.objects.filter(code=code).exclude(words="").order_by("-answered_at", "-pk")
    newest = list(rows.only("words", "language", "is_clear", "answered_at")[:WORDS_SHOWN])
    return newest if len(newest) >= FEW else []


def _rows(code: str, answers: list[tuple[str, int, int]]) -> Iterable[Clarity]:
    hidden = too_few([count for _language, count, _clear in answers])
    for place, (language, count, clear) in enumerate(answers):
        if place in hidden:
            yield Clarity(code, language, None, None, None)
        else:
            yield Clarity(code, language, count, clear, share(clear, count))
