"""Answers a reviewer gives in the tests of outcomes, and a case made ready for one."""

from decimal import Decimal

from django.utils import timezone

from appeals.actions.outcomes import Answer, propose_outcome
from appeals.models import Appeal, Finding, Outcome
from appeals.states import OutcomeKind, Ruling
from portal.models import Customer

FULL = Answer(kind=OutcomeKind.RESTORED, sentence="Your limit is back.")
PART = Answer(
    kind=OutcomeKind.PARTLY_RESTORED, sentence="Half is back.", new_limit=Decimal("2700.00")
)
KEPT = Answer(kind=OutcomeKind.KEPT, sentence="It stays.", internal_note="Checked twice.")


def ready(appeal: Appeal, by: Customer) -> Appeal:
    """With a finding on every ground."""
    Finding.objects.bulk_create(
        Finding(ground=ground, ruling=Ruling.ACCEPTED, sentence="Yes.", by=by, at=timezone.now())
        for ground in appeal.grounds.all()
    )
    return appeal


def propose(appeal: Appeal, by: Customer, answer: Answer = FULL) -> Outcome:
    return propose_outcome(appeal=appeal, by=by, version=appeal.version, answer=answer)
