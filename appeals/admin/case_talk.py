"""The talk of a case: the thread with the customer, notes among colleagues, texts to ask with."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.access import is_guarded
from appeals.actions.notes import may_note
from appeals.actions.requests_by_staff import request_values
from appeals.admin.case_parts import Asked, Paper
from appeals.admin.case_queries import (
    Named,
    asked_beside,
    mentions_of,
    notes_of,
    people_to_name,
)
from appeals.catalogue import CATALOGUE
from appeals.models import Appeal, CaseNote, CustomerRequest, Mention, ReplyText, TextPurpose
from appeals.reply_texts import fill
from portal.models import Customer

ASKING = (TextPurpose.ASK_PAPERS, TextPurpose.ASK_QUESTION)


@dataclass(frozen=True)
class Turn:
    """One thing said or sent, by the customer or by one of us."""

    at: datetime
    by: str  # blank: the customer
    text: str = ""
    kinds: Sequence[str] = ()
    papers: Sequence[Paper] = ()
    what: str = ""  # a complaint and the like, outside the appeal's own questions


@dataclass(frozen=True)
class NoteLine:
    """A note with the names of those it was for; `is_new` until the viewer has seen it."""

    note: CaseNote
    people: list[str]
    is_new: bool


@dataclass(frozen=True)
class TextOption:
    """A prepared text in the customer's language, filled but for the papers."""

    key: str
    title: str
    text: str
    purpose: str
    fits: bool


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper to tick: its name here, and as the customer reads it."""

    key: str
    name: str
    for_customer: str


@dataclass(frozen=True)
class AskForm:
    """What stands in the form with which the customer is asked."""

    texts: list[TextOption]
    kinds: list[PaperKind]
    chosen: str = ""
    ticked: frozenset[str] = frozenset()
    message: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def fitting(self) -> list[TextOption]:
        return [one for one in self.texts if one.fits]

    @property
    def others(self) -> list[TextOption]:
        return [one for one in self.texts if not one.fits]


@dataclass(frozen=True)
class Talk:
    """The thread, the notes and who may be named, as one person at the desk sees them."""

    thread: list[Turn]
    notes: list[NoteLine]
    people: list[Named]
    can_note: bool
    ask: AskForm | None

    @property
    def has_new(self) -> bool:
        return any(line.is_new for line in self.notes)


@dataclass(frozen=True)
class Said:
    """What the case page has fetched for itself: requests, papers, and whether one may ask."""

    asked: Sequence[Asked]
    papers: Sequence[Paper]
    is_mine: bool


def load_talk(
    appeal: Appeal, viewer: Customer, said: Said, *, disputed: Iterable[str], now: datetime
) -> Talk:
    """Five queries at most; `said` is what the page has fetched already."""
    can_note = may_note(viewer)
    return Talk(
        thread=thread_of(appeal, said),
        notes=_notes(appeal, viewer),
        people=_people(appeal, viewer) if can_note else [],
        can_note=can_note,
        ask=ask_form(appeal, disputed, now) if said.is_mine else None,
    )


def _people(appeal: Appeal, viewer: Customer) -> list[Named]:
    """Who may open the case, and so may be named; they are asked again when a note is kept."""
    assert appeal.queue_id is not None  # a sent appeal has one
    found = people_to_name(
        appeal.queue_id,
        appeal.customer_id,
        appeal.pk,
        viewer.pk,
        is_guarded=is_guarded(appeal),
    )
    return [Named(*row) for row in found]


def thread_of(appeal: Appeal, said: Said) -> list[Turn]:
    """What was asked, answered and sent after the appeal, oldest first."""
    turns = [turn for one in said.asked for turn in _turns_of(one, said.papers)]
    for paper in said.papers:
        document = paper.document
        is_later = appeal.submitted_at and document.uploaded_at > appeal.submitted_at
        if document.request_id is None and is_later:
            turns.append(Turn(document.uploaded_at, "", papers=[paper]))
    turns += [_turn_beside(one) for one in asked_beside(appeal.pk)]
    return _joined(sorted(turns, key=lambda turn: turn.at))


def _turn_beside(asked: CustomerRequest) -> Turn:
    """A complaint, a correction or a view that became part of the case."""
    wrong = "".join(f"{one['label'] or one['code']}: {one['told']}\n" for one in asked.facts)
    said = _("Its words were deleted: kept long enough.") if asked.erased_at else asked.text
    return Turn(asked.received_at, "", f"{wrong}{said}", what=asked.get_kind_display())


def _turns_of(asked: Asked, papers: Iterable[Paper]) -> list[Turn]:
    row = asked.row
    question = Turn(row.asked_at, row.asked_by.name, row.message, asked.kinds)
    sent = [paper for paper in papers if paper.document.request_id == row.pk]
    if row.answered_at is None or row.is_called_off:
        # Papers may come before the answer is sent.
        early = [Turn(paper.document.uploaded_at, "", papers=[paper]) for paper in sent]
        return [question, *early]
    return [question, Turn(row.answered_at, "", row.answer, papers=sent)]


def _joined(turns: Iterable[Turn]) -> list[Turn]:
    """Papers that came one after the other are one turn."""
    joined: list[Turn] = []
    for turn in turns:
        last = joined[-1] if joined else None
        if last and not (last.by or turn.by or last.text or turn.text):
            joined[-1] = replace(turn, papers=[*last.papers, *turn.papers])
        else:
            joined.append(turn)
    return joined


def _notes(appeal: Appeal, viewer: Customer) -> list[NoteLine]:
    notes = notes_of(appeal.pk)
    mentions: defaultdict[int, list[Mention]] = defaultdict(list)
    for one in mentions_of(appeal.pk) if notes else ():
        mentions[one.note_id].append(one)
    lines = []
    for note in notes:
        named = mentions[note.pk]
        mine = [one for one in named if one.person_id == viewer.pk]
        lines.append(
            NoteLine(
                note,
                [one.person.name for one in named],
                is_new=any(one.seen_at is None for one in mine),
            )
        )
    return lines


def ask_form(appeal: Appeal, disputed: Iterable[str], now: datetime) -> AskForm:
    """The texts to ask with, those for the disputed reasons first, and the papers to tick."""
    language = appeal.customer.locale
    codes = list(disputed)
    values = request_values(appeal, [], now)
    rows = ReplyText.objects.filter(purpose__in=ASKING, is_active=True).order_by("purpose", "key")
    return AskForm(
        texts=[_option(row, values, language, codes) for row in rows],
        kinds=_kinds(codes, language),
    )


def filled_form(
    form: AskForm, *, chosen: str = "", ticked: Iterable[str] = (), message: str = ""
) -> AskForm:
    """The form with a text and papers chosen; what was typed is kept."""
    known = {kind.key: kind.for_customer for kind in form.kinds}
    keys = [key for key in ticked if key in known]
    text = next((one.text for one in form.texts if one.key == chosen), "")
    return replace(form, chosen=chosen, ticked=frozenset(keys), message=message or text)


def _option(
    row: ReplyText, values: Mapping[str, str], language: str, codes: Sequence[str]
) -> TextOption:
    text = row.text_zh if language.startswith("zh") else row.text_en
    return TextOption(
        key=row.key,
        title=str(row),
        text=fill(text, values),
        purpose=row.purpose,
        fits=bool(row.reason_code) and row.reason_code in codes,
    )


def _kinds(codes: Iterable[str], language: str) -> list[PaperKind]:
    """Every kind of paper in use, those that answer the disputed reasons first."""
    here = get_language() or "en"
    reasons = [CATALOGUE.reasons[code] for code in codes if code in CATALOGUE.reasons]
    helpful = {kind.key: kind for reason in reasons for kind in reason.papers}
    in_use = {key: kind for key, kind in CATALOGUE.documents.items() if kind.is_active}
    return [
        PaperKind(
            kind.key,
            kind.label.get(here, kind.label["en"]),
            kind.label.get(language, kind.label["en"]),
        )
        for kind in (helpful | in_use).values()
    ]
