"""A case goes from hand to hand: with a note to a colleague, or by a supervisor."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appeals.actions.claims import claim_next, reassign_appeal
from appeals.actions.passing_on import pass_on
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    CaseEvent,
    CaseNote,
    Claim,
    EventKind,
    Finding,
    ReviewerProfile,
    RuleOwner,
)
from appeals.states import AppealState, Ruling
from tests.appeals.builders import create_appeal, create_customer, create_queue, create_reviewer
from tests.appeals.desks import HOME, at, desk, held, queue, rosa, sam, sofia, typed

__all__ = ["desk", "held", "queue", "rosa", "sam", "sofia"]


def found_something(appeal, person):
    ground = appeal.grounds.all()[0]
    return Finding.objects.create(
        ground=ground, ruling=Ruling.ACCEPTED, sentence="Yes.", by=person, at=timezone.now()
    )


# --- Passing on -------------------------------------------------------------------------------


def test_a_colleague_finds_the_case_kept_for_them_with_note_and_findings(held, rosa, sam):
    finding = found_something(held, rosa)

    pass_on(appeal=held, by=rosa, to=sam, note="  I am away from noon. Page 2 is odd.  ")

    held.refresh_from_db()
    assert (held.state, held.reserved_for) == (AppealState.SUBMITTED, sam)
    assert held.reserved_until > timezone.now() + timedelta(hours=12)
    assert not Claim.objects.exists()
    note = CaseNote.objects.get()
    assert (note.text, note.by) == ("I am away from noon. Page 2 is odd.", rosa)
    event = CaseEvent.objects.get(kind=EventKind.PASSED_ON)
    assert (event.is_visible, event.details) == (False, {"reviewer": sam.reference})
    assert claim_next(by=rosa) is None
    assert claim_next(by=sam) == held
    finding.refresh_from_db()


def test_a_note_is_needed(held, rosa, sam):
    for note in ("", "   ", "x" * 2001):
        with pytest.raises(BadInput) as refused:
            pass_on(appeal=held, by=rosa, to=sam, note=note)
        assert refused.value.field == "note"
    held.refresh_from_db()
    assert held.state == AppealState.IN_REVIEW


def test_only_the_holder_passes_on(held, rosa, sam, sofia):
    for person in (sam, sofia):
        with pytest.raises(NotAllowed, match="Rosa Vega holds this appeal now"):
            pass_on(appeal=held, by=person, to=sam, note="Please.")
    with pytest.raises(BadInput, match="Choose a colleague"):
        pass_on(appeal=held, by=rosa, to=rosa, note="Please.")


def test_what_is_not_in_review_is_not_passed_on(queue, rosa, sam):
    waiting = create_appeal(state=AppealState.SUBMITTED, queue=queue)

    with pytest.raises(WrongState):
        pass_on(appeal=waiting, by=rosa, to=sam, note="Please.")


def test_it_goes_to_nobody_who_must_not_judge_it(held, rosa, sam):
    RuleOwner.objects.create(rule_id=held.decision.rule_id, owner=sam)

    with pytest.raises(NotAllowed, match="Sam Okoro answers for the rule"):
        pass_on(appeal=held, by=rosa, to=sam, note="Please.")


def test_it_goes_to_nobody_outside_the_queue_or_away_or_uncleared(held, rosa, sam):
    outsider = create_reviewer("Olga Hart", queue=create_queue("income_verification"))
    with pytest.raises(NotAllowed, match="does not work in the queue"):
        pass_on(appeal=held, by=rosa, to=outsider, note="Please.")
    with pytest.raises(NotAllowed, match="does not work in the queue"):
        pass_on(appeal=held, by=rosa, to=create_customer(), note="Please.")

    profile = ReviewerProfile.objects.create(person=sam)
    type(held).objects.filter(pk=held.pk).update(is_restricted=True)
    held.refresh_from_db()
    with pytest.raises(NotAllowed, match="not cleared"):
        pass_on(appeal=held, by=rosa, to=sam, note="Please.")

    profile.is_cleared, profile.away_until = True, timezone.now().date() + timedelta(days=9)
    profile.save()
    with pytest.raises(NotAllowed, match="Sam Okoro is away"):
        pass_on(appeal=held, by=rosa, to=type(sam).objects.get(pk=sam.pk), note="Please.")
    assert Claim.objects.get().reviewer == rosa


def test_through_the_page(desk, browse, held, sam):
    page = desk.get(at(held)).content.decode()
    assert 'data-key="p"' in page
    assert "Sam Okoro" in page

    answer = desk.post(at(held, "pass-on/"), {"to": sam.pk, "note": "Look at page 2."}, follow=True)

    assert answer.redirect_chain[-1][0] == HOME
    assert "is kept for Sam Okoro" in answer.content.decode()
    his = browse(sam)
    first_page = his.get(HOME).content.decode()
    assert "Reserved for me" in first_page
    assert held.reference in first_page
    assert "kept for you to the end of" in " ".join(first_page.split())
    case = his.get(at(held)).content.decode()
    assert "kept for you" in case
    assert "Look at page 2." in case
    assert "kept for Sam Okoro" in desk.get(at(held)).content.decode()


def test_a_stranger_to_the_queue_passes_nothing_on(browse, held):
    outsider = create_reviewer("Olga Hart", queue=create_queue("income_verification"))

    assert browse(outsider).post(at(held, "pass-on/"), {"note": "x"}).status_code == 404
    assert browse(outsider).post(at(held, "recuse/"), {"because": "x"}).status_code == 404


# --- A supervisor gives it to somebody --------------------------------------------------------


def test_a_reservation_is_given_to_somebody_else(queue, rosa, sam, sofia):
    kept = create_appeal(state=AppealState.SUBMITTED, queue=queue, reserved_for=rosa)

    reassign_appeal(appeal=kept, by=sofia, to=sam)

    kept.refresh_from_db()
    assert (kept.state, kept.reserved_for) == (AppealState.IN_REVIEW, None)
    assert Claim.objects.get().reviewer == sam


def test_the_supervisor_reads_about_whom_the_refusal_is(held, sam, sofia):
    RuleOwner.objects.create(rule_id=held.decision.rule_id, owner=sam)

    with pytest.raises(NotAllowed, match="Sam Okoro answers for the rule"):
        reassign_appeal(appeal=held, by=sofia, to=sam)


def test_the_page_offers_only_who_may_have_it(browse, held, rosa, sam, sofia, queue):
    create_reviewer("Omar Diaz", queue=queue)
    RuleOwner.objects.create(rule_id=held.decision.rule_id, owner=sam)

    page = browse(sofia).get(at(held)).content.decode()

    offered = page.partition('<select id="desk-to"')[2].partition("</select>")[0]
    assert "Omar Diaz" in offered
    assert "Sam Okoro" not in offered
    assert "Rosa Vega" not in offered


def test_a_case_that_is_given_away_while_somebody_types_keeps_what_they_typed(
    desk, browse, held, rosa, sam, sofia
):
    form = typed(held, do="save", sentence="What Rosa typed last.")

    reassign_appeal(appeal=held, by=sofia, to=sam)
    held.refresh_from_db()
    browse(sam).post(at(held), typed(held, do="save", sentence="What Sam saved."))
    answer = desk.post(at(held), form)

    page = answer.content.decode()
    assert answer.status_code in (400, 409)
    assert "Sam Okoro holds this appeal now. Nothing was saved." in page
    assert "What Rosa typed last." in page
    assert "What Sam saved." in page
    held.refresh_from_db()
    assert held.review_draft["sentence"] == "What Sam saved."
