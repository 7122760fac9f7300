"""Open appeals against what a remedy puts right: closed as granted, whatever state they are in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from appeals.actions.clocks import stop_clocks
from appeals.actions.events import record
from appeals.actions.gathering import call_off_requests, part
from appeals.actions.independence import list_bars
from appeals.models import (
    AffectedDecision,
    AffectedState,
    Appeal,
    Claim,
    EventKind,
    GatheredAppeal,
    LineDecision,
    Outcome,
    Remedy,
)
from appeals.states import AppealState, OutcomeKind, Ruling
from appeals.truth import about_appeal
from notifications.api import Lane, NotificationRequest, notify_many

GRANTED = (AffectedState.RESTORED, AffectedState.ALREADY)


@dataclass(frozen=True)
class OpenAppeals:
    """Those of one portion, by decision; locked."""

    remedy: Remedy
    by_decision: dict[int, Appeal]

    @classmethod
    def lock(cls, remedy: Remedy, decisions: Sequence[int]) -> "OpenAppeals":
        rows = Appeal.objects.open().filter(decision_id__any_of=decisions)
        locked = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
        whole = locked.select_related("customer", "queue")
        return cls(remedy, {appeal.decision_id: appeal for appeal in whole})

    def guarded(self) -> set[int]:
        """The decisions whose appeals are for cleared people only."""
        return {
            key
            for key, one in self.by_decision.items()
            if one.is_restricted or (one.queue and one.queue.is_restricted)
        }

    def barred(self) -> set[int]:
        """The decisions whose appeals one of the two may not judge."""
        if not self.by_decision:
            return set()
        two = [key for key in (self.remedy.proposed_by_id, self.remedy.approved_by_id) if key]
        by_appeal = {one.pk: key for key, one in self.by_decision.items()}
        return {by_appeal[appeal] for _person, appeal in list_bars(two, list(by_appeal))}

    def grant(self, affected: Sequence[AffectedDecision], now: datetime) -> None:
        """Answer those whose decision was put right; each customer in their own language."""
        granted = [
            (self.by_decision[row.decision_id], row)
            for row in affected
            if row.state in GRANTED and row.decision_id in self.by_decision
        ]
        for appeal, row in granted:
            self._grant(appeal, row, now)
        left = [row.decision_id for row in affected if row.state == AffectedState.CANNOT]
        part(self._gathered(left), self.remedy.incident.reference, now)
        notify_many([_answer(appeal) for appeal, _row in granted])

    def _gathered(self, decisions: Sequence[int]) -> list[Appeal]:
        """Those of them that waited with the incident."""
        appeals = [self.by_decision[key] for key in decisions if key in self.by_decision]
        rows = GatheredAppeal.objects.filter(incident=self.remedy.incident_id, appeal__in=appeals)
        known = set(rows.values_list("appeal_id", flat=True)) if appeals else set()
        return [one for one in appeals if one.pk in known]

    def _grant(self, appeal: Appeal, row: AffectedDecision, now: datetime) -> None:
        _make_way(appeal, now)
        with translation.override(appeal.customer.locale):
            sentence = _(
                "A rule in our system did not work as it should. That was our fault, and you "
                "did nothing wrong. We have undone the change. We are sorry."
            )
        new = row.line_decision
        kind = _kind(row.decision, new)
        Outcome.objects.create(
            appeal=appeal,
            kind=kind,
            new_limit=new.new_limit if new else row.decision.old_limit,
            sentence=sentence,
            internal_note=self.remedy.incident.reference,
            findings=[
                {"ground": ground.pk, "ruling": Ruling.ACCEPTED.value, "sentence": sentence}
                for ground in appeal.grounds.all()
            ],
            decided_by_id=self.remedy.proposed_by_id,
            decided_at=now,
            decision_made_by_id=row.decision.decided_by_id,
            needs_approval=True,
            approved_by_id=self.remedy.approved_by_id,
            approved_at=now,
            is_final=True,
            line_decision=new,
        )
        appeal.move_to(AppealState.DECIDED, closed_at=now, paused_at=None, review_draft={})
        stop_clocks(appeal, now, is_answered=True)
        record(
            appeal,
            EventKind.DECIDED,
            self.remedy.approved_by,
            outcome=kind.value,
            incident=self.remedy.incident.reference,
        )


def _kind(fault: LineDecision, new: LineDecision | None) -> OutcomeKind:
    is_whole = new is None or new.new_limit >= fault.old_limit
    return OutcomeKind.RESTORED if is_whole else OutcomeKind.PARTLY_RESTORED


def _make_way(appeal: Appeal, now: datetime) -> None:
    """Nobody is asked, holds it or waits for a second person any more."""
    call_off_requests(appeal, now)
    Claim.objects.filter(appeal=appeal).delete()
    proposed = Outcome.objects.filter(appeal=appeal, sent_back_at__isnull=True, is_final=False)
    proposed.update(
        sent_back_at=now, sent_back_note=_("Everybody this rule touched was put right.")
    )


def _answer(appeal: Appeal) -> NotificationRequest:
    return NotificationRequest(
        recipient_id=appeal.customer_id,
        type="appeal_decided",
        dedupe_key=f"appeal:{appeal.reference}:decided",
        lane=Lane.BULK,
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
