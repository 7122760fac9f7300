"""What a line would be without the decisions of a faulty rule: pure, from its decisions alone.

A faulty decision takes with it whatever was decided in its place: a part given back, a condition,
an end of something given for a time. What is left is gone through in order. A later good cut can
only lower the limit, a later good raise only lift it, and each says whether the line may be used.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from appeals.models import ADVERSE, Action, LineStatus, Obstacle

STATUS_AFTER = {
    Action.SUSPEND: LineStatus.SUSPENDED,
    Action.CLOSE: LineStatus.CLOSED,
    Action.RESTORE: LineStatus.OPEN,
}


@dataclass(frozen=True, slots=True)
class Past:
    """A decision about a line, as far as it matters here."""

    key: int
    action: str
    old_limit: Decimal
    new_limit: Decimal
    decided_at: datetime
    overrides: int | None = None
    # Given back on a condition or for a time: it may be lost again.
    is_for_now: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    limit: Decimal
    status: LineStatus


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of one faulty decision: restored over `overrides`, or why not."""

    standing: Standing | None = None
    action: Action = Action.RESTORE
    overrides: int = 0
    # The newest good decision since, which stands.
    newer: int | None = None
    obstacle: Obstacle | None = None

    @property
    def is_restored_already(self) -> bool:
        return self.standing is None and self.obstacle is None


def judge(faulty: Sequence[int], past: Collection[Past], now: Standing) -> dict[int, Verdict]:
    """By faulty decision of one line, which stands as `now` says, what is to be done about it."""
    order = sorted(past, key=lambda one: (one.decided_at, one.key))
    by_key = {one.key: one for one in order}
    replaced_by: dict[int | None, Past] = {
        one.overrides: one for one in order if one.overrides is not None
    }
    without, newer = _without(set(faulty), order)
    return {
        key: _verdict(by_key[key], _tail(by_key[key], replaced_by), without, newer, now)
        for key in faulty
    }


def _verdict(
    fault: Past, tail: Past, without: Standing, newer: int | None, now: Standing
) -> Verdict:
    if tail.key != fault.key and _gives_all_back(tail, fault):
        return Verdict()
    obstacle = _obstacle(fault, without, now)
    if obstacle:
        return Verdict(obstacle=obstacle)
    return Verdict(without, _action(fault, without, now), tail.key, newer)


def _gives_all_back(tail: Past, fault: Past) -> bool:
    is_whole = tail.action == Action.RESTORE and tail.new_limit >= fault.old_limit
    return is_whole and not tail.is_for_now


def _obstacle(fault: Past, without: Standing, now: Standing) -> Obstacle | None:
    if without.status == LineStatus.CLOSED:
        return Obstacle.CLOSED
    if without.limit < now.limit:
        return Obstacle.LOWER
    # "We restored your line" would not be true of it.
    if without == now and without.limit < fault.old_limit:
        return Obstacle.UNCHANGED
    return None


def _action(fault: Past, without: Standing, now: Standing) -> Action:
    """Restored where the line is what it was or can be used again; else its limit is raised."""
    is_open = without.status == LineStatus.OPEN
    is_back = without.limit >= fault.old_limit or now.status != LineStatus.OPEN
    return Action.RESTORE if is_open and is_back else Action.RAISE


def _tail(one: Past, replaced_by: dict[int | None, Past]) -> Past:
    """The decision that stands in its place by now, or itself."""
    while one.key in replaced_by:
        one = replaced_by[one.key]
    return one


def _without(faulty: set[int], order: Sequence[Past]) -> tuple[Standing, int | None]:
    """The line as the other decisions make it, and the newest of them that stands since."""
    gone: set[int] = set()
    limit: Decimal | None = None
    status, newer = LineStatus.OPEN, None
    for one in order:
        if one.key in faulty or one.overrides in gone:
            gone.add(one.key)
            limit = one.old_limit if limit is None else limit
            continue
        status = STATUS_AFTER.get(Action(one.action), status)
        if limit is not None:
            limit, newer = _after(limit, one), one.key
    assert limit is not None  # at least one is faulty
    return Standing(limit, status), newer


def _after(limit: Decimal, one: Past) -> Decimal:
    if one.new_limit == one.old_limit:  # about the use of the line, not about its limit
        return limit
    return (min if one.action in ADVERSE else max)(limit, one.new_limit)
