"""The catalogue is changed by two people: one writes a change, another publishes it as an edition.

What customers read is law in two languages, so four eyes hold in the database too. Notices keep
the words they were written with; an edition is for what is written from then on.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import edits_catalogue, is_supervisor
from appeals.catalogue import CATALOGUE, Catalogue
from appeals.catalogue import editions as made_of
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.kept_settings import CATALOGUE_KEY, read_now
from appeals.models import (
    OPEN_CHANGES,
    CatalogueChange,
    CatalogueEdition,
    ChangeState,
    SettingsVersion,
)
from portal.models import Customer

LONGEST_NOTE = 300
AS_SHIPPED = 0
Changes = dict[str, dict[str, dict[str, list[Any]]]]


def may_publish(person: Customer) -> bool:
    return edits_catalogue(person) or is_supervisor(person)


def own_draft(person: Customer) -> CatalogueChange | None:
    return CatalogueChange.objects.filter(made_by=person, state=ChangeState.DRAFT).first()


@transaction.atomic
def keep_entry(
    *, by: Customer, kind: str, key: str, values: dict[str, Any], seen: str
) -> CatalogueChange:
    """Keep an entry's new values in this editor's draft; `seen` is the print of what they saw."""
    _must_edit(by)
    read_now()
    draft = _locked_draft(by)
    changes: Changes = draft.changes if draft else {}
    if seen != made_of.fingerprint(made_of.shown(CATALOGUE.current, changes, kind, key)):
        raise WrongState(
            _("This text has changed since you opened the page. Look at it and save again.")
        )
    _refuse_problems(made_of.problems_of(CATALOGUE, kind, key, values))
    differs = made_of.difference(made_of.values_in(CATALOGUE.current, kind, key), values)
    if not differs and not draft:
        raise BadInput(_("Nothing is different from what is in force."))
    entries = {**changes.get(kind, {}), key: differs}
    kept = {**changes, kind: {name: fields for name, fields in entries.items() if fields}}
    return _saved(draft, by, kept)


@transaction.atomic
def go_back(*, by: Customer, number: int) -> CatalogueChange:
    """Draft the return to an earlier edition, or to what was shipped (0); it is published anew."""
    _must_edit(by)
    read_now()
    draft = _locked_draft(by)
    if draft and any(draft.changes.values()):
        raise WrongState(_("Finish or withdraw your draft first."))
    changes = made_of.changes_between(CATALOGUE.current, edition_as_catalogue(number))
    if not any(changes.values()):
        raise BadInput(_("Nothing is different from what is in force."))
    return _saved(draft, by, changes)


def edition_as_catalogue(number: int) -> Catalogue:
    """What an edition made of the file we have now."""
    if number == AS_SHIPPED:
        return CATALOGUE.shipped
    edition = CatalogueEdition.objects.get(number=number)
    return made_of.merged(CATALOGUE.shipped, edition.content, number)


@transaction.atomic
def ask_to_publish(*, change: CatalogueChange, by: Customer, note: str) -> None:
    """Hand the draft to a second person; until they answer it stays as it is."""
    _must_edit(by)
    locked = _locked(change, ChangeState.DRAFT)
    _must_be_own(locked, by)
    if not any(locked.changes.values()):
        raise WrongState(_("There is nothing in this draft yet."))
    _move(locked, state=ChangeState.WAITING, note=_words(note, "note"))


@transaction.atomic
def take_up(*, change: CatalogueChange, by: Customer) -> None:
    """Make a change that waits, or was sent back, the editor's draft again."""
    _must_edit(by)
    locked = _locked(change, ChangeState.WAITING, ChangeState.RETURNED)
    _must_be_own(locked, by)
    try:
        with transaction.atomic():
            _move(locked, state=ChangeState.DRAFT)
    except IntegrityError as error:
        raise WrongState(_("Finish or withdraw your draft first.")) from error


@transaction.atomic
def withdraw(*, change: CatalogueChange, by: Customer) -> None:
    """End a change that is not published; it stays for the record."""
    locked = _locked(change, *OPEN_CHANGES)
    is_own = locked.made_by_id == by.pk and edits_catalogue(by)
    if not is_own and not is_supervisor(by):
        raise NotAllowed(_("Only who made this change, or a supervisor, may withdraw it."))
    _move(locked, state=ChangeState.WITHDRAWN, decided_by=by, decided_at=timezone.now())


@transaction.atomic
def send_back(*, change: CatalogueChange, by: Customer, because: str) -> None:
    """Give a change back to its editor, with what is to be mended."""
    locked = _locked(change, ChangeState.WAITING)
    _must_be_second(locked, by)
    _move(
        locked,
        state=ChangeState.RETURNED,
        answer=_words(because, "because"),
        decided_by=by,
        decided_at=timezone.now(),
    )


@transaction.atomic
def publish(*, change: CatalogueChange, by: Customer, seen: str) -> CatalogueEdition:
    """Make the next edition of a change that another person wrote, as this one has `seen` it."""
    # One edition after the other: whoever comes second compares with the first one's texts.
    SettingsVersion.objects.get_or_create(key=CATALOGUE_KEY)
    SettingsVersion.objects.select_for_update().get(key=CATALOGUE_KEY)
    locked = _locked(change, ChangeState.WAITING)
    _must_be_second(locked, by)
    if seen != made_of.fingerprint(locked.changes):
        raise WrongState(_("This change is not as you saw it any more. Look at it again."))
    read_now()
    now = timezone.now()
    edition = CatalogueEdition.objects.create(
        number=_last_number() + 1,
        change=locked,
        content=_next_content(locked.changes),
        base_version=CATALOGUE.shipped.version,
        made_by=locked.made_by,
        published_by=by,
        published_at=now,
    )
    _move(locked, state=ChangeState.PUBLISHED, decided_by=by, decided_at=now)
    SettingsVersion.objects.filter(key=CATALOGUE_KEY).update(number=F("number") + 1)
    transaction.on_commit(read_now, robust=True)
    return edition


def _last_number() -> int:
    return CatalogueEdition.objects.values_list("number", flat=True).first() or AS_SHIPPED


def _next_content(changes: Changes) -> dict[str, Any]:
    try:
        touched = made_of.with_changes(CATALOGUE.current, changes)
        content = made_of.content_of(CATALOGUE.shipped, CATALOGUE.current, changes)
    except made_of.StaleChange as moved_on:
        raise WrongState(
            _("%(key)s has changed since this was written. Send it back, to be looked at again.")
            % {"key": moved_on.place.key}
        ) from moved_on
    for kind, entries in touched.items():
        for key, values in entries.items():
            _refuse_problems(made_of.problems_of(CATALOGUE, kind, key, values))
    return content


def _refuse_problems(problems: dict[str, list[str]]) -> None:
    for field, said in problems.items():
        raise BadInput(said[0], field=field)


def _must_edit(by: Customer) -> None:
    if not edits_catalogue(by):
        raise NotAllowed(_("Only editors of the catalogue may change it."))


def _must_be_own(change: CatalogueChange, by: Customer) -> None:
    if change.made_by_id != by.pk:
        raise NotAllowed(_("This change is somebody else's."))


def _must_be_second(change: CatalogueChange, by: Customer) -> None:
    if not may_publish(by):
        raise NotAllowed(_("Only editors of the catalogue and supervisors may publish."))
    if change.made_by_id == by.pk:
        raise NotAllowed(_("You wrote this change. A second person has to publish it."))


def _words(text: str, field: str) -> str:
    said = text.strip()
    if not said:
        raise BadInput(_("Say why, in a sentence."), field=field)
    if len(said) > LONGEST_NOTE:
        raise BadInput(
            _("At most %(most)s characters; this has %(count)s.")
            % {"most": LONGEST_NOTE, "count": len(said)},
            field=field,
        )
    return said


def _locked_draft(by: Customer) -> CatalogueChange | None:
    rows = CatalogueChange.objects.select_for_update()
    return rows.filter(made_by=by, state=ChangeState.DRAFT).first()


def _locked(change: CatalogueChange, *states: ChangeState) -> CatalogueChange:
    rows = CatalogueChange.objects.select_for_update(of=("self",)).select_related("made_by")
    locked = rows.filter(pk=change.pk, state__in=states).first()
    if locked is None:
        raise WrongState(_("This change has moved on. Look at it again."))
    return locked


def _move(change: CatalogueChange, **fields: Any) -> None:
    CatalogueChange.objects.filter(pk=change.pk).update(saved_at=timezone.now(), **fields)


def _saved(draft: CatalogueChange | None, by: Customer, changes: Changes) -> CatalogueChange:
    now = timezone.now()
    if draft:
        _move(draft, changes=changes)
        draft.changes = changes
        return draft
    try:
        with transaction.atomic():
            return CatalogueChange.objects.create(
                made_by=by, made_at=now, saved_at=now, changes=changes
            )
    except IntegrityError as error:
        # Two tabs began the same draft at once.
        raise WrongState(
            _("This text has changed since you opened the page. Look at it and save again.")
        ) from error
