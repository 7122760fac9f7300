"""Notes for colleagues on a case, and telling those who are named in them; nothing of it leaves."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_approver, is_reviewer, is_supervisor, list_who_may_open
from appeals.actions.events import record
from appeals.errors import BadInput, NotAllowed
from appeals.models import Appeal, CaseNote, EventKind, Mention
from notifications.api import NotificationRequest, notify_many
from portal.models import Customer

LONGEST = 2000
# An at sign that begins a name, not one in an e-mail address; Chinese has no space before it.
AT = re.compile(r"(?<![A-Za-z0-9_.])@(?=\w)")
FIRST_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Noted:
    """A note, who was told of it, and which names in it are nobody's who may open the case."""

    note: CaseNote
    told: list[Customer]
    unknown: list[str]


@transaction.atomic
def add_note(
    *, appeal: Appeal, by: Customer, text: str, named: Collection[int] = frozenset()
) -> Noted:
    """Keep a note, and tell the colleagues named: those picked, and each @Name in the text.

    Only people who may open this case are told. The message to them says nothing of the note.
    """
    if not may_note(by):
        raise NotAllowed(_("Only people who work on appeals can add notes."))
    text = text.strip()
    if not text:
        raise BadInput(_("Write the note first."), field="text")
    if len(text) > LONGEST:
        raise BadInput(_("Write at most 2,000 characters."), field="text")
    people = list(list_who_may_open(appeal))
    found, unknown = find_mentions(text, people)
    picked = [person for person in people if person.pk in named]
    told = [person for person in dict.fromkeys([*picked, *found]) if person.pk != by.pk]
    note = CaseNote.objects.create(appeal=appeal, by=by, at=timezone.now(), text=text)
    Mention.objects.bulk_create(Mention(note=note, person=person) for person in told)
    record(appeal, EventKind.NOTE, by, visible=False, note=note.pk, named=len(told))
    notify_many(
        NotificationRequest(
            recipient_id=person.pk,
            type="mentioned",
            dedupe_key=f"note:{note.pk}:{person.pk}",
            context={"reference": appeal.reference},
            path=f"/admin/cases/{appeal.reference}/",
        )
        for person in told
    )
    return Noted(note, told, unknown)


def see_mentions(*, appeal: Appeal, person: Customer) -> int:
    """The person has the case before them: what named them on it is seen."""
    # No join: with one, `seen_at` would be asked in a subselect, which a second tab does not ask
    # again after it has waited for the first.
    notes = CaseNote.objects.filter(appeal=appeal)
    unseen = Mention.objects.filter(note__in=notes, person=person, seen_at__isnull=True)
    return unseen.update(seen_at=timezone.now())


def may_note(person: Customer) -> bool:
    """Auditors read notes and write none."""
    return is_reviewer(person) or is_approver(person) or is_supervisor(person)


def find_mentions(text: str, people: Iterable[Customer]) -> tuple[list[Customer], list[str]]:
    """Whom each @ in the text names, and the names that are nobody's; the longest name wins."""
    by_length = sorted(people, key=lambda person: -len(person.name))
    found: list[Customer] = []
    unknown: list[str] = []
    for at in AT.finditer(text):
        rest = text[at.end() :]
        named = [person for person in by_length if _begins_with(rest, person.name)]
        longest = [person for person in named if len(person.name) == len(named[0].name)]
        # Two people of one name are both told: better twice than not at all.
        found += longest
        if not named:
            unknown += FIRST_WORD.findall(rest)[:1]
    return list(dict.fromkeys(found)), list(dict.fromkeys(unknown))


def _begins_with(text: str, name: str) -> bool:
    """Whether the name stands here whole; a Chinese one needs no space after it."""
    if not name or not text.casefold().startswith(name.casefold()):
        return False
    after = text[len(name) : len(name) + 1]
    return not (name.isascii() and after.isascii() and after.isalnum())
