"""Whom the next case is for: what is kept, what is read, what is cleared, and how much is held."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from appeals.actions.claims import claim_appeal, claim_next, release_claim
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, Claim, ReviewerProfile, RuleOwner, Urgency
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import queue, rosa, sam, sofia

__all__ = ["queue", "rosa", "sam", "sofia"]

SUBMITTED, IN_REVIEW = AppealState.SUBMITTED, AppealState.IN_REVIEW


def waiting(queue, days=5, **overrides):
    fields = {"promised_at": timezone.now() + timedelta(days=days), **overrides}
    return create_appeal(
        fields.pop("decision", None) or create_decision(with_notice=False),
        state=SUBMITTED,
        queue=queue,
        **fields,
    )


def reads(person, *languages):
    ReviewerProfile.objects.update_or_create(person=person, defaults={"languages": languages})


# --- The order --------------------------------------------------------------------------------


def test_the_urgent_goes_before_an_older_promise_of_the_same_queue(queue, rosa):
    waiting(queue, days=-4)
    care = waiting(queue, days=9, urgency=Urgency.FIRST)

    assert claim_next(by=rosa) == care


def test_what_is_kept_for_me_goes_before_everything(queue, rosa, sam):
    first = create_queue("hardship_care", priority=1)
    first.members.add(rosa)
    waiting(first, days=-9, urgency=Urgency.FIRST)
    later = waiting(queue, days=8, reserved_for=rosa)
    sooner = waiting(queue, days=7, reserved_for=rosa)
    waiting(queue, days=-8, reserved_for=sam)

    assert [claim_next(by=rosa), claim_next(by=rosa)] == [sooner, later]
    later.refresh_from_db()
    assert (later.reserved_for, later.reserved_until) == (None, None)


def test_what_is_kept_for_a_colleague_is_nobody_elses(queue, rosa, sam):
    kept = waiting(queue, reserved_for=sam)

    assert claim_next(by=rosa) is None
    with pytest.raises(NotAllowed, match="kept for Sam Okoro"):
        claim_appeal(appeal=kept, by=rosa)
    assert claim_next(by=sam) == kept


def test_what_is_kept_for_who_left_the_queue_is_not_given_to_them(queue, rosa):
    kept = waiting(queue, reserved_for=rosa)
    queue.members.remove(rosa)

    assert claim_next(by=rosa) is None
    with pytest.raises(NotAllowed, match="do not work in the queue"):
        claim_appeal(appeal=kept, by=rosa)


# --- What one can read ------------------------------------------------------------------------


def test_only_what_i_read_is_given_to_me(queue, rosa, sam):
    chinese = waiting(queue, days=1, language="zh-hans")
    english = waiting(queue, days=9, language="en")
    reads(rosa, "en")

    assert claim_next(by=rosa) == english
    assert claim_next(by=rosa) is None
    with pytest.raises(NotAllowed, match="简体中文"):
        claim_appeal(appeal=chinese, by=rosa)
    # Without a word about it, all of them.
    assert claim_next(by=sam) == chinese


def test_both_languages_of_a_queue_are_served_by_promise(queue, rosa):
    later = waiting(queue, days=6, language="en")
    sooner = waiting(queue, days=3, language="zh-hans")

    assert [claim_next(by=rosa), claim_next(by=rosa)] == [sooner, later]


# --- What is restricted -----------------------------------------------------------------------


def test_a_restricted_queue_serves_cleared_members_only(rosa):
    fraud = create_queue("fraud_identity", is_restricted=True)
    hidden = waiting(fraud)
    cleared = create_reviewer("Kim Berg", queue=fraud)
    fraud.members.add(rosa)

    assert claim_next(by=rosa) is None
    with pytest.raises(NotAllowed, match="cleared"):
        claim_appeal(appeal=hidden, by=rosa)
    assert claim_next(by=cleared) == hidden


def test_a_restricted_case_of_an_open_queue_is_passed_over(queue, rosa, sam):
    ReviewerProfile.objects.create(person=sam, is_cleared=True)
    hidden = waiting(queue, days=-5, is_restricted=True)
    open_one = waiting(queue)

    assert claim_next(by=rosa) == open_one
    assert claim_next(by=sam) == hidden


# --- How much one holds -----------------------------------------------------------------------


def test_who_holds_as_much_as_one_may_is_told_so(queue, rosa, sam):
    queue.most_held = 2
    queue.save()
    held, _other = (waiting(queue) for _ in range(2))
    third = waiting(queue)
    claim_next(by=rosa)
    claim_next(by=rosa)

    with pytest.raises(NotAllowed, match=r"You hold 2 appeals of the queue .* 2 at most"):
        claim_next(by=rosa)
    with pytest.raises(NotAllowed, match="2 at most"):
        claim_appeal(appeal=third, by=rosa)

    held.refresh_from_db()
    release_claim(appeal=held, by=rosa)
    assert claim_next(by=rosa) in {held, third}


def test_a_full_queue_does_not_keep_me_from_another(queue, rosa):
    queue.most_held = 1
    queue.save()
    waiting(queue)
    waiting(queue)
    slower = create_queue("income_verification", priority=queue.priority + 50)
    slower.members.add(rosa)
    other = waiting(slower)

    first = claim_next(by=rosa)
    assert first is not None
    assert first.queue == queue
    assert claim_next(by=rosa) == other


def test_a_full_desk_with_nothing_waiting_is_simply_done(queue, rosa):
    queue.most_held = 1
    queue.save()
    waiting(queue)
    claim_next(by=rosa)

    assert claim_next(by=rosa) is None


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_person_never_hold_more_than_one_may():
    queue = create_queue("credit_review", most_held=3)
    rosa = create_reviewer("Rosa Vega", queue=queue)
    for _ in range(12):
        waiting(queue)

    refused = at_once([rosa] * 8)

    assert Claim.objects.filter(reviewer=rosa).count() == 3
    assert len(refused) == 5


# --- Never one's own --------------------------------------------------------------------------


def test_the_owner_of_a_rule_is_not_given_its_appeals(queue, rosa, sam):
    mine = waiting(queue, decision=create_decision(with_notice=False, rule_id="LATE-6M"))
    RuleOwner.objects.create(rule_id="LATE-6M", owner=rosa)

    assert claim_next(by=rosa) is None
    with pytest.raises(NotAllowed, match="answer for the rule"):
        claim_appeal(appeal=mine, by=rosa)
    assert claim_next(by=sam) == mine


# --- A chosen one -----------------------------------------------------------------------------


def test_a_taken_case_says_who_has_it(queue, rosa, sam):
    taken = create_appeal(state=IN_REVIEW, queue=queue)
    create_claim(taken, sam)

    with pytest.raises(WrongState, match="Sam Okoro holds this appeal, until"):
        claim_appeal(appeal=taken, by=rosa)


def test_a_case_that_is_decided_is_not_there_to_take(queue, rosa):
    decided = create_appeal(state=AppealState.DECIDED, queue=queue)

    with pytest.raises(WrongState, match="not waiting"):
        claim_appeal(appeal=decided, by=rosa)


def test_a_supervisor_who_is_no_member_takes_no_case(queue, sofia):
    with pytest.raises(NotAllowed, match="do not work in the queue"):
        claim_appeal(appeal=waiting(queue), by=sofia)


def test_a_customer_chooses_nothing(queue):
    with pytest.raises(NotAllowed, match="Only reviewers"):
        claim_appeal(appeal=waiting(queue), by=create_customer())


# --- Through the button ------------------------------------------------------------------------


def press(person_browser):
    return person_browser.post("/admin/cases/next/", follow=True)


def test_the_button_says_why_it_gives_nothing(browse, queue, rosa, sam):
    hers = browse(rosa)
    assert "Nothing waits in your queues. Well done." in press(hers).content.decode()

    waiting(queue, reserved_for=sam)
    assert "What is in your queues is kept for colleagues" in press(hers).content.decode()

    queue.most_held = 1
    queue.save()
    first = waiting(queue)
    waiting(queue)
    assert press(hers).redirect_chain[-1][0] == f"/admin/cases/{first.reference}/"
    assert "one person holds 1 at most" in press(hers).content.decode()
    assert Claim.objects.count() == 1


def test_a_case_that_is_not_mine_to_take_says_why_instead_of_a_button(browse, queue, rosa):
    chinese = waiting(queue, language="zh-hans")
    reads(rosa, "en")
    hers = browse(rosa)

    page = hers.get(f"/admin/cases/{chinese.reference}/").content.decode()
    assert "in a language you do not review in" in page
    assert 'data-key="c"' not in page
    refused = hers.post(f"/admin/cases/{chinese.reference}/claim/", follow=True).content.decode()
    assert "in a language you do not review in" in refused
    assert not Claim.objects.exists()


# --- All at once ------------------------------------------------------------------------------


def at_once(people):
    """Let each claim the next case in a thread and a connection of their own; the refusals."""
    together = threading.Barrier(len(people))
    refused: list[str] = []

    def claim(person):
        try:
            together.wait(30)
            claim_next(by=person)
        except NotAllowed as error:
            refused.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return refused


@pytest.mark.django_db(transaction=True)
def test_sixty_four_in_mixed_queues_each_get_one_of_their_own_and_nobody_goes_without():
    queues = [create_queue(key) for key in ("credit_review", "income_verification")]
    people = [create_reviewer(f"Reviewer{n} Vega", queue=queues[n % 2]) for n in range(64)]
    for number, person in enumerate(people):
        # Some in both, some in one language: whoever is quicker must not take another's last one.
        if number % 8 == 0:
            queues[0].members.add(person)
            queues[1].members.add(person)
        reads(person, *([] if number % 4 < 2 else ["en"]))
    for number in range(160):
        waiting(queues[number % 2], language="zh-hans" if number % 5 == 0 else "en")

    assert at_once(people) == []

    got = Claim.objects.values_list("appeal", "reviewer")
    assert len({appeal for appeal, _person in got}) == 64
    assert {person for _appeal, person in got} == {person.pk for person in people}
    assert Appeal.objects.filter(state=IN_REVIEW).count() == 64


@pytest.mark.django_db(transaction=True)
def test_a_chosen_case_that_two_want_at_once_goes_to_one_and_names_them_to_the_other():
    queue = create_queue("credit_review")
    people = [create_reviewer(f"Reviewer{n} Vega", queue=queue) for n in range(4)]
    appeal = waiting(queue)
    together = threading.Barrier(4)
    said: list[str] = []

    def claim(person):
        try:
            together.wait(30)
            claim_appeal(appeal=Appeal.objects.get(pk=appeal.pk), by=person)
        except WrongState as error:
            said.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    holder = Claim.objects.get().reviewer
    assert len(said) == 3
    assert all(words.startswith(f"{holder.name} holds this appeal") for words in said)
