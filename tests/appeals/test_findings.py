"""Findings and drafts: saved by whoever holds the case, and never over another save."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appeals.actions.findings import Ruled, SavedElsewhere, save_draft
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import Claim, Finding, Ground
from appeals.states import AppealState, Ruling
from tests.appeals.builders import create_appeal, create_claim, create_queue, create_reviewer

YES = Ruled(Ruling.ACCEPTED, "You are right about this.")
NO = Ruled(Ruling.REFUTED, "This stands.")
DRAFT = {"kind": "kept", "sentence": "So far."}


@pytest.fixture
def queue(db):
    return create_queue()


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def appeal(queue, rosa):
    return create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)


def save(appeal, by, findings, version=None):
    save_draft(
        appeal=appeal,
        by=by,
        version=appeal.version if version is None else version,
        findings=findings,
        unfinished=DRAFT,
    )


def test_a_draft_is_kept_and_can_be_changed(appeal, rosa):
    first, second = appeal.grounds.all()

    save(appeal, rosa, {first.pk: YES})
    save(appeal, rosa, {first.pk: NO, second.pk: YES})

    said = {finding.ground_id: finding.sentence for finding in Finding.objects.all()}
    assert said == {first.pk: "This stands.", second.pk: "You are right about this."}
    appeal.refresh_from_db()
    assert appeal.review_draft == DRAFT


def test_saving_holds_the_case_longer(appeal, rosa):
    Claim.objects.update(until=timezone.now() + timedelta(minutes=1))

    save(appeal, rosa, {})

    assert Claim.objects.get().until > timezone.now() + timedelta(minutes=40)


def test_the_second_of_two_tabs_is_refused(appeal, rosa):
    ground = appeal.grounds.all()[0]
    opened = appeal.version
    save(appeal, rosa, {ground.pk: YES}, version=opened)

    with pytest.raises(SavedElsewhere):
        save(appeal, rosa, {ground.pk: NO}, version=opened)

    assert Finding.objects.get().ruling == Ruling.ACCEPTED


def test_a_colleague_saves_nothing(appeal, queue):
    with pytest.raises(NotAllowed):
        save(appeal, create_reviewer("Sam Okoro", queue=queue), {appeal.grounds.all()[0].pk: NO})
    assert not Finding.objects.exists()


def test_nothing_is_saved_once_the_lease_has_ended(appeal, rosa):
    Claim.objects.all().delete()
    appeal.move_to(AppealState.SUBMITTED)

    with pytest.raises(WrongState):
        save(appeal, rosa, {appeal.grounds.all()[0].pk: NO})
    assert not Finding.objects.exists()


def test_a_finding_about_another_case_is_refused(appeal, rosa, queue):
    other = create_appeal(state=AppealState.IN_REVIEW, queue=queue)
    create_claim(other, create_reviewer("Sam Okoro", queue=queue))

    with pytest.raises(BadInput):
        save(appeal, rosa, {Ground.objects.filter(appeal=other)[0].pk: YES})
    assert not Finding.objects.exists()
    appeal.refresh_from_db()
    assert appeal.review_draft == {}
