"""What was suggested about a ground is kept with what people found, so that it can be measured."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from appeals.actions.claims import check_holds
from appeals.alike.suggesting import Suggestion
from appeals.models import Appeal, Ground, Outcome, QualityReview, SuggestedFinding
from portal.models import Customer


@transaction.atomic
def keep_suggestions(
    *, appeal: Appeal, by: Customer, made: Mapping[int, Suggestion]
) -> dict[int, SuggestedFinding]:
    """Write down what this reviewer is shown, by ground; what was suggested before stands.

    A ground with a finding gets none: that finding was made without it.
    """
    check_holds(appeal, by)
    grounds = Ground.objects.filter(appeal=appeal, pk__in=made, finding__isnull=True)
    now, decision = timezone.now(), appeal.decision
    rows = [
        SuggestedFinding(
            ground=ground,
            ruling=made[ground.pk].ruling,
            code=ground.decision_reason.code,
            rule_id=decision.rule_id,
            rule_version=decision.rule_version,
            agreed=made[ground.pk].agreed,
            counted=made[ground.pk].counted,
            people=made[ground.pk].people,
            shown_at=now,
            shown_to=by,
        )
        for ground in grounds.select_related("decision_reason")
    ]
    SuggestedFinding.objects.bulk_create(rows, ignore_conflicts=True)
    kept = SuggestedFinding.objects.filter(ground__appeal=appeal)
    return {row.ground_id: row for row in kept}


def settle_suggestions(outcome: Outcome) -> None:
    """Beside each suggestion of an answered appeal: what was proposed first, and what stood."""
    rows = list(SuggestedFinding.objects.filter(ground__appeal=outcome.appeal_id))
    if not rows:
        return
    proposals = Outcome.objects.filter(appeal=outcome.appeal_id).order_by("decided_at", "pk")
    said = [_rulings(findings) for findings in proposals.values_list("findings", flat=True)]
    for row in rows:
        stood = _rulings(outcome.findings)[row.ground_id]
        row.stood, row.settled_at = stood, timezone.now()
        row.proposed = next((one[row.ground_id] for one in said if row.ground_id in one), stood)
    SuggestedFinding.objects.bulk_update(rows, ["proposed", "stood", "settled_at"])


def note_reading(review: QualityReview) -> None:
    """What a reader of quality found on the grounds of an answered appeal."""
    appeal = review.outcome.appeal_id
    # The sums follow the appeal to its queue: neither moves while the other is written.
    Appeal.objects.select_for_update(of=("self",), no_key=True).get(pk=appeal)
    rows = list(SuggestedFinding.objects.filter(ground__appeal=appeal, settled_at__isnull=False))
    for row in rows:
        row.read_again = review.rulings.get(str(row.ground_id), "")
    SuggestedFinding.objects.bulk_update(rows, ["read_again"])


def _rulings(findings: list[dict[str, str]]) -> dict[int, str]:
    return {int(one["ground"]): one["ruling"] for one in findings}
