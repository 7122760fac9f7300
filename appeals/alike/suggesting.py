"""What the findings on the like suggest about a ground, if they say enough; pure.

A ruling is suggested when enough findings were counted, more than one person wrote those that say
so, and at least so many in a hundred say so with 95 percent confidence (Wilson's lower end). With
the numbers below 8 of 8 suffice, 10 of 11 and 12 of 14, but not 8 of 9 and not 40 of 60.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from appeals.alike.reading import Found, Like
from appeals.fairness.rates import Share, wilson
from appeals.shares import FEW
from appeals.states import Ruling

FEWEST_FINDINGS = 8
FEWEST_PEOPLE = 2
LEAST_SHARE = 0.6


@dataclass(frozen=True)
class Suggestion:
    """A ruling, and how many of the findings counted say so, by how many people."""

    ruling: Ruling
    agreed: int
    counted: int
    people: int


@dataclass(frozen=True)
class Record:
    """What came of the like that somebody judged."""

    judged: int
    gave_back: int

    @property
    def kept(self) -> int:
        return self.judged - self.gave_back

    @property
    def fewest(self) -> int:
        return FEW

    @property
    def is_few(self) -> bool:
        """Too few for a share; how many there are is said."""
        return self.judged < FEW


def record_of(likes: Iterable[Like]) -> Record:
    judged = [like for like in likes if like.is_judged]
    return Record(len(judged), sum(like.gave_back for like in judged))


def suggest(code: str, likes: Iterable[Like], *, papers_doubtful: bool) -> Suggestion | None:
    """What the findings on this reason among the like suggest; None where that is too little.

    Where a check speaks against the papers, nothing is suggested in the customer's favour or
    against them: a person must look at the papers, and the like know nothing of these.
    """
    if papers_doubtful:
        return None
    found = [one for like in likes if like.is_judged for one in like.findings if one.code == code]
    return _leading(found)


def _leading(found: list[Found]) -> Suggestion | None:
    if len(found) < FEWEST_FINDINGS:
        return None
    [(ruling, agreed)] = Counter(one.ruling for one in found).most_common(1)
    people = len({one.by for one in found if one.ruling == ruling})
    is_sure = wilson(Share(agreed, len(found)))[0] >= LEAST_SHARE
    if not is_sure or people < FEWEST_PEOPLE:
        return None
    return Suggestion(Ruling(ruling), agreed, len(found), people)
