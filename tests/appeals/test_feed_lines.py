"""Every line of the feed against its contract, one fault at a time."""

import json
import re
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appeals.catalogue import CATALOGUE
from appeals.catalogue.facts import FACT_KINDS
from appeals.feed import MAX_LINE_BYTES, FeedDecision, LineRejected, parse_line
from tests.appeals.feeds import HIGH_USE, LATE_PAST, RESTRICTED, as_bytes, feed_line, reason


def parse(line: Any) -> FeedDecision:
    return parse_line(line if isinstance(line, bytes) else as_bytes(line), line_number=7)


def without(tree: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in tree.items() if key != name}


def test_a_good_line_becomes_a_decision():
    decision = parse(feed_line(decision_id="RE-1"))

    assert decision.decision_id == "RE-1"
    assert str(decision.new_limit) == "1400.00"
    assert decision.decided_at.tzinfo is UTC
    assert [reason.code for reason in decision.reasons] == ["ACC-LATE-PAST", "BUR-UTIL-HIGH"]


def customer(**parts: Any) -> dict[str, Any]:
    return feed_line(customer=parts)


def credit_line(**parts: Any) -> dict[str, Any]:
    return feed_line(line=parts)


def reasons(*given: Any) -> dict[str, Any]:
    return feed_line(reasons=list(given))


def facts(code: str, **given: Any) -> dict[str, Any]:
    return reasons(reason(code, **given))


SCORE = {"value": 640, "min": 300, "max": 850, "source": "internal", "as_of": "2026-09-01"}
POLICY = {"ref": "POL-1", "title": "Limits for US-FL", "region": "US-FL"}
FAULTS: dict[str, tuple[Any, str]] = {
    # the line as bytes
    "empty object": (b"{}", "decision_id is missing"),
    "not json": (b"{'a': 1}", "not JSON"),
    "cut off": (as_bytes(feed_line())[:20], "not JSON: Unterminated string starting at character"),
    "two objects": (b"{} {}", "not JSON"),
    "a list": (b"[]", "one JSON object"),
    "a number": (b"5", "one JSON object"),
    "broken utf-8": (b'{"decision_id": "\xff"}', "Byte 18 is not UTF-8"),
    "utf-16": ("{}".encode("utf-16"), "not UTF-8"),
    "NaN": (as_bytes(feed_line()).replace(b"0.6", b"NaN"), "NaN is not a number"),
    "Infinity": (as_bytes(feed_line()).replace(b"0.6", b"-Infinity"), "-Infinity is not a number"),
    "number too big for a float": (
        as_bytes(feed_line()).replace(b"0.6", b"1e999"),
        "weight must be a number",
    ),
    "number of 5000 digits": (
        as_bytes(feed_line()).replace(b"0.6", b"1" * 5000),
        "too many digits",
    ),
    "key twice": (b'{"decision_id": "a", "decision_id": "b"}', "'decision_id' stands twice"),
    "nested deeply": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
    "1 MB": (as_bytes(feed_line(decision_id="x" * 1_000_000)), "longer than 65536 bytes"),
    "NUL in a text": (customer(name="Olga\x00"), "customer.name holds a control character"),
    "half a character": (
        as_bytes(feed_line()).replace(b"Olga", b"\\ud800"),
        "customer.name holds a control character or half a character",
    ),
    # what must be there, and nothing else
    "part missing": (without(feed_line(), "balance"), "balance is missing"),
    "nullable part missing": (without(feed_line(), "policy"), "policy is missing"),
    "unknown part": (feed_line(colour="red"), "colour' is not in the contract"),
    "unknown part of customer": (customer(iban="x"), "customer.'iban' is not in the contract"),
    "customer is a text": (feed_line() | {"customer": "C-1"}, "customer must be an object"),
    # who and which line
    "id empty": (feed_line(decision_id=" "), "decision_id must be a text"),
    "id a number": (feed_line(decision_id=5), "decision_id must be a text"),
    "id too long": (feed_line(decision_id="x" * 101), "decision_id is longer than 100"),
    "no name": (customer(name=""), "customer.name must be a text"),
    "bad e-mail": (customer(email="olga.example.org"), "customer.email is not an e-mail"),
    "e-mail a list": (customer(email=["a@example.org"]), "customer.email must be a text"),
    "phone without plus": (customer(phone="12025550123"), "customer.phone is not a possible"),
    "phone too short": (customer(phone="+1202555"), "customer.phone is not a possible"),
    "phone with spaces": (customer(phone="+1 202 555 0123"), "customer.phone is not a possible"),
    "phone with national zero": (customer(phone="+4407700900123"), "is not a possible"),
    "phone of no country": (customer(phone="+9990000000"), "customer.phone is not a possible"),
    "unknown locale": (customer(locale="fr"), "customer.locale is 'fr'; it must be one of en,"),
    "unknown zone": (customer(time_zone="Mars/Base"), "customer.time_zone is 'Mars/Base'"),
    "zone of the machine": (customer(time_zone="localtime"), "must be an IANA name"),
    "unknown jurisdiction": (customer(jurisdiction="FR"), "customer.jurisdiction is 'FR'"),
    "region in words": (customer(region="Florida"), "customer.region is 'Florida'"),
    "region missing": (customer(region=None), "customer.region is null"),
    "unknown currency": (credit_line(currency="ZZZ"), "line.currency is 'ZZZ'"),
    "currency in small letters": (credit_line(currency="usd"), "line.currency is 'usd'"),
    "last4 with a letter": (credit_line(last4="12a4"), "line.last4 must be four digits"),
    "last4 a number": (credit_line(last4=1234), "line.last4 must be a text"),
    "opened on no day": (credit_line(opened_on="2026-02-30"), "line.opened_on is '2026-02-30'"),
    "opened tomorrow": (credit_line(opened_on="2099-01-01"), "line.opened_on is after decided_at"),
    # amounts
    "negative limit": (feed_line(new_limit="-1.00"), "new_limit is negative"),
    "negative balance": (feed_line(balance="-0.01"), "balance is negative"),
    "amount as a number": (feed_line(new_limit=1400), "new_limit must be a decimal in quotes"),
    "amount as a huge number": (
        as_bytes(feed_line()).replace(b'"1400.00"', b"1" + b"0" * 400),
        "new_limit must be a decimal in quotes",
    ),
    "amount with exponent": (feed_line(new_limit="1e3"), "new_limit is '1e3'"),
    "amount in words": (feed_line(new_limit="NaN"), "new_limit is 'NaN'"),
    "amount with comma": (feed_line(new_limit="1,400.00"), "new_limit is '1,400.00'"),
    "amount in wide digits": (feed_line(new_limit="１４００"), "new_limit is"),
    "three decimals": (feed_line(new_limit="1.005"), "new_limit is '1.005'"),
    "thirteen digits": (feed_line(old_limit="1" * 13), "at most 12 digits"),
    # what was done
    "unknown action": (feed_line(action="freeze"), "action is 'freeze'"),
    "reduction that does not reduce": (
        feed_line(new_limit="4000.00"),
        "new_limit must be lower than old_limit",
    ),
    "suspended with a limit left": (feed_line(action="suspend"), "must be 0.00, or the old limit"),
    "closed with a limit left": (feed_line(action="close"), "new_limit must be 0.00"),
    "restored to less": (feed_line(action="restore"), "not lower than old_limit"),
    "raised to less": (feed_line(action="raise"), "must be higher than old_limit"),
    "automated in words": (feed_line(automated="yes"), "automated must be true or false"),
    # when
    "no offset": (feed_line(decided_at="2026-09-01T00:00:00"), "with its offset"),
    "only a day": (feed_line(decided_at="2026-09-01"), "with its offset"),
    "no such hour": (feed_line(decided_at="2026-09-01T25:00:00Z"), "no such date or time"),
    "before time began": (feed_line(decided_at="0001-01-01T00:00:00+14:00"), "no such date"),
    "long ago": (feed_line(decided_at="1970-01-01T00:00:00Z"), "before the year 2000"),
    "decided in the future": (
        feed_line(decided_at="2099-01-01T00:00:00Z", effective_at="2099-01-01T00:00:00Z"),
        "decided_at lies in the future",
    ),
    "effective before decided": (
        feed_line(decided_at="2026-09-02T00:00:00Z", effective_at="2026-09-01T00:00:00Z"),
        "effective_at is before decided_at",
    ),
    "effective much later": (
        feed_line(decided_at="2025-09-02T00:00:00Z", effective_at="2026-10-01T00:00:00Z"),
        "more than a year after",
    ),
    # the rule, the policy, the score
    "rule without version": (
        feed_line() | {"rule": {"id": "a", "module": "b"}},
        "rule.version is missing",
    ),
    "policy title empty": (feed_line(policy=POLICY | {"title": ""}), "policy.title must be"),
    "policy title in one of two": (
        feed_line(policy=POLICY | {"title": {"en": "x"}}),
        "policy.title must be",
    ),
    "policy region in words": (feed_line(policy=POLICY | {"region": "Florida"}), "policy.region"),
    "score outside its range": (feed_line(score=SCORE | {"value": 900}), "score.value must lie"),
    "score a text": (feed_line(score=SCORE | {"value": "640"}), "score.value must be a whole"),
    "score on no day": (feed_line(score=SCORE | {"as_of": "soon"}), "score.as_of is 'soon'"),
    # the reasons
    "no reasons": (reasons(), "reasons must be a list of 1 to 5"),
    "six reasons": (reasons(*[LATE_PAST] * 6), "reasons must be a list of 1 to 5"),
    "reasons an object": (feed_line(reasons={}), "reasons must be a list of 1 to 5"),
    "unknown code": (reasons(LATE_PAST | {"code": "ACC-NOPE"}), "has no such code"),
    "code twice": (reasons(LATE_PAST, LATE_PAST), "ACC-LATE-PAST is given twice"),
    "lightest first": (reasons(HIGH_USE, LATE_PAST), "the heaviest weight first"),
    "weight zero": (reasons(RESTRICTED | {"weight": 0}), "weight must be a number above 0"),
    "weight two": (reasons(RESTRICTED | {"weight": 2}), "weight must be a number above 0"),
    "weight in quotes": (reasons(RESTRICTED | {"weight": "1"}), "weight must be a number"),
    "fact missing": (
        reasons(LATE_PAST | {"facts": {"count": 3}}),
        "reasons[0] (ACC-LATE-PAST) needs the fact 'months'",
    ),
    "facts a list": (reasons(LATE_PAST | {"facts": []}), "reasons[0].facts must be an object"),
    "count in words": (facts("ACC-LATE-PAST", count="three"), "count must be a whole number"),
    "count true": (facts("ACC-LATE-PAST", count=True), "count must be a whole number"),
    "percent in quotes": (facts("BUR-UTIL-HIGH", util_pct="93"), "util_pct must be a number"),
    "money as a number": (facts("ACC-LATE-NOW", amount=250), "amount must be an amount in quotes"),
    "money negative": (facts("ACC-LATE-NOW", amount="-1"), "amount must be an amount in quotes"),
    "due on no day": (facts("ACC-LATE-NOW", due_date="2026-13-01"), "due_date must be a day"),
    "month a day": (facts("BUR-COLLECTION", month="2026-08-01"), "month must be a month"),
    "region of a policy": (facts("POL-REGION", region="Florida"), "region must be a region code"),
    "words empty": (facts("POL-PARTNER", partner=" "), "partner must be a short text"),
    "words in one of two": (facts("POL-PARTNER", partner={"en": "x"}), "partner must be"),
    "unknown fact, nested": (facts("ACC-LATE-PAST", more={"a": 1}), "facts.more must be a text"),
    "unknown fact with NUL": (facts("ACC-LATE-PAST", more="a\x00"), "facts.more holds a control"),
    "fact without a name": (reasons(LATE_PAST | {"facts": {"": 1}}), "needs the fact"),
    "fact with a bad name": (facts("LEG-RESTRICTED", **{"a\x00": 1}), "has a name that is empty"),
}


@pytest.mark.parametrize(("line", "complaint"), FAULTS.values(), ids=FAULTS.keys())
def test_a_bad_line_is_refused_in_words(line, complaint):
    with pytest.raises(LineRejected) as refused:
        parse(line)

    assert complaint in refused.value.message


GOOD: dict[str, dict[str, Any]] = {
    "neither e-mail nor phone": customer(email=None, phone=None),
    "phone in a range for fiction": customer(phone="+447700900123"),
    "a name in Chinese with a wide space": customer(name="李　雪"),
    "never opened that we know of": credit_line(opened_on=None),
    "suspended to nothing": feed_line(action="suspend", new_limit="0.00"),
    "suspended with the limit kept": feed_line(action="suspend", new_limit="4000.00"),
    "closed": feed_line(action="close", new_limit="0"),
    "restored without a reason": feed_line(action="restore", new_limit="5000.00", reasons=[]),
    "raised": feed_line(action="raise", new_limit="5000.00"),
    "effective within the skew": feed_line(
        decided_at="2026-09-01T00:30:00Z", effective_at="2026-09-01T00:00:00Z"
    ),
    "another offset": feed_line(
        decided_at="2026-09-01T08:00:00+08:00", effective_at="2026-09-01T00:00:00Z"
    ),
    "policy in both languages": feed_line(
        policy=POLICY | {"title": {"en": "Limits", "zh-hans": "额度"}}
    ),
    "policy for no region": feed_line(policy=POLICY | {"region": None}),
    "score": feed_line(score=SCORE),
    "facts we do not know": facts("LEG-RESTRICTED", flag=True, number=1.5, text="x", none=None),
    "weights alike": reasons(LATE_PAST | {"weight": 0.5}, HIGH_USE | {"weight": 0.5}),
    "a very small weight": reasons(LATE_PAST | {"weight": 1e-9}),
}


@pytest.mark.parametrize("line", GOOD.values(), ids=GOOD.keys())
def test_an_unusual_line_is_taken(line):
    assert parse(line).decision_id == line["decision_id"]


@pytest.mark.parametrize("code", sorted(CATALOGUE.reasons))
def test_every_reason_of_the_catalogue_can_be_given(code):
    assert parse(reasons(reason(code))).reasons[0].code == code


def test_every_fact_of_the_catalogue_has_a_kind():
    named = {
        name
        for entry in CATALOGUE.reasons.values()
        for name in entry.needed_facts | entry.counterfactual_facts
    }

    assert named == FACT_KINDS.keys()


def test_a_refused_line_is_listed_under_its_id():
    with pytest.raises(LineRejected) as refused:
        parse(feed_line(decision_id="RE-9", balance="-1"))

    assert refused.value.decision_id == "RE-9"


def test_a_complaint_never_repeats_what_belongs_to_a_person():
    with pytest.raises(LineRejected) as refused:
        parse(customer(phone="+1202999"))
    assert "999" not in refused.value.message
    with pytest.raises(LineRejected) as refused:
        parse(customer(email="olga.example.org"))
    assert "olga" not in refused.value.message


def test_a_line_of_the_longest_length_is_read():
    line = feed_line()
    room = MAX_LINE_BYTES - len(as_bytes(line))

    padded = as_bytes(line)[:-1] + b" " * room + b"}"

    assert parse(padded + b"\r\n").decision_id == line["decision_id"]
    with pytest.raises(LineRejected, match="longer than"):
        parse(padded[:-1] + b" }")


def test_the_same_content_has_one_hash_however_it_is_written():
    line = feed_line(
        decided_at="2026-09-01T00:30:00Z",
        effective_at="2026-09-01T00:30:00Z",
        reasons=[RESTRICTED | {"weight": 1.0, "facts": {"share": 6}}],
    )
    escaped = json.dumps(line, indent=1).replace("\n", " ").encode()
    shuffled = dict(reversed(line.items())) | {
        "decided_at": "2026-09-01T08:30:00+08:00",
        "old_limit": "4000",
        "reasons": [RESTRICTED | {"weight": 1, "facts": {"share": 6.0}}],
    }

    first = parse(line).content_sha256()

    assert parse(shuffled).content_sha256() == first
    assert parse(escaped).content_sha256() == first
    assert parse_line(as_bytes(line), line_number=8).content_sha256() == first


def test_other_content_has_another_hash():
    line = feed_line()
    others = [
        line | {"balance": "612.41"},
        line | {"automated": False},
        line | {"customer": line["customer"] | {"email": None}},
        line | {"reasons": [LATE_PAST]},
    ]

    hashes = {parse(one).content_sha256() for one in [line, *others]}

    assert len(hashes) == 5


def test_a_hash_stays_the_same_from_release_to_release():
    """A changed way of hashing would turn every repeat of the engine into a conflict."""
    line = feed_line(
        decision_id="RE-1",
        customer={"ref": "C-1", "name": "李雪", "email": None, "phone": None},
        line={"ref": "L-1", "last4": "0001"},
        decided_at="2026-09-01T00:30:00Z",
        effective_at="2026-09-01T00:30:00Z",
    )
    # What came to the contract later changes nothing for lines that say nothing of it.
    consent = line["customer"].pop("esign_consent")

    assert parse(line).content_sha256() == (
        "489b0e1e290da340e7ee9e3f438800bc771d3f0bfe17805627588f19c8a28e67"
    )
    silent = {**line, "customer": {**line["customer"], "esign_consent": None}}
    assert parse(silent).content_sha256() == parse(line).content_sha256()
    said = {**line, "customer": {**line["customer"], "esign_consent": consent}}
    assert parse(said).content_sha256() != parse(line).content_sha256()


def complaint_about(raw: bytes) -> str:
    try:
        parse_line(raw, line_number=1)
    except LineRejected as refused:
        return refused.message
    return ""


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(raw):
    complaint = complaint_about(raw)

    assert complaint
    assert not re.search(r"[\x00\ud800-\udfff]", complaint)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(sorted(feed_line())), value=JSON)
def test_no_value_crashes_the_reader(name, value):
    complaint = complaint_about(json.dumps({**feed_line(), name: value}).encode())

    assert not re.search(r"[\x00\ud800-\udfff]", complaint)
