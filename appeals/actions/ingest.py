"""Takes the engine's feed in: checked line by line, stored batch by batch, counted exactly."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from appeals.actions.intake import LineAnswer, store_decisions
from appeals.errors import AppealError
from appeals.feed import FeedDecision, LineRejected, parse_line
from appeals.kept_settings import look_again
from appeals.models import FeedRun, RejectedLine
from notifications.api import Lane

__all__ = ["LineAnswer", "ingest", "ingest_lines", "ingest_one", "ingest_stream"]

LINES_A_BATCH = 1000
RAW_KEPT = 8 * 1024
COUNTS = {
    "created": "created",
    "unchanged": "unchanged",
    "conflict": "conflicts",
    "rejected": "rejected",
}
NumberedLine = tuple[int, bytes]


def ingest(
    lines: Iterable[bytes], *, source: str, progress: Callable[[FeedRun], Any] | None = None
) -> FeedRun:
    """Take a whole feed in; a line we cannot take is kept and listed, and the next one follows."""
    run = _start(source)
    for batch in _batches(lines):
        ingest_lines(batch, run)
        if progress:
            progress(run)
    _finish(run)
    return run


def ingest_stream(lines: Iterable[bytes], *, source: str) -> Iterator[LineAnswer]:
    """Take a feed in and say of each line, in order, what became of it."""
    run = _start(source)
    for batch in _batches(lines):
        yield from ingest_lines(batch, run)
    _finish(run)


def ingest_one(body: bytes, *, source: str) -> LineAnswer:
    """Take in one decision; a run is only noted when there is something to mend."""
    batch = [(1, body)]
    with transaction.atomic():
        answers = _take_in(batch, Lane.STANDARD)
        if answers[0].error:
            _record(batch, answers, _start(source))
    return answers[0]


def ingest_lines(batch: Sequence[NumberedLine], run: FeedRun) -> list[LineAnswer]:
    """Take one batch in, with its counts and its rejected lines, in one transaction."""
    look_again()
    with transaction.atomic():
        answers = _take_in(batch, Lane.BULK)
        counts = _record(batch, answers, run)
    for name, count in counts.items():
        setattr(run, name, getattr(run, name) + count)
    return answers


def _take_in(batch: Sequence[NumberedLine], lane: Lane) -> list[LineAnswer]:
    answers: list[LineAnswer] = []
    decisions: list[FeedDecision] = []
    for number, raw in batch:
        try:
            decisions.append(parse_line(raw, line_number=number))
        except LineRejected as error:
            answers.append(
                LineAnswer(number, error.decision_id, "rejected", error=_storable(error.message))
            )
    answers += store_decisions(decisions, lane=lane)
    return sorted(answers, key=lambda answer: answer.line_number)


def _record(
    batch: Sequence[NumberedLine], answers: Sequence[LineAnswer], run: FeedRun
) -> dict[str, int]:
    """Keep the lines not taken and add to the run's counts; return what was added."""
    raw_lines = dict(batch)
    RejectedLine.objects.bulk_create(
        RejectedLine(
            run=run,
            line_number=answer.line_number,
            decision_id=answer.decision_id,
            is_conflict=answer.status == "conflict",
            error=answer.error,
            raw=_storable(raw_lines[answer.line_number][:RAW_KEPT].decode(errors="replace")),
        )
        for answer in answers
        if answer.error
    )
    found = Counter(COUNTS[answer.status] for answer in answers)
    counts = {"read": len(batch), **found}
    FeedRun.objects.filter(pk=run.pk).update(
        **{name: F(name) + count for name, count in counts.items()}
    )
    return counts


def _batches(lines: Iterable[bytes]) -> Iterator[list[NumberedLine]]:
    """Numbered lines in batches, blank ones left out.

    What was read before the feed broke off is given out first, then the break is raised.
    """
    batch: list[NumberedLine] = []
    numbered = enumerate(lines, start=1)
    while True:
        try:
            number, raw = next(numbered)
        except StopIteration:
            break
        except (AppealError, OSError):
            yield batch
            raise
        if raw.strip():
            batch.append((number, raw))
        if len(batch) == LINES_A_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _start(source: str) -> FeedRun:
    return FeedRun.objects.create(source=source[:255], started_at=timezone.now())


def _finish(run: FeedRun) -> None:
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])


def _storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold."""
    return text.encode(errors="replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")
