"""Takes in what is known of lines after their decisions: each id once, for good."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from appeals.feed.decoding import Unusable
from appeals.feed.facts import Facts, id_of, read_facts
from appeals.models import CreditLine, LineFact, LineWatch

# Clocks of two houses differ a little.
CLOCK_AHEAD = timedelta(minutes=5)
CONFLICT = (
    "Facts with this id but other content are stored already; the stored ones stay. "
    "A correction is a new report with an id of its own."
)


@dataclass(frozen=True, slots=True)
class FactsAnswer:
    """What became of one report: `created`, `unchanged`, `conflict` or `rejected`."""

    fact_id: str
    status: str
    error: str = ""


def take_facts(trees: Sequence[Any]) -> list[FactsAnswer]:
    """Store what is new and good; answer each in order, whatever became of its neighbours."""
    now = timezone.now()
    answers: dict[int, FactsAnswer] = {}
    good: list[tuple[int, Facts]] = []
    for number, tree in enumerate(trees):
        try:
            one = read_facts(tree, f"[{number}]")
            _check_is_past(one, f"[{number}]", now)
            good.append((number, one))
        except Unusable as error:
            answers[number] = FactsAnswer(id_of(tree), "rejected", str(error))
    answers.update(_store(good, now))
    return [answers[number] for number in range(len(trees))]


def _check_is_past(one: Facts, place: str, now: datetime) -> None:
    if one.as_of > now + CLOCK_AHEAD:
        raise Unusable(f"{place}.as_of lies ahead. Send facts once they are known.")


@transaction.atomic
def _store(
    numbered: Sequence[tuple[int, Facts]], now: datetime
) -> Iterable[tuple[int, FactsAnswer]]:
    lines = dict(
        CreditLine.objects.filter(reference__in={one.line for _, one in numbered}).values_list(
            "reference", "pk"
        )
    )
    known = _stored({one.fact_id for _, one in numbered})
    # The first of two with one id in one list is the one that counts.
    fresh = {
        one.fact_id: one
        for _, one in reversed(numbered)
        if one.fact_id not in known and one.line in lines
    }
    # Somebody else may store the same id at this moment: the database keeps one of the two.
    LineFact.objects.bulk_create(
        [
            LineFact(
                source_id=one.fact_id,
                content_sha256=one.content_sha256(),
                line_id=lines[one.line],
                as_of=one.as_of,
                facts=one.facts,
                received_at=now,
            )
            for _, one in sorted(fresh.items())
        ],
        ignore_conflicts=True,
    )
    _test_soon({lines[one.line] for one in fresh.values()}, now)
    stored = _stored(set(fresh)) | known
    return [
        (number, _answer(one, stored.get(one.fact_id), is_first=fresh.get(one.fact_id) is one))
        for number, one in numbered
    ]


def _test_soon(lines: set[int], now: datetime) -> None:
    """Have the watch look at these lines at its next round."""
    LineWatch.objects.bulk_create(
        [LineWatch(line_id=line, look_at=now) for line in sorted(lines)],
        update_conflicts=True,
        unique_fields=["line"],
        update_fields=["look_at"],
    )


def _answer(one: Facts, stored_sha256: str | None, *, is_first: bool) -> FactsAnswer:
    if stored_sha256 is None:
        error = "We do not know this line. Send the line's decision first."
        return FactsAnswer(one.fact_id, "rejected", error)
    if stored_sha256 != one.content_sha256():
        return FactsAnswer(one.fact_id, "conflict", CONFLICT)
    return FactsAnswer(one.fact_id, "created" if is_first else "unchanged")


def _stored(source_ids: set[str]) -> dict[str, str]:
    rows = LineFact.objects.filter(source_id__in=source_ids)
    return dict(rows.values_list("source_id", "content_sha256"))
