"""A reviewer hands what they hold to a colleague, with a note."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.assignment import kept_until
from appeals.actions.claims import check_holds, give_back
from appeals.actions.eligibility import is_away, profile_of
from appeals.actions.events import record
from appeals.actions.independence import hold_person, never_your_own
from appeals.actions.standing import Standing, why_not_give
from appeals.errors import BadInput, NotAllowed
from appeals.models import Appeal, CaseNote, Claim, EventKind
from portal.models import Customer

MOST_CHARACTERS = 2000


@never_your_own
@transaction.atomic
def pass_on(*, appeal: Appeal, by: Customer, to: Customer, note: str) -> CaseNote:
    """Keep the case for a colleague of its queue, with a note; what was found stays with it.

    It is kept, not leased: a lease would run out before a colleague who is in a meeting sees it.
    """
    check_holds(appeal, by)
    words = _checked(note)
    hold_person(to)
    _check_can_take(appeal, by, to)
    assert appeal.queue is not None  # the database keeps it so
    now = timezone.now()
    give_back(appeal, reserved_for=to, reserved_until=kept_until(to, appeal.queue, now))
    Claim.objects.filter(appeal=appeal).delete()
    written = CaseNote.objects.create(appeal=appeal, by=by, at=now, text=words)
    record(appeal, EventKind.PASSED_ON, by, visible=False, reviewer=to.reference)
    return written


def _checked(note: str) -> str:
    words = note.strip()
    if not words:
        raise BadInput(_("Write what your colleague should know."), field="note")
    if len(words) > MOST_CHARACTERS:
        raise BadInput(
            _("A note has at most %(most)d characters.") % {"most": MOST_CHARACTERS}, field="note"
        )
    return words


def _check_can_take(appeal: Appeal, by: Customer, to: Customer) -> None:
    if to.pk == by.pk:
        raise BadInput(_("Choose a colleague: you hold this appeal already."), field="to")
    if is_away(profile_of(to), timezone.now()):
        raise NotAllowed(_("%(name)s is away. Choose somebody else.") % {"name": to.name})
    refusal = why_not_give(appeal, to, Standing.of(appeal, to))
    if refusal:
        raise NotAllowed(refusal)
