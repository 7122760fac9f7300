"""The people of the sample: invented, reachable only at addresses reserved for fiction."""

from dataclasses import asdict, dataclass
from random import Random
from typing import Any

# Jurisdiction: region, zone, currency.
PLACES = {
    "US": [
        ("US-NY", "America/New_York"),
        ("US-TX", "America/Chicago"),
        ("US-CA", "America/Los_Angeles"),
        ("US-FL", "America/New_York"),
    ],
    "GB": [
        ("GB-LND", "Europe/London"),
        ("GB-SCT", "Europe/London"),
        ("GB-WLS", "Europe/London"),
    ],
    "EU": [
        ("DE-BE", "Europe/Berlin"),
        ("FR-IDF", "Europe/Paris"),
        ("ES-MD", "Europe/Madrid"),
        ("IE-D", "Europe/Dublin"),
    ],
    "CN": [
        ("CN-SC", "Asia/Shanghai"),
        ("CN-GD", "Asia/Shanghai"),
        ("CN-SH", "Asia/Shanghai"),
    ],
}
CONSENTED_ON = "2025-03-01"
CURRENCIES = {"US": "USD", "GB": "GBP", "EU": "EUR", "CN": "CNY"}
FIRST_NAMES = ("Olga", "Noor", "Jamal", "Erin", "Pedro", "Aisha", "Tom", "Lena", "Kofi", "Mara")
LAST_NAMES = ("Eriksen", "Tanaka", "Moore", "Silva", "Okafor", "Novak", "Byrne", "Rossi", "Weber")
FAMILY_NAMES = "李王张刘陈杨赵黄周吴徐孙"
GIVEN_NAMES = ("伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "明", "丽华", "建国")


@dataclass(frozen=True)
class SamplePerson:
    ref: str
    name: str
    email: str | None
    phone: str | None
    locale: str
    time_zone: str
    jurisdiction: str
    region: str
    # Where the law asks for it, most have agreed to notices by electronic means.
    has_consent: bool = True

    @property
    def currency(self) -> str:
        return CURRENCIES[self.jurisdiction]

    def as_feed(self) -> dict[str, Any]:
        told = asdict(self)
        given = told.pop("has_consent")
        return {**told, "esign_consent": {"given": given, "on": CONSENTED_ON}}


ADA = SamplePerson(
    ref="SC-ADA",
    name="Ada Morgan",
    email="ada@example.org",
    phone="+12025550101",
    locale="en",
    time_zone="America/New_York",
    jurisdiction="US",
    region="US-NY",
)
LI_XUE = SamplePerson(
    ref="SC-LIXUE",
    name="李雪",
    email="xue@example.org",
    phone="+12025550102",
    locale="zh-hans",
    time_zone="Asia/Shanghai",
    jurisdiction="CN",
    region="CN-SC",
)


def make_person(random: Random, number: int, jurisdiction: str, region: str = "") -> SamplePerson:
    """Somebody who lives there; a few have no e-mail or no phone, a few share a phone."""
    places = dict(PLACES[jurisdiction])
    region = region or random.choice(sorted(places))
    locale = _locale(random, jurisdiction)
    return SamplePerson(
        ref=f"SC-{number:04d}",
        name=_name(random, locale),
        email=None if random.random() < 0.03 else f"sc{number:04d}@example.org",
        phone=None if random.random() < 0.2 else f"+1202555{100 + number % 95:04d}",
        locale=locale,
        time_zone=places[region],
        jurisdiction=jurisdiction,
        region=region,
        has_consent=number % 10 != 7,
    )


def _locale(random: Random, jurisdiction: str) -> str:
    is_common = random.random() < 0.9
    return "zh-hans" if is_common == (jurisdiction == "CN") else "en"


def _name(random: Random, locale: str) -> str:
    if locale == "en":
        return f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
    return f"{random.choice(FAMILY_NAMES)}{random.choice(GIVEN_NAMES)}"
