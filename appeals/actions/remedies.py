"""What people do with a remedy: one proposes it, another approves it, both may halt it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_supervisor
from appeals.actions.incident_joining import freeze
from appeals.actions.incidents import LONGEST_REASON, lock_incident
from appeals.actions.independence import Bar, in_words
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.incident_scope import decisions_in
from appeals.models import UNDER_WAY, Incident, Remedy, RemedyState, RuleOwner
from appeals.models.remedies import ALL_SHARES
from portal.models import Customer

STOPPABLE = (*UNDER_WAY, RemedyState.PAUSED)
_OVER = (RemedyState.DECLINED, RemedyState.STOPPED)


@dataclass(frozen=True)
class Plan:
    """What is to be done for everybody in the scope."""

    because: str
    canary_share: int = 5
    undoes_fees: bool = True
    undoes_bureau: bool = True


@transaction.atomic
def propose_remedy(*, incident: Incident, plan: Plan, by: Customer) -> Remedy:
    """Put it before a second person; nothing happens yet."""
    _check_may(by)
    because = plan.because.strip()
    if not because:
        raise BadInput(_("Say what went wrong, for whoever approves it."), field="because")
    if len(because) > LONGEST_REASON:
        raise BadInput(
            _("Use at most %(number)s characters.") % {"number": LONGEST_REASON}, field="because"
        )
    if not 0 <= plan.canary_share <= ALL_SHARES:
        raise BadInput(_("The first share is between 0 and 100 percent."), field="canary_share")
    held = lock_incident(incident)
    _check_independent(held, by)
    if Remedy.objects.filter(incident=held).exclude(state__in=_OVER).exists():
        raise WrongState(_("This incident has a remedy already."))
    return Remedy.objects.create(
        incident=held,
        canary_share=plan.canary_share,
        undoes_fees=plan.undoes_fees,
        undoes_bureau=plan.undoes_bureau,
        because=because,
        counted=decisions_in(held).count(),
        proposed_by=by,
        proposed_at=timezone.now(),
    )


@transaction.atomic
def approve_remedy(*, remedy: Remedy, by: Customer) -> Remedy:
    """Freeze the scope and begin, with the first share where there is one."""
    _check_may(by)
    held = lock_incident(remedy.incident)
    _check_independent(held, by)
    if remedy.proposed_by_id == by.pk:
        raise NotAllowed(_("Somebody else has to approve what you proposed."))
    now = timezone.now()
    has_first_share = 0 < remedy.canary_share < ALL_SHARES
    begun = _move(
        remedy,
        (RemedyState.PROPOSED,),
        by,
        state=RemedyState.CANARY if has_first_share else RemedyState.RUNNING,
        approved_by=by,
        approved_at=now,
    )
    freeze(held, now)
    return begun


def decline_remedy(*, remedy: Remedy, by: Customer, because: str) -> Remedy:
    """Say no to a proposal; another one may follow."""
    return _end(remedy, (RemedyState.PROPOSED,), by, RemedyState.DECLINED, because)


def go_on(*, remedy: Remedy, by: Customer) -> Remedy:
    """Put everybody else right: the first share went well."""
    _check_may(by)
    return _move(remedy, (RemedyState.WAITING,), by, state=RemedyState.RUNNING)


def pause_remedy(*, remedy: Remedy, by: Customer) -> Remedy:
    """Take no further step until somebody resumes."""
    _check_may(by)
    return _move(remedy, UNDER_WAY, by, resumes_as=F("state"), state=RemedyState.PAUSED)


def resume_remedy(*, remedy: Remedy, by: Customer) -> Remedy:
    """Go on as it was before the pause."""
    _check_may(by)
    return _move(remedy, (RemedyState.PAUSED,), by, state=F("resumes_as"), resumes_as="")


def stop_remedy(*, remedy: Remedy, by: Customer, because: str) -> Remedy:
    """End it for good; what is done stays done, and another remedy may follow for the rest."""
    return _end(remedy, STOPPABLE, by, RemedyState.STOPPED, because)


def _end(
    remedy: Remedy, allowed: Iterable[RemedyState], by: Customer, state: RemedyState, because: str
) -> Remedy:
    _check_may(by)
    because = because.strip()
    if not because:
        raise BadInput(_("Say why. It stays with the incident."), field="because")
    if len(because) > LONGEST_REASON:
        raise BadInput(
            _("Use at most %(number)s characters.") % {"number": LONGEST_REASON}, field="because"
        )
    return _move(remedy, allowed, by, state=state, ended_because=because, ended_at=timezone.now())


def _move(remedy: Remedy, allowed: Iterable[RemedyState], by: Customer, **changes: Any) -> Remedy:
    """Change it if it is in one of these states; whoever comes second is told what it is now."""
    moved = Remedy.objects.filter(pk=remedy.pk, state__in=allowed).update(
        changed_at=timezone.now(), changed_by=by, **changes
    )
    now = Remedy.objects.select_related("incident").get(pk=remedy.pk)
    if not moved:
        raise WrongState(
            _("Somebody was faster, or it went on by itself. The remedy is now: %(state)s.")
            % {"state": now.get_state_display()}
        )
    return now


def _check_may(by: Customer) -> None:
    if not is_supervisor(by):
        raise NotAllowed(_("Only supervisors do this."))


def _check_independent(incident: Incident, by: Customer) -> None:
    """Whoever answers for the rule does not put it right; of their own lines see the steps."""
    if RuleOwner.objects.filter(rule_id=incident.rule_id, owner=by).exists():
        raise NotAllowed(in_words(Bar.OWN_RULE))
