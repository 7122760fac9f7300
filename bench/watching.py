"""What watching costs ingest: the same feed with the sums of rules and without, turn by turn."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from appeals.actions import intake
from appeals.actions.ingest import ingest
from appeals.actions.reason_sums import add_reasons
from appeals.actions.rule_looks import look_at_rules
from appeals.actions.rule_sums import add_decisions, fold_parts
from appeals.feed import FeedDecision
from appeals.models import LineDecision, RuleHour, RuleHourPart, RuleReasonWeek, RuleWatch
from bench.ingest_rows import empty, feed_lines, timed
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, say

# As much more time at most, of the time without.
MOST_COST = 0.10
DECISIONS = 20_000
Add = Callable[[Sequence[FeedDecision]], None]
# What an intake sums, by the name it calls it.
SUMS: dict[str, Add] = {"add_decisions": add_decisions, "add_reasons": add_reasons}
NOTES = """
Decisions a second through ingest(): checked, notices written, stored and told. Both sides turn by
turn in one run, each on empty tables. The sums go in with the decisions, in their transaction; the
clock folds them afterwards, which is timed beside, and looks at each hour once.
"""


def measure(plan: Plan) -> None:
    lines = list(feed_lines(DECISIONS // 10 if plan.is_quick else DECISIONS))
    # The first of all runs fills caches for both.
    _take_in(lines, is_watched=True)
    watched: list[float] = []
    plain: list[float] = []
    inside: list[float] = []
    folded: list[float] = []
    looked: list[float] = []
    for run in range(plan.runs):
        # Who goes first changes with each run.
        for is_watched in (run % 2 == 0, run % 2 == 1):
            seconds = _take_in(lines, is_watched=is_watched)
            (watched if is_watched else plain).append(len(lines) / seconds)
            if is_watched:
                _check(len(lines))
                inside.append(100 * spent.pop() / seconds)
                folded.append(RuleHourPart.objects.count() / timed(_fold))
                looked.append(timed(look_at_rules))
            say(f"  {'watched' if is_watched else 'plain'}: {len(lines) / seconds:,.0f} a second")
    _publish(plan, len(lines), (watched, plain), (inside, folded, looked))


def _take_in(lines: Sequence[bytes], *, is_watched: bool) -> float:
    empty()
    for model in (RuleHour, RuleHourPart, RuleReasonWeek, RuleWatch):
        model._default_manager.all().delete()
    spent[:] = [0.0]
    for name, add in SUMS.items():
        vars(intake)[name] = partial(_clocked, add) if is_watched else _nothing
    began = time.perf_counter()
    ingest(lines, source="bench")
    vars(intake).update(SUMS)
    return time.perf_counter() - began


# Seconds in the sums alone: a share of one run, which no other run's luck touches.
spent: list[float] = []


def _clocked(add: Add, decisions: Sequence[FeedDecision]) -> None:
    spent[0] += timed(add, decisions)


def _nothing(decisions: Sequence[FeedDecision]) -> None:
    """The other side: nothing is summed."""


def _check(decisions: int) -> None:
    if LineDecision.objects.count() != decisions or not RuleHourPart.objects.exists():
        raise RuntimeError("not every decision was taken in and summed")


def _fold() -> None:
    while fold_parts():
        pass


def _publish(
    plan: Plan,
    decisions: int,
    rates: tuple[list[float], list[float]],
    beside: tuple[list[float], list[float], list[float]],
) -> None:
    watched, plain = rates
    inside, folded, looked = beside
    cost = median([one / other - 1 for one, other in zip(plain, watched, strict=True)])
    line = Line("decisions taken in, watched", watched, beside="not watched", theirs=plain)
    plan.publish(
        Result(
            name="watching",
            title=f"Watching rules while {decisions:,} decisions come in",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=[
                at_most(line, 100 * cost, 100 * MOST_COST, " %"),
                Line("of a watched run, in the sums alone", inside, unit="%"),
                Line("parts folded by the clock", folded),
                Line("a look back at all of it", looked, unit="s"),
            ],
            notes=NOTES,
        )
    )
