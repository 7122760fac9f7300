"""The page of fairness: for supervisors and auditors, in both languages, never of few."""

import csv
import io
import re
from datetime import date

import pypdfium2
import pytest

from appeals.fairness.aspects import Aspect
from appeals.fairness.comparing import compare
from appeals.models import FairnessSum
from tests.appeals.builders import create_customer
from tests.appeals.desks import queue, rosa, sofia
from tests.appeals.fairness_rows import (
    NOVEMBER,
    OCTOBER,
    create_lines,
    create_october,
    create_sum,
)

__all__ = ["queue", "rosa", "sofia"]

PAGE = "/admin/fairness/"
# The two that read the sums are asked once they have changed.
QUERIES, QUERIES_OF_SUMS = 19, 2


@pytest.fixture
def october(db):
    create_october()


@pytest.fixture
def overview(browse, sofia):
    return browse(sofia)


def figure(page, key):
    return next(one for one in page.context["figures"] if one.key == key)


def rows(page, key):
    return {row.name.text: [cell.text for cell in row.cells] for row in figure(page, key).rows}


def table(aspect, *months, dimension="language"):
    found = compare(list(months))
    return next(t for t in found if (t.dimension, t.aspect) == (dimension, aspect))


# --- Who sees it -------------------------------------------------------------------------------


def test_supervisors_see_it_and_who_decides_cases_does_not(overview, browse, rosa, client, october):
    page = overview.get(PAGE)
    assert page.status_code == 200
    assert PAGE in overview.get("/admin/").content.decode()
    for path in (PAGE, f"{PAGE}2026-10/report.pdf", f"{PAGE}2026-10/report.csv"):
        assert browse(rosa).get(path).status_code == 403
        assert browse(create_customer()).get(path).status_code == 302
        assert client.get(path).status_code == 302


# --- What it says ------------------------------------------------------------------------------


def test_each_figure_has_a_plain_sentence(overview, october):
    page = overview.get(PAGE)

    assert figure(page, "days").says == (
        "Customers reading Chinese wait 1.4 days longer; the difference is unlikely to be chance."
    )
    assert figure(page, "cut").says.endswith("that may be chance.")
    assert rows(page, "days")["Chinese"][:3] == ["90", "6.4", "5.0"]
    assert rows(page, "cut")["Chinese"][:4] == ["5,000", "8.0%", "8.0%", "1.00 (0.88 to 1.14)"]
    assert len(page.context["figures"]) == len(Aspect)
    assert "those this portal holds" in figure(page, "cut").notes[0]


def test_where_nothing_happened_it_says_so(overview, db):
    for group in ("en", "zh-hans"):
        create_sum(group, sent=0, asked=0, decided=0, days_total=0, days_squares=0)
    page = overview.get(PAGE)
    assert figure(page, "appealed").says.startswith("Nothing to compare yet")


def test_it_speaks_chinese(overview, sofia, october):
    type(sofia).objects.filter(pk=sofia.pk).update(locale="zh-hans")
    page = overview.get(PAGE)
    assert page.status_code == 200
    assert page.context["month_name"] == "2026年10月"


def test_what_the_lender_reports_counts_before_what_we_hold(overview, october):
    for group in ("en", "zh-hans"):
        create_lines(group, 50_000, source="lender")
    page = overview.get(PAGE)
    assert rows(page, "cut")["Chinese"][:2] == ["50,000", "0.8%"]
    assert "all that the lender reported" in figure(page, "cut").notes[0]


def test_a_group_of_the_lenders_own(overview, october):
    for group, cut in (("18-24", 300), ("25-64", 250), ("65+", 260)):
        create_lines(group, 4000, source="lender", dimension="age_band", lines_cut=cut)
    page = overview.get(f"{PAGE}?by=age_band")
    assert [one.key for one in page.context["figures"]] == ["cut"]
    assert rows(page, "cut")["18-24"][:3] == ["4,000", "7.5%", "6.4%"]
    assert figure(page, "cut").says.startswith("Customers in the group 18-24 are cut 1.2 times")


def test_within_risk_bands_what_is_only_risk_goes_away(db):
    """Each band is treated alike; the one group has more of the risky."""
    for group, bands in {"en": ((100, 10), (10, 5)), "zh-hans": ((10, 1), (100, 50))}.items():
        for band, (cuts, sent) in enumerate(bands, start=1):
            create_sum(group, band=band, cuts=cuts * 10, sent=sent * 10, asked=1)
    row = next(one for one in table(Aspect.APPEALED, OCTOBER).rows if one.group == "zh-hans")
    assert row.odds is not None
    assert row.within is not None
    assert row.odds.value > 4
    assert row.within.value == pytest.approx(1.0)


# --- Few ---------------------------------------------------------------------------------------


def test_few_are_hidden_and_cannot_be_worked_out(overview, db):
    for group, count in {"US-NY": 400, "US-CA": 90, "US-TX": 29}.items():
        create_sum(group, dimension="region", decided=count, overturned=3)
    page = overview.get(f"{PAGE}?by=region")

    assert set(rows(page, "overturned")) == {"US-NY"}
    hidden = table(Aspect.OVERTURNED, OCTOBER, dimension="region").hidden
    assert hidden == ["US-CA", "US-TX"]
    assert "fewer than 30" in figure(page, "overturned").notes[0]

    for group in ("US-NY", "US-CA"):
        FairnessSum.objects.filter(group=group).delete()
    create_sum("US-FL", dimension="region", decided=200, overturned=3)
    assert rows(overview.get(f"{PAGE}?by=region"), "overturned") == {}


def test_a_month_of_few_is_not_laid_open_by_the_year(db):
    for month, decided in ((OCTOBER, 100), (NOVEMBER, 12)):
        create_sum("en", at=month, decided=500)
        create_sum("zh-hans", at=month, decided=decided, overturned=5)
    assert table(Aspect.OVERTURNED, NOVEMBER).rows == []
    counts = {row.group: row.count for row in table(Aspect.OVERTURNED, OCTOBER, NOVEMBER).rows}
    assert counts == {"en": 1000, "zh-hans": 100}


def test_several_months_of_few_are_many(db):
    months = [date(2026, month, 1) for month in (8, 9, 10)]
    for month in months:
        create_sum("en", at=month, decided=500)
        create_sum("zh-hans", at=month, decided=12, overturned=5)
    counts = {row.group: row.count for row in table(Aspect.OVERTURNED, *months).rows}
    assert counts == {"en": 1500, "zh-hans": 36}


# --- The page itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["month=2026-13", "month=x&span=7", "by=%00", "month=", "span="])
def test_nonsense_in_the_address_is_what_is_usual(overview, october, query):
    page = overview.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert page.context["month"] == OCTOBER
    assert page.context["by_choices"][0]["selected"]


def test_before_the_first_decision_it_says_so(overview, db):
    page = overview.get(PAGE)
    assert "Nothing to compare yet" in page.content.decode()
    assert overview.get(f"{PAGE}2026-13/report.csv").status_code == 404


def test_each_chart_has_its_table_and_its_sentence(overview, october):
    text = overview.get(PAGE).content.decode()
    charts = re.findall(r'data-chart-of="([\w-]+)"', text)
    assert len(charts) == len(Aspect)
    for key in charts:
        assert f'<table class="desk-table" id="{key}"' in text


@pytest.mark.parametrize("many", [2, 40])
def test_the_page_costs_the_same_however_many_groups(
    overview, october, many, django_assert_num_queries
):
    for number in range(many):
        create_sum(f"US-{number:02d}", dimension="region")
        create_lines(f"US-{number:02d}", 900, dimension="region")
    overview.get(f"{PAGE}?by=region")
    with django_assert_num_queries(QUERIES):
        overview.get(f"{PAGE}?by=region")
    FairnessSum.objects.filter(group="US-00").update(overturned=21)
    with django_assert_num_queries(QUERIES + QUERIES_OF_SUMS):
        overview.get(f"{PAGE}?by=region")


def test_a_sum_that_changed_is_on_the_next_page(overview, october):
    before = rows(overview.get(PAGE), "overturned")
    FairnessSum.objects.filter(group="en").update(overturned=45)
    after = rows(overview.get(PAGE), "overturned")
    assert before["English"][1] != after["English"][1]

    create_lines("en", 800, source="lender", dimension="age_band", lines_cut=300)
    create_lines("zh", 800, source="lender", dimension="age_band", lines_cut=30)
    assert rows(overview.get(f"{PAGE}?by=age_band"), "cut")


# --- The report --------------------------------------------------------------------------------


def test_the_report_as_a_table(overview, october):
    create_lines("=1+1", 4000, source="lender", dimension="age_band", lines_cut=300)
    create_lines("65+", 4000, source="lender", dimension="age_band", lines_cut=30)
    answer = overview.get(f"{PAGE}2026-10/report.csv")
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    waited = next(r for r in found if r["figure"] == "days" and r["group"] == "zh-hans")
    assert float(waited["difference"]) == pytest.approx(1.4)
    assert float(waited["difference_low"]) > 0
    assert waited["outside_band"] == "1"
    assert "'=1+1" in {row["group"] for row in found}
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("locale", ["en", "zh-hans"])
def test_the_report_as_a_paper(browse, overview, sofia, october, locale):
    type(sofia).objects.filter(pk=sofia.pk).update(locale=locale)
    answer = overview.get(f"{PAGE}2026-10/report.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    pdf = pypdfium2.PdfDocument(answer.content)
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    assert "1.4" in text
    if locale == "en":
        assert "Customers reading Chinese wait 1.4 days longer" in text
        assert "Fairness in October 2026" in text


def test_a_report_of_a_month_without_decisions_says_so(overview, db):
    assert overview.get(f"{PAGE}2026-01/report.pdf").status_code == 200
