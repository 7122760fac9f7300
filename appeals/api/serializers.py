"""What the API shows; reading only. Amounts are decimal strings, times RFC 3339 in UTC."""

from datetime import date
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from appeals.answer_points import condition_of
from appeals.models import Appeal, CreditLine, LineDecision, Notice, Outcome


class LineSerializer(serializers.ModelSerializer[CreditLine]):
    class Meta:
        model = CreditLine
        fields = [
            "reference",
            "product",
            "currency",
            "last4",
            "opened_on",
            "limit",
            "balance",
            "status",
            "as_of",
        ]


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    rank = serializers.IntegerField()
    facts = serializers.DictField()


class DecisionSerializer(serializers.ModelSerializer[LineDecision]):
    line = serializers.CharField(source="line.reference")
    overridden_by = serializers.SerializerMethodField()
    overrides = serializers.CharField(source="overrides.reference", allow_null=True)
    notice = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = LineDecision
        fields = [
            "reference",
            "source_id",
            "line",
            "action",
            "old_limit",
            "new_limit",
            "balance",
            "currency",
            "decided_at",
            "effective_at",
            "automated",
            "policy",
            "overrides",
            "overridden_by",
            "notice",
            "reasons",
        ]

    def get_overridden_by(self, decision: LineDecision) -> str | None:
        later = getattr(decision, "overridden_by", None)
        return later.reference if later else None

    def get_notice(self, decision: LineDecision) -> str | None:
        notice = getattr(decision, "notice", None)
        return notice.reference if notice else None

    def get_reasons(self, decision: LineDecision) -> list[dict[str, Any]]:
        # A restricted reason keeps its code to itself here as on the page (no tipping-off).
        return [
            {"code": row.code, "rank": row.rank, "facts": row.facts}
            for row in decision.reasons.all()
            if not row.reason.is_restricted
        ]


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    decision = serializers.CharField(source="decision.reference")

    class Meta:
        model = Notice
        fields = [
            "reference",
            "decision",
            "language",
            "content",
            "sha256",
            "catalogue_version",
            "template_version",
            "created_at",
        ]


class AppealSerializer(serializers.ModelSerializer[Appeal]):
    decision = serializers.CharField(source="decision.reference")
    outcome = serializers.SerializerMethodField()

    class Meta:
        model = Appeal
        fields = [
            "reference",
            "decision",
            "state",
            "wish",
            "requested_limit",
            "submitted_at",
            "promised_at",
            "paused_at",
            "closed_at",
            "outcome",
        ]

    def get_outcome(self, appeal: Appeal) -> dict[str, Any] | None:
        outcome = next((one for one in appeal.outcomes.all() if one.is_final), None)
        if outcome is None:
            return None
        return {
            "kind": outcome.kind,
            "new_limit": _text(outcome.new_limit),
            "sentence": outcome.sentence,
            "until": _text(outcome.until),
            "look_again_on": _text(outcome.look_again_on),
            "condition": _condition(outcome),
        }


def _condition(outcome: Outcome) -> dict[str, Any] | None:
    condition = condition_of(outcome)
    if condition is None:
        return None
    return {
        "payments_needed": condition.payments_needed,
        "payments_made": condition.payments_made,
        "by_date": _text(condition.by_date),
        "then_limit": _text(condition.then_limit),
        "state": condition.state,
    }


def _text(value: Decimal | date | None) -> str | None:
    return None if value is None else str(value)


class FeedAnswerSerializer(serializers.Serializer[Any]):
    """What became of one decision that was sent."""

    decision_id = serializers.CharField()
    status = serializers.ChoiceField(["created", "unchanged", "conflict", "rejected"])
    reference = serializers.CharField(required=False)


class BatchAnswerSerializer(FeedAnswerSerializer):
    line = serializers.IntegerField()
    error = serializers.CharField(required=False)


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(required=False)
    errors = serializers.ListField(  # type: ignore[assignment]
        child=serializers.DictField(), required=False
    )
