"""The schema of a pack: one file read into an Edition, or refused with its line."""

import hashlib
import re
import string
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from appeals.catalogue.packs.rows import (
    Block,
    Body,
    Clock,
    Edition,
    Exemption,
    NoticeClock,
    NoticeRules,
    Residence,
    Retention,
    Right,
    Rule,
    SignedOff,
    Texts,
    Writing,
)
from appeals.catalogue.packs.tree import Part, read_tree

SCHEMA = 1
JURISDICTIONS = ("US", "GB", "EU", "CN")
ACTIONS = ("reduce", "suspend", "close")
DISCLOSURES = ("full", "safe_text", "restricted")
CHANNELS = ("letter", "email", "sms", "push", "page")
UNITS = ("working", "calendar", "month")
BEGINS = ("decided", "effective", "told", "before_effect")
CLOCK_KINDS = ("complaint", "data_dispute", "data_right")
BODY_KINDS = ("regulator", "ombudsman", "advice", "data", "bureau")
RECORDS = ("decision", "evidence", "complaint", "request", "assessment")
KEPT_FROM = ("notice", "closing")
RIGHTS = (
    *("human_review", "correct_fact", "send_papers", "add_view", "complain", "payment_help"),
    *("explain", "data_copy", "bureau"),
)
# When a block belongs on a notice, and the placeholders it may use then.
EVERYWHERE = frozenset({"lender", "lender_address", "lender_phone"})
BUREAU = frozenset({"bureau", "bureau_address", "bureau_phone"})
SCORE = frozenset({"value", "min", "max", "day", "source"})
BLOCKS: Mapping[str, frozenset[str]] = {
    "always": EVERYWHERE,
    "automated": EVERYWHERE,
    "credit_report": EVERYWHERE | BUREAU,
    "bureau_score": EVERYWHERE | BUREAU | SCORE,
    "fee_guard": EVERYWHERE | {"day"},
}
LONGEST_KEY = 40
NOTHING: frozenset[str] = frozenset()
KEY = re.compile(r"[A-Za-z0-9_.]+", re.ASCII)
COMMON = ("key", "source", "signed_off")
HEAD = ("schema_version", "jurisdiction", "country", "in_force_from", "name")
LISTS = ("blocks", "rights", "bodies", "clocks", "notice_clocks", "retention")


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def read_edition(path: Path) -> Edition:
    """Read one file; PackError names the line that cannot be used."""
    top = read_tree(path)
    parts = top.fields(HEAD, ("notice", "writing", "drop", *LISTS))
    if parts["schema_version"].whole() != SCHEMA:
        raise parts["schema_version"].wrong(f"this program reads schema_version {SCHEMA}")
    is_country = not parts["country"].is_null
    if not is_country:  # A base is whole; a country says only what differs.
        parts = top.fields((*HEAD, "notice", "writing", *LISTS))
    edition = Edition(
        jurisdiction=parts["jurisdiction"].choice(JURISDICTIONS),
        country=_country(parts["country"]) if is_country else "",
        in_force_from=parts["in_force_from"].day(),
        version=_version(parts["in_force_from"], path),
        name=parts["name"].texts(),
        notice=_notice(parts["notice"]) if "notice" in parts else None,
        writing=_writing(parts["writing"]) if "writing" in parts else None,
        rows={name: _rows(parts[name], READERS[name]) if name in parts else () for name in LISTS},
        drop=frozenset(_key(one) for one in parts["drop"].items()) if "drop" in parts else NOTHING,
    )
    _check_name(path, edition, top)
    return edition


def _version(in_force_from: Part, path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{in_force_from.day().isoformat()}-{digest}"


def _check_name(path: Path, edition: Edition, top: Part) -> None:
    """A file is named for what it holds, so that no two hold the same."""
    place = "-".join(filter(None, (edition.jurisdiction, edition.country)))
    wanted = f"{place}-{edition.in_force_from.isoformat()}.yaml"
    if path.name != wanted:
        raise top.wrong(f"by its jurisdiction, country and day this file is {wanted}")


def _country(part: Part) -> str:
    code = part.text(longest=2)
    if not re.fullmatch("[A-Z]{2}", code):
        raise part.wrong("a country's two letters belong here, or null")
    return code


def _rows(part: Part, read: Callable[[Part], Rule]) -> tuple[Rule, ...]:
    """The rows of a list, each with a key of its own."""
    rows: dict[str, Rule] = {}
    for item in part.items():
        row = read(item)
        if row.key in rows:
            raise item.wrong(f"there are two rows with the key {row.key}")
        rows[row.key] = row
    return tuple(rows.values())


def _take(
    part: Part, *own: str, optional: tuple[str, ...] = ()
) -> tuple[dict[str, Part], dict[str, Any]]:
    """The parts of a row, and what every row has, read."""
    parts = part.fields((*COMMON, *own), optional)
    return parts, {
        "key": _key(parts["key"]),
        "place": part.place,
        "source": parts["source"].texts(),
        "signed_off": _signed_off(parts["signed_off"]),
    }


def _key(part: Part) -> str:
    key = part.text(longest=LONGEST_KEY)
    if not KEY.fullmatch(key):
        raise part.wrong("a key is letters, digits, points and underscores")
    return key


def _signed_off(part: Part) -> SignedOff | None:
    if part.is_null:
        return None
    parts = part.fields(("by", "on"))
    return SignedOff(parts["by"].text(longest=200), parts["on"].day())


def _notice(part: Part) -> NoticeRules:
    own = ("actions", "exempt", "max_reasons", "extra_reason", "disclosures")
    parts, common = _take(part, *own, optional=("residence",))
    extra = parts["extra_reason"]
    return NoticeRules(
        **common,
        actions=frozenset(parts["actions"].choices(ACTIONS)),
        exempt=tuple(_exemption(item) for item in parts["exempt"].items()),
        max_reasons=parts["max_reasons"].whole(),
        extra_reason=None if extra.is_null else extra.text(longest=LONGEST_KEY),
        disclosures=frozenset(parts["disclosures"].choices(DISCLOSURES)),
        residence=_residence(parts["residence"]) if "residence" in parts else None,
    )


def _residence(part: Part) -> Residence:
    parts, common = _take(part, "reasons")
    return Residence(**common, reasons=_codes(parts["reasons"]))


def _codes(part: Part) -> frozenset[str]:
    return frozenset(item.text(longest=LONGEST_KEY) for item in part.items())


def _exemption(part: Part) -> Exemption:
    parts, common = _take(part, "reasons", "needs_policy")
    return Exemption(
        **common, reasons=_codes(parts["reasons"]), needs_policy=parts["needs_policy"].truth()
    )


def _writing(part: Part) -> Writing:
    parts, common = _take(part, "channels", "without_consent")
    channels, less = (parts[name].choices(CHANNELS) for name in ("channels", "without_consent"))
    if not less or not set(less) <= set(channels):
        raise parts["without_consent"].wrong("what counts without consent also counts with it")
    return Writing(**common, channels=channels, without_consent=less)


def _block(part: Part) -> Block:
    parts, common = _take(part, "when", "text")
    when = parts["when"].choice(BLOCKS)
    texts, needs = _filled_text(parts["text"], BLOCKS[when])
    return Block(**common, when=when, text=texts, needs=needs)


def _filled_text(part: Part, allowed: frozenset[str]) -> tuple[Texts, frozenset[str]]:
    """A text that asks for the same facts in each language, and only for what there is."""
    texts = part.texts()
    try:
        named = [placeholders(text) for text in texts.values()]
    except ValueError as error:
        raise part.wrong(f"the text cannot be filled: {error}") from None
    if any(one != named[0] for one in named):
        raise part.wrong("the text asks for other facts in one language")
    if unknown := sorted(named[0] - allowed):
        raise part.wrong(f"there is nothing to fill {{{unknown[0]}}} with in this block")
    return texts, named[0]


def _right(part: Part) -> Right:
    parts, common = _take(part, "clock", "bodies")
    if common["key"] not in RIGHTS:
        raise parts["key"].wrong(f"{common['key']!r} is not one of {', '.join(RIGHTS)}")
    clock = None if parts["clock"].is_null else _key(parts["clock"])
    return Right(**common, clock=clock, bodies=tuple(_key(one) for one in parts["bodies"].items()))


def _body(part: Part) -> Body:
    parts, common = _take(part, "kind", "name", "help", "address", "site", "phone")
    site, phone = (
        "" if parts[name].is_null else parts[name].text(longest=100) for name in ("site", "phone")
    )
    return Body(
        **common,
        kind=parts["kind"].choice(BODY_KINDS),
        name=parts["name"].texts(),
        help=parts["help"].texts(),
        address=None if parts["address"].is_null else parts["address"].texts(),
        site=site,
        phone=phone,
    )


def _clock(part: Part) -> Clock:
    own = ("kind", "number", "unit", "can_pause", "is_duty", "warn", "label")
    parts, common = _take(part, *own)
    return Clock(
        **common,
        kind=parts["kind"].choice(CLOCK_KINDS),
        number=parts["number"].whole(),
        unit=parts["unit"].choice(UNITS),
        can_pause=parts["can_pause"].truth(),
        is_duty=parts["is_duty"].truth(),
        warn=parts["warn"].whole(),
        label=parts["label"].texts(),
    )


def _notice_clock(part: Part) -> NoticeClock:
    own = ("begins", "number", "unit", "is_guard", "actions", "products", "warn", "label")
    parts, common = _take(part, *own)
    if parts["is_guard"].truth() and parts["unit"].text() != "calendar":
        raise parts["unit"].wrong("a guard counts calendar days, for the customer is told its last")
    return NoticeClock(
        **common,
        begins=parts["begins"].choice(BEGINS),
        number=parts["number"].whole(),
        unit=parts["unit"].choice(UNITS),
        is_guard=parts["is_guard"].truth(),
        actions=frozenset(parts["actions"].choices(ACTIONS)),
        products=frozenset(one.text(longest=120) for one in parts["products"].items()),
        warn=parts["warn"].whole(),
        label=parts["label"].texts(),
    )


def _retention(part: Part) -> Retention:
    parts, common = _take(part, "months", "begins")
    if common["key"] not in RECORDS:
        raise parts["key"].wrong(f"{common['key']!r} is not one of {', '.join(RECORDS)}")
    begins = parts["begins"].choice(KEPT_FROM)
    return Retention(**common, months=parts["months"].whole(), begins=begins)


READERS: Mapping[str, Callable[[Part], Rule]] = {
    "blocks": _block,
    "rights": _right,
    "bodies": _body,
    "clocks": _clock,
    "notice_clocks": _notice_clock,
    "retention": _retention,
}
