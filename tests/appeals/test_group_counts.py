"""The lender reports counts of groups, by API or as a file: all of a report or nothing of it."""

import json

import pytest

from appeals.actions.tokens import create_token
from appeals.models import GroupCount, Scope
from tests.appeals.desks import queue, rosa, sofia
from tests.appeals.fairness_rows import counts_file, create_lines

__all__ = ["queue", "rosa", "sofia"]

API = "/api/v1/group-counts/"
FILE = "/admin/fairness/counts/"
PAGE = "/admin/fairness/"


@pytest.fixture
def lender(db):
    _, secret = create_token(name="warehouse", scopes=[Scope.WRITE_GROUPS], by=None)
    return {"Authorization": f"Bearer {secret}"}


def row(**changes):
    good = {"month": "2026-10", "dimension": "age_band", "group": "18-24", "lines": 4000}
    return {**good, "lines_cut": 300, **changes}


def send(client, rows, headers):
    return client.post(API, json.dumps(rows), content_type="application/json", headers=headers)


def kept():
    rows = GroupCount.objects.filter(source="lender").order_by("dimension", "group", "band")
    return [(one.dimension, one.group, one.band, one.lines, one.lines_cut) for one in rows]


def test_a_report_is_kept_and_a_new_one_takes_its_place(client, lender):
    answer = send(client, [row(), row(group="65+", band=2), row(dimension="plan")], lender)
    assert (answer.status_code, answer.json()) == (200, {"kept": 3})

    send(client, [row(lines=5000)], lender)
    send(client, [row(month="2026-09", group="65+")], lender)

    assert kept() == [
        ("age_band", "18-24", 0, 5000, 300),
        ("age_band", "65+", 0, 4000, 300),
        ("plan", "18-24", 0, 4000, 300),
    ]


def test_what_we_count_ourselves_stays(client, lender):
    create_lines("en", 70)
    report = row(dimension="language", group="en")
    del report["lines_cut"]
    assert send(client, [report], lender).status_code == 200
    assert GroupCount.objects.get(source="portal").lines == 70


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"customer": "C-1"}, "customer is no column"),
        ({"lines_cut": 4001}, "more than lines"),
        ({"lines_cut": None}, "lines_cut is missing"),
        ({"lines": -1}, "lines is a whole number"),
        ({"lines": 1.5}, "lines is a whole number"),
        ({"lines": True}, "lines is a whole number"),
        ({"lines": "9" * 30}, "lines is a whole number"),
        ({"band": 6}, "band is a whole number"),
        ({"month": "2026-13"}, "month is one that has begun"),
        ({"month": "2999-01"}, "month is one that has begun"),
        ({"group": ""}, "group is missing"),
        ({"group": "x" * 65}, "group is a name"),
        ({"group": "a\u0000b"}, "group is a name"),
        ({"dimension": "policy"}, "dimension is a short name"),
        ({"dimension": "Age band"}, "dimension is a short name"),
        ({"dimension": "region"}, "is counted here"),
        ({"group": "65+"}, "there before"),
    ],
)
def test_one_wrong_row_and_nothing_is_kept(client, lender, wrong, says):
    answer = send(client, [row(group="65+"), row(**wrong)], lender)

    assert answer.status_code == 422
    assert "Row 2" in answer.content.decode()
    assert says in answer.content.decode()
    assert kept() == []


@pytest.mark.parametrize("body", [{}, [], [7], "x"])
def test_what_is_no_report_is_refused(client, lender, body):
    assert send(client, body, lender).status_code == 422


def test_only_a_token_for_it_may_send(client, lender):
    _, other = create_token(name="engine", scopes=[Scope.WRITE_DECISIONS], by=None)
    assert send(client, [row()], {}).status_code == 401
    assert send(client, [row()], {"Authorization": f"Bearer {other}"}).status_code == 403
    assert kept() == []


# --- A file --------------------------------------------------------------------------------------


def bring(browser, text=""):
    return browser.post(FILE, {"counts": counts_file(text)}, follow=True)


def test_a_supervisor_brings_a_file(browse, sofia):
    page = bring(browse(sofia))
    assert "Kept: 1 counts of groups." in page.content.decode()
    one = GroupCount.objects.get()
    assert (one.group, one.reported_by) == ("18-24", sofia)
    # A group alone is beside nobody.
    assert "18-24" not in browse(sofia).get(f"{PAGE}?by=age_band").content.decode()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("month,dimension,group,lines\n2026-10,age_band,18-24,x\n", "lines is a whole number"),
        ("month,dimension\n2026-10,age_band,18-24\n", "more columns"),
        ("month,name\n2026-10,Alice\n", "name is no column"),
        ("month\n", "no rows"),
        ('month\n"2026', "no CSV"),
    ],
)
def test_a_wrong_file_says_what_to_mend(browse, sofia, text, says):
    page = bring(browse(sofia), text)
    assert "Nothing was kept" in page.content.decode()
    assert says in page.content.decode()
    assert kept() == []


def test_a_reviewer_brings_nothing(browse, rosa, sofia):
    assert browse(rosa).post(FILE, {"counts": counts_file()}).status_code == 403
    assert browse(sofia).get(FILE).status_code == 405
    assert browse(sofia).post(FILE, {}).status_code == 302
    assert kept() == []
