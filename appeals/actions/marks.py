"""Marks on documents: where on a page the reviewer found what answers a ground."""

from dataclasses import asdict, dataclass
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.claims import check_holds
from appeals.errors import BadInput, NotAllowed
from appeals.models import Appeal, EvidenceDocument, EvidenceMark, Ground
from appeals.states import EvidenceState
from portal.models import Customer

# More than anybody reads again; it keeps the page of a case small.
MOST_MARKS = 200
LONGEST_NOTE = 500
STEP = Decimal("0.0001")
# A slip of the mouse is no mark.
SMALLEST = Decimal("0.005")


@dataclass(frozen=True)
class Place:
    """A rectangle on a page, in fractions of the unrotated page from its top left corner."""

    page: int
    left: Decimal
    top: Decimal
    width: Decimal
    height: Decimal

    def rounded(self) -> "Place":
        """As it is stored; rounded down, so that nothing grows over the edge."""
        sides = (self.left, self.top, self.width, self.height)
        return Place(self.page, *(side.quantize(STEP, ROUND_DOWN) for side in sides))


@transaction.atomic
def place_mark(
    *,
    document: EvidenceDocument,
    by: Customer,
    place: Place,
    ground: Ground | None = None,
    note: str = "",
) -> EvidenceMark:
    """Mark the place on the document; asked for twice it is the same mark."""
    appeal = _held(document.appeal_id, by)
    if ground is not None and ground.appeal_id != appeal.pk:
        raise BadInput(_("This ground belongs to another case."), field="ground")
    place, note = _checked(document, place), _short(note)
    marks = list_marks(appeal)
    words = {"ground": ground, "note": note, **asdict(place)}
    same = marks.filter(document=document, by=by, **words).first()
    if same is not None:
        return same
    if marks.count() >= MOST_MARKS:
        raise BadInput(_("This case has as many marks as it can hold. Remove some first."))
    return EvidenceMark.objects.create(document=document, by=by, at=timezone.now(), **words)


@transaction.atomic
def remove_mark(*, mark: EvidenceMark, by: Customer) -> None:
    """Take one's own mark away; it stays in the record as removed."""
    _held(mark.document.appeal_id, by)
    if mark.by_id != by.pk:
        raise NotAllowed(_("Only the person who made a mark can remove it."))
    there = EvidenceMark.objects.filter(pk=mark.pk, removed_at__isnull=True)
    there.update(removed_at=timezone.now())


def list_marks(appeal: Appeal | int) -> QuerySet[EvidenceMark]:
    """The marks that stand on the documents of the appeal."""
    return EvidenceMark.objects.filter(document__appeal=appeal, removed_at__isnull=True)


def _held(appeal_id: int, by: Customer) -> Appeal:
    """The appeal, locked: whoever marks holds it until the mark is written."""
    appeal = Appeal.objects.select_for_update(no_key=True).get(pk=appeal_id)
    check_holds(appeal, by)
    return appeal


def _checked(document: EvidenceDocument, place: Place) -> Place:
    if document.state != EvidenceState.READY:
        raise BadInput(_("This document cannot be opened, so it cannot be marked."))
    if not 1 <= place.page <= (document.pages or 1):
        raise BadInput(_("The document has no such page."), field="page")
    place = place.rounded()
    if min(place.width, place.height) < SMALLEST:
        raise BadInput(_("This mark is too small to be seen."), field="width")
    lies_on_page = (
        min(place.left, place.top) >= 0
        and place.left + place.width <= 1
        and place.top + place.height <= 1
    )
    if not lies_on_page:
        raise BadInput(_("This mark does not lie on the page."), field="left")
    return place


def _short(note: str) -> str:
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise BadInput(_("Write a note of at most 500 characters."), field="note")
    return note
