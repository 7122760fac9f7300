"""The stamped receipt of one paper: what arrived, when, and the fingerprint that proves it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from appeals.evidence.naming import shown_size
from appeals.evidence.sniffing import EXTENSIONS, MediaType
from appeals.evidence.suggestions import kind_name
from appeals.models import EvidenceDocument
from portal.lib.dates import format_moment
from portal.lib.typesetting import CannotPrint, typeset

TEMPLATE = "appeals/paper/receipt.typ"
LONGEST_LINE = 32
# Typst names what it cannot print one by one.
MOST_STRANGE = 8


def receipt_of(document: EvidenceDocument) -> bytes:
    """The receipt as a tagged PDF, in the reader's language and their time."""
    name = document.original_name
    for _ in range(MOST_STRANGE):
        try:
            return typeset(TEMPLATE, _given(document, name))
        except CannotPrint as refused:
            # Only the customer's own name for the file can have such characters, as an emoji.
            name = "".join("_" if one in refused.characters else one for one in name)
    return typeset(TEMPLATE, _given(document, "".join(c if c.isascii() else "_" for c in name)))


def _given(document: EvidenceDocument, name: str) -> dict[str, Any]:
    language = get_language() or "en"
    is_chinese = language.startswith("zh")
    customer = document.appeal.customer
    is_american = customer.jurisdiction == "US"
    return {
        "paper": "us-letter" if is_american else "a4",
        "lang": "zh" if is_chinese else "en",
        "region": "cn" if is_chinese else "us" if is_american else "gb",
        "sender": settings.LENDER_NAME or "Recourse",
        "title": gettext("We have received your paper"),
        "appeal": gettext("Appeal %(reference)s") % {"reference": document.appeal.reference},
        "stamp": [gettext("Received"), _moment(document.uploaded_at)],
        "rows": _rows(document, name),
        "proof_heading": gettext("The file's fingerprint"),
        "proof": _in_lines(document.sha256),
        "proof_note": gettext(
            "It is made from every byte of the file as you sent it (SHA-256). If your copy has the "
            "same fingerprint, it is the same file."
        ),
        "note": gettext(
            "Keep this page. It shows that your paper arrived. It does not say what we will decide."
        ),
        "folio": gettext("Page {page} of {pages}"),
        "foot": document.appeal.reference,
    }


def _rows(document: EvidenceDocument, name: str) -> list[tuple[str, str]]:
    rows = [
        (gettext("File"), name),
        (gettext("Kind"), kind_name(document.kind) or gettext("Other document")),
        (gettext("Size"), f"{shown_size(document.size)}, {_form(document)}"),
        (gettext("Received"), _moment(document.uploaded_at)),
    ]
    if document.checked_at:
        rows.append((gettext("Checked"), _moment(document.checked_at)))
    return rows


def _form(document: EvidenceDocument) -> str:
    form = EXTENSIONS[MediaType(document.media_type)].upper()
    if document.media_type != MediaType.PDF:
        return form
    pages = document.pages or 1
    return f"{form}, " + ngettext("%d page", "%d pages", pages) % pages


def _moment(at: datetime) -> str:
    return format_moment(timezone.localtime(at), get_language() or "en")


def _in_lines(digits: str) -> list[str]:
    """Groups of four, a half of them on a line, to compare by eye."""
    lines = (digits[place : place + LONGEST_LINE] for place in range(0, len(digits), LONGEST_LINE))
    return [" ".join(line[at : at + 4] for at in range(0, len(line), 4)) for line in lines]
