"""The kept sums say what the rows say, whatever happened to them, in whatever order."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from appeals.actions.appeals import submit_appeal, withdraw_appeal
from appeals.actions.claims import claim_appeal, release_claim
from appeals.actions.outcomes import approve_outcome, send_back_outcome
from appeals.actions.tallies import find_differences, fold_tallies, mend_tallies
from appeals.models import Appeal, AppealTally, Measure, Outcome, ReviewerProfile, Wish
from appeals.overview import read_backlog, rule_version_record
from appeals.review_periodic import fold_appeal_tallies
from appeals.states import AppealState, OutcomeKind
from tests.appeals.answers import FULL, PART, propose, ready
from tests.appeals.answers_given import answer, create_answered
from tests.appeals.builders import (
    LATE_PAYMENT,
    create_all_queues,
    create_appeal,
    create_decision,
    create_queue,
    create_reviewer,
)

SUBMITTED = AppealState.SUBMITTED
WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def queue(db):
    return create_queue("credit_review")


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


def sums(*measures, **only):
    """What is kept of these, without what came to nothing."""
    rows = AppealTally.objects.filter(measure__in=measures, **only).values_list("measure")
    return {measure: number for measure, number in rows.annotate(n=Sum("number")) if number}


def subjects(measure, **only):
    rows = AppealTally.objects.filter(measure=measure, **only)
    found = rows.values_list("subject").annotate(n=Sum("number"), up=Sum("overturned"))
    return {subject: (number, up) for subject, number, up in found if number or up}


def is_right():
    return find_differences() == []


# --- What counts -------------------------------------------------------------------------------


def test_a_draft_counts_nothing_and_an_appeal_counts_when_it_is_sent(alice, queue):
    create_all_queues()
    draft = create_appeal(create_decision(alice), wish=Wish.FULL)
    assert not AppealTally.objects.exists()

    sent = submit_appeal(appeal=draft, by=alice)

    assert sums(Measure.CAME_IN, Measure.OPEN, Measure.DUE, queue_id=sent.queue_id) == {
        "came_in": 1,
        "open": 1,
        "due": 1,
    }
    assert sent.region == "US-NY"
    assert subjects(Measure.AGAINST_RULE) == {"LATE-6M": (1, 0)}
    assert is_right()


def test_a_withdrawn_appeal_came_in_and_went_out(alice, queue):
    appeal = create_appeal(create_decision(alice), state=SUBMITTED, queue=queue)

    withdraw_appeal(appeal=appeal, by=alice)

    assert sums(*Measure.values) == {"came_in": 1, "withdrawn": 1}
    assert is_right()


def test_a_withdrawn_draft_never_counted(alice):
    create_all_queues()
    withdraw_appeal(appeal=create_appeal(create_decision(alice)), by=alice)

    assert not AppealTally.objects.exists()
    assert is_right()


def test_an_answer_counts_for_its_day_week_days_reasons_rule_region_and_reviewer(queue, rosa):
    appeal = create_answered(
        OutcomeKind.PARTLY_RESTORED,
        by=rosa,
        queue=queue,
        days=3,
        at=WEDNESDAY,
        region="US-NY",
        promised_at=WEDNESDAY + timedelta(days=4),
    )

    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert sums(Measure.DECIDED, at=datetime(2026, 11, 25, tzinfo=UTC)) == {"decided": 1}
    assert sums(Measure.KEPT, Measure.MISSED, at=monday) == {"kept": 1}
    assert sums(Measure.OPEN, Measure.DUE) == {}
    assert subjects(Measure.DAYS, at=monday) == {"3": (1, 0)}
    assert subjects(Measure.OUTCOME, at=monday) == {"partly_restored": (1, 1)}
    codes = appeal.decision.reasons.values_list("code", flat=True)
    assert subjects(Measure.REASON) == dict.fromkeys(codes, (1, 1))
    assert subjects(Measure.RULE, version="4.2.0") == {"LATE-6M": (1, 1)}
    assert subjects(Measure.REGION) == {"US-NY": (1, 1)}
    assert subjects(Measure.REVIEWER) == {str(rosa.pk): (1, 1)}
    assert is_right()


@pytest.mark.parametrize(
    ("kind", "overturned"),
    [
        (OutcomeKind.RESTORED, 1),
        (OutcomeKind.PARTLY_RESTORED, 1),
        (OutcomeKind.CONDITIONAL, 1),
        (OutcomeKind.TEMPORARY, 1),
        (OutcomeKind.CORRECTED, 1),
        (OutcomeKind.TO_BUREAU, 0),
        (OutcomeKind.KEPT, 0),
    ],
)
def test_what_gave_something_back_is_overturned(queue, rosa, kind, overturned):
    create_answered(kind, by=rosa, queue=queue)

    assert subjects(Measure.OUTCOME) == {kind.value: (1, overturned)}


def test_the_disputed_reasons_of_a_rule_count_when_sent_and_when_answered(queue, rosa):
    def reasons(measure):
        rows = AppealTally.objects.filter(measure=measure)
        found = rows.values_list("subject", "version", "reason")
        sums = found.annotate(n=Sum("number"), up=Sum("overturned"))
        return {tuple(key): (number, up) for *key, number, up in sums if number}

    appeal = create_appeal(state=SUBMITTED, queue=queue, disputed=[LATE_PAYMENT[0]])
    key = ("LATE-6M", "4.2.0", LATE_PAYMENT[0])
    assert reasons(Measure.SENT_REASON) == {key: (1, 0)}
    assert reasons(Measure.RULE_REASON) == {}
    answer(appeal, OutcomeKind.RESTORED, by=rosa)
    assert reasons(Measure.RULE_REASON) == {key: (1, 1)}
    assert is_right()

    Appeal.objects.filter(pk=appeal.pk).update(is_restricted=True)
    rows = AppealTally.objects.filter(measure=Measure.SENT_REASON, is_restricted=False)
    assert rows.aggregate(n=Sum("number"))["n"] == 0
    assert is_right()


def test_a_draft_whose_grounds_change_counts_only_those_it_is_sent_with(alice, queue):
    create_all_queues()
    draft = create_appeal(create_decision(alice), wish=Wish.FULL)
    draft.grounds.filter(decision_reason__code=LATE_PAYMENT[0]).delete()
    assert not AppealTally.objects.exists()
    submit_appeal(appeal=draft, by=alice)
    sent = AppealTally.objects.filter(measure=Measure.SENT_REASON)
    assert list(sent.values_list("reason", "number")) == [("BUR-UTIL-HIGH", 1)]
    withdraw_appeal(appeal=Appeal.objects.get(pk=draft.pk), by=alice)
    assert sent.aggregate(n=Sum("number"))["n"] == 0
    assert is_right()


def test_a_late_answer_missed_its_promise(queue, rosa):
    create_answered(by=rosa, queue=queue, promised_at=timezone.now() - timedelta(hours=1))

    assert sums(Measure.KEPT, Measure.MISSED) == {"missed": 1}


def test_only_the_disputed_reasons_count(queue, rosa):
    create_answered(by=rosa, queue=queue, disputed=[LATE_PAYMENT[0]])

    assert subjects(Measure.REASON) == {LATE_PAYMENT[0]: (1, 0)}


def test_an_outcome_that_was_sent_back_counts_once_it_is_final(queue, rosa):
    appeal = create_appeal(state=AppealState.APPROVAL, queue=queue)
    first = Outcome.objects.create(
        appeal=appeal, kind="restored", sentence="Yes.", decided_by=rosa, decided_at=WEDNESDAY
    )
    Outcome.objects.filter(pk=first.pk).update(sent_back_at=timezone.now(), sent_back_note="No.")
    assert subjects(Measure.OUTCOME) == {}

    answer(appeal, OutcomeKind.KEPT, by=rosa)

    assert subjects(Measure.OUTCOME) == {"kept": (1, 0)}
    assert is_right()


def test_an_answer_through_both_people_counts_for_who_proposed_it(queue, rosa):
    queue.needs_second_approval = True
    queue.save()
    sam = create_reviewer("Sam Okoro", queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    ready(appeal, rosa)

    propose(appeal, rosa, PART)
    appeal.refresh_from_db()
    send_back_outcome(appeal=appeal, by=sam, version=appeal.version, note="Look at August.")
    assert sums(Measure.OPEN, Measure.DECIDED, Measure.OUTCOME) == {"open": 1}
    propose(appeal, rosa, FULL)
    appeal.refresh_from_db()
    approve_outcome(appeal=appeal, by=sam, version=appeal.version)

    assert sums(Measure.OPEN, Measure.DECIDED, Measure.KEPT) == {"decided": 1, "kept": 1}
    assert subjects(Measure.OUTCOME) == {"restored": (1, 1)}
    assert subjects(Measure.REVIEWER) == {str(rosa.pk): (1, 1)}
    assert is_right()


def test_an_undone_duplicate_is_open_as_if_nothing_had_been(queue):
    first, second = (create_appeal(state=SUBMITTED, queue=queue) for _ in range(2))
    before = sums(*Measure.values)

    second.move_to(AppealState.DUPLICATE, duplicate_of=first, closed_at=timezone.now())
    assert sums(Measure.OPEN, Measure.DUPLICATE) == {"open": 1, "duplicate": 1}
    assert is_right()

    second.move_to(SUBMITTED, duplicate_of=None, closed_at=None)
    assert sums(*Measure.values) == before
    assert is_right()


def test_waiting_for_the_customer_is_open_but_not_due(queue):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue)

    appeal.move_to(AppealState.WAITING, paused_at=timezone.now())

    assert sums(Measure.OPEN, Measure.DUE) == {"open": 1}


def test_an_appeal_that_moves_takes_its_numbers_along(queue, rosa):
    other = create_queue("hardship_care")
    waiting = create_appeal(state=SUBMITTED, queue=queue)
    answered = create_answered(by=rosa, queue=queue)

    Appeal.objects.filter(pk__in=[waiting.pk, answered.pk]).update(queue=other)

    assert sums(*Measure.values, queue_id=queue.pk) == {}
    assert sums(Measure.OPEN, Measure.OUTCOME, queue_id=other.pk) == {"open": 1, "outcome": 1}
    assert is_right()


def test_what_becomes_restricted_is_summed_apart(queue, rosa):
    appeal = create_answered(by=rosa, queue=queue)

    Appeal.objects.filter(pk=appeal.pk).update(is_restricted=True)

    assert sums(*Measure.values, is_restricted=False) == {}
    assert sums(Measure.DECIDED, Measure.REVIEWER, is_restricted=True) == {
        "decided": 1,
        "reviewer": 1,
    }
    assert is_right()


def test_claiming_and_releasing_write_nothing(queue, rosa):
    appeal = create_appeal(state=SUBMITTED, queue=queue)
    rows = AppealTally.objects.count()

    claim_appeal(appeal=appeal, by=rosa)
    release_claim(appeal=appeal, by=rosa)

    assert AppealTally.objects.count() == rows


def test_what_is_rolled_back_was_never_counted(queue):
    with transaction.atomic():
        create_appeal(state=SUBMITTED, queue=queue)
        transaction.set_rollback(True)

    assert not AppealTally.objects.exists()


# --- Folding -----------------------------------------------------------------------------------


def test_folding_changes_no_sum_and_leaves_one_row_a_key(queue, rosa):
    for _ in range(3):
        create_answered(by=rosa, queue=queue, at=WEDNESDAY)
    before = {measure: subjects(measure) for measure in Measure.values}

    fold_appeal_tallies()

    assert {measure: subjects(measure) for measure in Measure.values} == before
    keys = AppealTally.objects.values_list(
        "measure", "at", "queue_id", "is_restricted", "subject", "version", "reason"
    )
    assert len(set(keys)) == len(keys)
    # What opened and closed again came to nothing, and is not kept as such.
    assert not AppealTally.objects.filter(number=0).exists()
    assert is_right()


def test_folding_again_adds_what_came_since(queue, rosa):
    create_answered(by=rosa, queue=queue, at=WEDNESDAY)
    fold_tallies()
    create_answered(by=rosa, queue=queue, at=WEDNESDAY)
    assert fold_tallies() > 0

    assert fold_tallies() == 0
    assert sums(Measure.DECIDED) == {"decided": 2}
    assert is_right()


# --- A story nobody thought of -----------------------------------------------------------------


class Story:
    """Things that happen to appeals, as the dice want."""

    def __init__(self, seed, queues, people):
        self.dice = random.Random(seed)
        self.queues, self.people = queues, people

    def step(self):
        self.dice.choice([self.send, self.send, self.move, self.move, self.shift, fold_tallies])()

    def some(self, **only):
        keys = Appeal.objects.filter(**only).order_by("pk").values_list("pk", flat=True)
        return Appeal.objects.get(pk=self.dice.choice(keys)) if keys else None

    def send(self):
        sent_at = timezone.now() - timedelta(days=self.dice.randint(0, 40))
        if self.dice.random() < 0.2:
            create_appeal()
            return
        create_appeal(
            state=SUBMITTED,
            queue=self.dice.choice(self.queues),
            submitted_at=sent_at,
            promised_at=sent_at + timedelta(days=self.dice.randint(1, 60)),
            is_restricted=self.dice.random() < 0.2,
            region=self.dice.choice(["", "US-NY", "GB-LND"]),
        )

    def move(self):
        appeal = self.some(state__in=["submitted", "in_review", "waiting", "approval", "duplicate"])
        if appeal is None:
            return
        new = self.dice.choice(list(AppealState))
        if new == AppealState.DECIDED and appeal.state != AppealState.DUPLICATE:
            kind = self.dice.choice([OutcomeKind.KEPT, OutcomeKind.CORRECTED])
            answer(appeal, kind, by=self.dice.choice(self.people))
        elif new == AppealState.DUPLICATE:
            other = create_appeal(state=SUBMITTED, queue=appeal.queue)
            self._set(appeal, state=new, duplicate_of=other, closed_at=timezone.now())
        elif new not in {AppealState.DRAFT, AppealState.DECIDED}:
            is_gone = new == AppealState.WITHDRAWN
            closed_at = timezone.now() if is_gone else None
            self._set(appeal, state=new, duplicate_of=None, closed_at=closed_at)

    def shift(self):
        """Something that no page does, but a hand in the database may."""
        appeal = self.some(state__in=[state for state in AppealState if state != "draft"])
        if appeal is None:
            return
        changes = {
            "queue": self.dice.choice(self.queues),
            "is_restricted": self.dice.random() < 0.5,
            "region": self.dice.choice(["US-CA", "US-NY"]),
            "promised_at": timezone.now() + timedelta(days=self.dice.randint(-5, 5)),
        }
        name = self.dice.choice(sorted(changes))
        self._set(appeal, **{name: changes[name]})
        Outcome.objects.filter(appeal=appeal).update(kind=self.dice.choice(["kept", "restored"]))

    def _set(self, appeal, **changes):
        Appeal.objects.filter(pk=appeal.pk).update(**changes)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_story_the_sums_equal_a_count(seed, queue, rosa):
    sam = create_reviewer("Sam Okoro", queue=queue)
    story = Story(seed, [queue, create_queue("hardship_care")], [rosa, sam])

    for number in range(80):
        story.step()
        if number % 20 == 19:
            assert find_differences() == []
    assert Outcome.objects.filter(is_final=True).exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_and_folding_meanwhile_lose_nothing():
    queue = create_queue("credit_review")
    rosa = create_reviewer("Rosa Vega", queue=queue)
    appeals = [create_appeal(state=SUBMITTED, queue=queue) for _ in range(24)]

    def work(start):
        try:
            for appeal in appeals[start::4]:
                appeal.move_to(AppealState.IN_REVIEW)
                answer(appeal, OutcomeKind.RESTORED, by=rosa)
        finally:
            connection.close()

    def fold(_):
        try:
            for _round in range(12):
                fold_tallies()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(work, start) for start in range(4)]
        folders = [pool.submit(fold, number) for number in range(2)]
        for one in [*workers, *folders]:
            one.result()

    assert find_differences() == []
    assert sums(Measure.OPEN, Measure.DECIDED) == {"decided": 24}
    fold_tallies()
    assert find_differences() == []


@pytest.mark.django_db(transaction=True)
def test_one_folds_at_a_time():
    create_appeal(state=SUBMITTED, queue=create_queue("credit_review"))

    def fold_in_another_connection():
        try:
            return fold_tallies()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        assert fold_tallies() > 0
        assert pool.submit(fold_in_another_connection).result() == 0


# --- Counting anew -----------------------------------------------------------------------------


def run(*words):
    out = StringIO()
    call_command("recount_appeals", *words, stdout=out)
    return out.getvalue()


def test_a_recount_of_right_sums_says_so(queue, rosa):
    create_answered(by=rosa, queue=queue)

    assert run() == "Every sum is right.\n"


def test_a_recount_names_what_is_wrong_and_fails(queue, rosa):
    create_answered(by=rosa, queue=queue)
    AppealTally.objects.filter(measure=Measure.DECIDED).delete()
    AppealTally.objects.filter(measure=Measure.OUTCOME).update(overturned=1)

    (decided, outcome) = find_differences()
    assert (decided.measure, decided.kept, decided.counted) == ("decided", 0, 1)
    assert (outcome.kept_overturned, outcome.counted_overturned) == (1, 0)
    with pytest.raises(CommandError, match="2 sums are wrong"):
        run()
    # Only looking changes nothing.
    assert len(find_differences()) == 2


def test_a_recount_mends_when_asked_to_even_twice(queue, rosa):
    create_answered(by=rosa, queue=queue)
    AppealTally.objects.all().delete()

    assert "sums were set right" in run("--mend")
    assert is_right()
    assert mend_tallies() == []
    assert sums(Measure.DECIDED) == {"decided": 1}


def test_a_recount_finds_what_a_truncated_table_lost(queue, rosa):
    create_answered(by=rosa, queue=queue)
    fold_tallies()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE appeals_appealtally")

    mend_tallies()

    assert is_right()


# --- Who may know ------------------------------------------------------------------------------


def against(version, **more):
    return create_decision(rule_id="CAP-1", rule_version=version, **more)


def test_a_rule_versions_record_in_one_query(queue, rosa, django_assert_num_queries):
    for kind in (OutcomeKind.RESTORED, OutcomeKind.CORRECTED, OutcomeKind.KEPT):
        create_answered(kind, by=rosa, queue=queue, decision=against("2"))
    create_appeal(against("2"), state=SUBMITTED, queue=queue)
    create_appeal(against("2"), state=AppealState.WITHDRAWN, queue=queue)
    create_appeal(against("3"), state=SUBMITTED, queue=queue)
    rosa = type(rosa).objects.get(pk=rosa.pk)
    rosa.get_all_permissions()

    with django_assert_num_queries(1):
        record = rule_version_record("CAP-1", "2", rosa)

    assert (record.appeals, record.decided, record.accepted) == (4, 3, 2)


def test_a_record_holds_no_restricted_cases_and_no_other_queues(queue, rosa):
    other = create_queue("hardship_care")
    create_appeal(against("2"), state=SUBMITTED, queue=queue)
    create_appeal(against("2"), state=SUBMITTED, queue=queue, is_restricted=True)
    create_appeal(against("2"), state=SUBMITTED, queue=other)
    sofia = create_reviewer("Sofia Lind", is_supervisor=True)
    assert rule_version_record("CAP-1", "2", rosa).appeals == 1
    assert rule_version_record("CAP-1", "2", sofia).appeals == 2

    ReviewerProfile.objects.create(person=sofia, is_cleared=True)
    assert rule_version_record("CAP-1", "2", sofia).appeals == 3


def test_a_rule_nobody_appealed_against_has_an_empty_record(rosa):
    record = rule_version_record("CAP-1", "2", rosa)

    assert (record.appeals, record.decided, record.accepted) == (0, 0, 0)


def test_the_machines_numbers_hold_no_restricted_cases(queue):
    now = timezone.now()
    fraud = create_queue("fraud_identity", is_restricted=True)
    create_appeal(
        state=SUBMITTED,
        queue=queue,
        submitted_at=now - timedelta(days=9),
        promised_at=now - timedelta(days=1),
    )
    create_appeal(state=SUBMITTED, queue=queue, is_restricted=True)
    create_appeal(state=SUBMITTED, queue=fraud)

    backlog = read_backlog(now)

    assert "fraud_identity" not in backlog
    count, overdue, oldest = backlog["credit_review"]
    assert (count, overdue) == (1, 1)
    assert 9 <= oldest < 10
