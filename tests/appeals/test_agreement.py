"""How often people find what was suggested: counted, few hidden, and a warning for following."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from appeals.actions.quality import record_reading
from appeals.alike.agreement import WEEKS, agreement_by_reason
from appeals.models import Appeal, QualityReview, SuggestedFinding
from appeals.states import AppealState, OutcomeKind, Ruling
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import create_appeal, create_queue, create_reviewer
from tests.appeals.desks import at, desk, queue, rosa, sam, sofia, typed
from tests.appeals.likes import CODE, create_likes, decision_with

__all__ = ["desk", "queue", "rosa", "sam", "sofia"]
pytestmark = pytest.mark.django_db
PAGE = "/admin/suggestions/"


def settle(number, *, queue, by, proposed=Ruling.ACCEPTED, at=None, **fields):
    """So many suggestions to accept, and what was found."""
    at = at or timezone.now()
    for _one in range(number):
        appeal = create_answered(by=by, queue=queue, decision=decision_with(), at=at)
        SuggestedFinding.objects.create(
            ground=appeal.grounds.get(),
            ruling=Ruling.ACCEPTED,
            code=CODE,
            rule_id="LATE-6M",
            rule_version="4.2.0",
            agreed=9,
            counted=10,
            people=2,
            shown_at=at,
            shown_to=by,
            settled_at=at,
            **{"proposed": proposed, "stood": proposed, **fields},
        )


@pytest.fixture
def page(browse, sofia):
    return lambda: browse(sofia).get(PAGE).content.decode()


def test_agreement_is_counted_by_reason_and_week(page, queue, rosa):
    settle(6, queue=queue, by=rosa)
    settle(2, queue=queue, by=rosa, proposed=Ruling.REFUTED)

    answer = page()

    assert "Late payments" in answer
    assert "LATE-6M 4.2.0" in answer
    # By reason, in all, and by week.
    assert answer.count('<td class="desk-number">8</td><td class="desk-number">6</td>') == 3
    assert "75" in answer
    assert "may just be following" not in answer


def test_of_fewer_than_five_nothing_is_shown(page, queue, rosa):
    settle(4, queue=queue, by=rosa)

    answer = page()

    assert answer.count('<td class="desk-number">fewer than 5</td><td class="desk-number">–</td>')


@pytest.mark.parametrize(
    ("agreed", "other", "warned"), [(35, 0, True), (34, 0, False), (30, 5, False)]
)
def test_people_who_nearly_always_agree_may_be_following(page, queue, rosa, agreed, other, warned):
    settle(agreed, queue=queue, by=rosa)
    settle(other, queue=queue, by=rosa, proposed=Ruling.NOT_MATERIAL)

    assert ("they may just be following" in page()) is warned


def test_what_was_changed_and_read_otherwise_is_counted(page, queue, rosa):
    settle(5, queue=queue, by=rosa)
    settle(3, queue=queue, by=rosa, stood=Ruling.REFUTED)
    settle(5, queue=queue, by=rosa, read_again=Ruling.ACCEPTED)
    settle(1, queue=queue, by=rosa, read_again=Ruling.NOT_MATERIAL)

    [one] = agreement_by_reason(timezone.now())

    assert (one.suggested, one.agreed, one.changed) == (14, 14, 3)
    assert (one.read_again, one.read_otherwise) == (6, 1)
    assert "3 of 14" in page()
    assert "1 of 6" in page()


def test_only_the_last_weeks_count_and_no_restricted_case(queue, rosa):
    settle(1, queue=queue, by=rosa, at=timezone.now() - timedelta(weeks=WEEKS, days=1))
    settle(2, queue=queue, by=rosa)
    secret = create_queue("fraud_identity", is_restricted=True)
    settle(1, queue=secret, by=rosa)
    newest = Appeal.objects.filter(queue=queue).latest("pk")
    Appeal.objects.filter(pk=newest.pk).update(is_restricted=True)

    [one] = agreement_by_reason(timezone.now())

    assert one.suggested == 1


def test_from_what_is_shown_to_a_reader_of_quality(browse, queue, rosa, sam):
    """Rosa is shown a suggestion and follows it; whoever reads the case again does not."""
    case = create_appeal(decision_with(), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    create_likes(8, by=[rosa, sam], queue=queue)
    queue.sample_percent = 100
    queue.save()
    desk: Client = browse(rosa)
    assert "data-desk-suggestion" in desk.get(at(case)).content.decode()
    desk.post(at(case), typed(case, kind="restored"))
    review = QualityReview.objects.get(outcome__appeal=case)
    reader = create_reviewer("Quinn")
    review.reader = reader
    review.save(update_fields=["reader"])
    record_reading(
        review=review,
        by=reader,
        kind=OutcomeKind.KEPT,
        rulings={case.grounds.get().pk: Ruling.REFUTED.value},
    )

    [one] = agreement_by_reason(timezone.now())

    assert (one.agreed, one.changed, one.read_again, one.read_otherwise) == (1, 0, 1, 1)
    assert (one.said_so, one.counted) == (8, 8)


def test_it_reads_in_chinese(browse, queue, rosa):
    """A percent sign by itself in a translation would break the page."""
    settle(6, queue=queue, by=rosa)
    lan = create_reviewer("Lan", is_supervisor=True, locale="zh-hans")

    answer = browse(lan).get(PAGE).content.decode()

    assert "百分之九十五的置信度" in answer


def test_a_reviewer_does_not_see_it(desk):
    assert desk.get(PAGE).status_code == 403


def test_the_page_costs_the_same_whatever_there_is(
    browse, sofia, queue, rosa, django_assert_num_queries
):
    client = browse(sofia)
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
    settle(12, queue=queue, by=rosa)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)


QUERIES = 17
