"""The feed's line as the OpenAPI page shows it; `appeals.feed` holds the rules."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

MONEY = {"max_digits": 14, "decimal_places": 2}


class FeedConsent(serializers.Serializer[Any]):
    given = serializers.BooleanField(help_text="whether electronic notices are agreed to")
    on = serializers.DateField()


class FeedCustomer(serializers.Serializer[Any]):
    ref = serializers.CharField()
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True)
    phone = serializers.CharField(allow_null=True, help_text="E.164")
    locale = serializers.ChoiceField([code for code, _name in settings.LANGUAGES])
    time_zone = serializers.CharField(help_text="IANA name")
    jurisdiction = serializers.ChoiceField(["US", "GB", "EU", "CN"])
    region = serializers.CharField(help_text="ISO 3166-2")
    esign_consent = FeedConsent(
        required=False, allow_null=True, help_text="left out or null: nothing new is said of it"
    )


class FeedLine(serializers.Serializer[Any]):
    ref = serializers.CharField()
    product = serializers.CharField()
    currency = serializers.CharField(help_text="ISO 4217")
    last4 = serializers.CharField()
    opened_on = serializers.DateField()


class FeedRule(serializers.Serializer[Any]):
    id = serializers.CharField()
    module = serializers.CharField()
    version = serializers.CharField()


class FeedPolicy(serializers.Serializer[Any]):
    ref = serializers.CharField()
    title = serializers.CharField()
    region = serializers.CharField()


class FeedScore(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    min = serializers.IntegerField()
    max = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    as_of = serializers.DateField()


class FeedReason(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="a code of the reason catalogue")
    weight = serializers.FloatField()
    facts = serializers.DictField()


class FeedDecisionSchema(serializers.Serializer[Any]):
    """One line decision, as in a line of the feed."""

    decision_id = serializers.CharField(help_text="unique in the source")
    customer = FeedCustomer()
    line = FeedLine()
    action = serializers.ChoiceField(["reduce", "suspend", "close", "restore", "raise"])
    old_limit = serializers.DecimalField(**MONEY)  # type: ignore[arg-type]
    new_limit = serializers.DecimalField(**MONEY)  # type: ignore[arg-type]
    balance = serializers.DecimalField(**MONEY)  # type: ignore[arg-type]
    decided_at = serializers.DateTimeField()
    effective_at = serializers.DateTimeField()
    automated = serializers.BooleanField()
    rule = FeedRule()
    policy = FeedPolicy(allow_null=True)
    score = FeedScore(allow_null=True)
    reasons = FeedReason(many=True, help_text="1 to 5, heaviest first")
