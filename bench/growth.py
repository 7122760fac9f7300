"""What a delivery costs, from claim to record, with 10,000 waiting and with 1,000,000."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django.test.utils import override_settings

from bench import rows
from bench.campaigns import expand_to
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, ratio, say
from notifications.kinds import ChannelKind, Lane
from notifications.tasks import send_next

FEW = 10_000
MOST_TIMES = 1.3
# So many times 10,000 are sent: with a million waiting, nearly as many wait at the end.
ROUNDS = 7
NULL = [{"name": "null", "channel": "email", "backend": "bench.null_provider.NullProvider"}]
NOTES = """
Microseconds a delivery in one process: claim, look, words, attempt, record; the middle of seven
rounds of 10,000. The provider answers at once and costs nothing: what is left is the engine.

Half-way: the drain of the last run, after half a million were sent and their index entries died.
"""


@dataclass
class Costs:
    few: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)
    half_way: list[float] = field(default_factory=list)


def measure(plan: Plan) -> None:
    many = 150_000 if plan.is_quick else 1_000_000
    rows.people(ChannelKind.EMAIL, many)
    costs = Costs()
    # As in a worker, whose collector of garbage does not look at what was loaded.
    gc.collect()
    gc.freeze()
    with override_settings(PROVIDERS=NULL):
        _send(_owe_few, rounds=1)
        for run in range(plan.runs):
            say(f"growth, run {run + 1}")
            costs.few.append(_send(_owe_few, rounds=ROUNDS))
            rows.empty()
            expand_to(many)
            _plan_anew()
            costs.many.append(_send(lambda: None, rounds=ROUNDS))
            say(f"  {costs.few[-1]:.0f} us with few, {costs.many[-1]:.0f} us with many")
        _drain(max(0, many // 2 - ROUNDS * FEW))
        costs.half_way.append(_send(lambda: None, rounds=ROUNDS))
    _publish(plan, costs, many)


def _owe_few() -> None:
    rows.empty()
    expand_to(FEW)
    _plan_anew()


def _plan_anew() -> None:
    """Let both sides be planned with numbers that are true."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_delivery, notifications_notification")


def _send(prepare: Callable[[], None], *, rounds: int) -> float:
    """Send 10,000 so many times, and return what one cost in microseconds, in the middle one.

    A checkpoint or a vacuum falls into some rounds of either side.
    """
    costs = []
    for _round in range(rounds):
        prepare()
        began = time.perf_counter()
        _drain(FEW)
        costs.append((time.perf_counter() - began) / FEW * 1e6)
    return median(costs)


def _drain(count: int) -> None:
    while count > 0:
        claimed = send_next(Lane.BULK, ChannelKind.EMAIL).claimed
        if not claimed:
            raise RuntimeError("fewer waited than were to be sent")
        count -= claimed


def _publish(plan: Plan, costs: Costs, many: int) -> None:
    few = f"{FEW:,} waiting"
    main = Line(f"{many:,} waiting", costs.many, unit="us", beside=few, theirs=costs.few)
    lines = [
        at_most(main, ratio(costs.many, costs.few), MOST_TIMES, " x"),
        Line("half-way", costs.half_way, unit="us", beside=few, theirs=costs.few[-1:]),
    ]
    plan.publish(
        Result(
            name="growth",
            title="What a delivery costs, from claim to record",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )
