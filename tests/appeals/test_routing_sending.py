"""What a sent appeal carries with it: its rule and version, its calendar, for whom it is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from appeals.actions.routing_rules import save_rule
from appeals.deadlines import last_day
from appeals.models import (
    Assignment,
    CaseEvent,
    ConflictOfInterest,
    EventKind,
    RoutingRule,
    RuleOwner,
    Urgency,
)
from tests.appeals.builders import (
    create_all_queues,
    create_decision,
    create_line,
    create_queue,
    create_reviewer,
    set_profile,
)
from tests.appeals.journeys import answer_all, begin, page, send, words

# A Thursday before the Chinese national holidays.
THURSDAY = datetime(2026, 9, 24, 15, tzinfo=UTC)
LATE = "BUR-DELINQ-ELSEWHERE"


@pytest.fixture
def queues(db):
    RoutingRule.objects.all().delete()
    return create_all_queues()


@pytest.fixture
def ready(browser, decision, queues):
    """A draft in which nothing is missing."""
    appeal = begin(browser, decision)
    answer_all(browser, appeal)
    return appeal


@pytest.fixture
def rosa(queues):
    return create_reviewer("Rosa Vega", queue=queues["bureau_dispute"])


@pytest.fixture
def kept_for_rosa(queues, rosa):
    return RoutingRule.objects.create(
        queue=queues["bureau_dispute"], reason_code=LATE, reviewer=rosa, because="She knows these."
    )


def test_the_matched_rule_and_its_version_stay_with_the_appeal(browser, ready, queues):
    sofia = create_reviewer("Sofia Lind", is_supervisor=True)
    rule = save_rule(
        rule=RoutingRule(queue=queues["model_review"], reason_code=LATE, because="First words."),
        by=sofia,
    )
    rule.because = "Second words."
    save_rule(rule=rule, by=sofia)

    sent = send(browser, ready)

    assert (sent.routed_by, sent.routed_version) == (rule, 2)
    assert (sent.routed_reason, sent.routed_because) == (LATE, "Second words.")
    event = CaseEvent.objects.get(appeal=sent, kind=EventKind.ROUTED)
    assert (event.details["rule"], event.details["version"]) == (rule.pk, 2)

    rule.because = "Third words."
    save_rule(rule=rule, by=sofia)
    sent.refresh_from_db()
    assert (sent.routed_version, sent.routed_because) == (2, "Second words.")


def test_the_language_it_was_written_in_is_kept(browser, ready):
    assert send(browser, ready).language == "en"


@pytest.mark.parametrize(
    ("calendar", "promised_on"), [("", date(2026, 10, 1)), ("CN", date(2026, 10, 9))]
)
def test_the_promise_counts_the_queues_own_holidays(browser, ready, calendar, promised_on):
    create_queue("bureau_dispute", target_working_days=5, calendar=calendar)

    with time_machine.travel(THURSDAY, tick=False):
        told = words(browser.get(page(ready, "check")))
        sent = send(browser, ready)

    assert sent.promised_at
    assert last_day(sent.promised_at, sent.customer.zone) == promised_on
    assert f"{promised_on.day}" in told


# --- Care ------------------------------------------------------------------------------------


def test_a_customer_can_say_that_it_is_hard_right_now(browser, ready):
    assert "No need" in words(browser.get(page(ready, "check")))

    browser.post(page(ready, "more"), {"statement": "", "is_vulnerable": "on"})

    assert "Yes: something makes this hard for me right now" in words(
        browser.get(page(ready, "check"))
    )
    assert browser.get(page(ready, "more")).context["form"]["is_vulnerable"].value()
    sent = send(browser, ready)
    assert (sent.is_vulnerable, sent.urgency) == (True, Urgency.FIRST)


def test_who_takes_it_back_before_sending_is_not_marked(browser, ready):
    browser.post(page(ready, "more"), {"statement": "Thanks.", "is_vulnerable": "on"})
    browser.post(page(ready, "more"), {"statement": "Thanks."})

    sent = send(browser, ready)

    assert (sent.is_vulnerable, sent.urgency) == (False, Urgency.USUAL)


def test_a_tick_alone_is_kept_for_who_finishes_later(browser, ready):
    browser.post(page(ready, "more"), {"statement": "", "is_vulnerable": "on", "later": "1"})

    ready.refresh_from_db()
    assert ready.is_vulnerable


def test_a_rule_may_look_for_who_needs_care(browser, ready, queues):
    RoutingRule.objects.create(
        queue=queues["hardship_care"], is_vulnerable=True, because="People before numbers."
    )
    browser.post(page(ready, "more"), {"is_vulnerable": "on"})

    assert send(browser, ready).queue == queues["hardship_care"]


# --- Kept for one reviewer -------------------------------------------------------------------


def test_a_rule_keeps_an_appeal_for_its_reviewer(browser, ready, kept_for_rosa, rosa):
    with time_machine.travel(THURSDAY, tick=False):
        sent = send(browser, ready)

    assert sent.reserved_for == rosa
    assert sent.reserved_until
    # Two working days to begin it: Friday and Monday.
    assert last_day(sent.reserved_until, rosa.zone) == date(2026, 9, 28)
    event = CaseEvent.objects.get(appeal=sent, kind=EventKind.RESERVED)
    assert (event.details["reviewer"], event.is_visible) == (rosa.reference, False)


def test_a_named_queue_keeps_all_it_gets_for_one_person(browser, ready, rosa):
    create_queue("bureau_dispute", assignment=Assignment.NAMED, named_reviewer=rosa)

    assert send(browser, ready).reserved_for == rosa


def away(rosa, ready):
    set_profile(rosa, away_until=timezone.now().date() + timedelta(days=9))


def inactive(rosa, ready):
    rosa.is_active = False
    rosa.save()


def without_the_right(rosa, ready):
    rosa.user_permissions.clear()


def no_member(rosa, ready):
    rosa.review_queues.clear()


def without_the_language(rosa, ready):
    set_profile(rosa, languages=["zh-hans"])


def friend_of_the_customer(rosa, ready):
    ConflictOfInterest.objects.create(
        person=rosa,
        customer=ready.customer,
        because="Neighbours.",
        declared_at=timezone.now(),
        declared_by=rosa,
    )


def owner_of_the_rule(rosa, ready):
    RuleOwner.objects.create(rule_id=ready.decision.rule_id, owner=rosa)


def not_cleared(rosa, ready):
    create_queue("bureau_dispute", is_restricted=True)


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (away, "away"),
        (inactive, "gone"),
        (without_the_right, "gone"),
        (no_member, "not_member"),
        (without_the_language, "language"),
        (friend_of_the_customer, "conflict"),
        (owner_of_the_rule, "conflict"),
        (not_cleared, "not_cleared"),
    ],
)
def test_whoever_cannot_take_it_does_not_have_it_kept_for_them(
    browser, ready, kept_for_rosa, rosa, trouble, why
):
    trouble(rosa, ready)

    sent = send(browser, ready)

    assert (sent.reserved_for, sent.reserved_until) == (None, None)
    assert (sent.routed_reason, sent.routed_because) == (LATE, "She knows these.")
    assert (sent.not_kept_for, sent.not_kept_why) == (rosa.reference, why)
    assert not CaseEvent.objects.filter(appeal=sent, kind=EventKind.RESERVED).exists()


def test_nobody_is_kept_their_own_decision_or_their_own_appeal(browse, alice, queues):
    rosa = create_reviewer("Rosa Vega", queue=queues["bureau_dispute"])
    create_queue("bureau_dispute", assignment=Assignment.NAMED, named_reviewer=rosa)
    made_by_her = create_decision(alice, automated=False, decided_by=rosa)
    her_own = create_decision(rosa, line=create_line(rosa))

    for person, decision in ((alice, made_by_her), (rosa, her_own)):
        browser = browse(person)
        draft = begin(browser, decision)
        answer_all(browser, draft)
        sent = send(browser, draft)
        assert sent.submitted_at, person.name
        assert sent.reserved_for is None, person.name
