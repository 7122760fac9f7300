"""Whether each of the cases stands in the database as it was typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from appeals.answer_points import condition_of
from appeals.models import Appeal, EvidenceOpening, Finding, Outcome
from appeals.outcome_rules import RESTORING
from appeals.states import AppealState
from bench.keyed_cases import Todo
from notifications.models import Notification
from portal.models import Customer

OF_CONDITION = ("payments_needed", "by_date", "then_limit")


@dataclass(frozen=True)
class Said:
    """What stood in the fields when a case was sent."""

    reference: str
    findings: tuple[str, ...]
    sentence: str


def find_wrong(by: Customer, todos: Sequence[Todo], said: Sequence[Said]) -> list[str]:
    """What is not as it was typed, in words, one for each case of which that is so."""
    stood = {one.reference: one for one in said}
    wrong = []
    for todo in todos:
        reference = todo.appeal.reference
        pairs = _pairs(by, todo, stood[reference])
        differ = [name for name, (wanted, found) in pairs.items() if wanted != found]
        if differ:
            told = (f"{name}: {pairs[name][1]!r}, not {pairs[name][0]!r}" for name in differ)
            wrong.append(f"{reference}, {'; '.join(told)}")
    return wrong


def _pairs(by: Customer, todo: Todo, said: Said) -> dict[str, tuple[Any, Any]]:
    """What is wanted of a case beside what is there."""
    appeal = Appeal.objects.select_related("queue").get(pk=todo.appeal.pk)
    outcome, sort = Outcome.objects.get(appeal=appeal), todo.sort
    assert appeal.queue
    is_final = not appeal.queue.needs_second_approval
    told = f"appeal:{appeal.reference}:decided"
    openings = EvidenceOpening.objects.filter(document__appeal=appeal, by=by)
    rows = Finding.objects.filter(ground__appeal=appeal).order_by("ground__decision_reason__rank")
    findings = tuple(rows.values_list("ruling", "sentence"))
    rulings = tuple(ruling.value for ruling in sort.rulings)
    has_new_limit = outcome.line_decision_id is not None
    return {
        "state": (AppealState.DECIDED if is_final else AppealState.APPROVAL, appeal.state),
        "decided by": (by.pk, outcome.decided_by_id),
        "final": (is_final, outcome.is_final),
        "outcome": (sort.kind, outcome.kind),
        "findings": (tuple(zip(rulings, said.findings, strict=True)), findings),
        "sentence": (_sentence(todo, said, outcome.sentence), outcome.sentence),
        "own finding": (todo.finding or findings[-1][1], findings[-1][1]),
        "terms": (_wanted(todo), {name: _found(outcome, name) for name in sort.typed}),
        "papers read": (len(sort.papers), openings.values("document").distinct().count()),
        "told": (is_final, Notification.objects.filter(dedupe_key=told).exists()),
        "line restored": (
            is_final and sort.kind in RESTORING,
            has_new_limit,
        ),
    }


def _sentence(todo: Todo, said: Said, found: str) -> str:
    """The reviewer's own, else the desk's as it stood; of what was typed, with what was typed.

    The desk puts an amount or a bureau into its sentence while the keys go on, so that it may come
    after the page was looked at, and must come before the case is sent.
    """
    if todo.sentence:
        return todo.sentence
    typed = todo.sort.typed
    if isinstance(bureau := typed.get("bureau"), str):
        return said.sentence.replace("…", bureau)
    limit = typed.get("new_limit")
    if not isinstance(limit, str):
        return said.sentence
    return found if f"{Decimal(limit):,.2f}" in found else f"… {limit} …"


def _wanted(todo: Todo) -> dict[str, str | date | Decimal | int]:
    return {name: _as_kept(name, value) for name, value in todo.sort.typed.items()}


def _as_kept(name: str, typed: str | date) -> str | date | Decimal | int:
    if isinstance(typed, date) or name == "bureau":
        return typed
    return Decimal(typed) if name.endswith("_limit") else int(typed)


def _found(outcome: Outcome, name: str) -> Any:
    if name.startswith("is-"):
        (one,) = outcome.corrections
        return one["is"] if one["fact"] == name.rsplit("-", 1)[1] else None
    return getattr(condition_of(outcome) if name in OF_CONDITION else outcome, name)
