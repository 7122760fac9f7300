"""Answers a reviewer gives in the tests of outcomes, and a case made ready for one."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from appeals.actions.outcomes import Answer, propose_outcome
from appeals.models import Appeal, Finding, Outcome
from appeals.states import OutcomeKind, Ruling
from portal.models import Customer


def in_days(days: int) -> date:
    """A day to come, in the middle of where our customers' days differ."""
    return timezone.now().date() + timedelta(days=days)


FULL = Answer(kind=OutcomeKind.RESTORED, sentence="Your limit is back.")
PART = Answer(
    kind=OutcomeKind.PARTLY_RESTORED, sentence="Half is back.", new_limit=Decimal("2700.00")
)
KEPT = Answer(
    kind=OutcomeKind.KEPT,
    sentence="It stays.",
    internal_note="Checked twice.",
    look_again_on=in_days(90),
)


def on_condition(payments: int = 2, days: int = 90, then: str = "4000.00") -> Answer:
    """2,700 now, the rest after so many payments on time."""
    return Answer(
        kind=OutcomeKind.CONDITIONAL,
        sentence="Half is back now.",
        new_limit=Decimal("2700.00"),
        payments_needed=payments,
        by_date=in_days(days),
        then_limit=Decimal(then),
    )


def for_a_time(days: int = 60) -> Answer:
    """3,000 for so many days."""
    return Answer(
        kind=OutcomeKind.TEMPORARY,
        sentence="More for a while.",
        new_limit=Decimal("3000.00"),
        until=in_days(days),
    )


def ready(appeal: Appeal, by: Customer) -> Appeal:
    """With a finding on every ground."""
    Finding.objects.bulk_create(
        Finding(ground=ground, ruling=Ruling.ACCEPTED, sentence="Yes.", by=by, at=timezone.now())
        for ground in appeal.grounds.all()
    )
    return appeal


def propose(appeal: Appeal, by: Customer, answer: Answer = FULL) -> Outcome:
    return propose_outcome(appeal=appeal, by=by, version=appeal.version, answer=answer)
