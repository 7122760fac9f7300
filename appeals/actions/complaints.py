"""What a customer's words may be beside an appeal: a complaint, a request about their data.

Words that were found start the clock at once, from when they came in; a person confirms it or
says that it is none. Doing nothing keeps it running.
"""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_approver, is_reviewer, is_supervisor
from appeals.actions.clocks import Cause, running, sent_at, start_clocks
from appeals.actions.events import record
from appeals.catalogue.packs import pack_of
from appeals.clock_rules import CLOCKS
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import Appeal, CaseClock, ClockEnd, ClockKind, EventKind, Ground
from portal.models import Customer

# Our own promise begins with the appeal and ends with its answer, and only so.
MARKABLE = frozenset(ClockKind) - {ClockKind.RECONSIDERATION}


def suggest_clocks(appeal: Appeal, texts: Iterable[str], received_at: datetime) -> list[CaseClock]:
    """Begin the clocks that the customer's words may call for, to be confirmed by a person."""
    begun: list[CaseClock] = []
    for kind, words in CLOCKS.found_in(texts).items():
        cause = Cause(", ".join(words), is_suggested=True)
        begun += start_clocks(appeal, kind, received_at, cause)
    return begun


def words_of(appeal: Appeal, grounds: Iterable[Ground]) -> list[str]:
    """All that the customer wrote when they sent the appeal."""
    return [appeal.statement, appeal.late_reason, *(ground.statement for ground in grounds)]


@transaction.atomic
def mark_clock(
    *, appeal: Appeal, by: Customer, kind: str, received_on: date | None = None, because: str = ""
) -> list[CaseClock]:
    """Say that this is a complaint or a request about data; its clocks run from receipt."""
    _check_may_judge(by)
    appeal = _open(appeal)
    if kind not in MARKABLE:
        raise BadInput(_("Choose what it is."), field="kind")
    wanted = ClockKind(kind)
    if not CLOCKS.of_kind(wanted, pack_of(appeal.customer, timezone.now())):
        raise BadInput(_("The customer's law sets no deadline of this kind."), field="kind")
    began = _received(appeal, received_on)
    confirmed = _confirm(appeal, wanted, by)
    begun = start_clocks(appeal, wanted, began, Cause(because.strip(), by))
    if not begun and not confirmed:
        raise WrongState(_("This clock is running already."))
    return begun


@transaction.atomic
def confirm_clock(*, appeal: Appeal, by: Customer, kind: str) -> None:
    """Say that the words mean what they seem to; the clock goes on from when they came in."""
    _check_may_judge(by)
    if not _confirm(_open(appeal), kind, by):
        raise WrongState(_("Somebody has already said what this is."))


@transaction.atomic
def dismiss_clock(*, appeal: Appeal, by: Customer, kind: str) -> None:
    """Say that it is no such thing: its clocks end, and the words alone never start them again."""
    _check_may_judge(by)
    appeal = _open(appeal)
    if kind not in MARKABLE:
        raise BadInput(_("Our promise to the customer cannot be put aside."), field="kind")
    ended = running(appeal).filter(kind=kind)
    if not ended.update(ended_at=timezone.now(), ended_as=ClockEnd.STOPPED, paused_at=None):
        raise WrongState(_("This clock does not run any more."))
    record(appeal, EventKind.CLOCK_STOPPED, by, visible=False, clock=kind, dismissed=1)


def _confirm(appeal: Appeal, kind: str, by: Customer) -> bool:
    suggested = running(appeal).filter(kind=kind, is_suggested=True)
    if not suggested.update(is_suggested=False):
        return False
    record(appeal, EventKind.CLOCK_STARTED, by, visible=False, clock=kind, confirmed=1)
    return True


def _open(appeal: Appeal) -> Appeal:
    """The appeal as it stands, held so that its answer and this do not cross."""
    rows = Appeal.objects.select_related("customer", "queue")
    current = rows.select_for_update(of=("self",), no_key=True).get(pk=appeal.pk)
    if not current.is_open:
        raise WrongState(_("This appeal is closed, so no deadline runs."))
    return current


def _received(appeal: Appeal, day: date | None) -> datetime:
    """When it came in: with the appeal, or during a later day that the reviewer names."""
    sent = sent_at(appeal)
    zone = appeal.customer.zone
    if day is None or day == sent.astimezone(zone).date():
        return sent
    today = timezone.now().astimezone(zone).date()
    if not sent.astimezone(zone).date() < day <= today:
        raise BadInput(
            _("It came in between the day the appeal was sent and today."), field="received_on"
        )
    return min(datetime.combine(day, time(12), tzinfo=zone), timezone.now())


def may_judge(person: Customer) -> bool:
    """May say what a customer's words are."""
    return is_reviewer(person) or is_approver(person) or is_supervisor(person)


def _check_may_judge(by: Customer) -> None:
    if not may_judge(by):
        raise NotAllowed(_("Only reviewers can do this."))
