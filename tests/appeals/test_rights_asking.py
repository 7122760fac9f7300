"""A customer asks for something outside an appeal: the pages, once only, how often, to whom."""

import threading
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from appeals.actions.request_checks import Asked
from appeals.actions.requests_by_customer import make_request
from appeals.errors import NotAllowed
from appeals.models import CustomerRequest, RequestKind
from appeals.states import RequestState
from notifications.models import Notification
from tests.appeals.builders import (
    RESTRICTED,
    create_all_queues,
    create_customer,
    create_decision,
    create_line,
)
from tests.appeals.journeys import words
from tests.appeals.rights import ask_help, ask_page, complain, correct, fact_page, send, token_on


@pytest.fixture(autouse=True)
def queues(db):
    return create_all_queues()


def why(decision):
    return reverse("appeals:decision", args=[decision.reference])


def test_the_why_page_offers_every_right_of_the_pack_with_where_it_leads(browser, decision):
    page = browser.get(why(decision)).text

    for address in (
        reverse("appeals:start", args=[decision.reference]),
        reverse("appeals:choose_fact", args=[decision.reference]),
        ask_page(decision, "view"),
        ask_page(decision, "complaint"),
        ask_page(decision, "payments"),
        reverse("appeals:how", args=[decision.reference]),
        reverse("appeals:data_copies"),
    ):
        assert f'href="{address}"' in page
    assert "The credit bureau" in page
    assert "Northern Credit Bureau" in page


def test_a_bureau_is_named_only_where_its_report_was_used(browser, alice):
    decision = create_decision(
        alice, reasons=[("ACC-INACTIVE", {"date": "2025-01-02", "months": 12})]
    )
    assert "The credit bureau" not in browser.get(why(decision)).text


def test_a_complaint_is_received_with_a_number_a_day_and_what_happens_next(browser, decision):
    made = complain(browser, decision)

    assert (made.kind, made.state, made.text) == (
        RequestKind.COMPLAIN,
        RequestState.RECEIVED,
        "You never asked me first.",
    )
    receipt = browser.get(reverse("appeals:received", args=[made.reference]))
    assert made.reference in receipt.text
    assert "You get an answer by" in receipt.text
    assert "looks into your complaint" in receipt.text
    assert "Consumer Financial Protection Bureau" in receipt.text
    told = Notification.objects.get(type="request_received")
    assert told.context["reference"] == made.reference

    listed = words(browser.get(reverse("appeals:requests")))
    assert "You complained" in listed
    assert made.reference in listed
    one = browser.get(reverse("appeals:request", args=[made.reference])).text
    assert "You never asked me first." in one


def test_a_wrong_fact_is_chosen_from_the_notice_and_put_right(browser, decision):
    chosen = browser.get(reverse("appeals:choose_fact", args=[decision.reference]), {"fact": "2.1"})
    assert chosen.url == fact_page(decision, "2.1")

    made = correct(browser, decision)

    assert made.facts == [
        {
            "rank": 2,
            "code": "BUR-UTIL-HIGH",
            "label": "Your use",
            "told": "93%",
            "right": "It is 40%, see my statement.",
        }
    ]
    receipt = browser.get(reverse("appeals:received", args=[made.reference])).text
    assert "Do you have a paper that shows it?" in receipt
    assert reverse("appeals:start", args=[decision.reference]) in receipt


@pytest.mark.parametrize("place", ["9.1", "2.77", "x", "2"])
def test_a_fact_that_is_not_on_the_notice_does_not_exist(browser, decision, place):
    assert browser.get(fact_page(decision, place)).status_code == 404
    page = browser.get(reverse("appeals:choose_fact", args=[decision.reference]), {"fact": place})
    assert page.status_code == 422
    assert "Choose from what is on this page." in page.text


def test_of_a_restricted_reason_no_fact_is_shown(browser, alice):
    decision = create_decision(alice, reasons=[RESTRICTED])
    page = browser.get(reverse("appeals:choose_fact", args=[decision.reference])).text
    assert page.count('type="radio"') == 1
    made = correct(browser, decision, place="1.x")
    assert made.is_restricted
    assert made.queue.is_restricted or made.queue.key == "fraud_identity"


def test_help_with_payments_goes_to_those_who_help_and_is_promised_in_two_days(browser, decision):
    made = ask_help(browser, decision, situation="unsaid")

    assert made.queue.key == "hardship_care"
    assert not made.is_restricted
    page = browser.get(ask_page(decision, "payments")).text
    assert "Hard times can happen to anyone" in page
    assert "never makes your line smaller" in page
    receipt = browser.get(reverse("appeals:received", args=[made.reference])).text
    assert "National Foundation for Credit Counseling" in receipt


@pytest.mark.parametrize(
    ("slug", "said", "told"),
    [
        ("complaint", {"text": "  "}, "Write a few words"),
        ("complaint", {"text": "x" * 4001}, "at most 4,000 characters"),
        ("payments", {"text": "Please."}, "Choose what fits best"),
        ("payments", {"situation": "rich"}, "rich"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_lost(browser, decision, slug, said, told):
    answer = send(browser, ask_page(decision, slug), **said)

    assert answer.status_code == 422
    assert told in answer.text
    assert said.get("text", "").strip() in answer.text
    assert not CustomerRequest.objects.exists()


def test_two_taps_are_one_request_and_other_words_another(browser, decision):
    address = ask_page(decision, "view")
    token = token_on(browser.get(address))
    first = browser.post(address, {"token": token, "text": "I paid."})
    again = browser.post(address, {"token": token, "text": "I paid."})
    assert first.url == again.url
    assert CustomerRequest.objects.count() == 1

    browser.post(address, {"token": token, "text": "I paid in July."})
    browser.post(address, {"token": token, "text": "I paid in July."})
    assert CustomerRequest.objects.count() == 2
    assert Notification.objects.filter(type="request_received").count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_taps_at_once_are_one_request(alice, decision):
    token, made, gate = uuid4(), [], threading.Barrier(6)

    def tap():
        gate.wait()
        asked = Asked(RequestKind.COMPLAIN, token, "Unfair.")
        made.append(make_request(asked=asked, by=alice, decision=decision).pk)
        connection.close()

    threads = [threading.Thread(target=tap) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 6
    assert len(set(made)) == 1


def test_asked_too_often_is_said_and_the_words_stay(browser, decision):
    for number in range(3):
        complain(browser, decision, f"Reason {number}.")

    answer = send(browser, ask_page(decision, "complaint"), text="And this too.")

    assert answer.status_code == 422
    assert "we have not answered yet" in answer.text
    assert "And this too." in answer.text
    assert CustomerRequest.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_nobody_slips_past_the_limit_by_haste(alice, decision):
    gate, refused = threading.Barrier(6), []

    def tap(number):
        gate.wait()
        try:
            asked = Asked(RequestKind.ADD_VIEW, uuid4(), f"View {number}.")
            make_request(asked=asked, by=alice, decision=decision)
        except NotAllowed as error:
            refused.append(error)
        connection.close()

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert CustomerRequest.objects.count() == 3
    assert len(refused) == 3


def test_ten_things_a_day_are_enough(browser, alice):
    decisions = [create_decision(alice, line=create_line(alice)) for _ in range(2)]
    for slug, how_often in (("complaint", 3), ("view", 3), ("question", 3)):
        for number in range(how_often):
            send(browser, ask_page(decisions[0], slug), text=f"{slug} {number}")
    ask_help(browser, decisions[0])

    answer = send(browser, ask_page(decisions[1], "payments"), situation="costs")

    assert answer.status_code == 422
    assert "ten things within a day" in answer.text


def test_a_stranger_finds_nothing_and_a_visitor_the_door(
    strange_browser, client, browser, decision
):
    made = complain(browser, decision)
    addresses = [
        ask_page(decision, "complaint"),
        reverse("appeals:choose_fact", args=[decision.reference]),
        fact_page(decision, "1.1"),
        reverse("appeals:how", args=[decision.reference]),
        reverse("appeals:request", args=[made.reference]),
        reverse("appeals:received", args=[made.reference]),
    ]
    for address in addresses:
        assert strange_browser.get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert strange_browser.post(addresses[0], {"text": "Mine."}).status_code == 404
    assert browser.get(ask_page(decision, "no-such-thing")).status_code == 404
    assert CustomerRequest.objects.count() == 1


def test_what_gave_something_back_can_only_be_asked_about(browser, alice):
    decision = create_decision(
        alice, action="raise", old_limit=Decimal(1000), new_limit=Decimal(2000), reasons=()
    )
    page = browser.get(why(decision)).text
    assert ask_page(decision, "complaint") in page
    assert reverse("appeals:choose_fact", args=[decision.reference]) not in page
    assert browser.get(ask_page(decision, "view")).status_code == 404


@pytest.mark.parametrize(
    ("jurisdiction", "region", "zone", "body"),
    [
        ("GB", "GB-LND", "Europe/London", "Financial Ombudsman Service"),
        ("CN", "CN-SC", "Asia/Shanghai", "Hotline for consumers"),
        ("EU", "DE-BE", "Europe/Berlin", "disputes"),
    ],
)
def test_a_complaint_names_who_else_helps_there(browse, jurisdiction, region, zone, body):
    person = create_customer("Pat", jurisdiction=jurisdiction, region=region, time_zone=zone)
    decision = create_decision(person)
    assert body in browse(person).get(ask_page(decision, "complaint")).text


def test_the_pages_ask_a_fixed_number_of_questions(browser, decision, django_assert_num_queries):
    complain(browser, decision)
    with django_assert_num_queries(4):
        browser.get(reverse("appeals:requests"))
    complain(browser, decision, "Another.")
    with django_assert_num_queries(4):
        browser.get(reverse("appeals:requests"))
