"""A policy said as a policy: one page in both languages, for those it hit and nobody else."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.urls import reverse

from appeals.actions.ingest import ingest_one
from appeals.models import Notice, NoticeHold, PolicyPage
from appeals.periodic import look_at_notices
from notifications.models import Notification
from tests.appeals.builders import RESTRICTED, create_customer, create_decision
from tests.appeals.desks import queue, rosa, sofia
from tests.appeals.editors import create_editor
from tests.appeals.fairness_rows import create_sum
from tests.appeals.feeds import as_bytes, feed_line, reason
from tests.appeals.policy_pages import ADD, LIST, POLICY, REFERENCE, change, typed

__all__ = ["queue", "rosa", "sofia"]

REGION = ("POL-REGION", {"date": "2026-10-01", "region": "US-NY"})


@pytest.fixture
def hit(alice):
    return create_decision(alice, policy=POLICY, reasons=[REGION])


@pytest.fixture
def page(db):
    return PolicyPage.objects.create(**{**typed(), "is_shown": True, "us_class_wide": ""})


def look(browser, decision):
    return browser.get(reverse("appeals:policy", args=[decision.reference]))


def notice_page(browser, decision):
    return browser.get(reverse("appeals:decision", args=[decision.reference])).text


# --- Whom it hit -------------------------------------------------------------------------------


def test_the_notice_page_leads_to_the_policy_in_both_languages(browser, alice, hit, page):
    address = reverse("appeals:policy", args=[hit.reference])
    assert address in notice_page(browser, hit)

    text = look(browser, hit).text
    for part in ("What changed", "Where it applies", "Who it is for", "Why we did it"):
        assert part in text
    assert typed()["why_en"] in text
    assert reverse("appeals:start", args=[hit.reference]) in text

    type(alice).objects.filter(pk=alice.pk).update(locale="zh-hans")
    browser.cookies.load({"django_language": "zh-hans"})
    chinese = look(browser, hit).text
    assert typed()["why_zh"] in chinese
    assert typed()["why_en"] not in chinese


def test_who_it_did_not_hit_finds_nothing(browser, strange_browser, alice, hit, page):
    assert look(strange_browser, hit).status_code == 404
    other = create_decision(alice)
    assert look(browser, other).status_code == 404
    assert "/policy/" not in notice_page(browser, other)


def test_a_page_that_is_not_shown_yet_is_not_there(browser, hit, page):
    PolicyPage.objects.update(is_shown=False)
    assert look(browser, hit).status_code == 404
    assert "/policy/" not in notice_page(browser, hit)


def test_a_guarded_decision_leads_nowhere(browser, alice, page):
    guarded = create_decision(alice, policy=POLICY, reasons=[RESTRICTED])
    assert look(browser, guarded).status_code == 404
    assert "/policy/" not in notice_page(browser, guarded)


def test_staff_hinges_are_no_words_for_customers(browser, hit, page):
    PolicyPage.objects.update(us_class_wide="yes", us_because="Counsel: all of product X.")
    assert "Counsel" not in look(browser, hit).text


# --- Staff -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["supervisor", "editor"])
def test_supervisors_and_editors_write_it(browse, sofia, who):
    browser = browse(sofia if who == "supervisor" else create_editor("Edith Rowe"))
    assert browser.post(ADD, typed()).status_code == 302
    page = PolicyPage.objects.get()
    assert page.reference == REFERENCE

    assert browser.post(change(page), typed(title_en="Other words")).status_code == 302
    page.refresh_from_db()
    assert page.title_en == "Other words"
    history = browser.get(reverse("admin:appeals_policypage_history", args=[page.pk])).text
    assert "Other words" in history


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"why_zh": ""}, "why_zh"),
        ({"why_zh": "  "}, "why_zh"),
        ({"us_class_wide": "yes", "us_because": ""}, "us_because"),
        ({"starts_on": "tomorrow"}, "starts_on"),
    ],
)
def test_half_a_page_is_refused_with_what_to_do(browse, sofia, wrong, says):
    answer = browse(sofia).post(ADD, typed(**wrong))
    assert answer.status_code == 200
    assert says in answer.context["adminform"].form.errors
    assert not PolicyPage.objects.exists()


def test_one_page_a_policy_and_never_deleted(browse, sofia, page):
    assert browse(sofia).post(ADD, typed()).status_code == 200
    assert PolicyPage.objects.count() == 1
    with pytest.raises(ProgrammingError), transaction.atomic():
        page.delete()
    with pytest.raises(ValidationError):
        PolicyPage(**{**typed(), "us_class_wide": "no", "us_because": ""}).full_clean()


def test_a_reviewer_does_not_write_it(browse, rosa, page):
    assert browse(rosa).get(LIST).status_code == 403
    assert browse(rosa).post(change(page), typed()).status_code == 403
    assert create_customer().name not in browse(create_editor("Edith Rowe")).get(LIST).text


def test_supervisors_see_how_it_went_and_what_is_not_written_yet(browse, sofia, page):
    for group, sent in ((REFERENCE, 40), ("POL-OTHER", 0)):
        create_sum(group, dimension="policy", sent=sent, decided=20, overturned=5)

    text = browse(sofia).get(change(page)).text
    assert "Cuts: 400" in text
    assert "Appeals: 40 (10% of the cuts)" in text
    assert "Answered: 20; gave something back: 25%" in text
    assert "Without a page so far: POL-OTHER" in browse(sofia).get(LIST).text


# --- Where the law hangs on it -------------------------------------------------------------------

BERLIN = {"jurisdiction": "EU", "region": "DE-BE", "time_zone": "Europe/Berlin"}
# From the edition of the European pack that asks for reasons on.
SINCE = datetime(2026, 12, 1, 9, tzinfo=UTC)


def cut_in_berlin(**fields):
    told = {
        "decided_at": "2026-12-01T08:00:00+00:00",
        "effective_at": "2026-12-01T08:00:00+00:00",
        "customer": BERLIN,
        "policy": POLICY,
        "reasons": [reason("POL-REGION")],
    }
    with time_machine.travel(SINCE, tick=False):
        answer = ingest_one(as_bytes(feed_line(**{**told, **fields})), source="test")
    assert answer.status == "created", answer.error


def publish(browser, page, **fields):
    return browser.post(change(page), typed(is_shown="on", **fields))


def test_a_policy_that_hit_the_united_states_is_judged_before_it_is_shown(browse, sofia, hit, page):
    PolicyPage.objects.update(is_shown=False)
    browser = browse(sofia)
    refused = publish(browser, page)
    assert "us_class_wide" in refused.context["adminform"].form.errors
    assert "judge this before customers see the page" in refused.text
    page.refresh_from_db()
    assert not page.is_shown
    # Kept as a draft it may wait for counsel.
    assert browser.post(change(page), typed()).status_code == 302

    judged = {"us_class_wide": "no", "us_because": "Only one product."}
    assert publish(browser, page, **judged).status_code == 302
    page.refresh_from_db()
    assert page.is_shown


@pytest.mark.django_db
def test_a_cut_by_residence_waits_for_objective_reasons(browse, sofia):
    page = PolicyPage.objects.create(**typed())
    cut_in_berlin()
    hold = NoticeHold.objects.get()
    assert (hold.code, hold.named["policy"]) == ("residence", REFERENCE)
    assert f"write them on the page of the policy {REFERENCE}" in hold.cause
    assert hold.due_at is not None  # the law's clock runs all the while
    assert not Notice.objects.exists()

    browser = browse(sofia)
    refused = publish(browser, page)
    assert "eu_reasons" in refused.context["adminform"].form.errors
    reasons = "Losses there were three times those elsewhere, by the report of 1 September."
    assert publish(browser, page, eu_reasons=reasons).status_code == 302
    with time_machine.travel(SINCE, tick=False):
        look_at_notices()
    assert Notice.objects.get().decision == hold.decision
    assert not NoticeHold.objects.exists()
    assert Notification.objects.filter(type="line_changed").count() == 1


@pytest.mark.django_db
def test_reasons_of_another_policy_let_nothing_go():
    PolicyPage.objects.create(**typed(reference="ANOTHER", eu_reasons="Losses there."))
    PolicyPage.objects.create(**typed())
    cut_in_berlin()
    with time_machine.travel(SINCE, tick=False):
        look_at_notices()
    assert NoticeHold.objects.get().code == "residence"


@pytest.mark.parametrize(
    "fields",
    [
        {"reasons": [reason("BUR-UTIL-HIGH", util_pct=93, limit_pct=80)]},
        {"customer": {**BERLIN, "jurisdiction": "GB", "region": "GB-ENG"}},
    ],
)
@pytest.mark.django_db
def test_nothing_else_waits_for_them(fields):
    cut_in_berlin(**fields)
    assert Notice.objects.exists()


@pytest.mark.django_db
def test_without_any_policy_there_is_nowhere_to_justify_it():
    cut_in_berlin(policy=None)
    assert NoticeHold.objects.get().named["policy"] == "–"
