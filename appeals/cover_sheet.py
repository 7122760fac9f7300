"""The sheet on top of papers that come by post: a code that brings them to their appeal.

It says the appeal's number and nothing about the person: envelopes are opened by many hands.
"""

import io

import segno
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.models import Appeal
from portal.lib.typesetting import typeset

TEMPLATE = "appeals/paper/cover.typ"
# North America prints on Letter, the rest of the world on A4.
LETTER_SIZE = "US"


def cover_sheet(appeal: Appeal) -> bytes:
    """The sheet as a PDF, in the reader's language."""
    is_chinese = get_language() == "zh-hans"
    return typeset(
        TEMPLATE,
        {
            "paper": "us-letter" if appeal.customer.jurisdiction == LETTER_SIZE else "a4",
            "lang": "zh" if is_chinese else "en",
            "region": "cn" if is_chinese else "us",
            "sender": settings.LENDER_NAME,
            "address": settings.LENDER_ADDRESS,
            "title": _("Papers for an appeal"),
            "number_label": _("Appeal number"),
            "number": appeal.reference,
            "to_label": _("Send to"),
            "code": code_of(appeal.reference),
            "code_says": _("Code with the appeal number, for our scanner"),
            "steps": [
                _("Print this page and put it on top of your papers."),
                _("Send copies and keep the originals."),
                _("Write the appeal number on each page."),
                _("Send each appeal in an envelope of its own."),
            ],
            "folio": _("Page {page} of {pages}"),
        },
    )


def code_of(reference: str) -> str:
    """A QR code as SVG; a scanner types what it says."""
    out = io.BytesIO()
    # A fifth of it may be creased or stained.
    segno.make_qr(reference, error="q").save(out, kind="svg", scale=4, border=4, xmldecl=False)
    return out.getvalue().decode()
