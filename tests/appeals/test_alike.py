"""Appeals that look alike beside a case, what came of them, and what they suggest."""

import html
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals.actions.findings import Ruled, save_draft
from appeals.actions.outcomes import approve_outcome, send_back_outcome
from appeals.alike.measures import COMPARED_KINDS, distance, measures_of, numbers_in
from appeals.alike.reading import MOST_ANSWERED, find_like
from appeals.catalogue import CATALOGUE
from appeals.catalogue.facts import FACT_KINDS, FactKind
from appeals.models import Appeal, Finding, Likeness, SuggestedFinding
from appeals.states import AppealState, OutcomeKind, Ruling
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import add_paper, at, desk, queue, rosa, sam, sofia, typed
from tests.appeals.likes import CODE, create_likes, decision_with

__all__ = ["desk", "queue", "rosa", "sam", "sofia"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(queue, rosa):
    return create_appeal(decision_with(), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)


def text_of(page):
    """What a page says, without its marks and the space between them."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def shown(desk, appeal):
    return text_of(desk.get(at(appeal)).content.decode())


# --- The distance -------------------------------------------------------------------------------


def measured(new="1400", **facts):
    return measures_of((Decimal(4000), Decimal(new)), [(CODE, facts)])


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        (measured(count=3), measured(count=3), 0.0),
        # Two measures: the cut and the number; a half apart in one of them.
        (measured(count=4), measured(count=2), 0.25),
        (measured(count=4), measured(count=0), 0.5),
        (measured(count=0), measured(count=0), 0.0),
        (measured(count=4), measured(), 2 / 3),
        (measured("2000"), measured("3000"), 0.25),
    ],
)
def test_the_distance_is_a_mean_of_plain_differences(one, other, away):
    assert distance(one, other) == pytest.approx(away)
    assert distance(other, one) == pytest.approx(away)


def test_no_group_of_people_enters_the_distance():
    """Regions, days and words are facts too: whatever they say, two decisions are as near."""
    others = [name for name, kind in FACT_KINDS.items() if kind not in COMPARED_KINDS]
    assert {"region", "trait", "group", "authority"} & set(others)
    assert FactKind.REGION not in COMPARED_KINDS
    assert FactKind.WORDS not in COMPARED_KINDS

    for code in CATALOGUE.reasons:
        assert numbers_in(code, dict.fromkeys(others, "US-NY")) == []
        assert numbers_in(code, dict.fromkeys(others, 5)) == []


def test_who_the_customer_is_changes_nothing_of_what_is_found(desk, queue, rosa, sam, case):
    create_likes(4, by=[rosa, sam], queue=queue)
    others = [
        ("en", "US", "US-NY"),
        ("zh-hans", "EU", "DE"),
    ]
    pages = []
    for locale, jurisdiction, region in others:
        person = create_customer(locale=locale, jurisdiction=jurisdiction, region=region)
        one = create_appeal(
            decision_with(customer=person),
            state=AppealState.SUBMITTED,
            queue=queue,
            language=locale,
            region=region,
        )
        likes = find_like(one, list(one.decision.reasons.all()), rosa)
        answered = [like for like in likes if like.is_judged]
        pages.append([(like.reference, like.away) for like in answered])

    assert pages[0] == pages[1]
    assert len(pages[0]) == 4


def test_our_thresholds_are_not_the_customers_numbers():
    assert numbers_in(CODE, {"count": 2, "months": 6, "cycles": 3}) == ["count", "months"]


# --- What the page shows ------------------------------------------------------------------------


def test_the_like_stand_beside_a_case_with_why_and_what_came_of_them(desk, queue, rosa, sam, case):
    [near] = create_likes(1, by=[sam], queue=queue, kind=OutcomeKind.KEPT, months=4)
    [far] = create_likes(1, by=[sam], queue=queue, months=24)
    waiting = create_appeal(decision_with(), state=AppealState.SUBMITTED, queue=queue)

    page = shown(desk, case)

    assert f"{near.reference} Kept as it is same reasons" in page
    assert "4 (here 3)" in page
    assert f"{waiting.reference} Waiting for a reviewer same reasons" in page
    assert far.reference not in page


def test_another_version_of_the_rule_is_not_alike(desk, queue, sam, case):
    other = create_answered(by=sam, queue=queue, decision=decision_with(rule_version="4.3.0"))

    assert other.reference not in shown(desk, case)


def test_what_somebody_may_not_see_is_not_alike(desk, queue, rosa, sam, case):
    secret = create_queue("fraud_identity", is_restricted=True)
    other_queue = create_queue("hardship_care")
    [hidden] = create_likes(1, by=[sam], queue=secret)
    [elsewhere] = create_likes(1, by=[sam], queue=other_queue)
    own = create_appeal(decision_with(customer=rosa), state=AppealState.SUBMITTED, queue=queue)

    page = shown(desk, case)

    for one in (hidden, elsewhere, own):
        assert one.reference not in page
    assert "No case like this was decided yet." in page


def test_a_restricted_case_has_no_like_even_for_who_is_cleared(browse):
    secret = create_queue("fraud_identity", is_restricted=True)
    clara = create_reviewer("Clara Weiss", queue=secret)
    case = create_appeal(decision_with(), state=AppealState.IN_REVIEW, queue=secret, reviewer=clara)
    create_likes(9, by=[create_reviewer("Dan"), create_reviewer("Eve")], queue=secret)

    page = shown(browse(clara), case)

    assert "Appeals like this one None that you may see." in page
    assert not SuggestedFinding.objects.exists()


def test_of_few_decided_cases_no_share_is_said(desk, queue, sam, case):
    create_likes(4, by=[sam], queue=queue)

    assert "4 cases like this were decided. That is too few" in shown(desk, case)


def test_of_enough_decided_cases_the_outcomes_are_counted(desk, queue, sam, case):
    create_likes(4, by=[sam], queue=queue)
    create_likes(2, by=[sam], queue=queue, kind=OutcomeKind.KEPT)

    page = shown(desk, case)

    assert "Of 6 decided cases like this: 4 gave something back, 2 did not." in page
    assert "Restored in full: 4 · Kept as it is: 2" in page


def test_the_same_file_is_alike_with_what_came_of_it(desk, queue, sam, case):
    add_paper(case)
    other = create_answered(OutcomeKind.KEPT, by=sam, queue=queue)
    add_paper(other)

    assert (
        f"{other.reference} Kept as it is the same file of another customer: Recent payslips"
    ) in shown(desk, case)


LARGE = [
    f"appeals_{name}" for name in ("likeness", "appeal", "linedecision", "decisionreason", "ground")
]


def test_candidates_are_the_newest_of_an_index_and_bounded(queue, rosa, sam, case):
    """Where the tables are large the index gives a bounded number; nothing is sorted or scanned."""
    create_likes(2, by=[sam], queue=queue)
    with CaptureQueriesContext(connection) as asked:
        find_like(case, list(case.decision.reasons.all()), rosa)
    [query] = [one["sql"] for one in asked if "appeals_likeness" in one["sql"]]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        # PostgreSQL is told that they are large: of two rows any plan is as good as another.
        cursor.execute("ANALYZE")
        cursor.execute("UPDATE pg_class SET reltuples = 1000000 WHERE relname = ANY(%s)", [LARGE])
        cursor.execute(f"EXPLAIN {query}")
        plan = "\n".join(line for (line,) in cursor)

    assert plan.count("using likeness_newest_first") == 2
    assert not re.search(r"Seq Scan on appeals_(likeness|appeal|linedecision|decisionreason)", plan)
    assert f"LIMIT {MOST_ANSWERED}" in query


def test_a_row_beside_each_sent_appeal_follows_its_state(queue, sam):
    draft = create_appeal(decision_with())
    assert not Likeness.objects.filter(appeal=draft).exists()

    sent = create_appeal(decision_with(), state=AppealState.SUBMITTED, queue=queue)
    assert Likeness.objects.get(appeal=sent).is_answered is False

    Appeal.objects.filter(pk=sent.pk).update(state=AppealState.DECIDED, closed_at=timezone.now())
    assert Likeness.objects.get(appeal=sent).is_answered is True


# --- What is suggested --------------------------------------------------------------------------


def test_enough_findings_of_more_than_one_person_suggest_one(desk, queue, rosa, sam, case):
    create_likes(8, by=[rosa, sam], queue=queue)

    answer = desk.get(at(case)).content.decode()

    page = text_of(answer)
    assert "Suggestion Accepted So found on this reason" in page
    assert "in 8 of 8 cases like this, by 2 people. This case may differ: you decide." in page
    # Never chosen for them.
    radios = re.findall(r"<input[^>]* name=\"ruling-[^>]*>", answer)
    assert len(radios) == 3
    assert not any(" checked " in radio.partition(" data-sentence")[0] for radio in radios)
    kept = SuggestedFinding.objects.get()
    assert (kept.ruling, kept.agreed, kept.counted, kept.people) == ("accepted", 8, 8, 2)
    assert (kept.code, kept.rule_id, kept.shown_to) == (CODE, "LATE-6M", rosa)
    assert not Finding.objects.filter(ground__appeal=case).exists()


@pytest.mark.parametrize(
    ("ruling", "name"), [(Ruling.REFUTED, "Refuted"), (Ruling.NOT_MATERIAL, "Not material")]
)
def test_what_speaks_against_the_customer_is_suggested_by_the_same_measure(
    desk, queue, rosa, sam, case, ruling, name
):
    create_likes(8, by=[rosa, sam], queue=queue, ruling=ruling, kind=OutcomeKind.KEPT)

    assert f"Suggestion {name} So found on this reason in 8 of 8" in shown(desk, case)
    assert SuggestedFinding.objects.get().ruling == ruling


@pytest.mark.parametrize(
    ("accepted", "refuted", "people"),
    [(7, 0, 2), (8, 0, 1), (8, 1, 2), (5, 5, 2)],
)
def test_too_little_suggests_nothing(desk, queue, rosa, sam, case, accepted, refuted, people):
    by = [rosa, sam][:people]
    create_likes(accepted, by=by, queue=queue)
    create_likes(refuted, by=by, queue=queue, ruling=Ruling.REFUTED, kind=OutcomeKind.KEPT)

    assert "Suggestion" not in shown(desk, case)
    assert not SuggestedFinding.objects.exists()


def test_papers_that_a_check_speaks_against_are_left_to_a_person(desk, queue, rosa, sam, case):
    create_likes(8, by=[rosa, sam], queue=queue)
    add_paper(case)
    add_paper(create_appeal(state=AppealState.SUBMITTED, queue=queue))

    assert "Suggestion" not in shown(desk, case)


def test_who_only_reads_a_case_is_suggested_nothing(browse, queue, rosa, sam, case):
    create_likes(8, by=[rosa, sam], queue=queue)

    assert "Suggestion" not in shown(browse(sam), case)
    assert not SuggestedFinding.objects.exists()


def test_what_was_suggested_stays_as_it_was_shown(desk, queue, rosa, sam, case):
    create_likes(8, by=[rosa, sam], queue=queue)
    desk.get(at(case))
    create_likes(9, by=[rosa, sam], queue=queue, ruling=Ruling.REFUTED, kind=OutcomeKind.KEPT)

    assert "in 8 of 8 cases" in shown(desk, case)
    assert SuggestedFinding.objects.count() == 1


def test_a_finding_made_beside_a_suggestion_supports_no_other(desk, queue, rosa, sam, case):
    likes = create_likes(8, by=[rosa, sam], queue=queue)
    ground = likes[0].grounds.get()
    SuggestedFinding.objects.create(
        ground=ground,
        ruling=Ruling.ACCEPTED,
        code=CODE,
        rule_id="LATE-6M",
        rule_version="4.2.0",
        agreed=8,
        counted=8,
        people=2,
        shown_at=timezone.now(),
        shown_to=rosa,
    )

    assert "Suggestion" not in shown(desk, case)


def test_a_ground_that_has_a_finding_gets_no_suggestion(desk, queue, rosa, sam, case):
    ground = case.grounds.get()
    save_draft(
        appeal=case,
        by=rosa,
        version=case.version,
        findings={ground.pk: Ruled(Ruling.REFUTED, "Because.")},
        unfinished={},
    )
    create_likes(8, by=[rosa, sam], queue=queue)

    assert "Suggestion" not in shown(desk, case)


# --- What people then found ---------------------------------------------------------------------


@pytest.fixture
def suggested(desk, queue, rosa, sam, case):
    """The case Rosa holds, with a suggestion she was shown."""
    create_likes(8, by=[rosa, sam], queue=queue)
    desk.get(at(case))
    return SuggestedFinding.objects.get()


def test_what_the_reviewer_chose_is_kept_beside_it(desk, case, suggested):
    ground = case.grounds.get()
    desk.post(at(case), typed(case, kind="kept", **{f"ruling-{ground.pk}": "refuted"}))

    suggested.refresh_from_db()
    assert (suggested.ruling, suggested.proposed, suggested.stood) == (
        "accepted",
        "refuted",
        "refuted",
    )
    assert suggested.settled_at is not None


def test_what_an_approver_changed_is_kept_too(desk, queue, case, sam, rosa, suggested):
    queue.needs_second_approval = True
    queue.save()
    ground = case.grounds.get()
    desk.post(at(case), typed(case, kind="restored"))
    case.refresh_from_db()
    send_back_outcome(appeal=case, by=sam, version=case.version, note="Look at July again.")
    suggested.refresh_from_db()
    assert suggested.settled_at is None
    case.refresh_from_db()
    desk.post(at(case), typed(case, kind="kept", **{f"ruling-{ground.pk}": "refuted"}))
    case.refresh_from_db()
    approve_outcome(appeal=case, by=sam, version=case.version)

    suggested.refresh_from_db()
    assert (suggested.proposed, suggested.stood) == ("accepted", "refuted")
