"""How often people find what was suggested: counted, few hidden, and a warning for following."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from appeals.actions.quality import record_reading
from appeals.alike.agreement import MEASURES, WEEKS, agreement_by_reason, agreement_by_week
from appeals.models import Appeal, AppealTally, QualityReview, SuggestedFinding
from appeals.review_periodic import fold_appeal_tallies
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


# --- The sums and the rows ---------------------------------------------------------------------


def counted(of):
    """What the page says, counted straight from the rows: no sum, and no SQL of ours."""
    begin = timezone.now().astimezone(UTC).date()
    begin -= timedelta(days=begin.weekday(), weeks=WEEKS - 1)
    found: dict[tuple[str, ...] | date, Counter[str]] = {}
    for row in SuggestedFinding.objects.select_related("ground__appeal__queue"):
        appeal = row.ground.appeal
        if row.settled_at is None or appeal.queue is None:
            continue
        if appeal.is_restricted or appeal.queue.is_restricted:
            continue
        if (day := row.settled_at.astimezone(UTC).date()) < begin:
            continue
        is_agreed = row.proposed == row.ruling
        found.setdefault(of(row, day), Counter()).update(
            suggested=1,
            agreed=is_agreed,
            changed=is_agreed and row.stood != row.ruling,
            read_again=is_agreed and row.read_again != "",
            read_otherwise=is_agreed and row.read_again not in {"", row.ruling},
            said_so=row.agreed,
            counted=row.counted,
        )
    return {key: dict(numbers) for key, numbers in found.items()}


def said(rows):
    return {row.name: {name: getattr(row, name) for name in MEASURES} for row in rows}


def check_sums():
    now = timezone.now()
    assert said(agreement_by_reason(now)) == counted(
        lambda row, _day: (row.code, row.rule_id, row.rule_version)
    )
    weeks = counted(lambda _row, day: day - timedelta(days=day.weekday()))
    assert {name[0].date(): numbers for name, numbers in said(agreement_by_week(now)).items()} == (
        weeks
    )


class Story:
    """What happens to suggestions and their appeals, as the dice want, and what a hand may do."""

    def __init__(self, seed, queues, rosa):
        self.dice = random.Random(seed)
        self.queues, self.rosa = queues, rosa

    def step(self):
        steps = [self.answer, self.answer, self.late, self.move, self.delete, self.fold]
        self.dice.choice(steps)()

    def fold(self):
        fold_appeal_tallies()

    def ruling(self):
        return self.dice.choice([Ruling.ACCEPTED, Ruling.REFUTED, Ruling.NOT_MATERIAL])

    def answer(self):
        at = timezone.now() - timedelta(days=self.dice.randint(0, 120))
        settle(1, queue=self.dice.choice(self.queues), by=self.rosa, proposed=self.ruling(), at=at)

    def some(self):
        return self.dice.choice([*SuggestedFinding.objects.order_by("pk"), None])

    def late(self):
        """Read again months later, sent back, or repaired."""
        if one := self.some():
            changes = {
                "read_again": self.dice.choice([*Ruling, ""]),
                "stood": self.ruling(),
                "proposed": self.ruling(),
                "settled_at": one.settled_at - timedelta(days=self.dice.randint(1, 9)),
                "rule_version": "4.3.0",
                "agreed": self.dice.randint(2, 9),
            }
            name = self.dice.choice(sorted(changes))
            SuggestedFinding.objects.filter(pk=one.pk).update(**{name: changes[name]})

    def move(self):
        if one := self.some():
            changes = {
                "queue": self.dice.choice(self.queues),
                "is_restricted": self.dice.random() < 0.5,
            }
            Appeal.objects.filter(grounds=one.ground_id).update(**changes)

    def delete(self):
        if one := self.some():
            one.delete()


@pytest.mark.parametrize("seed", range(3))
def test_after_any_story_the_sums_equal_a_count(seed, queue, rosa):
    other = create_queue("hardship_care")
    secret = create_queue("fraud_identity", is_restricted=True)
    story = Story(seed, [queue, other, secret], rosa)

    for number in range(60):
        story.step()
        if number % 10 == 9:
            check_sums()
    call_command("recount_appeals")


def test_a_wrong_sum_is_found_and_set_right_by_the_recount_of_appeals(queue, rosa):
    settle(3, queue=queue, by=rosa)
    settle(1, queue=queue, by=rosa, stood=Ruling.REFUTED, read_again=Ruling.REFUTED)
    AppealTally.objects.filter(measure__in=MEASURES.values()).delete()
    assert agreement_by_reason(timezone.now()) == []

    with pytest.raises(CommandError):
        call_command("recount_appeals")
    call_command("recount_appeals", "--mend")

    check_sums()
    assert [one.suggested for one in agreement_by_reason(timezone.now())] == [4]


def test_what_is_shown_and_not_yet_answered_is_in_no_sum(queue, rosa):
    settle(1, queue=queue, by=rosa)
    SuggestedFinding.objects.update(settled_at=None, proposed="", stood="")

    assert agreement_by_reason(timezone.now()) == []
    fold_appeal_tallies()
    assert not AppealTally.objects.filter(measure__in=MEASURES.values()).exists()


def test_weeks_begin_on_monday_in_utc_and_the_oldest_is_whole(queue, rosa):
    with time_machine.travel(datetime(2026, 11, 29, 23, 59, tzinfo=UTC), tick=False):
        for at in (
            datetime(2026, 8, 30, 23, 59, tzinfo=UTC),
            datetime(2026, 8, 31, tzinfo=UTC),
            datetime(2026, 11, 23, tzinfo=UTC),
        ):
            settle(1, queue=queue, by=rosa, at=at)
        weeks = agreement_by_week(timezone.now())

    assert [one.name[0] for one in weeks] == [
        datetime(2026, 11, 23, tzinfo=UTC),
        datetime(2026, 8, 31, tzinfo=UTC),
    ]


def test_the_page_reads_sums_and_no_suggestion(
    browse, sofia, queue, rosa, django_assert_num_queries
):
    settle(6, queue=queue, by=rosa)
    client = browse(sofia)
    with django_assert_num_queries(QUERIES) as asked:
        assert client.get(PAGE).status_code == 200
    queries = [one["sql"] for one in asked]
    assert not [sql for sql in queries if "appeals_suggestedfinding" in sql]
    assert len([sql for sql in queries if "'suggested'" in sql]) == 2


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
