"""The buttons of an incident's page: each one action, and what is said when it is done."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from appeals.actions.incidents import close_incident
from appeals.actions.remedies import (
    Plan,
    approve_remedy,
    decline_remedy,
    go_on,
    pause_remedy,
    propose_remedy,
    resume_remedy,
    stop_remedy,
)
from appeals.actions.remedy_leftovers import publish_count, see_to, try_again
from appeals.errors import BadInput, WrongState
from appeals.models import Incident, Remedy
from portal.models import Customer

Act = Callable[[QueryDict, Incident, Customer], str]


def act(sent: QueryDict, incident: Incident, by: Customer) -> str:
    """Do what was pressed; the words for the person who pressed it."""
    known = ACTS.get(sent.get("do", ""))
    if known is None:
        raise BadInput(_("This button is not known. Please reload the page."))
    return known(sent, incident, by)


def _propose(sent: QueryDict, incident: Incident, by: Customer) -> str:
    share = sent.get("canary_share", "")
    if not share.isdecimal():
        raise BadInput(_("The first share is between 0 and 100 percent."), field="canary_share")
    plan = Plan(
        because=sent.get("because", ""),
        canary_share=int(share),
        undoes_fees="undoes_fees" in sent,
        undoes_bureau="undoes_bureau" in sent,
    )
    propose_remedy(incident=incident, plan=plan, by=by)
    return _("Proposed. A second person has to approve it.")


def _close(sent: QueryDict, incident: Incident, by: Customer) -> str:
    close_incident(incident=incident, by=by, because=sent.get("because", ""))
    return _("Closed. What still waits is told now.")


def _publish(_sent: QueryDict, incident: Incident, by: Customer) -> str:
    publish_count(incident=incident, by=by)
    return _("Published.")


def _see_to(sent: QueryDict, incident: Incident, by: Customer) -> str:
    see_to(incident=incident, key=_key(sent), by=by, note=sent.get("note", ""))
    return _("Noted.")


def _try_again(sent: QueryDict, incident: Incident, by: Customer) -> str:
    try_again(incident=incident, key=_key(sent), by=by)
    return _("The remedy looks at it once more.")


def _key(sent: QueryDict) -> int:
    text = sent.get("key", "")
    return int(text) if text.isdecimal() else 0


def _with_remedy(move: Callable[..., Remedy], done: Callable[[], str]) -> Act:
    def moved(sent: QueryDict, incident: Incident, by: Customer) -> str:
        remedy = incident.remedies.select_related("incident").order_by("-pk").first()
        if remedy is None:
            raise WrongState(_("This incident has no remedy yet."))
        extra: dict[str, Any] = {"because": sent.get("because", "")} if move in WITH_REASON else {}
        move(remedy=remedy, by=by, **extra)
        return done()

    return moved


WITH_REASON = (decline_remedy, stop_remedy)
ACTS: dict[str, Act] = {
    "propose": _propose,
    "close": _close,
    "publish": _publish,
    "see_to": _see_to,
    "try_again": _try_again,
    "approve": _with_remedy(approve_remedy, lambda: _("Approved. It begins within seconds.")),
    "decline": _with_remedy(decline_remedy, lambda: _("Declined.")),
    "go_on": _with_remedy(go_on, lambda: _("Everybody else is put right now.")),
    "pause": _with_remedy(pause_remedy, lambda: _("Paused.")),
    "resume": _with_remedy(resume_remedy, lambda: _("It goes on.")),
    "stop": _with_remedy(stop_remedy, lambda: _("Stopped for good.")),
}
