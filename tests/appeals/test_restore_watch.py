"""New facts say that the reasons of a cut have passed: told once, proposed or made, never twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from appeals.actions.facts import take_facts
from appeals.actions.restore_watch import look_at_lines
from appeals.models import (
    Action,
    CreditLine,
    LineDecision,
    LineInstruction,
    LineWatch,
    Notice,
    NoticeHold,
    PassedReason,
    Purpose,
    RestoreProposal,
    RestoreSetting,
    RestoreState,
    RuleOwner,
)
from appeals.review_periodic import watch_lines
from appeals.states import AppealState
from notifications.api import Notification
from tests.appeals.builders import (
    HIGH_USE,
    RESTRICTED,
    create_appeal,
    create_customer,
    create_decision,
    create_line,
    create_queue,
    create_reviewer,
)

FRAUD = ("FRD-TAKEOVER", {"date": "2026-10-01"})


@pytest.fixture
def queue(db):
    return create_queue(needs_second_approval=False)


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def cut(queue, alice):
    return create_decision(alice, reasons=[HIGH_USE])


def allow(mode, **place):
    return RestoreSetting.objects.create(mode=mode, because="Board, May.", **place)


def tell(decision, hours_ago=1, **facts):
    """A source's word about the line, so many hours ago."""
    told = {name.replace("__", "."): value for name, value in facts.items()}
    as_of = timezone.now() - timedelta(hours=hours_ago)
    answer = take_facts(
        [
            {
                "fact_id": f"F-{decision.pk}-{hours_ago}-{sorted(told.items())}",
                "line": decision.line.reference,
                "as_of": as_of.isoformat(),
                "facts": told,
            }
        ]
    )[0]
    assert answer.status in {"created", "unchanged"}, answer.error


def watch(days=0):
    return look_at_lines(timezone.now() + timedelta(days=days))


def messages(kind="reason_passed"):
    return Notification.objects.filter(type=kind).count()


def accept(client, proposal, **more):
    data = {"do": "accept", "because": "Use is low.", **more}
    return client.post(reverse("desk:answer_restore", args=[proposal.pk]), data, follow=True)


def test_the_customer_is_told_once_and_nothing_else_happens_unless_allowed(cut):
    tell(cut, bureau__utilisation=41)
    watch_lines()
    tell(cut, hours_ago=0.5, bureau__utilisation=40)
    watch()
    watch(days=1)

    assert PassedReason.objects.get().reason.code == "BUR-UTIL-HIGH"
    assert messages() == 1
    assert not RestoreProposal.objects.exists()
    assert CreditLine.objects.get().limit == Decimal("1400.00")


def test_what_has_not_passed_is_not_told(cut):
    tell(cut, bureau__utilisation=85)
    watch()
    assert not PassedReason.objects.exists()
    assert messages() == 0


def test_a_late_report_does_not_undo_a_newer_one(cut):
    allow("propose")
    tell(cut, hours_ago=1, bureau__utilisation=41)
    watch()
    tell(cut, hours_ago=5, bureau__utilisation=95)
    watch()

    assert PassedReason.objects.get().ended_at is None
    assert RestoreProposal.objects.get().state == RestoreState.WAITING


def test_facts_from_before_the_decision_say_nothing_about_it(cut):
    tell(cut, hours_ago=24 * 3, bureau__utilisation=41)
    watch()
    assert not PassedReason.objects.exists()


def test_a_reviewer_agrees_and_the_limit_is_back_once(cut, rosa, browse):
    allow("propose")
    tell(cut, bureau__utilisation=41)
    watch()
    proposal = RestoreProposal.objects.get()
    desk = browse(rosa)
    assert cut.line.reference in desk.get(reverse("desk:restores")).content.decode()

    accept(desk, proposal)
    accept(desk, proposal)

    new = LineDecision.objects.get(overrides=cut)
    assert (new.action, new.old_limit, new.new_limit, new.decided_by, new.automated) == (
        Action.RESTORE,
        Decimal("1400.00"),
        Decimal("4000.00"),
        rosa,
        False,
    )
    assert [row.code for row in new.reasons.all()] == ["RST-REASON-PASSED"]
    assert Notice.objects.filter(decision=new).exists()
    line = CreditLine.objects.get()
    assert (line.limit, line.status) == (Decimal("4000.00"), "open")
    instruction = LineInstruction.objects.get()
    assert instruction.purpose == Purpose.PASSED
    assert instruction.payload["data"]["new_limit"] == "4000.00"
    assert instruction.payload["data"]["appeal"] is None
    assert messages("line_changed") == 1
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answered_by) == (RestoreState.MADE, rosa)


def test_it_is_made_by_itself_where_the_lender_allows_it(cut, browse):
    allow("make", jurisdiction="US")
    tell(cut, bureau__utilisation=41)
    watch()
    watch(days=1)

    new = LineDecision.objects.get(overrides=cut)
    assert (new.automated, new.decided_by, new.rule_id) == (True, None, "RESTORE-WHEN")
    assert LineInstruction.objects.count() == 1
    # One message: the one about the new limit.
    assert (messages(), messages("line_changed")) == (0, 1)
    page = browse(cut.customer).get(reverse("appeals:decision", args=[new.reference]))
    assert "our reason for the change no longer applies" in page.content.decode()


def test_the_most_specific_setting_wins(cut, queue):
    allow("make")
    allow("make", jurisdiction="US")
    allow("off", queue=queue)
    tell(cut, bureau__utilisation=41)
    watch()
    assert not RestoreProposal.objects.exists()


def test_in_the_eu_it_is_only_proposed_and_needs_a_fresh_check(queue, rosa, browse):
    emma = create_customer("Emma Braun", jurisdiction="EU", region="DE-BE")
    cut = create_decision(emma, reasons=[HIGH_USE])
    allow("make")
    with pytest.raises(IntegrityError), transaction.atomic():
        allow("make", jurisdiction="EU")
    tell(cut, bureau__utilisation=41)
    watch()
    proposal = RestoreProposal.objects.get()
    assert proposal.state == RestoreState.WAITING

    refused = accept(browse(rosa), proposal)
    assert "fresh affordability check" in refused.content.decode()
    assert not LineDecision.objects.filter(overrides=cut).exists()

    accept(browse(rosa), proposal, is_affordable="1")
    assert LineDecision.objects.filter(overrides=cut).exists()


def test_fraud_is_never_made_by_itself_nor_told(db, alice):
    create_queue("fraud_identity", needs_second_approval=False)
    cut = create_decision(alice, reasons=[FRAUD])
    allow("make")
    tell(cut, fraud__case_closed_ok=True)
    watch()

    assert RestoreProposal.objects.get().state == RestoreState.WAITING
    assert messages() == 0


def test_a_restricted_reason_leaves_no_trace(db, alice):
    create_queue("fraud_identity", needs_second_approval=False)
    cut = create_decision(alice, reasons=[RESTRICTED])
    allow("make")
    tell(cut, legal__hold_released=True)
    watch()
    assert not PassedReason.objects.exists()
    assert not RestoreProposal.objects.exists()


def test_two_people_where_the_queue_asks(cut, queue, rosa, browse):
    queue.needs_second_approval = True
    queue.save()
    allow("make")  # a queue with two people never lets it be made by itself
    tell(cut, bureau__utilisation=41)
    watch()
    proposal = RestoreProposal.objects.get()

    accept(browse(rosa), proposal)
    again = accept(browse(rosa), proposal)
    assert "A second person has to agree" in again.content.decode()
    assert not LineDecision.objects.filter(overrides=cut).exists()

    sven = create_reviewer("Sven Dahl", queue=queue)
    accept(browse(sven), proposal)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.agreed_by, proposal.answered_by) == ("made", rosa, sven)


def test_declined_with_a_reason_it_is_not_proposed_again(cut, rosa, browse):
    allow("propose")
    tell(cut, bureau__utilisation=41)
    watch()
    proposal = RestoreProposal.objects.get()
    url = reverse("desk:answer_restore", args=[proposal.pk])

    browse(rosa).post(url, {"do": "decline", "because": " "})
    proposal.refresh_from_db()
    assert proposal.state == RestoreState.WAITING

    browse(rosa).post(url, {"do": "decline", "because": "The bureau corrects it."})
    tell(cut, hours_ago=0.5, bureau__utilisation=30)
    watch(days=1)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answered_because) == ("declined", "The bureau corrects it.")


def test_a_reason_that_is_back_takes_the_proposal_away(cut, rosa, browse):
    allow("propose")
    tell(cut, hours_ago=2, bureau__utilisation=41)
    watch()
    proposal = RestoreProposal.objects.get()
    # Not looked at by the watch yet: the answer itself looks at the newest facts.
    tell(cut, hours_ago=1, bureau__utilisation=90)
    assert "a reason is there again" in accept(browse(rosa), proposal).content.decode()

    watch()
    proposal.refresh_from_db()
    assert proposal.state == RestoreState.LAPSED
    assert PassedReason.objects.get().ended_at is not None

    tell(cut, hours_ago=0.5, bureau__utilisation=40)
    watch()
    proposal.refresh_from_db()
    assert proposal.state == RestoreState.WAITING
    assert messages() == 1


def test_a_newer_decision_stands(cut, alice, rosa, browse):
    allow("propose")
    tell(cut, bureau__utilisation=41)
    watch()
    proposal = RestoreProposal.objects.get()
    create_decision(
        alice, line=cut.line, reasons=[FRAUD], decided_at=timezone.now() - timedelta(minutes=5)
    )

    assert "newer decision" in accept(browse(rosa), proposal).content.decode()
    watch(days=1)
    proposal.refresh_from_db()
    assert proposal.state == RestoreState.OVERTAKEN


def test_an_open_appeal_is_answered_first(cut, queue, rosa, browse):
    allow("make")
    appeal = create_appeal(cut, state=AppealState.SUBMITTED, queue=queue)
    tell(cut, bureau__utilisation=41)
    watch()
    assert not RestoreProposal.objects.exists()
    assert messages() == 1

    appeal.move_to(AppealState.WITHDRAWN, closed_at=timezone.now())
    watch(days=1)
    assert LineDecision.objects.filter(overrides=cut).exists()


def test_who_was_not_told_of_the_cut_is_not_told_that_its_reason_passed(queue, alice):
    cut = create_decision(alice, reasons=[HIGH_USE], with_notice=False)
    NoticeHold.objects.create(decision=cut, cause="x", held_at=timezone.now())
    allow("make")
    tell(cut, bureau__utilisation=41)
    watch()
    assert not PassedReason.objects.exists()


def test_one_reason_of_two_is_told_and_nothing_is_proposed(queue, alice):
    cut = create_decision(alice)
    allow("make")
    tell(cut, bureau__utilisation=41)
    watch()
    assert messages() == 1
    assert not RestoreProposal.objects.exists()


def test_nobody_gives_back_their_own_limit_nor_what_they_declared(cut, queue, rosa, browse):
    allow("propose")
    tell(cut, bureau__utilisation=41)
    watch()
    proposal = RestoreProposal.objects.get()
    stranger = create_reviewer("Otto Frey", queue=create_queue("model_review"))
    assert cut.line.reference not in browse(stranger).get(reverse("desk:restores")).content.decode()
    accept(browse(stranger), proposal)
    owner = create_reviewer("Uma Roy", queue=queue)
    RuleOwner.objects.create(owner=owner, rule_id=cut.rule_id)
    assert "You answer for the rule" in accept(browse(owner), proposal).content.decode()
    assert not LineDecision.objects.filter(overrides=cut).exists()


@pytest.mark.django_db(transaction=True)
def test_two_watches_at_once_make_it_once(queue):
    cut = create_decision(create_customer(), reasons=[HIGH_USE])
    allow("make")
    tell(cut, bureau__utilisation=41)

    def one(_number):
        try:
            return watch()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        list(both.map(one, range(2)))
    assert LineDecision.objects.filter(overrides=cut).count() == 1
    assert LineInstruction.objects.count() == 1


def test_half_way_is_nothing(cut, monkeypatch):
    allow("make")
    tell(cut, bureau__utilisation=41)
    monkeypatch.setattr("appeals.actions.restore_making._instruct", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        watch()
    assert not LineDecision.objects.filter(overrides=cut).exists()
    assert CreditLine.objects.get().limit == Decimal("1400.00")
    assert LineWatch.objects.get().look_at is not None


def test_lines_are_tested_in_batches(queue, alice, monkeypatch):
    monkeypatch.setattr("appeals.actions.restore_watch.BATCH", 2)
    for _number in range(3):
        tell(create_decision(alice, line=create_line(alice)), bureau__utilisation=85)
    assert (watch(), watch(), watch()) == (2, 1, 0)
