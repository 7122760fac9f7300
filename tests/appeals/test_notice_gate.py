"""The gate before a notice: what is held back, with its cause in both languages and its day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from appeals.actions.ingest import ingest_one
from appeals.actions.notices import make_notice
from appeals.catalogue.packs import pack_for
from appeals.deadlines import last_day
from appeals.models import LineDecision, Notice, NoticeHold
from appeals.notice_text import (
    Cause,
    Lender,
    NoticeHeld,
    NoticeReason,
    cause_name,
    cause_text,
    compose,
)
from notifications.models import Notification
from tests.appeals.builders import create_customer, create_decision, create_reviewer
from tests.appeals.feeds import OWN_SCORE, as_bytes, feed_line
from tests.appeals.subjects import LITTLE_USED, SCORE_DOWN, given, subject

HIGH_USE = NoticeReason("BUR-UTIL-HIGH", {"util_pct": 93, "limit_pct": 80})


def held(**overrides) -> NoticeHeld:
    with pytest.raises(NoticeHeld) as caught:
        compose(subject(**overrides))
    return caught.value


@pytest.mark.parametrize(
    ("overrides", "code", "words"),
    [
        ({"reasons": (NoticeReason("ACC-GONE", {}),)}, Cause.UNKNOWN_REASON, "has no ACC-GONE"),
        (
            {"reasons": (NoticeReason("ACC-LIMIT-UNUSED", {"months": 6}),)},
            Cause.INCOMPLETE,
            "ACC-LIMIT-UNUSED lacks the fact peak_pct",
        ),
        ({"reasons": (SCORE_DOWN,)}, Cause.NOT_SPECIFIC, "MOD-BEHAVIOUR-SCORE, which may not"),
        ({"reasons": ()}, Cause.NOT_SPECIFIC, "no reason at all"),
        (
            {
                "reasons": (
                    NoticeReason(LITTLE_USED.code, LITTLE_USED.facts, Decimal("0.3")),
                    NoticeReason(HIGH_USE.code, HIGH_USE.facts, Decimal("0.7")),
                )
            },
            Cause.OUT_OF_ORDER,
            "BUR-UTIL-HIGH weighs more",
        ),
        (
            {"jurisdiction": "US", "lender": Lender("Example Lender", "", "+1 202 555 0100")},
            Cause.BLOCK_UNFILLED,
            "US.creditor has a gap: lender_address",
        ),
        (
            {
                "jurisdiction": "US",
                "reasons": (given("BUR-SCORE-DROP", bureau="Nobody's Bureau"), LITTLE_USED),
            },
            Cause.BLOCK_UNFILLED,
            "US.credit_report has a gap: bureau, bureau_address, bureau_phone",
        ),
    ],
)
def test_what_is_not_whole_is_held_with_its_cause(overrides, code, words):
    found = held(**overrides)

    assert found.code is code
    assert words in found.cause


def test_what_a_pack_does_not_let_be_disclosed_is_held():
    pack = pack_for("GB", "GB-ENG", date(2026, 12, 1))
    rules = pack.notice
    object.__setattr__(rules, "disclosures", frozenset({"full"}))
    try:
        found = held(reasons=(given("ACC-CASH-LIKE"),))
    finally:
        object.__setattr__(rules, "disclosures", frozenset({"full", "safe_text", "restricted"}))

    assert found.code is Cause.NOT_DISCLOSABLE
    assert "ACC-CASH-LIKE may not be disclosed" in found.cause


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_is_told_in_both_languages(cause):
    named = {
        "reason": "X",
        "facts": "y",
        "pack": "US",
        "block": "B",
        "incident": "IN-1",
        "policy": "P-1",
    }

    for language in ("en", "zh-hans"):
        assert cause_name(cause, language)
        assert "{" not in cause_text(cause, named, language)
    assert cause_text(cause, named, "en") != cause_text(cause, named, "zh-hans")


def test_no_more_reasons_than_the_pack_allows_are_told_the_heaviest_first():
    codes = ["ACC-LATE-PAST", "BUR-UTIL-HIGH", "ACC-LIMIT-UNUSED", "ACC-MIN-PAY", "INC-OUTDATED"]
    reasons = tuple(given(code) for code in [*codes, "BUR-INQUIRIES"])

    told = compose(subject(reasons=reasons))["en"]["reasons"]

    assert [one["code"] for one in told] == [*codes[:4], "BUR-INQUIRIES"]
    assert [one["rank"] for one in told] == [1, 2, 3, 4, 5]


# --- Through the door ----------------------------------------------------------------------------


def take(**line):
    return ingest_one(as_bytes(feed_line(**line)), source="test")


@pytest.fixture
def supervisor(client, db):
    client.force_login(create_reviewer("Sam Ortiz", is_supervisor=True))
    return client


def test_a_held_notice_has_its_day_by_law_and_the_nearest_is_first(supervisor):
    home = feed_line(reasons=[OWN_SCORE], line={"product": "HELOC"})
    assert take(reasons=[OWN_SCORE]).status == "created"
    assert ingest_one(as_bytes(home), source="test").status == "created"

    page = supervisor.get(reverse("admin:appeals_noticehold_changelist"))

    rows = list(page.context["cl"].result_list)
    assert [row.decision.line.product for row in rows] == ["HELOC", "Everyday credit line"]
    zone = rows[1].decision.customer.zone
    decided_on = rows[1].decision.decided_at.astimezone(zone).date()
    assert last_day(rows[1].due_at, zone) == decided_on + timedelta(days=30)
    assert "Not specific enough" in page.content.decode()
    assert "days left" in page.content.decode()
    assert not Notification.objects.exists()


def test_the_cause_is_read_in_the_language_of_who_reads_it(client, db):
    take(reasons=[OWN_SCORE])
    client.force_login(create_reviewer("Li Na", is_supervisor=True, locale="zh-hans"))

    with translation.override("en"):  # put back afterwards what the page switched to
        page = client.get(reverse("admin:appeals_noticehold_changelist")).content.decode()

    assert "原因不够具体" in page
    assert "不能单独作为原因" in page


def test_holds_are_found_by_their_cause(supervisor):
    take(reasons=[OWN_SCORE])
    url = reverse("admin:appeals_noticehold_changelist")

    found = supervisor.get(url, {"code": "not_specific"}).context["cl"].result_list
    others = supervisor.get(url, {"code": "incomplete"}).context["cl"].result_list

    assert (len(found), len(others)) == (1, 0)


def test_a_us_notice_waits_until_the_lender_says_who_it_is(db, settings):
    settings.LENDER_ADDRESS = ""

    take()

    hold = NoticeHold.objects.get()
    assert (hold.code, hold.named) == (
        "block_unfilled",
        {"block": "US.creditor", "facts": "lender_address"},
    )
    assert hold.due_at is not None
    assert not Notice.objects.exists()


def test_a_notice_names_its_pack_and_version_and_keeps_them(db):
    take(customer={"jurisdiction": "EU", "region": "DE-BE", "time_zone": "Europe/Berlin"})
    notice = Notice.objects.get()

    today = timezone.now().astimezone(notice.decision.customer.zone).date()
    pack = pack_for("EU", "DE-BE", today)
    assert (notice.pack_name, notice.pack_version) == ("EU/DE", pack.version)
    assert "Bundesbank" in str(notice.content["en"]["rights"])


def test_a_decision_of_ours_is_held_at_the_same_gate(db):
    alone = ("POL-PORTFOLIO", {"trait": "x", "date": "2026-09-01"})
    decision = create_decision(create_customer(), reasons=(alone,), with_notice=False)

    paper = make_notice(decision=decision)

    assert isinstance(paper, NoticeHold)
    assert (paper.code, paper.due_at is not None) == ("not_specific", True)
    assert LineDecision.objects.count() == 1
