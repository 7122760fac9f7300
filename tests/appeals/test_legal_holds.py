"""Legal holds: placed with a reason, lifted by somebody else, seen by who may see the case."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from appeals.actions.legal_holds import lift_hold, place_hold
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import LegalHold
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_customer, create_queue, create_reviewer

pytestmark = pytest.mark.django_db
LIST = "/admin/appeals/legalhold/"
BECAUSE = "A claim in court."


@pytest.fixture
def sue():
    return create_reviewer("Sue Park", is_supervisor=True)


@pytest.fixture
def sven():
    return create_reviewer("Sven Dahl", is_supervisor=True)


@pytest.fixture
def appeal(decision):
    return create_appeal(decision, state=AppealState.SUBMITTED)


def place(client, **about):
    return client.post(f"{LIST}add/", {"because": BECAUSE, **about}, follow=True)


def lift(client, hold, because="It was settled."):
    return client.post(f"{LIST}{hold.pk}/change/", {"lifted_because": because}, follow=True)


def test_one_supervisor_places_it_and_another_lifts_it(browse, sue, sven, alice):
    assert place(browse(sue), customer_reference=alice.reference).status_code == 200
    hold = LegalHold.objects.get()
    assert (hold.customer, hold.because, hold.placed_by) == (alice, BECAUSE, sue)

    lift(browse(sven), hold)

    hold.refresh_from_db()
    assert (hold.lifted_by, hold.lifted_because) == (sven, "It was settled.")
    assert hold.lifted_at is not None
    page = browse(sue).get(LIST).content.decode()
    assert "Lifted by Sven Dahl" in page
    # A reference is not broken over two lines.
    assert f'<span class="whitespace-nowrap">({alice.reference})</span>' in page


def test_who_placed_it_cannot_lift_it(browse, sue, sven, alice):
    place(browse(sue), customer_reference=alice.reference)
    hold = LegalHold.objects.get()

    assert lift(browse(sue), hold).status_code in {200, 403}

    assert LegalHold.objects.standing().exists()
    with pytest.raises(NotAllowed, match="Somebody else"):
        lift_hold(hold=hold, because="It was settled.", by=sue)
    lift(browse(sven), hold)
    assert not LegalHold.objects.standing().exists()


def test_lifted_twice_it_was_lifted_once(sue, sven, alice):
    hold = place_hold(about=alice, because=BECAUSE, by=sue)
    lift_hold(hold=hold, because="It was settled.", by=sven)

    with pytest.raises(WrongState, match="lifted before"):
        lift_hold(hold=hold, because="Once more.", by=sven)

    hold.refresh_from_db()
    assert hold.lifted_because == "It was settled."


def test_it_may_be_about_one_appeal(browse, sue, appeal):
    place(browse(sue), appeal_reference=appeal.reference)

    assert LegalHold.objects.get().appeal == appeal


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({}, "Enter either a customer or one appeal."),
        ({"customer_reference": "C-NOBODY"}, "There is nothing with this reference."),
        ({"appeal_reference": "AP-0000-0000"}, "There is nothing with this reference."),
    ],
)
def test_what_is_not_there_cannot_be_held(browse, sue, about, words):
    assert words in place(browse(sue), **about).content.decode()
    assert not LegalHold.objects.exists()


def test_no_hold_is_without_a_reason(sue, sven, alice):
    with pytest.raises(BadInput, match="Say why"):
        place_hold(about=alice, because="  ", by=sue)
    with pytest.raises(BadInput, match="300"):
        place_hold(about=alice, because="x" * 301, by=sue)
    hold = place_hold(about=alice, because=BECAUSE, by=sue)
    with pytest.raises(BadInput, match="Say why"):
        lift_hold(hold=hold, because="", by=sven)


def test_only_supervisors_place_and_lift(alice, sue):
    rosa = create_reviewer("Rosa Vega")

    with pytest.raises(NotAllowed):
        place_hold(about=alice, because=BECAUSE, by=rosa)
    with pytest.raises(NotAllowed):
        lift_hold(hold=place_hold(about=alice, because=BECAUSE, by=sue), because="No.", by=rosa)


def test_a_member_of_staff_is_no_customer(sue, sven):
    with pytest.raises(BadInput, match="Choose a customer"):
        place_hold(about=sven, because=BECAUSE, by=sue)


def test_a_hold_on_a_restricted_case_tells_nobody_else_of_it(browse, sue, sven):
    hidden = create_queue("fraud_identity", is_restricted=True)
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=hidden)
    with pytest.raises(NotAllowed, match="cleared"):
        place_hold(about=appeal, because=BECAUSE, by=sue)
    LegalHold.objects.create(
        appeal=appeal, because=BECAUSE, placed_at=timezone.now(), placed_by=sven
    )

    assert appeal.reference not in browse(sue).get(LIST).content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"lifted_at": "2026-01-01T00:00Z", "lifted_because": "Settled."},
        {"is_lifted_by_the_same": True},
    ],
)
def test_the_database_keeps_the_two_people_apart(sue, sven, appeal, fields):
    """A hold is about one thing, and whoever placed it does not lift it."""
    values = dict(fields)
    if values.pop("is_lifted_by_the_same", False):
        values |= {"lifted_at": timezone.now(), "lifted_because": "Settled.", "lifted_by": sue}
    about = {"customer": create_customer(), "appeal": appeal} if not fields else {"appeal": appeal}

    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.create(
            **about, because=BECAUSE, placed_at=timezone.now(), placed_by=sue, **values
        )
