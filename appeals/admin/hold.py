"""Who has a case, and what the person at the page may do about that."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from appeals.access import is_reviewer, is_supervisor
from appeals.actions.eligibility import is_still_away
from appeals.actions.independence import Bar, in_words
from appeals.actions.standing import Standing, why_not_take
from appeals.admin.case_queries import Named, people_to_give_to
from appeals.models import Appeal, Claim
from appeals.states import AppealState
from portal.models import Customer


@dataclass(frozen=True)
class Hold:
    """The buttons of one case for one person; every action asks again."""

    appeal: Appeal
    claim: Claim | None
    viewer: Customer
    bar: Bar | None
    # Why a waiting case is not theirs to take, in words.
    refusal: str
    # To whom it could be given now: none unless the viewer may give it.
    colleagues: list[Named]

    @property
    def is_held(self) -> bool:
        return self.appeal.state == AppealState.IN_REVIEW and self.claim is not None

    @property
    def is_mine(self) -> bool:
        is_theirs = self.claim is not None and self.claim.reviewer_id == self.viewer.pk
        return self.is_held and is_theirs and is_reviewer(self.viewer)

    @property
    def is_kept(self) -> bool:
        """Waiting, and kept for one reviewer."""
        waits = self.appeal.state == AppealState.SUBMITTED
        return waits and self.appeal.reserved_for_id is not None

    @property
    def is_kept_for_another(self) -> bool:
        return self.is_kept and self.appeal.reserved_for_id != self.viewer.pk

    @property
    def can_claim(self) -> bool:
        waits = self.appeal.state == AppealState.SUBMITTED
        return waits and is_reviewer(self.viewer) and not self.refusal

    @property
    def is_for_reviewers(self) -> bool:
        """Waiting, and looked at by somebody who takes such cases."""
        return self.appeal.state == AppealState.SUBMITTED and is_reviewer(self.viewer)

    @property
    def can_release(self) -> bool:
        return self.is_held and (self.is_mine or is_supervisor(self.viewer))

    @property
    def can_recuse(self) -> bool:
        return self.appeal.is_open and self.bar is None and is_reviewer(self.viewer)

    @property
    def why_kept_away(self) -> str:
        """What keeps the viewer from judging this case, in words."""
        return in_words(self.bar) if self.bar else ""


def load_hold(appeal: Appeal, claim: Claim | None, viewer: Customer) -> Hold:
    """At most two looks."""
    standing = Standing.of(appeal, viewer)
    is_waiting = appeal.state == AppealState.SUBMITTED
    asks = is_waiting and is_reviewer(viewer)
    return Hold(
        appeal=appeal,
        claim=claim,
        viewer=viewer,
        bar=standing.bar,
        refusal=why_not_take(appeal, viewer, standing) if asks else "",
        colleagues=_colleagues(appeal, claim, viewer),
    )


def _colleagues(appeal: Appeal, claim: Claim | None, viewer: Customer) -> list[Named]:
    holder = claim.reviewer_id if claim else None
    is_in_review = appeal.state == AppealState.IN_REVIEW
    may_give = (is_in_review and holder == viewer.pk) or (
        is_supervisor(viewer) and (is_in_review or appeal.state == AppealState.SUBMITTED)
    )
    if not may_give:
        return []
    assert appeal.queue_id is not None  # a sent appeal has one
    free = people_to_give_to(
        appeal.queue_id,
        appeal.customer_id,
        appeal.pk,
        appeal.decision_id,
        is_restricted=appeal.is_restricted,
    )
    now = timezone.now()
    return [
        Named(key, name)
        for key, name, zone, away_until in free
        if key != holder and not is_still_away(away_until, ZoneInfo(zone), now)
    ]
