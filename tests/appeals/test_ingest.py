"""Decisions come in: what is stored, what is told, what is refused and kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.dateparse import parse_datetime

from appeals.actions import copying, trying
from appeals.actions import ingest as ingesting
from appeals.actions.ingest import ingest, ingest_lines, ingest_one, ingest_stream
from appeals.catalogue import CATALOGUE
from appeals.deadlines import end_of_day
from appeals.models import (
    FeedRun,
    LineDecision,
    Notice,
    NoticeHold,
    RejectedLine,
)
from appeals.notice_text import TEMPLATE_VERSION, canonical_text, sha256_of
from notifications.models import Notification
from portal.lib.references import is_valid_reference, new_reference
from tests.appeals.feeds import OWN_SCORE, as_bytes, feed_line

pytestmark = pytest.mark.django_db


def take(*lines):
    return ingest([one if isinstance(one, bytes) else as_bytes(one) for one in lines], source="t")


def counts(run):
    return (run.read, run.created, run.unchanged, run.conflicts, run.rejected)


def rejected():
    return list(RejectedLine.objects.values_list("line_number", "is_conflict", "error"))


def test_a_line_makes_customer_line_decision_reasons_notice_and_notification():
    line = feed_line(decision_id="RE-1", customer={"ref": "C-1"}, line={"ref": "L-1"})

    run = take(line)

    assert counts(run) == (1, 1, 0, 0, 0)
    decision = LineDecision.objects.select_related("customer", "line", "notice").get()
    assert (decision.source_id, decision.action, decision.automated) == ("RE-1", "reduce", True)
    assert (decision.old_limit, decision.new_limit) == (Decimal(4000), Decimal(1400))
    assert decision.decided_at == parse_datetime(line["decided_at"])
    assert is_valid_reference(decision.reference)
    assert [(row.rank, row.code) for row in decision.reasons.all()] == [
        (1, "ACC-LATE-PAST"),
        (2, "BUR-UTIL-HIGH"),
    ]
    assert decision.reasons.get(rank=1).facts == {"count": 3, "months": 6, "cycles": 6}
    assert decision.customer.reference == "C-1"
    assert decision.customer.email == line["customer"]["email"]
    assert not decision.customer.has_usable_password()
    assert (decision.line.limit, decision.line.status) == (Decimal(1400), "open")


def test_the_notice_is_frozen_with_its_hash_and_versions():
    take(feed_line(customer={"locale": "zh-hans"}))

    notice = Notice.objects.get()
    assert notice.language == "zh-hans"
    assert set(notice.content) == {"en", "zh-hans"}
    assert notice.content["en"]["headline"].startswith("We lowered your limit on")
    assert notice.sha256 == sha256_of(canonical_text(notice.content))
    assert notice.catalogue_version == CATALOGUE.version
    assert notice.template_version == TEMPLATE_VERSION


def test_the_customer_is_told_in_the_same_breath_without_details():
    line = feed_line()
    take(line)

    told, decision = Notification.objects.get(), LineDecision.objects.get()
    assert (told.type, told.lane, told.is_mandatory) == ("line_changed", "bulk", True)
    assert told.dedupe_key == f"decision:{decision.reference}"
    assert told.path == f"/decisions/{decision.reference}/"
    zone = decision.customer.zone
    last = decision.decided_at.astimezone(zone).date() + timedelta(days=30)
    assert told.legal_due_at == end_of_day(last, zone)
    assert told.context == {"notice": decision.notice.reference, "last4": line["line"]["last4"]}


@pytest.mark.parametrize("jurisdiction", ["GB", "EU", "CN"])
def test_only_where_the_law_falls_back_on_paper_does_a_day_hurry_the_letter(jurisdiction):
    take(feed_line(customer={"jurisdiction": jurisdiction}))

    assert Notification.objects.get().legal_due_at is None


def test_good_news_is_told_but_not_owed_by_law():
    take(feed_line(action="raise", new_limit="5000.00", reasons=[]))

    told = Notification.objects.get()
    assert (told.is_mandatory, told.legal_due_at) == (False, None)


def test_half_a_notice_is_held_and_nobody_is_told():
    take(feed_line(reasons=[OWN_SCORE]))

    hold = NoticeHold.objects.get()
    assert "MOD-BEHAVIOUR-SCORE, which may not stand alone" in hold.cause
    assert hold.decision == LineDecision.objects.get()
    assert not Notice.objects.exists()
    assert not Notification.objects.exists()


def test_the_same_file_again_changes_nothing():
    lines = [feed_line(), feed_line(), feed_line(reasons=[OWN_SCORE])]
    take(*lines)
    before = list(LineDecision.objects.order_by("pk").values())

    run = take(*lines)

    assert counts(run) == (3, 0, 3, 0, 0)
    assert list(LineDecision.objects.order_by("pk").values()) == before
    assert (Notice.objects.count(), Notification.objects.count()) == (2, 2)


def test_other_content_under_the_same_id_is_a_conflict_and_the_stored_one_stays():
    line = feed_line()
    take(line)

    run = take(line | {"new_limit": "10.00"}, feed_line())

    assert counts(run) == (2, 1, 0, 1, 0)
    assert LineDecision.objects.get(source_id=line["decision_id"]).new_limit == Decimal(1400)
    [(number, is_conflict, error)] = rejected()
    assert (number, is_conflict) == (1, True)
    assert "other content is stored already" in error


def test_an_id_twice_in_one_file_counts_once():
    line = feed_line()

    run = take(line, line, line | {"new_limit": "10.00"})

    assert counts(run) == (3, 1, 1, 1, 0)
    assert LineDecision.objects.get().new_limit == Decimal(1400)


def test_a_bad_line_is_kept_and_the_next_one_follows():
    bad = feed_line(decision_id="RE-7", balance="-5.00")

    run = take(feed_line(), bad, b'{"broken": "\xff\x00', b"\n", feed_line())

    assert counts(run) == (4, 2, 0, 0, 2)
    first, second = RejectedLine.objects.all()
    assert (first.line_number, first.decision_id) == (2, "RE-7")
    assert first.error == "balance is negative. Send 0.00 or more."
    assert first.raw == as_bytes(bad).decode()
    assert (second.line_number, second.decision_id) == (3, "")
    assert second.raw == '{"broken": "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}'


def test_of_a_very_long_line_only_the_beginning_is_kept():
    take(feed_line(decision_id="x" * 1_000_000))

    kept = RejectedLine.objects.get()
    assert len(kept.raw) == 8192
    assert "longer than 65536 bytes" in kept.error


def test_a_run_is_counted_batch_by_batch(monkeypatch):
    monkeypatch.setattr(ingesting, "LINES_A_BATCH", 2)
    seen = []

    ingest(
        (as_bytes(feed_line()) for _ in range(5)),
        source="t",
        progress=lambda run: seen.append((run.read, FeedRun.objects.get().created)),
    )

    assert seen == [(2, 2), (4, 4), (5, 5)]
    assert FeedRun.objects.get().finished_at


def test_a_feed_is_never_held_whole(monkeypatch):
    """Line 3 may only be asked for when lines 1 and 2 are stored."""
    monkeypatch.setattr(ingesting, "LINES_A_BATCH", 2)
    stored_when_asked = []

    def lines():
        for _ in range(6):
            stored_when_asked.append(LineDecision.objects.count())
            yield as_bytes(feed_line())

    ingest(lines(), source="t")

    assert stored_when_asked == [0, 0, 2, 2, 4, 4]


def test_what_was_read_before_a_feed_broke_off_stays():
    def lines():
        yield as_bytes(feed_line())
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        ingest(lines(), source="t")

    run = FeedRun.objects.get()
    assert (run.read, run.created, run.finished_at) == (1, 1, None)


def test_a_batch_needs_the_same_number_of_queries_for_one_line_and_for_many(
    django_assert_max_num_queries,
):
    run = take(feed_line())
    for size in (1, 50):
        batch = [(number, as_bytes(feed_line())) for number in range(size)]
        with django_assert_max_num_queries(25):
            ingest_lines(batch, run)


def test_references_that_are_taken_cost_no_second_try(monkeypatch):
    take(feed_line())
    decision, notice = LineDecision.objects.get(), Notice.objects.get()
    taken = {"LD": [decision.reference] * 2, "RN": [notice.reference] * 2}
    monkeypatch.setattr(
        copying,
        "new_reference",
        lambda prefix: taken[prefix].pop() if taken[prefix] else new_reference(prefix),
    )
    monkeypatch.setattr(trying, "TRIES", 1)

    assert counts(take(feed_line())) == (1, 1, 0, 0, 0)

    assert taken == {"LD": [], "RN": []}
    assert (LineDecision.objects.count(), Notice.objects.count()) == (2, 2)


def test_one_decision_is_answered_and_goes_the_standard_way():
    line = feed_line()

    first, again = (
        ingest_one(as_bytes(line), source="API"),
        ingest_one(as_bytes(line), source="API"),
    )

    assert (first.status, again.status) == ("created", "unchanged")
    assert first.reference == again.reference == LineDecision.objects.get().reference
    assert Notification.objects.get().lane == "standard"
    assert not FeedRun.objects.exists()


def test_one_decision_that_is_refused_is_kept():
    answer = ingest_one(b"{}", source="API: engine")

    assert answer.status == "rejected"
    assert counts(FeedRun.objects.get()) == (1, 0, 0, 0, 1)
    assert RejectedLine.objects.get().error == answer.error


def test_a_stream_is_answered_line_by_line_in_order():
    known = feed_line()
    take(known)
    lines = [
        as_bytes(feed_line()),
        b"",
        b"nonsense",
        as_bytes(known),
        as_bytes(known | {"balance": "1.00"}),
    ]

    answers = list(ingest_stream(lines, source="API: engine"))

    assert [(one.line_number, one.status) for one in answers] == [
        (1, "created"),
        (3, "rejected"),
        (4, "unchanged"),
        (5, "conflict"),
    ]
    run = FeedRun.objects.get(source="API: engine")
    assert counts(run) == (4, 1, 1, 1, 1)
    assert run.finished_at
