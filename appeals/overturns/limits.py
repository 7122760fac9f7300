"""When a share is too high, and when it has fallen so far that the next time is news again.

Judged by the lower end of the interval: a few answers, whatever they say, pass no limit. Between
the two limits nothing changes, so that a share that moves about one of them is not told each hour.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from appeals.fairness.rates import Share, wilson
from appeals.overturns.reading import WEEK, Answers

# The answers of so many whole weeks and the running one are counted together.
WEEKS = 13
PERCENT = 100


@dataclass(frozen=True)
class Limits:
    """In percent; `fewest` answers are needed to pass the upper one."""

    upper: int
    lower: int
    fewest: int

    def are_passed(self, answers: Answers) -> bool:
        return answers.decided >= self.fewest and PERCENT * least_share(answers) >= self.upper

    def have_fallen(self, answers: Answers) -> bool:
        return PERCENT * least_share(answers) < self.lower


def limits() -> Limits:
    return Limits(
        upper=settings.OVERTURN_LIMIT,
        lower=settings.OVERTURN_LOWER_LIMIT,
        fewest=settings.OVERTURN_FEWEST,
    )


def least_share(answers: Answers) -> float:
    """What the share is at least, with 95 percent confidence from both sides; nought of nothing."""
    if not answers.decided:
        return 0.0
    return wilson(Share(answers.overturned, answers.decided))[0]


def first_week(now_in: date) -> date:
    """From which week on answers count, looked at in this one."""
    return now_in - WEEKS * WEEK
