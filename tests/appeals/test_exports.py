"""Lists that leave the house: what is in them, what never is, and what is written down."""

import csv
import io
import itertools
import tracemalloc
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from openpyxl import load_workbook

from appeals.exporting import Cell, as_csv, guarded, write_xlsx
from appeals.models import ExportRecord, LineDecision, Outcome, ReviewerProfile
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import LIST, queue, rosa, sofia

__all__ = ["queue", "rosa", "sofia"]

EXPORTS = "/admin/appeals/exportrecord/"


def url(kind):
    return f"/admin/exports/{kind}/"


def waiting(queue, **fields):
    decision = fields.pop("decision", None) or create_decision(with_notice=False)
    return create_appeal(decision, state=AppealState.SUBMITTED, queue=queue, **fields)


def exported(client, place="", kind="csv"):
    answer = client.post(url(kind), {"from": place})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(content), read_only=True).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def named(header, row):
    """The cells by their columns; a workbook leaves out the empty ones at the end."""
    return dict(itertools.zip_longest(header, row))


def references(rows):
    return {row[0] for row in rows[1:]}


# --- What is in it -----------------------------------------------------------------------------


@pytest.fixture
def decided(queue, rosa):
    """A decided appeal with everything an export tells, and much that it must not."""
    person = create_customer("Nadia Petrova", region="US-NY", email="nadia@example.org")
    appeal = create_appeal(
        create_decision(person),
        state=AppealState.DECIDED,
        queue=queue,
        region="US-NY",
        statement="My secret illness.",
        is_vulnerable=True,
        closed_at=timezone.now(),
    )
    Outcome.objects.create(
        appeal=appeal,
        kind="partly_restored",
        new_limit=Decimal("2500.00"),
        sentence="A private sentence.",
        internal_note="A private note.",
        decided_by=rosa,
        decided_at=timezone.now(),
        is_final=True,
    )
    return appeal


def test_a_row_has_codes_days_and_amounts(browse, sofia, decided):
    header, row = exported(browse(sofia), "state=decided")

    told = named(header, row)
    assert told["Appeal"] == decided.reference
    assert told["Queue"] == "credit_review"
    assert told["State"] == "decided"
    assert told["Reasons"] == "BUR-DELINQ-ELSEWHERE BUR-UTIL-HIGH"
    assert (told["Rule"], told["Version"]) == ("LATE-6M", "4.2.0")
    assert (told["Limit before"], told["Limit after the decision"]) == ("4000.00", "1400.00")
    assert (told["Outcome"], told["Limit by the outcome"]) == ("partly_restored", "2500.00")
    assert told["Answered in time"] == "yes"
    assert told["Second person"] == "no"
    assert told["Closed (UTC)"] == f"{decided.closed_at:%Y-%m-%d %H:%M}"


def test_nothing_in_it_is_about_a_person(browse, sofia, decided, rosa):
    text = str(exported(browse(sofia), "state=decided"))

    for private in (
        "Nadia",
        "example.org",
        decided.customer.reference,
        decided.customer.phone,
        decided.decision.line.reference,
        "secret",
        "private",
        "True",
        rosa.name,
    ):
        assert private not in text


def test_a_proposal_is_no_outcome_yet(browse, sofia, queue, rosa):
    appeal = create_appeal(
        create_decision(with_notice=False), state=AppealState.APPROVAL, queue=queue
    )
    Outcome.objects.create(
        appeal=appeal,
        kind="kept",
        sentence="-",
        decided_by=rosa,
        decided_at=timezone.now(),
        needs_approval=True,
    )

    header, row = exported(browse(sofia))

    assert named(header, row)["Outcome"] == ""


def test_both_forms_hold_the_list_that_was_shown(browse, sofia, queue):
    late = waiting(queue, promised_at=timezone.now() - timedelta(days=3))
    other = waiting(queue)
    client = browse(sofia)

    for kind in ("csv", "xlsx"):
        assert references(exported(client, "promise=late", kind)) == {late.reference}
        assert references(exported(client, "", kind)) == {late.reference, other.reference}
        # The whole list, from whichever page of it.
        page = "page=after-4102444800000000-1&turned=1"
        assert len(references(exported(client, page, kind))) == 2


def test_a_workbook_has_numbers_and_days_not_text(browse, sofia, decided):
    header, row = exported(browse(sofia), "state=decided", "xlsx")

    told = named(header, row)
    assert told["Limit before"] == 4000
    assert told["Closed (UTC)"].date() == decided.closed_at.date()


def test_headers_are_in_the_readers_language_even_though_a_stream_is_read_later(
    browse, sofia, queue
):
    client = browse(sofia)
    client.cookies["language"] = "zh-hans"
    answer = client.post(url("csv"), {"from": ""})

    content = b"".join(answer.streaming_content)

    # The mark by which a spreadsheet knows the letters.
    assert content.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="appeals-')


# --- Formulas ----------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_would_be_calculated_is_only_shown(start, tmp_path):
    evil = f"{start}HYPERLINK(1)"
    assert guarded(evil) == f"'{evil}"

    (line,) = list(csv.reader(io.StringIO("".join(as_csv([[evil]])).lstrip("\ufeff"), newline="")))
    assert line == [f"'{evil}"]
    path = tmp_path / "book.xlsx"
    write_xlsx([[evil]], path)
    cell = load_workbook(path).active["A1"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_numbers_below_nought_stay_numbers():
    assert list(as_csv([[Decimal("-5.00"), -3]])) == ["\ufeff-5.00,-3\r\n"]


def test_a_rule_with_a_formula_for_a_name_is_guarded(browse, sofia, queue):
    decision = create_decision(with_notice=False, rule_id="=1+1", rule_version="@SUM(A1)")
    waiting(queue, decision=decision)

    for kind in ("csv", "xlsx"):
        header, row = exported(browse(sofia), "", kind)
        told = named(header, row)
        assert (told["Rule"], told["Version"]) == ("'=1+1", "'@SUM(A1)")


# --- Never restricted --------------------------------------------------------------------------


def test_no_restricted_case_leaves_the_house_whoever_asks(browse, sofia, queue):
    fraud = create_queue("fraud_identity", is_restricted=True)
    secret = waiting(fraud)
    hidden = waiting(queue, is_restricted=True)
    open_one = waiting(queue)
    ReviewerProfile.objects.create(person=sofia, is_cleared=True)
    client = browse(sofia)
    assert len(client.get(LIST).context["page"].appeals) == 3

    for place in ("", "state=all", f"queue={fraud.pk}", f"q={secret.reference}"):
        for kind in ("csv", "xlsx"):
            told = references(exported(client, place, kind))
            assert not told & {secret.reference, hidden.reference}
    assert references(exported(client)) == {open_one.reference}


# --- Who may, and what is written down ---------------------------------------------------------


def test_only_who_may_export_does(browse, rosa, queue, client):
    waiting(queue)

    for kind in ("csv", "xlsx"):
        assert browse(rosa).post(url(kind), {"from": ""}).status_code == 403
        assert client.post(url(kind), {"from": ""}).status_code in {302, 403, 404}
    assert not ExportRecord.objects.exists()


def test_an_export_is_pressed_not_followed_and_has_a_known_form(browse, sofia):
    assert browse(sofia).get(url("csv")).status_code == 405
    assert browse(sofia).post(url("pdf"), {"from": ""}).status_code == 404
    assert not ExportRecord.objects.exists()


def test_it_is_written_down_before_the_first_byte_and_finished_after_the_last(browse, sofia, queue):
    waiting(queue)
    answer = browse(sofia).post(url("csv"), {"from": "promise=late&q=C-alice-1"})

    record = ExportRecord.objects.get()
    assert (record.by, record.format, record.query) == (sofia, "csv", "promise=late")
    assert (record.rows, record.finished_at) == (None, None)

    assert list(answer.streaming_content)
    record.refresh_from_db()
    assert record.rows == 0
    assert record.finished_at is not None


def test_an_export_that_broke_off_has_no_end(browse, sofia, queue, monkeypatch):
    def broken(*_asked):
        yield ["AP-7K3M-92QX"]
        raise ConnectionResetError

    monkeypatch.setattr("appeals.admin.exports.cells_of", broken)
    answer = browse(sofia).post(url("csv"), {"from": ""})

    with pytest.raises(ConnectionResetError):
        list(answer.streaming_content)
    record = ExportRecord.objects.get()
    assert (record.rows, record.finished_at) == (None, None)


def test_supervisors_and_auditors_look_through_exports_and_nobody_changes_them(
    browse, sofia, rosa, queue, django_user_model
):
    exported(browse(sofia), "promise=late")
    auditor = create_reviewer("Ada Crane")
    auditor.user_permissions.clear()
    auditor.user_permissions.add(Permission.objects.get(codename="audit_appeal"))

    for person in (sofia, django_user_model.objects.get(pk=auditor.pk)):
        page = browse(person).get(EXPORTS)
        assert page.status_code == 200
        assert "promise=late" in page.content.decode()
    assert browse(rosa).get(EXPORTS).status_code == 403
    record = ExportRecord.objects.get()
    for address in (f"{EXPORTS}{record.pk}/change/", f"{EXPORTS}{record.pk}/delete/"):
        assert browse(sofia).post(address, {"post": "yes"}).status_code == 403
    assert browse(sofia).get(f"{EXPORTS}add/").status_code == 403


# --- Memory ------------------------------------------------------------------------------------


def test_memory_does_not_grow_with_the_rows(tmp_path):
    row: list[Cell] = [
        "AP-7K3M-92QX",
        "credit_review",
        "submitted",
        None,
        "x" * 40,
        Decimal("4000.00"),
        "en",
    ]

    def peak(count):
        tracemalloc.start()
        for _piece in as_csv(row for _ in range(count)):
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(1_000), peak(20_000)
    assert large < small + 300_000


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_costs_the_same_number_of_queries_however_long(
    browse, sofia, queue, kind, django_assert_num_queries
):
    client = browse(sofia)
    for _ in range(3):
        waiting(queue)
    exported(client, "", kind)
    with django_assert_num_queries(8):
        exported(client, "", kind)
    for _ in range(9):
        waiting(queue)
    with django_assert_num_queries(8):
        assert len(exported(client, "", kind)) == 13
    assert LineDecision.objects.count() == 12
