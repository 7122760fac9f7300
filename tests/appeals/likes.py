"""Appeals like one another, decided by several people, for tests of what they suggest."""

from django.utils import timezone

from appeals.models import Finding
from appeals.states import OutcomeKind, Ruling
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import create_decision

CODE = "ACC-LATE-PAST"


def decision_with(months=3, **overrides):
    """A decision with one reason and one number of the customer's own in it."""
    reasons = [(CODE, {"count": months, "months": 6})]
    return create_decision(reasons=reasons, with_notice=False, **overrides)


def create_likes(number, *, by, queue, ruling=Ruling.ACCEPTED, kind=OutcomeKind.RESTORED, months=3):
    """So many answered appeals, each with a finding; the people take turns."""
    likes = []
    for place in range(number):
        person = by[place % len(by)]
        appeal = create_answered(kind, by=person, queue=queue, decision=decision_with(months))
        for ground in appeal.grounds.all():
            Finding.objects.create(
                ground=ground, ruling=ruling, sentence="Because.", by=person, at=timezone.now()
            )
        likes.append(appeal)
    return likes
