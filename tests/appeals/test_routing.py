"""Which queue an appeal goes to."""

from decimal import Decimal

import pytest

from appeals.models import Appeal, Ground, RoutingRule
from appeals.routing import Route, route
from tests.appeals.builders import (
    HIGH_USE,
    LATE_PAYMENT,
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
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
    return create_appeal(create_decision(reasons=[HIGH_USE]))


def rule(queue, because="a test says so", **columns):
    return RoutingRule.objects.create(queue=queue, because=because, **columns)


def route_of(appeal: Appeal) -> Route:
    return route(appeal, Ground.objects.filter(appeal=appeal).select_related("decision_reason"))


def test_without_a_rule_the_catalogue_names_the_queue(appeal):
    way = route_of(appeal)

    assert way.queue.key == "credit_review"
    assert way.rule is None
    assert way.because == "BUR-UTIL-HIGH: the catalogue's queue for this reason"


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"reason_code": USE_CODE},
        {"origin": "model"},
        {"jurisdiction": "US"},
        {"language": "en"},
        {"minimum_cut": Decimal("2600.00")},
        {"origin": "model", "jurisdiction": "US", "language": "en", "minimum_cut": Decimal(1)},
    ],
)
def test_a_rule_that_fits_wins_over_the_catalogue(queues, appeal, columns):
    fitting = rule(queues["model_review"], because="scores are looked at there", **columns)

    way = route_of(appeal)

    assert (way.queue, way.rule) == (queues["model_review"], fitting)
    assert way.because == "BUR-UTIL-HIGH: scores are looked at there"


@pytest.mark.parametrize(
    "columns",
    [
        {"reason_code": LATE_CODE},
        {"origin": "fraud"},
        {"jurisdiction": "CN"},
        {"language": "zh-hans"},
        {"minimum_cut": Decimal("2600.01")},
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
    assert way.because.startswith(LATE_CODE)


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
