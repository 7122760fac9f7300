"""Which queue an appeal goes to."""

from decimal import Decimal
from typing import Any

import pytest

from appeals.models import Appeal, Assignment, Ground, RoutingRule, Urgency
from appeals.routing import Route, Table, route
from tests.appeals.builders import (
    HIGH_USE,
    LATE_PAYMENT,
    RESTRICTED,
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)

pytestmark = pytest.mark.django_db

LATE_CODE, USE_CODE = LATE_PAYMENT[0], HIGH_USE[0]


@pytest.fixture
def queues():
    RoutingRule.objects.all().delete()
    return create_all_queues()


@pytest.fixture
def appeal(queues):
    """Against one reason: high use, whose own queue is credit_review; a cut of 2,600."""
    decision = create_decision(
        reasons=[HIGH_USE], policy={"ref": "CR-17", "title": "Contracts", "region": "US-NY"}
    )
    return create_appeal(decision)


def rule(queue, because="a test says so", **columns):
    return RoutingRule.objects.create(queue=queue, because=because, **columns)


def route_of(appeal: Appeal) -> Route:
    return route(appeal, Ground.objects.filter(appeal=appeal).select_related("decision_reason"))


def test_without_a_rule_the_catalogue_names_the_queue(appeal):
    way = route_of(appeal)

    assert way.queue.key == "credit_review"
    assert way.rule is None
    assert (way.reason, way.because) == ("BUR-UTIL-HIGH", "")


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"reason_code": USE_CODE},
        {"origin": "model"},
        {"jurisdiction": "US"},
        {"language": "en"},
        {"minimum_cut": Decimal("2600.00")},
        {"is_vulnerable": False},
        {"rule_id": "LATE-6M"},
        {"rule_id": "LATE-6M", "rule_version": "4.2.0"},
        {"policy_ref": "CR-17"},
        {"origin": "model", "jurisdiction": "US", "language": "en", "minimum_cut": Decimal(1)},
    ],
)
def test_a_rule_that_fits_wins_over_the_catalogue(queues, appeal, columns):
    fitting = rule(queues["model_review"], because="scores are looked at there", **columns)

    way = route_of(appeal)

    assert (way.queue, way.rule) == (queues["model_review"], fitting)
    assert (way.reason, way.because) == ("BUR-UTIL-HIGH", "scores are looked at there")


@pytest.mark.parametrize(
    "columns",
    [
        {"reason_code": LATE_CODE},
        {"origin": "fraud"},
        {"jurisdiction": "CN"},
        {"language": "zh-hans"},
        {"minimum_cut": Decimal("2600.01")},
        {"is_vulnerable": True},
        {"rule_id": "LATE-9M"},
        {"rule_id": "LATE-6M", "rule_version": "4.3.0"},
        {"policy_ref": "CR-18"},
        {"reason_code": USE_CODE, "jurisdiction": "GB"},
        {"is_active": False},
    ],
)
def test_a_rule_with_one_column_that_differs_does_not_fit(queues, appeal, columns):
    rule(queues["model_review"], **columns)

    assert route_of(appeal).queue.key == "credit_review"


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        ({"origin": "model"}, {}),
        ({"origin": "model", "jurisdiction": "US"}, {"origin": "model"}),
        ({"reason_code": USE_CODE}, {"origin": "model", "jurisdiction": "US", "language": "en"}),
        ({"reason_code": USE_CODE, "language": "en"}, {"reason_code": USE_CODE}),
        ({"minimum_cut": Decimal(2000)}, {"minimum_cut": Decimal(1000)}),
        ({"rule_id": "LATE-6M"}, {"reason_code": USE_CODE, "jurisdiction": "US", "language": "en"}),
        ({"policy_ref": "CR-17"}, {"reason_code": USE_CODE}),
        ({"rule_id": "LATE-6M", "rule_version": "4.2.0"}, {"rule_id": "LATE-6M"}),
        ({"is_vulnerable": False, "jurisdiction": "US"}, {"jurisdiction": "US"}),
    ],
)
@pytest.mark.parametrize("winner_first", [True, False])
def test_the_most_specific_rule_wins_whichever_is_older(
    queues, appeal, winner, loser, winner_first
):
    pairs = [("model_review", winner), ("hardship_care", loser)]
    for key, columns in pairs if winner_first else reversed(pairs):
        rule(queues[key], **columns)

    assert route_of(appeal).queue.key == "model_review"


def test_between_equally_specific_rules_the_older_wins(queues, appeal):
    rule(queues["model_review"], jurisdiction="US")
    rule(queues["hardship_care"], language="en")

    assert route_of(appeal).queue.key == "model_review"


def test_of_several_disputed_reasons_the_queue_served_first_wins(queues):
    appeal = create_appeal(create_decision(reasons=[HIGH_USE, LATE_PAYMENT]))
    queues["bureau_dispute"].priority = 10
    queues["bureau_dispute"].save()

    way = route_of(appeal)

    assert way.queue.key == "bureau_dispute"
    assert way.reason == LATE_CODE


def test_between_queues_of_one_priority_the_heaviest_reason_decides(queues):
    appeal = create_appeal(create_decision(reasons=[HIGH_USE, LATE_PAYMENT]))

    assert route_of(appeal).queue.key == "credit_review"


def test_a_reason_that_is_not_disputed_routes_nothing(queues):
    decision = create_decision(reasons=[HIGH_USE, LATE_PAYMENT])
    rule(queues["hardship_care"], reason_code=USE_CODE)

    appeal = create_appeal(decision, disputed=[LATE_CODE])

    assert route_of(appeal).queue.key == "bureau_dispute"


def test_the_customers_own_jurisdiction_and_language_count(queues):
    customer = create_customer("Wang Fang", locale="zh-hans", jurisdiction="CN")
    appeal = create_appeal(create_decision(customer, reasons=[HIGH_USE]))
    rule(queues["policy_compliance"], jurisdiction="CN", language="zh-hans")

    assert route_of(appeal).queue.key == "policy_compliance"


def test_routing_asks_the_database_three_questions_however_many_rules_there_are(
    queues, django_assert_num_queries
):
    appeal = create_appeal(create_decision(reasons=[HIGH_USE, LATE_PAYMENT]))
    for code in ("US", "GB", "CN", "EU"):
        rule(queues["model_review"], jurisdiction=code)
    appeal = Appeal.objects.select_related("decision", "customer").get(pk=appeal.pk)

    with django_assert_num_queries(3):
        route_of(appeal)


# --- Who goes first, and who may see it ----------------------------------------------------------

FRAUD_ALERT: tuple[str, dict[str, Any]] = ("FRD-ALERT", {})


def test_who_needs_care_is_served_first_wherever_it_goes(queues):
    appeal = create_appeal(create_decision(reasons=[HIGH_USE]), is_vulnerable=True)

    assert route_of(appeal).urgency == Urgency.FIRST


def test_hardship_is_served_first_even_where_another_reason_chose_the_queue(queues):
    create_queue("fraud_identity", is_restricted=True)
    reasons = [("HRD-CUSTOMER-ASKED", {}), RESTRICTED]

    way = route_of(create_appeal(create_decision(reasons=reasons, with_notice=False)))

    assert (way.queue.key, way.urgency) == ("fraud_identity", Urgency.FIRST)


def test_others_are_served_by_their_promise(appeal):
    way = route_of(appeal)

    assert (way.urgency, way.is_restricted) == (Urgency.USUAL, False)


def test_a_restricted_queue_goes_before_one_that_is_served_earlier(queues):
    queues["fraud_identity"] = create_queue("fraud_identity", is_restricted=True, priority=200)
    decision = create_decision(reasons=[HIGH_USE, FRAUD_ALERT], with_notice=False)
    appeal = create_appeal(decision)

    way = route_of(appeal)

    assert (way.queue.key, way.is_restricted) == ("fraud_identity", True)


@pytest.mark.parametrize("reason", [FRAUD_ALERT, RESTRICTED])
def test_no_rule_sends_a_guarded_reason_out_of_hiding(queues, reason):
    create_queue("fraud_identity", is_restricted=True)
    rule(queues["credit_review"], reason_code=reason[0])

    way = route_of(create_appeal(create_decision(reasons=[reason], with_notice=False)))

    assert (way.queue.key, way.is_restricted) == ("credit_review", True)


def test_a_rule_may_send_anything_into_hiding(queues, appeal):
    hidden = create_queue("model_review", is_restricted=True)
    rule(hidden, jurisdiction="US")

    assert route_of(appeal).is_restricted


# --- For whom it is meant --------------------------------------------------------------------


def test_a_rule_or_a_named_queue_says_for_whom_it_is_and_the_rule_goes_first(queues, appeal):
    rosa, sam = create_reviewer("Rosa Vega"), create_reviewer("Sam Okoro")
    assert route_of(appeal).reviewer is None

    create_queue("credit_review", assignment=Assignment.NAMED, named_reviewer=sam)
    assert route_of(appeal).reviewer == sam

    rule(queues["credit_review"], reviewer=rosa, jurisdiction="US")
    assert route_of(appeal).reviewer == rosa


# --- A table that was only typed -----------------------------------------------------------------


def test_a_typed_rule_routes_without_being_saved(queues, appeal):
    typed = RoutingRule(queue=queues["model_review"], jurisdiction="US", because="typed")
    table = Table.load()

    way = route(appeal, appeal.grounds.all(), table.with_rule(typed))

    assert (way.queue, way.rule) == (queues["model_review"], typed)
    assert route(appeal, appeal.grounds.all(), table).rule is None
    assert not RoutingRule.objects.exists()


def test_a_typed_change_stands_in_for_the_saved_rule(queues, appeal):
    saved = rule(queues["model_review"], jurisdiction="US")
    typed = RoutingRule(pk=saved.pk, queue=queues["model_review"], jurisdiction="US")
    typed.is_active = False

    way = route(appeal, appeal.grounds.all(), Table.load().with_rule(typed))

    assert way.queue.key == "credit_review"


def test_a_typed_rule_is_younger_than_all_that_are_as_specific(queues, appeal):
    older = rule(queues["model_review"], jurisdiction="US")
    typed = RoutingRule(queue=queues["hardship_care"], language="en")

    way = route(appeal, appeal.grounds.all(), Table.load().with_rule(typed))

    assert way.rule == older
