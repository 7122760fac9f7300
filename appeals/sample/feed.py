"""The sample's decisions as lines of the feed, made from a fixed seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from appeals.catalogue import CATALOGUE
from appeals.sample.facts import make_facts
from appeals.sample.people import ADA, LI_XUE, SamplePerson, make_person

SEED = 20261123
FAULTY_RULE = {"id": "BEH-SCORE", "module": "behaviour-score", "version": "8.0.1"}
RESTORING_RULE = {"id": "INCIDENT-14", "module": "incidents", "version": "1.0.0"}
POLICY_REGIONS = {"US-FL": "US", "CN-SC": "CN"}
JURISDICTIONS = ("US", "GB", "EU", "CN")
COMPANION = "BUR-UTIL-HIGH"  # stands beside a reason that may not stand alone
RESTORING = {"RST-REASON-PASSED"}
CLOSING = {"ACC-INACTIVE", "LEG-DECEASED"}
RULES = {
    "BUR": ("UTIL-92", "behaviour-score", "7.9.3"),
    "ACC": ("LATE-6M", "arrears", "4.2.0"),
    "INC": ("INC-VERIFY", "affordability", "3.0.2"),
    "IDV": ("ID-CHECK", "identity", "2.0.1"),
    "FRD": ("FRD-VELOCITY", "fraud", "11.3.0"),
    "POL": ("REGION-CAP", "policy", "2026-14"),
    "DAT": ("RECORDS", "data-quality", "1.4.0"),
    "MOD": ("BEH-SCORE", "behaviour-score", "7.9.3"),
    "LEG": ("LEGAL-HOLD", "legal", "1.0.0"),
    "HRD": ("CARE", "hardship", "2.2.0"),
    "THR": ("JOINT", "accounts", "1.1.0"),
}
EVERYDAY = (
    ("BUR-UTIL-HIGH", "ACC-MIN-PAY"),
    ("ACC-LATE-PAST",),
    ("ACC-LATE-NOW", "ACC-OVER-LIMIT"),
    ("ACC-INACTIVE",),
    ("ACC-LATE-PAST", "BUR-UTIL-HIGH"),
    ("INC-UNVERIFIED",),
    ("BUR-DELINQ-ELSEWHERE", "BUR-INQUIRIES"),
    # The rule that a later version of goes wrong, as it was.
    ("MOD-BEHAVIOUR-SCORE", "BUR-UTIL-HIGH"),
)


@dataclass
class Case:
    """What sets one decision of the sample apart from the others."""

    person: SamplePerson
    codes: Sequence[str]
    action: str = "reduce"
    days_ago: int = 5
    minute: int = 600
    old_limit: Decimal = Decimal(4000)
    new_limit: Decimal = Decimal(1400)
    balance: Decimal = Decimal("612.40")
    automated: bool = True
    rule: dict[str, str] = field(default_factory=dict)
    policy: dict[str, Any] | None = None
    last4: str = ""
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    score: int = 640


def sample_decisions(anchor: date) -> Iterator[dict[str, Any]]:
    """Every line of the sample, as it would have come by the day `anchor`."""
    random = Random(SEED)  # noqa: S311 - the same sample everywhere, nothing secret
    for number, case in enumerate(_cases(random, anchor), start=1):
        yield _line(random, number, case, anchor)


def _cases(random: Random, anchor: date) -> Iterator[Case]:
    yield from _two_to_sign_in_as(anchor)
    burst = list(_faulty_burst(random))
    yield from burst
    yield from _policy(random)
    yield from _whole_catalogue(random)
    yield from _made_good(burst, anchor)
    yield from _raised(random)
    yield _held(random)
    yield from _everyday(random)
    yield from _passed(random)


def _two_to_sign_in_as(anchor: date) -> Iterator[Case]:
    """One who reads English and one who reads Chinese, each with something to appeal."""
    day = _ago(anchor, 3)
    yield Case(
        ADA,
        ("MOD-BEHAVIOUR-SCORE", "ACC-LIMIT-UNUSED"),
        days_ago=3,
        rule=FAULTY_RULE,
        last4="9793",
        score=781,
        facts={
            "MOD-BEHAVIOUR-SCORE": {"old_band": "A", "new_band": "D", "date": day},
            "ACC-LIMIT-UNUSED": {"months": 6, "peak_pct": 18},
        },
    )
    yield Case(
        LI_XUE,
        ("BUR-UTIL-HIGH", "ACC-MIN-PAY"),
        days_ago=4,
        old_limit=Decimal(20000),
        new_limit=Decimal(12000),
        balance=Decimal("9860.50"),
        last4="6628",
        facts={
            "BUR-UTIL-HIGH": {"util_pct": 93, "limit_pct": 80},
            "ACC-MIN-PAY": {"count": 4, "months": 6},
        },
    )


def _faulty_burst(random: Random) -> Iterator[Case]:
    """Sixty good payers cut within two hours by one version of one rule."""
    for number in range(60):
        person = make_person(random, 100 + number, JURISDICTIONS[number % 4])
        yield Case(
            person,
            ("MOD-BEHAVIOUR-SCORE", "ACC-LIMIT-UNUSED"),
            days_ago=9,
            minute=120 + number * 2,
            old_limit=Decimal(random.randrange(20, 90) * 100),
            new_limit=Decimal(random.randrange(5, 15) * 100),
            balance=Decimal(random.randrange(0, 40_000)) / 100,
            rule=FAULTY_RULE,
            score=random.randint(760, 820),
        )


def _policy(random: Random) -> Iterator[Case]:
    """One policy that lowers limits in two regions."""
    for number in range(40):
        region = sorted(POLICY_REGIONS)[number % 2]
        person = make_person(random, 200 + number, POLICY_REGIONS[region], region)
        title = {
            "en": f"Exposure limits for {region}",
            "zh-hans": "区域授信敞口限额",
        }
        yield Case(
            person,
            ("POL-REGION",),
            days_ago=15,
            minute=480 + number,
            rule=_rule("POL-REGION"),
            policy={"ref": "POL-2026-14", "title": title, "region": region},
        )


def _whole_catalogue(random: Random) -> Iterator[Case]:
    """One decision for every reason there is."""
    for number, code in enumerate(sorted(CATALOGUE.reasons.keys() - RESTORING)):
        reason = CATALOGUE.reason(code)
        action = "suspend" if reason.origin in {"fraud", "legal"} else "reduce"
        yield Case(
            make_person(random, 300 + number, JURISDICTIONS[number % 4]),
            (code,) if reason.show_alone else (code, COMPANION),
            action="close" if code in CLOSING else action,
            days_ago=random.randint(2, 28),
            automated=reason.origin != "legal",
            new_limit=Decimal(0) if action == "suspend" or code in CLOSING else Decimal(1400),
        )


def _made_good(burst: Sequence[Case], anchor: date) -> Iterator[Case]:
    """Ten of the sixty have their limit back already, because the rule was found to be faulty."""
    for case in burst[:10]:
        yield Case(
            case.person,
            ("MOD-RULE-FAULT",),
            action="restore",
            days_ago=6,
            old_limit=case.new_limit,
            new_limit=case.old_limit,
            balance=case.balance,
            automated=False,
            rule=RESTORING_RULE,
            facts={"MOD-RULE-FAULT": {"start": _ago(anchor, 9), "end": _ago(anchor, 8)}},
        )


def _passed(random: Random) -> Iterator[Case]:
    """A line given back because the reasons of its cut have passed."""
    for number, code in enumerate(sorted(RESTORING)):
        yield Case(
            make_person(random, 900 + number, "GB"),
            (code,),
            action="restore",
            old_limit=Decimal(1400),
            new_limit=Decimal(4000),
        )


def _raised(random: Random) -> Iterator[Case]:
    for number in range(4):
        yield Case(
            make_person(random, 400 + number, JURISDICTIONS[number]),
            (),
            action="raise",
            old_limit=Decimal(2000),
            new_limit=Decimal(2600),
        )


def _held(random: Random) -> Case:
    """A decision whose notice may not go out: it gives no concrete reason."""
    return Case(make_person(random, 410, "US"), ("POL-PORTFOLIO",), days_ago=2)


def _everyday(random: Random) -> Iterator[Case]:
    for number in range(130):
        codes = EVERYDAY[number % len(EVERYDAY)]
        is_paused = codes[0] == "ACC-LATE-NOW"
        old = Decimal(random.randrange(10, 90) * 100)
        yield Case(
            make_person(random, 500 + number, JURISDICTIONS[number % 4]),
            codes,
            action="suspend" if is_paused else "reduce",
            days_ago=random.randint(1, 29),
            minute=random.randint(1, 1400),
            old_limit=old,
            new_limit=Decimal(0) if is_paused else (old * random.randint(3, 8) / 10),
            balance=(old * random.randint(0, 95) / 100),
            score=random.randint(560, 700),
        )


def _line(random: Random, number: int, case: Case, anchor: date) -> dict[str, Any]:
    day = anchor - timedelta(days=case.days_ago)
    decided_at = datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=case.minute)
    reasons = [
        {
            "code": code,
            "weight": round(0.6 / (rank + 1), 2),
            "facts": case.facts.get(code)
            or make_facts(random, code, day=day, region=case.person.region),
        }
        for rank, code in enumerate(case.codes)
    ]
    return {
        "decision_id": f"SAMPLE-{number:04d}",
        "customer": case.person.as_feed(),
        "line": _credit_line(case),
        "action": case.action,
        "old_limit": f"{case.old_limit:.2f}",
        "new_limit": f"{case.new_limit:.2f}",
        "balance": f"{case.balance:.2f}",
        "decided_at": _written(decided_at),
        "effective_at": _written(decided_at + timedelta(days=random.randint(0, 1))),
        "automated": case.automated,
        "rule": case.rule or _rule(case.codes[0] if case.codes else ""),
        "policy": case.policy,
        "score": _score(case, day),
        "reasons": reasons,
    }


def _credit_line(case: Case) -> dict[str, Any]:
    """A line is the person's: the same whatever is decided about it, and however often."""
    random = Random(f"{SEED} {case.person.ref}")  # noqa: S311
    return {
        "ref": f"SL-{case.person.ref.removeprefix('SC-')}",
        "product": "Everyday credit line",
        "currency": case.person.currency,
        "last4": case.last4 or f"{random.randrange(10_000):04d}",
        "opened_on": date(random.randint(2012, 2024), random.randint(1, 12), 15).isoformat(),
    }


def _score(case: Case, day: date) -> dict[str, Any] | None:
    if not case.automated or case.policy:
        return None
    return {
        "value": case.score,
        "min": 300,
        "max": 850,
        "source": "internal",
        "as_of": day.isoformat(),
    }


def _rule(code: str) -> dict[str, str]:
    return dict(zip(("id", "module", "version"), RULES.get(code[:3], RULES["BUR"]), strict=True))


def _ago(anchor: date, days: int) -> str:
    return (anchor - timedelta(days=days)).isoformat()


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
