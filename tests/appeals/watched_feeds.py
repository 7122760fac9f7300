"""Feeds with a seed, to watch: sound rules with habits, and what may go wrong among them."""

import csv
import gzip
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random

from appeals.watch.sums import Cut
from tests.appeals.feeds import as_bytes, feed_line
from tests.appeals.feeds import reason as feed_reason

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
REGIONS = ("US-NY", "US-TX", "GB-LND", "CN-GD", "CN-SC", "US-FL")
LATE, USED, BEHAVIOUR = "ACC-LATE-PAST", "BUR-UTIL-HIGH", "MOD-BEHAVIOUR-SCORE"
Facts = dict[str, object]


@dataclass(frozen=True)
class Habit:
    """A sound rule: how many a day, how the week and the day go, and whom it hits."""

    rule: str
    version: str
    module: str
    a_day: float
    score: float
    part: float
    spared: float
    # Fires around one hour of the night instead of all day.
    is_nightly: bool = False
    weekend: float = 1.0
    # Days differ by more than chance: a gamma of this shape, or not at all.
    unrest: float = 0.0


def habits(random: Random) -> list[Habit]:
    """Eight rules, different ones with each seed."""
    return [
        Habit(
            rule=f"RULE-{number}",
            version=f"{random.randint(1, 9)}.0.0",
            module=random.choice(("arrears", "behaviour-score", "fraud")),
            a_day=math.exp(random.uniform(math.log(1.5), math.log(60))),
            score=random.uniform(600, 780),
            part=random.uniform(0.1, 0.9),
            spared=random.choice((0.0, 0.1, 0.5, 0.95)),
            is_nightly=random.random() < 0.3,
            weekend=random.choice((1.0, 1.0, 0.4, 0.1)),
            unrest=random.choice((0.0, 0.0, 0.0, 8.0)),
        )
        for number in range(8)
    ]


def sound_feed(random: Random, *, days: int, rules: list[Habit]) -> Iterator[Cut]:
    """Rules that do what they always did."""
    for habit in rules:
        for day in range(days):
            mean = habit.a_day * (habit.weekend if day % 7 >= 5 else 1.0)
            if habit.unrest:
                mean *= random.gammavariate(habit.unrest, 1 / habit.unrest)
            for _ in range(poisson(random, mean)):
                yield one_cut(
                    random, habit, START + timedelta(days=day, hours=_hour(random, habit))
                )


def _hour(random: Random, habit: Habit) -> float:
    if habit.is_nightly:
        return min(23.99, max(0.0, random.gauss(2.5, 0.5)))
    return random.uniform(0, 24)


def faulty_version(
    random: Random, habit: Habit, *, begin: datetime, hours: int, an_hour: float
) -> Iterator[Cut]:
    """A new version that cuts people who pay on time and use little."""
    fault = Habit(habit.rule, "9.9.1", habit.module, 0, 800, 0.65, 1.0)
    for hour in range(hours):
        for _ in range(poisson(random, an_hour)):
            moment = begin + timedelta(hours=hour + random.random())
            yield one_cut(random, fault, moment)


def policy(random: Random, *, begin: datetime, number: int) -> Iterator[Cut]:
    """Everybody in a place at once, because somebody decided so."""
    habit = Habit("REGION-CAP", "2026-14", "policy", 0, 740, 0.4, 0.6)
    for _ in range(number):
        yield one_cut(
            random, habit, begin + timedelta(hours=6 * random.random()), region="US-FL", policy=True
        )


def good_new_version(rules: list[Habit], cuts: list[Cut], *, since: datetime) -> Iterator[Cut]:
    """The busiest rule goes on in a new version, and nothing else changes."""
    busiest = max(rules, key=lambda habit: habit.a_day).rule
    for cut in cuts:
        if cut.rule == busiest and cut.decided_at >= since:
            yield Cut(**{name: getattr(cut, name) for name in Cut.__slots__} | {"version": "9.0.0"})
        else:
            yield cut


def one_cut(
    random: Random, habit: Habit, moment: datetime, *, region: str = "", policy: bool = False
) -> Cut:
    is_spared = random.random() < habit.spared
    limit = Decimal(random.randint(10, 90) * 100)
    part = min(1.0, max(0.01, random.gauss(habit.part, 0.1)))
    return Cut(
        rule=habit.rule,
        version=habit.version,
        module=habit.module,
        region=region or random.choice(REGIONS),
        decided_at=moment,
        old_limit=limit,
        new_limit=(limit * Decimal(1 - part)).quantize(Decimal("0.01")),
        balance=(limit * Decimal(random.uniform(0, 0.28 if is_spared else 0.95))).quantize(
            Decimal("0.01")
        ),
        score={
            "value": min(850, max(300, round(random.gauss(habit.score, 35)))),
            "min": 300,
            "max": 850,
        },
        reasons=one_reason(BEHAVIOUR if is_spared else random.choice((LATE, USED)), limit, moment),
        is_policy=policy,
    )


def one_reason(code: str, limit: Decimal, moment: datetime) -> tuple[tuple[str, Facts], ...]:
    """A reason with facts that differ, that never do, and that are the same for all of a day.

    What differs follows from the limit, which was drawn: a feed is the same feed as without facts.
    """
    drawn = int(limit) // 100
    facts: dict[str, Facts] = {
        # Six in ten were late once.
        LATE: {"count": 1 if drawn % 10 < 6 else 2 + drawn % 3, "months": 6, "cycles": 6},
        USED: {"util_pct": 80 + drawn % 21, "limit_pct": 80},
        BEHAVIOUR: {"old_band": "AB"[drawn % 2], "new_band": "D", "date": f"{moment:%Y-%m-%d}"},
    }
    return ((code, facts[code]),)


def stuck(cuts: Iterable[Cut], *, rule: str, since: datetime, **facts: object) -> Iterator[Cut]:
    """From then on the rule gives everybody the same value: its input is no longer renewed."""
    for cut in cuts:
        if cut.rule == rule and cut.decided_at >= since:
            reasons = tuple(
                (code, {**own, **{name: facts[name] for name in facts.keys() & own.keys()}})
                for code, own in cut.reasons
            )
            yield replace(cut, reasons=reasons)
        else:
            yield cut


def poisson(random: Random, mean: float) -> int:
    """A Poisson number, by the waiting times between its cases."""
    number, waited = 0, random.expovariate(1)
    while waited < mean:
        number += 1
        waited += random.expovariate(1)
    return number


# --- The real accounts ----------------------------------------------------------------------

CARD_ACCOUNTS = Path(__file__).parent / "data" / "line_decisions.csv.gz"


def card_accounts() -> Iterator[Cut]:
    """15,814 decisions derived from real card accounts, without the people; see data/README.md."""
    with gzip.open(CARD_ACCOUNTS, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            use = {"util_pct": int(row["util"])} if row["util"] else {}
            yield Cut(
                rule=row["rule"],
                version=row["version"],
                module=row["module"],
                region=row["region"],
                decided_at=datetime.fromisoformat(row["decided_at"]),
                old_limit=Decimal(row["old_limit"]),
                new_limit=Decimal(row["new_limit"]),
                balance=Decimal(row["balance"]),
                score={"value": int(row["score"]), "min": 300, "max": 850}
                if row["score"]
                else None,
                reasons=tuple(
                    (code, use if code == "BUR-UTIL-HIGH" else {})
                    for code in row["reasons"].split()
                ),
                is_policy=bool(row["policy"]),
            )


# --- As lines of a feed ----------------------------------------------------------------------

_numbers = count(1)


def as_lines(cuts: Iterable[Cut]) -> list[bytes]:
    """Each cut as the engine would send it, in the order given."""
    return [as_bytes(_as_line(cut)) for cut in cuts]


def _as_line(cut: Cut) -> dict[str, object]:
    moment = cut.decided_at.isoformat()
    score = cut.score and {**cut.score, "source": "internal", "as_of": moment[:10]}
    return feed_line(
        decision_id=f"W-{next(_numbers):06d}",
        customer={"region": cut.region, "jurisdiction": "CN" if cut.region[:2] == "CN" else "US"},
        old_limit=str(cut.old_limit),
        new_limit=str(cut.new_limit),
        balance=str(cut.balance),
        decided_at=moment,
        effective_at=moment,
        rule={"id": cut.rule, "module": cut.module, "version": cut.version},
        policy={"ref": "POL-14", "title": "Limits for US-FL", "region": "US-FL"}
        if cut.is_policy
        else None,
        score=score,
        reasons=[feed_reason(code, **facts) for code, facts in cut.reasons],
    )
