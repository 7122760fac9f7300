"""A query that is put together once answers as the same query put together each time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals.access import Reach, cases_within, get_case, queues_within
from appeals.models import Appeal, CaseEvent, Claim, ReviewQueue
from appeals.prepared import counted, prepared
from appeals.states import AppealState
from portal.models import Customer
from tests.appeals.builders import create_appeal, create_customer, create_decision, create_queue
from tests.appeals.desks import queue, rosa, sam

__all__ = ["queue", "rosa", "sam"]


@prepared
def held_by(person: int, state: str) -> QuerySet[Claim]:
    rows = Claim.objects.filter(reviewer=person, appeal__state=state)
    return rows.select_related("appeal__customer").annotate(until_then=F("until")).order_by("pk")


@prepared
def since(appeal: int, moment) -> QuerySet[CaseEvent, tuple[str, dict[str, str]]]:
    rows = CaseEvent.objects.filter(appeal=appeal, at__gte=moment)
    return rows.order_by("at").values_list("kind", "details")


@prepared
def queues(person: int, *, reach: Reach) -> QuerySet[ReviewQueue]:
    return queues_within(person, reach)


@counted
def first_held_by(person: int, day) -> QuerySet[Claim]:
    rows = Claim.objects.filter(reviewer=person, until__date__gte=day).select_related("appeal")
    return rows.order_by("pk")[:2]


@counted
def none_at_all(person: int) -> QuerySet[Claim]:
    return Claim.objects.filter(reviewer=person).none()


def held(by, queue):
    state = AppealState.IN_REVIEW
    return create_appeal(create_decision(), state=state, queue=queue, reviewer=by)


def test_each_call_answers_for_its_own_values(queue, rosa, sam):
    hers, his = held(rosa, queue), held(sam, queue)

    assert [claim.appeal for claim in held_by(rosa.pk, "in_review")] == [hers]
    assert [claim.appeal for claim in held_by(sam.pk, "in_review")] == [his]
    assert held_by(rosa.pk, "submitted") == []


def test_a_count_is_of_its_own_values_and_goes_as_far_as_the_query(queue, rosa, sam):
    today = timezone.now().date()
    for _ in range(3):
        held(rosa, queue)
    held(sam, queue)

    assert first_held_by(rosa.pk, today) == 2
    assert first_held_by(sam.pk, today) == 1
    assert first_held_by(sam.pk, today + timedelta(days=2)) == 0
    assert none_at_all(sam.pk) == 0


def test_a_record_comes_with_what_was_selected_beside_it(queue, rosa):
    appeal = held(rosa, queue)

    with CaptureQueriesContext(connection) as asked:
        (claim,) = held_by(rosa.pk, "in_review")
        assert claim.appeal.customer.name == appeal.customer.name
        assert claim.until_then == claim.until  # type: ignore[attr-defined]

    assert len(asked) == 1


def test_it_reads_what_the_orm_reads(queue, rosa):
    """Every column of every record of a case's query, which joins the most."""
    appeal = held(rosa, queue)
    rows = cases_within(rosa.pk, Reach.OWN).select_related(
        "decision__line", "customer", "queue", "routed_by", "reserved_for", "claim__reviewer"
    )
    usual, ours = rows.get(pk=appeal.pk), get_case(rosa, appeal.reference)

    for way in ("", "decision", "decision.line", "customer", "queue", "claim", "claim.reviewer"):
        a, b = (reach(one, way) for one in (usual, ours))
        assert type(a) is type(b)
        for column in a._meta.concrete_fields:
            assert getattr(a, column.attname) == getattr(b, column.attname), (way, column)
    assert ours.claim.appeal is ours
    assert ours.routed_by is None
    assert ours.reserved_for is None


def reach(record, way):
    for name in filter(None, way.split(".")):
        record = getattr(record, name)
    return record


def test_values_are_converted_as_the_fields_say(queue, rosa):
    appeal, now = held(rosa, queue), timezone.now()
    appeal.events.create(kind="moved", at=now, details={"queue": "general"})
    appeal.events.create(kind="note", at=now - timedelta(days=2))

    assert since(appeal.pk, now) == [("moved", {"queue": "general"})]
    assert len(since(appeal.pk, now - timedelta(days=3))) == 2


def test_every_shape_is_another_query(queue, rosa):
    other = create_queue("data_correction")

    assert queues(rosa.pk, reach=Reach.OWN) == [queue]
    assert other in queues(rosa.pk, reach=Reach.ALL)
    assert queues(rosa.pk, reach=Reach.NONE) == []


def test_what_it_says_is_read_once_and_asked_each_time(rosa):
    made = []

    @prepared
    def named(name: str) -> QuerySet[Customer]:
        made.append(name)
        return Customer.objects.filter(name=name)

    assert named(rosa.name) == [rosa]
    twin = create_customer(rosa.name)

    assert set(named(rosa.name)) == {rosa, twin}
    assert len(made) == 1


def test_a_text_cannot_become_part_of_the_query(rosa):
    @prepared
    def named(name: str) -> QuerySet[Customer]:
        return Customer.objects.filter(name=name)

    assert named("' OR 1=1 --") == []
    assert named("%s %(name)s") == []


def test_a_list_is_one_value_however_long_it_is(queue, rosa, sam):
    made = []

    @prepared
    def people(keys: list[int], references: list[str]) -> QuerySet[Customer]:
        made.append(keys)
        both = Customer.objects.filter(pk__any_of=keys, reference__any_of=references)
        return both.order_by("name")

    references = [rosa.reference, sam.reference, "{x,y}"]

    assert people([rosa.pk, sam.pk], references) == [rosa, sam]
    assert people([sam.pk], references) == [sam]
    assert people([rosa.pk], []) == []
    assert people([], references) == []
    assert len(made) == 1


def test_a_value_the_query_does_not_ask_for_is_a_mistake():
    @prepared
    def forgetful(appeal: int, state: str) -> QuerySet[Appeal]:
        return Appeal.objects.filter(pk=appeal)

    with pytest.raises(TypeError, match="forgetful"):
        forgetful(1, "submitted")


def test_nothing_is_no_value(rosa):
    with pytest.raises(TypeError, match="NoneType"):
        prepared(lambda key: Customer.objects.filter(pk=key))(None)
    held_by(rosa.pk, "in_review")
    with pytest.raises(TypeError, match="None"):
        held_by(None, "in_review")  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_on_its_own_connection():
    alice = create_customer("Alice Moore")

    @prepared
    def named(name: str) -> QuerySet[Customer]:
        return Customer.objects.filter(name=name)

    found = [named("Alice Moore")]

    def ask():
        found.append(named("Alice Moore"))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert found == [[alice], [alice]]
