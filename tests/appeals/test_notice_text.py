"""The text of a notice around its reasons, in both languages."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from appeals.notice_text import canonical_text, compose, sha256_of
from appeals.notice_text.formats import amount_text
from appeals.notice_text.regions import region_name
from portal.lib.money import format_amount
from tests.appeals.subjects import LITTLE_USED, TOLD_AT, english, given, subject


@pytest.mark.parametrize(
    ("action", "new_limit", "headline", "now", "left", "chinese"),
    [
        ("reduce", "1400", "We lowered your limit", "$1,400.00", "$787.60 left to spend", "下调"),
        (
            "suspend",
            "0",
            "We paused your credit line",
            "Paused",
            "No new spending for now",
            "暂停使用",
        ),
        ("close", "0", "We closed your credit line", "Closed", "No new spending", "关闭"),
        ("restore", "5000", "We restored your credit line", "$5,000.00", "$4,387.60 left", "恢复"),
        ("raise", "5000", "We raised your limit", "$5,000.00", "$4,387.60 left to", "提高"),
    ],
)
def test_each_action_has_its_own_words(action, new_limit, headline, now, left, chinese):
    content = compose(subject(action=action, new_limit=Decimal(new_limit)))

    assert content["en"]["headline"] == f"{headline} on 2 October 2026"
    assert content["en"]["after"]["value"] == now
    assert content["en"]["figures"][1].startswith(left)
    assert content["zh-hans"]["headline"].endswith(chinese)
    assert "冻结" not in str(content["zh-hans"])


def test_a_change_that_is_still_ahead_is_told_as_one():
    content = english(effective_at=TOLD_AT + timedelta(days=3))

    assert content["headline"] == "We will lower your limit on 5 October 2026"
    assert content["after"]["label"] == "It will be"
    assert "Your old limit holds until then." in content["effective"]


def test_days_are_those_of_the_customers_zone():
    content = english(zone=ZoneInfo("Pacific/Honolulu"), told_at=TOLD_AT.replace(hour=5))

    assert content["headline"].endswith("2 October 2026")
    assert "until 30 November 2026" in content["deadline"]


def test_what_is_left_to_spend_is_never_below_nothing():
    content = english(balance=Decimal("1650.00"))

    assert content["figures"][1] == "Nothing left to spend for now"
    assert "You have used $250.00 more than the new limit" in content["unchanged"]


@pytest.mark.parametrize(
    ("old", "new", "share"),
    [("1000", "1", 1), ("1000", "999.99", 99), ("1000", "0", 0), ("1000", "335", 34)],
)
def test_the_share_left_is_never_misleading(old, new, share):
    assert english(old_limit=Decimal(old), new_limit=Decimal(new))["share_left"] == share


def test_a_person_who_decided_is_said_so():
    content = english(automated=False)

    assert content["figures"][2] == "Decided by a person"
    assert "another person" in content["automated"]


def test_good_news_has_no_deadline_and_no_rights_to_read():
    content = english(action="raise", new_limit=Decimal(5000), reasons=())

    assert (content["deadline"], content["rights"], content["reasons"]) == ("", [], [])
    assert content["automated"] == "A computer made this decision."


def test_a_policy_is_told_by_its_regions_name():
    content = compose(
        subject(
            reasons=(given("POL-REGION", region="US-FL"),),
            policy={"ref": "POL-2026-14", "title": "Limits for US-FL", "region": "US-FL"},
        )
    )

    assert content["en"]["policy"] == {
        "title": "Limits for Florida",
        "text": "This is a rule for Florida, not a judgement about you.",
    }
    assert content["zh-hans"]["policy"]["title"] == "佛罗里达州授信政策（POL-2026-14）"
    assert "we lowered limits in Florida" in content["en"]["reasons"][0]["explanation"]


def test_a_policy_in_both_languages_keeps_its_own_words():
    policy = {"ref": "P", "title": {"en": "New caps", "zh-hans": "新上限"}, "region": None}
    content = compose(subject(policy=policy))

    assert content["en"]["policy"]["title"] == "New caps"
    assert content["zh-hans"]["policy"]["title"] == "新上限"


def test_a_us_notice_names_the_law_and_the_credit_bureau():
    score = {"value": 619, "min": 300, "max": 850, "source": "Northern", "as_of": "2026-09-30"}
    dropped = given("BUR-SCORE-DROP", bureau="Northern Credit Bureau")
    content = english(jurisdiction="US", score=score, reasons=(dropped, LITTLE_USED))

    lender, law, guard, bureau, number = content["rights"]
    assert lender.startswith("This notice is from Example Lender, 100 Example Street")
    assert guard.endswith("before 16 November 2026.")  # 45 days after the notice
    assert "Equal Credit Opportunity Act" in law
    assert "a credit report from Northern Credit Bureau (200 Example Avenue" in bureau
    assert "phone +1 800 555 0199" in bureau
    assert content["bodies"][-1]["name"] == "Northern Credit Bureau"
    assert number == (
        "The score we used was 619, on a scale from 300 to 850, dated 30 September 2026 (Northern)."
    )


def test_our_own_score_is_not_told_as_a_bureaus():
    score = {"value": 619, "min": 300, "max": 850, "source": "internal", "as_of": "2026-09-30"}

    dropped = given("BUR-SCORE-DROP", bureau="Northern Credit Bureau")
    told = english(jurisdiction="US", score=score, reasons=(dropped, LITTLE_USED))

    assert not any("The score we used" in right for right in told["rights"])


@pytest.mark.parametrize("jurisdiction", ["US", "GB", "EU", "CN"])
def test_each_jurisdiction_has_its_rights_in_both_languages(jurisdiction):
    content = compose(subject(jurisdiction=jurisdiction))

    assert content["en"]["rights"]
    assert len(content["en"]["rights"]) == len(content["zh-hans"]["rights"])


def test_amounts_are_written_as_babel_writes_them():
    for currency in ("USD", "CNY", "GBP", "EUR", "JPY", "KWD"):
        for language in ("en", "zh-hans"):
            for amount in ("0", "0.5", "4000.25", "1234567.89", "999999999999.99"):
                written = amount_text(Decimal(amount), currency, language)
                assert written == format_amount(Decimal(amount), currency, language)


def test_the_hash_depends_on_the_content_and_not_on_its_order():
    content = compose(subject())
    backwards = {
        language: dict(reversed(text.items())) for language, text in reversed(content.items())
    }

    assert sha256_of(canonical_text(backwards)) == sha256_of(canonical_text(content))
    assert sha256_of(canonical_text({"b": "额度", "a": [1]})) == (
        "fc8419fc4c6436829b1f8478c730ba3e606d7b3d51ef361e6019012cc0dc6267"
    )
    assert canonical_text({"b": "额度", "a": [1]}) == '{"a":[1],"b":"额度"}'


@pytest.mark.parametrize(
    ("code", "english_name", "chinese_name"),
    [
        ("US-FL", "Florida", "佛罗里达州"),
        ("CN-HLJ", "Heilongjiang", "黑龙江省"),
        ("GB-SCT", "Scotland", "苏格兰"),
        ("DE", "Germany", "德国"),
        ("DE-SN", "Germany (DE-SN)", "德国（DE-SN）"),
        ("ZZ-1", "Unknown Region (ZZ-1)", "未知地区（ZZ-1）"),
        ("QQ-1", "QQ-1", "QQ-1"),
    ],
)
def test_a_region_is_told_by_its_name(code, english_name, chinese_name):
    assert (region_name(code, "en"), region_name(code, "zh-hans")) == (english_name, chinese_name)
