"""The list of appeals: filters, pages, the way back from a case, and who sees what in it."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals.models import Appeal, LineDecision, Outcome, ReviewerProfile
from appeals.states import AppealState
from portal.lib.references import new_reference
from tests.appeals.builders import (
    HIGH_USE,
    LATE_PAYMENT,
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import LIST, at, desk, held, queue, rosa, sam, sofia, typed

__all__ = ["desk", "held", "queue", "rosa", "sam", "sofia"]


def shown(page):
    return page.context["page"].appeals


def links(page):
    """The address of each row, by the appeal's number."""
    found = re.findall(r'href="([^"]*)" data-desk-row>([^<]*)<', page.content.decode())
    return {reference: html.unescape(address) for address, reference in found}


def listed(client, **query):
    return shown(client.get(LIST, query))


def waiting(queue, **fields):
    return create_appeal(
        create_decision(with_notice=False), state=AppealState.SUBMITTED, queue=queue, **fields
    )


# --- Filters -----------------------------------------------------------------------------------


@pytest.fixture
def pair(queue, rosa, sam):
    """One appeal that differs from the other in all that can be filtered by."""
    now = timezone.now()
    person = create_customer("Wei Chen", jurisdiction="CN", locale="zh-hans")
    decision = create_decision(
        person,
        reasons=[HIGH_USE],
        with_notice=False,
        rule_id="UTIL-1",
        rule_version="2.0.0",
    )
    odd = create_appeal(
        decision,
        state=AppealState.IN_REVIEW,
        queue=queue,
        reviewer=sam,
        is_vulnerable=True,
        promised_at=now - timedelta(days=1),
    )
    plain = create_appeal(
        create_decision(reasons=[LATE_PAYMENT], with_notice=False),
        state=AppealState.SUBMITTED,
        queue=queue,
        promised_at=now + timedelta(days=30),
    )
    return odd, plain


@pytest.mark.parametrize(
    "query",
    [
        {"state": "in_review"},
        {"state": "late"},
        {"promise": "late"},
        {"reason": "BUR-UTIL-HIGH"},
        {"jurisdiction": "CN"},
        {"language": "zh-hans"},
        {"care": "1"},
        {"held": "taken"},
        {"rule": "UTIL-1"},
        {"rule": "UTIL-1", "version": "2.0.0"},
        {"reason": "BUR-UTIL-HIGH", "jurisdiction": "CN", "promise": "late"},
    ],
)
def test_each_filter_finds_what_it_says_and_nothing_else(desk, pair, query):
    assert listed(desk, **query) == [pair[0]]


@pytest.mark.parametrize(
    "query",
    [
        {"state": "submitted"},
        {"reason": "BUR-DELINQ-ELSEWHERE"},
        {"jurisdiction": "US"},
        {"held": "free"},
    ],
)
def test_the_other_value_finds_the_other_appeal(desk, pair, query):
    assert listed(desk, **query) == [pair[1]]


def test_who_holds_it(desk, browse, pair, sam):
    assert listed(desk, held="me") == []
    assert listed(browse(sam), held="me") == [pair[0]]
    assert listed(desk, held=str(sam.pk)) == [pair[0]]


def test_what_is_reserved_is_not_free(desk, queue, rosa):
    kept = waiting(queue, reserved_for=rosa, reserved_until=timezone.now() + timedelta(hours=1))
    free = waiting(queue)

    assert listed(desk, held="reserved") == [kept]
    assert listed(desk, held="free") == [free]


def test_due_today_and_this_week(desk, queue, rosa):
    now = timezone.localtime(timezone=rosa.zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = waiting(queue, promised_at=midnight + timedelta(days=1))
    paused = create_appeal(
        create_decision(with_notice=False),
        state=AppealState.WAITING,
        queue=queue,
        promised_at=midnight + timedelta(days=1),
    )
    sunday = waiting(queue, promised_at=midnight + timedelta(days=7 - now.weekday()))
    later = waiting(queue, promised_at=midnight + timedelta(days=9))

    assert listed(desk, promise="today")[0] == today
    assert paused not in listed(desk, promise="today")
    assert set(listed(desk, promise="week")) == {today, sunday}
    assert later in listed(desk)


def test_how_and_when_it_was_decided(desk, queue, rosa):
    def decided(kind, days):
        appeal = create_appeal(
            create_decision(with_notice=False),
            state=AppealState.DECIDED,
            queue=queue,
            closed_at=timezone.now() - timedelta(days=days),
        )
        Outcome.objects.create(
            appeal=appeal,
            kind=kind,
            sentence="-",
            decided_by=rosa,
            decided_at=timezone.now(),
            is_final=True,
        )
        return appeal

    kept, restored = decided("kept", days=2), decided("restored", days=20)
    day = (timezone.localdate() - timedelta(days=10)).isoformat()

    assert listed(desk) == []
    assert listed(desk, state="decided") == [kept, restored]
    assert listed(desk, outcome="restored") == [restored]
    assert listed(desk, since=day) == [kept]
    assert listed(desk, until=day) == [restored]
    assert listed(desk, since=day, until=day) == []


@pytest.mark.parametrize(
    "query",
    [
        {"state": "draft"},
        {"state": "nonsense"},
        {"queue": "1 OR 1=1"},
        {"promise": "soon"},
        {"held": "-1"},
        {"held": "99999999999999999999"},
        {"reason": "NO-SUCH-REASON"},
        {"since": "2026-13-45"},
        {"until": "9999-12-31"},
        {"care": "yes"},
        {"q": "\x00"},
        {"page": "after-x-y"},
        {"page": "after-99999999999999999999-1"},
        {"page": "before-1"},
        {"colour": "blue"},
        {"state__exact": "decided"},
        {"customer__name__startswith": "A"},
    ],
)
def test_what_means_nothing_filters_nothing(desk, queue, query):
    appeal = waiting(queue)

    assert listed(desk, **query) == [appeal]


def test_every_filter_is_in_sight_and_says_what_holds(desk, queue):
    page = desk.get(LIST, {"queue": queue.pk, "promise": "late"}).content.decode()

    for name in ("state", "queue", "promise", "held", "reason", "language", "care", "outcome"):
        assert f'<select class="desk-input" name="{name}">' in page
    assert f'<option value="{queue.pk}" selected>' in page
    assert '<option value="late" selected>' in page


def test_tabs_keep_what_else_is_filtered(desk, queue):
    page = desk.get(LIST, {"queue": queue.pk, "language": "en"})

    assert page.context["tabs"][0].is_here
    for tab in page.context["tabs"]:
        assert f"queue={queue.pk}" in tab.query
        assert "language=en" in tab.query


def test_a_link_with_a_rule_shows_it_and_offers_the_list_without_it(desk, pair):
    page = desk.get(LIST, {"rule": "UTIL-1", "jurisdiction": "CN"})

    (chip,) = page.context["chips"]
    assert (chip.value, chip.without) == ("UTIL-1", "jurisdiction=CN")
    assert '<input type="hidden" name="rule" value="UTIL-1">' in page.content.decode()


# --- Pages -------------------------------------------------------------------------------------


def many(queue, count, **fields):
    """Appeals that are all promised for the same midnight, made quickly."""
    decision = create_decision(with_notice=False)
    decisions = LineDecision.objects.bulk_create(
        LineDecision(
            **{
                **{
                    field.attname: getattr(decision, field.attname)
                    for field in LineDecision._meta.concrete_fields
                    if field.attname != "id"
                },
                "reference": new_reference("LD"),
                "source_id": new_reference("LD"),
            }
        )
        for _number in range(count)
    )
    now = timezone.now()
    appeals = [
        Appeal(
            reference=new_reference("AP"),
            decision=decisions[number],
            customer=decision.customer,
            state=AppealState.SUBMITTED,
            created_at=now,
            saved_at=now,
            submitted_at=now,
            promised_at=now + timedelta(days=10),
            queue=queue,
            language="en",
            **fields,
        )
        for number in range(count)
    ]
    return Appeal.objects.bulk_create(appeals)


def walk(client, query, side):
    pages = [client.get(f"{LIST}?{query}")]
    while following := getattr(pages[-1].context["page"], side):
        pages.append(client.get(f"{LIST}?{following}"))
    return pages


@pytest.mark.parametrize("query", ["", "turned=1", "state=all", "language=en"])
def test_pages_hold_every_appeal_once_there_and_back(desk, queue, query):
    appeals = many(queue, 60)

    there = walk(desk, query, "next")
    last = there[-1].context["page"]
    back = [there[-1], *walk(desk, last.previous, "previous")]

    found = [appeal for page in there for appeal in shown(page)]
    assert sorted(appeal.pk for appeal in found) == sorted(appeal.pk for appeal in appeals)
    assert [len(shown(page)) for page in there] == [25, 25, 10]
    assert [appeal for page in reversed(back) for appeal in shown(page)] == found
    assert not there[0].context["page"].previous
    assert not back[-1].context["page"].previous


def test_the_oldest_promise_comes_first_over_all_queues(browse, sofia, queue):
    other = create_queue("income_verification")
    now = timezone.now()
    appeals = [
        waiting(one, promised_at=now + timedelta(days=days))
        for days, one in ((3, queue), (1, other), (2, queue), (4, other))
    ]
    client = browse(sofia)

    first, second, third, fourth = (appeals[n] for n in (1, 2, 0, 3))
    assert listed(client) == [first, second, third, fourth]
    assert listed(client, turned="1") == [fourth, third, second, first]


def test_a_row_that_went_away_breaks_no_page(desk, queue):
    many(queue, 30)
    first = desk.get(LIST)
    gone = shown(first)[-1]
    gone.move_to(AppealState.WITHDRAWN, closed_at=timezone.now())

    second = desk.get(f"{LIST}?{first.context['page'].next}")

    assert len(shown(second)) == 5


def test_the_list_costs_the_same_however_much_is_in_it_and_on_every_page(desk, queue, rosa):
    many(queue, 2)
    desk.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(LIST)
    Appeal.objects.all().delete()
    many(queue, 80)
    with CaptureQueriesContext(connection) as much:
        first = desk.get(LIST)
    with CaptureQueriesContext(connection) as second:
        desk.get(f"{LIST}?{first.context['page'].next}&language=en")

    assert len(few) == len(much) == len(second)
    assert len(few) <= 8


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "open_appeals_of_queue"),
        ("turned=1", "open_appeals_of_queue"),
        ("state=decided", "closed_appeals_of_queue"),
        ("state=all", "sent_appeals_of_queue"),
        ("page=after-1764288000000000-5", "open_appeals_of_queue"),
    ],
)
def test_each_queue_gives_its_first_from_an_index_without_sorting(desk, queue, query, index):
    """What keeps a page's price the same is that nothing is sorted but a page."""
    many(queue, 400)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE appeals_appeal")
    with CaptureQueriesContext(connection) as queries:
        desk.get(f"{LIST}?{query}")
    (statement,) = [one["sql"] for one in queries if 'AS "heads"' in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert index in plan
    assert "Sort" not in plan


# --- The way back ------------------------------------------------------------------------------


def test_a_case_leads_back_to_the_same_place_of_the_list(desk, queue):
    many(queue, 30)
    first = desk.get(LIST, {"queue": queue.pk})
    second = desk.get(f"{LIST}?{first.context['page'].next}")
    row = shown(second)[0]

    case = desk.get(links(second)[row.reference])

    back = case.context["place"].back
    assert back == f"{LIST}?{first.context['page'].next}"
    assert shown(desk.get(back)) == shown(second)
    assert f'href="{back.replace("&", "&amp;")}"' in case.content.decode()


def test_saving_and_deciding_come_back_to_the_list(desk, queue, rosa, held):
    desk.get(links(desk.get(LIST, {"queue": queue.pk, "held": "me"}))[held.reference])

    saved = desk.post(at(held), typed(held, do="save"))
    assert desk.get(saved.url).context["place"].back == f"{LIST}?queue={queue.pk}&held=me"

    desk.post(at(held, "release/"))
    held.refresh_from_db()
    assert held.state == AppealState.SUBMITTED


def test_releasing_comes_back_to_the_list(desk, queue, held):
    desk.get(links(desk.get(LIST, {"held": "me"}))[held.reference])

    assert desk.post(at(held, "release/")).url == f"{LIST}?held=me"


def test_a_case_opened_from_elsewhere_has_no_list(desk, queue, held):
    other = waiting(queue)
    desk.get(links(desk.get(LIST))[other.reference])

    assert desk.get(at(held)).context["place"] is None
    assert desk.post(at(held, "release/")).url == "/admin/"


def test_a_list_knows_the_case_before_and_after(desk, queue):
    first, second, third = (
        waiting(queue, promised_at=timezone.now() + timedelta(days=days)) for days in (1, 2, 3)
    )
    rows = links(desk.get(LIST, {"queue": queue.pk}))

    place = desk.get(rows[second.reference]).context["place"]
    assert desk.get(place.next).context["appeal"] == third
    assert desk.get(place.previous).context["appeal"] == first
    assert desk.get(rows[first.reference]).context["place"].previous == ""
    assert desk.get(rows[third.reference]).context["place"].next == ""

    # Taken out of the list meanwhile, it still knows its neighbours.
    second.move_to(AppealState.WITHDRAWN, closed_at=timezone.now())
    place = desk.get(rows[second.reference]).context["place"]
    assert desk.get(place.next).context["appeal"] == third


@pytest.mark.parametrize(
    "said", ["https://evil.example/", "//evil.example", "next=//evil.example&state=all", "x" * 9000]
)
def test_an_address_from_elsewhere_leads_to_a_list_and_nowhere_else(desk, queue, said):
    appeal = waiting(queue)

    back = desk.get(at(appeal), {"from": said}).context["place"].back

    assert back in {LIST, f"{LIST}?state=all"}


def test_neighbours_are_of_ones_own_queues(desk, browse, queue, sofia):
    mine = waiting(queue, promised_at=timezone.now() + timedelta(days=1))
    waiting(create_queue("income_verification"), promised_at=timezone.now() + timedelta(days=2))

    place = desk.get(at(mine), {"from": ""}).context["place"]
    assert (place.previous, place.next) == ("", "")
    assert browse(sofia).get(at(mine), {"from": ""}).context["place"].next


# --- Who sees what -----------------------------------------------------------------------------


@pytest.fixture
def fraud(db):
    return create_queue("fraud_identity", is_restricted=True)


@pytest.fixture
def secret(fraud):
    return create_appeal(
        create_decision(with_notice=False, rule_id="FRAUD-1"),
        state=AppealState.SUBMITTED,
        queue=fraud,
        promised_at=timezone.now() - timedelta(days=1),
        is_vulnerable=True,
    )


def every_query(appeal):
    return (
        {},
        {"state": "all"},
        {"state": "submitted"},
        {"promise": "late"},
        {"held": "free"},
        {"care": "1"},
        {"jurisdiction": "US"},
        {"language": "en"},
        {"reason": "BUR-UTIL-HIGH"},
        {"rule": "FRAUD-1"},
        {"queue": str(appeal.queue_id)},
        {"q": appeal.reference},
        {"q": appeal.customer.reference},
        {"q": appeal.decision.line.reference},
    )


def test_a_restricted_case_is_there_for_cleared_people_only(browse, secret, sofia, rosa):
    cleared = create_reviewer("Faye Cole", queue=secret.queue)
    # In its queue, but not cleared: a queue may become restricted after people joined it.
    uncleared = create_reviewer("Uma Pratt", queue=secret.queue)
    ReviewerProfile.objects.filter(person=uncleared).delete()

    for query in every_query(secret):
        assert listed(browse(cleared), **query) == [secret], query
        for person in (sofia, rosa, uncleared):
            page = browse(person).get(LIST, query)
            assert shown(page) == [], (person.name, query)
            if "q" not in query:
                assert secret.reference not in page.content.decode()


def test_a_restricted_queue_is_not_even_offered(browse, secret, sofia):
    choices = browse(sofia).get(LIST).context["choices"]

    offered = next(choice for choice in choices if choice.name == "queue").options
    assert f'value="{secret.queue_id}"' not in offered


def test_a_restricted_case_in_a_common_queue_is_as_hidden(browse, queue, sofia, rosa):
    hidden = waiting(queue, is_restricted=True)
    neighbour = waiting(queue)

    for person in (sofia, rosa):
        assert listed(browse(person)) == [neighbour]
        place = browse(person).get(at(neighbour), {"from": ""}).context["place"]
        assert (place.previous, place.next) == ("", "")
    ReviewerProfile.objects.create(person=sofia, is_cleared=True)
    assert set(listed(browse(sofia))) == {hidden, neighbour}


def test_a_reviewer_is_offered_no_steps_and_no_exports(desk, browse, queue, sofia):
    waiting(queue)

    page = desk.get(LIST).content.decode()
    assert "data-desk-case" not in page
    assert "/admin/exports/" not in page
    assert 'name="kind"' not in page
    supervisors = browse(sofia).get(LIST).content.decode()
    for part in ("data-desk-case", "/admin/exports/csv/", 'value="duplicate"'):
        assert part in supervisors


def test_the_list_is_only_read(desk, queue):
    appeal = waiting(queue)

    assert desk.post(LIST, {"action": "delete_selected"}).status_code == 403
    assert Appeal.objects.filter(pk=appeal.pk).exists()


def test_rows_say_what_a_reviewer_needs_and_no_names_of_customers(desk, queue, sam):
    appeal = create_appeal(
        create_decision(create_customer("Nadia Petrova"), new_limit=Decimal("900.00")),
        state=AppealState.IN_REVIEW,
        queue=queue,
        is_vulnerable=True,
    )
    create_claim(appeal, sam)

    page = desk.get(LIST).content.decode()

    for part in (appeal.reference, "$4,000.00", "$900.00", "Sam Okoro", "Needs care", "data-row"):
        assert part in page
    assert "Nadia" not in page


def test_the_place_in_the_list_costs_a_case_two_queries(desk, queue):
    appeal = waiting(queue)
    waiting(queue)
    desk.get(at(appeal))
    with CaptureQueriesContext(connection) as without:
        desk.get(at(appeal))
    desk.get(at(appeal), {"from": "held=free"})
    with CaptureQueriesContext(connection) as with_place:
        desk.get(at(appeal), {"from": "held=free"})

    assert len(with_place) == len(without) + 2
    assert len(with_place) < 30
