"""The first page of who oversees the desk: the whole in figures, as much as each may see."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from appeals.models import ReviewerProfile
from appeals.states import AppealState, OutcomeKind
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import HOME, queue, rosa, sam, sofia

__all__ = ["queue", "rosa", "sam", "sofia"]

SUBMITTED = AppealState.SUBMITTED
QUERIES = 26


@pytest.fixture
def auditor(db):
    person = create_customer("Ada Osei", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="audit_appeal"))
    return person


@pytest.fixture
def overview(browse, sofia):
    """Sofia's browser."""
    return browse(sofia)


def figure(page, key):
    return next(one for one in page.context["figures"] if one.key == key)


def rows(page, key):
    """The texts of a figure's table, by the name of the row."""
    return {row.name.text: [cell.text for cell in row.cells] for row in figure(page, key).rows}


def headline(page, title):
    return next(one.text for one in page.context["headlines"] if one.title == title)


# --- Who sees it -------------------------------------------------------------------------------


def test_who_oversees_the_desk_sees_the_whole_first(browse, sofia, auditor):
    for person in (sofia, auditor):
        page = browse(person).get(HOME)
        assert len(page.context["figures"]) == 10
        assert "Claim next" not in page.content.decode().split('id="main"')[-1]


def test_a_reviewer_sees_their_work_whatever_the_address_says(browse, rosa):
    page = browse(rosa).get(f"{HOME}?queue=1&period=90")

    assert "figures" not in page.context
    assert page.context["sections"]


def test_a_supervisor_has_both_and_an_auditor_has_no_work(browse, sofia, auditor):
    page = browse(sofia).get(HOME)
    assert [one["display"] for one in page.context["pages"]] == ["Overview", "My work"]
    assert browse(sofia).get(f"{HOME}?show=work").context["sections"]

    assert browse(auditor).get(HOME).context["pages"] == []


def test_a_customer_and_a_stranger_see_nothing(browse, client, alice):
    assert browse(alice).get(HOME).status_code == 302
    assert client.get(HOME).status_code == 302


# --- What it says ------------------------------------------------------------------------------


def test_in_and_out_of_each_day(overview, queue, rosa):
    create_appeal(state=SUBMITTED, queue=queue, submitted_at=timezone.now())
    create_answered(by=rosa, queue=queue, days=1)

    page = overview.get(HOME)

    table = figure(page, "flow").rows
    assert len(table) == 30
    assert [cell.value for cell in table[-1].cells] == [1, 1, 1, 0, 0]
    assert table[-2].cells[0].value == 1
    assert figure(page, "flow").says == "2 came in and 1 went out: 1 more are open."
    assert headline(page, "Still open") == "1"


def test_a_year_is_read_by_week(overview, queue):
    create_appeal(state=SUBMITTED, queue=queue, submitted_at=timezone.now() - timedelta(days=200))

    page = overview.get(f"{HOME}?period=365")

    table = figure(page, "flow").rows
    assert 52 <= len(table) <= 54
    assert sum(row.cells[0].value for row in table) == 1


def test_the_age_of_the_open_and_what_is_late(overview, queue):
    now = timezone.now()
    for age, promise in ((0, 3), (2, 3), (4, 3), (10, 3), (20, -1), (21, -2)):
        create_appeal(
            state=SUBMITTED,
            queue=queue,
            submitted_at=now - timedelta(days=age),
            promised_at=now + timedelta(days=promise),
        )
    create_appeal(
        state=AppealState.WAITING,
        queue=queue,
        submitted_at=now - timedelta(days=30),
        promised_at=now - timedelta(days=1),
    )

    page = overview.get(HOME)

    assert rows(page, "ages")["General credit review"] == ["2", "1", "1", "1", "2", "7", "2"]
    assert headline(page, "Late") == "2"


def test_promises_and_days(overview, queue, rosa):
    now = timezone.now()
    for days in (1, 1, 2, 2, 3, 3, 4, 4, 5, 30):
        create_answered(
            by=rosa,
            queue=queue,
            days=days,
            at=now,
            promised_at=now + timedelta(days=1 if days < 30 else -1),
        )

    page = overview.get(HOME)

    assert list(rows(page, "promises").values())[-1] == ["10", "1", "90%"]
    assert rows(page, "days")["General credit review"] == ["10", "3", "5"]
    assert headline(page, "Promises kept") == "90%"
    assert headline(page, "Median days to the answer") == "3"


def test_the_load_of_each_reviewer(overview, queue, rosa, sam):
    for _ in range(2):
        create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    create_answered(by=sam, queue=queue)

    page = overview.get(HOME)

    assert rows(page, "load") == {"Rosa Vega": ["2", "0"], "Sam Okoro": ["0", "1"]}


def test_outcomes_of_each_week(overview, queue, rosa):
    for kind in [OutcomeKind.KEPT] * 3 + [OutcomeKind.RESTORED] * 2:
        create_answered(kind, by=rosa, queue=queue)

    page = overview.get(HOME)

    assert list(rows(page, "mix").values())[-1] == ["5", "2", "0", "0", "0", "0", "0", "3"]
    assert figure(page, "mix").says == "40% of the answers gave something back."


def test_what_gave_something_back_highest_first(overview, queue, rosa):
    for region, kinds in {
        "US-NY": [OutcomeKind.RESTORED] * 3 + [OutcomeKind.KEPT] * 2,
        "US-CA": [OutcomeKind.RESTORED] + [OutcomeKind.KEPT] * 5,
    }.items():
        for kind in kinds:
            create_answered(kind, by=rosa, queue=queue, region=region)

    page = overview.get(HOME)

    assert list(rows(page, "by-region").items()) == [
        ("US-NY", ["5", "3", "60%"]),
        ("US-CA", ["6", "1", "17%"]),
    ]
    assert rows(page, "by-rule") == {"LATE-6M 4.2.0": ["11", "4", "36%"]}
    assert rows(page, "by-reviewer") == {"Rosa Vega": ["11", "4", "36%"]}
    assert figure(page, "by-region").says == "Highest: US-NY, 60%."


# --- Few ---------------------------------------------------------------------------------------


def test_a_share_of_few_is_hidden_and_cannot_be_worked_out(overview, queue, rosa):
    for region, count in {"US-NY": 9, "US-CA": 6, "US-TX": 3}.items():
        for _ in range(count):
            create_answered(OutcomeKind.RESTORED, by=rosa, queue=queue, region=region)

    page = overview.get(HOME)

    assert rows(page, "by-region") == {
        "US-NY": ["9", "9", "100%"],
        "US-CA": ["hidden", "–", "–"],
        "US-TX": ["fewer than 5", "–", "–"],
    }
    drawn = [row.cells[2].value for row in figure(page, "by-region").rows]
    assert drawn == [100, None, None]


def test_of_few_answers_nothing_is_said(overview, queue, rosa):
    for _ in range(4):
        create_answered(OutcomeKind.RESTORED, by=rosa, queue=queue)

    page = overview.get(HOME)

    assert headline(page, "Promises kept") == "fewer than 5"
    assert list(rows(page, "mix").values())[-1][:2] == ["fewer than 5", "–"]
    assert rows(page, "days")["General credit review"] == ["fewer than 5", "–", "–"]
    assert "too few" in figure(page, "by-reason").says
    assert "100%" not in page.content.decode()


# --- Filters -----------------------------------------------------------------------------------


def test_a_filter_narrows_every_figure_and_each_link_keeps_the_other(overview, queue, rosa):
    care = create_queue("hardship_care")
    for _ in range(5):
        create_answered(OutcomeKind.RESTORED, by=rosa, queue=care)
    create_answered(by=rosa, queue=queue)
    create_appeal(state=SUBMITTED, queue=queue)

    page = overview.get(f"{HOME}?queue={care.pk}&period=90")

    assert headline(page, "Decided") == "5"
    assert headline(page, "Still open") == "0"
    assert len(figure(page, "ages").rows) == 1
    assert rows(page, "by-rule") == {"LATE-6M 4.2.0": ["5", "5", "100%"]}
    links = [one["query_string"] for one in page.context["period_choices"]]
    assert f"?queue={care.pk}&period=365" in links
    assert "?queue=&period=90" in [one["query_string"] for one in page.context["queue_choices"]]


def test_filters_stay_until_they_are_changed(overview, queue):
    overview.get(f"{HOME}?queue={queue.pk}&period=90")

    page = overview.get(HOME)

    chosen = [one["display"] for one in page.context["queue_choices"] if one["selected"]]
    assert chosen == ["General credit review"]
    assert [one["display"] for one in page.context["period_choices"] if one["selected"]] == [
        "90 days"
    ]
    everything = overview.get(f"{HOME}?queue=&period=30")
    assert everything.context["queue_choices"][0]["selected"]


@pytest.mark.parametrize("query", ["queue=x&period=7", "queue=999999", "period=", "queue=%00"])
def test_nonsense_in_the_address_is_everything_of_30_days(overview, queue, query):
    page = overview.get(f"{HOME}?{query}")

    assert page.status_code == 200
    assert page.context["queue_choices"][0]["selected"]
    assert page.context["period_choices"][0]["selected"]


def test_numbers_lead_to_the_list_with_the_filter(overview, queue):
    now = timezone.now()
    late = create_appeal(state=SUBMITTED, queue=queue, promised_at=now - timedelta(days=1))
    create_appeal(state=SUBMITTED, queue=create_queue("hardship_care"))

    (row,) = [
        row
        for row in figure(overview.get(HOME), "ages").rows
        if row.name.text == "General credit review"
    ]

    assert overview.get(row.cells[-1].link).context["page"].appeals == [late]


# --- Restricted cases --------------------------------------------------------------------------


def test_restricted_cases_are_in_no_number_of_who_is_not_cleared(browse, sofia, queue, rosa):
    fraud = create_queue("fraud_identity", is_restricted=True)
    for _ in range(6):
        create_answered(OutcomeKind.RESTORED, by=rosa, queue=queue, is_restricted=True)
        create_answered(OutcomeKind.RESTORED, by=rosa, queue=fraud)
    create_appeal(state=AppealState.IN_REVIEW, queue=fraud, reviewer=rosa)

    page = browse(sofia).get(HOME)

    assert (headline(page, "Still open"), headline(page, "Decided")) == ("0", "0")
    assert rows(page, "load") == {}
    assert all(not rows(page, f"by-{key}") for key in ("reason", "rule", "region", "reviewer"))
    assert str(fraud) not in page.content.decode()
    assert browse(sofia).get(f"{HOME}?queue={fraud.pk}").context["queue_choices"][0]["selected"]

    ReviewerProfile.objects.create(person=sofia, is_cleared=True)
    page = browse(sofia).get(HOME)
    assert (headline(page, "Still open"), headline(page, "Decided")) == ("1", "12")
    assert rows(page, "load")["Rosa Vega"] == ["1", "12"]


# --- The page itself ---------------------------------------------------------------------------


def test_each_chart_has_its_table_and_its_sentence(overview, queue, rosa):
    for _ in range(6):
        create_answered(OutcomeKind.RESTORED, by=rosa, queue=queue, region="US-NY")

    text = overview.get(HOME).content.decode()

    charts = re.findall(r'data-chart-of="([\w-]+)"', text)
    assert len(charts) == 10
    for key in charts:
        assert f'<table class="desk-table" id="{key}"' in text
    assert text.count('class="desk-says"') == 10
    assert all(one.says for one in overview.get(HOME).context["figures"])


def test_nothing_on_the_page_leaves_the_site_or_runs_in_place(overview):
    page = overview.get(HOME)

    main = page.content.decode()
    assert re.search(r'<script src="/static/appeals/desk/dashboard[\w.]*\.js" defer>', main)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', main)
    assert "desk-canvas" not in main or " onclick" not in main
    assert "script-src 'self' 'unsafe-eval'" in page.headers["Content-Security-Policy"]


def test_the_page_speaks_chinese(browse, sofia, queue, rosa):
    type(sofia).objects.filter(pk=sofia.pk).update(locale="zh-hans")
    create_answered(by=rosa, queue=queue)

    page = browse(sofia).get(HOME)

    assert "收到 1 件，办结 1 件：未结数量不变。" in page.content.decode()
    assert headline(page, "未结") == "0"


def test_what_a_rule_is_called_is_text_and_nothing_else(overview, queue, rosa):
    for _ in range(5):
        decision = create_decision(rule_id='R<b>"&', rule_version="1")
        create_answered(by=rosa, queue=queue, decision=decision)

    text = overview.get(HOME).content.decode()

    assert "R&lt;b&gt;&quot;&amp; 1" in text
    assert "R<b>" not in text


@pytest.mark.parametrize("many", [1, 9])
def test_the_page_costs_the_same_however_much_there_is(
    overview, queue, rosa, many, django_assert_num_queries
):
    for number in range(many):
        other = create_queue("hardship_care") if number % 2 else queue
        person = rosa if number < 2 else create_reviewer(f"R{number} X", queue=queue)
        create_answered(by=person, queue=other, region=f"R{number}")
        create_appeal(state=AppealState.IN_REVIEW, queue=other, reviewer=person)
        create_appeal(create_decision(rule_id=f"R-{number}"), state=SUBMITTED, queue=queue)
    overview.get(HOME)

    with django_assert_num_queries(QUERIES):
        overview.get(HOME)
