"""What we say about a file that cannot be used: what is wrong, then what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.evidence.refusals import Refusal

TEXTS: Mapping[Refusal, Promise] = {
    Refusal.EMPTY: _("This file is empty. Choose it again, or choose another one."),
    Refusal.TOO_BIG: _(
        "This file is bigger than 20 MB. Take the photo at a lower size, "
        "or send the document in parts."
    ),
    Refusal.TYPE: _(
        "We cannot open this kind of file. Send a PDF or a photo (JPEG, PNG, HEIC or WebP). "
        "In Word or Excel, choose “Save as PDF”."
    ),
    Refusal.DAMAGED: _(
        "This file is damaged or not complete. Check that it opens on your device, "
        "then send it again."
    ),
    Refusal.MIXED: _(
        "This file holds another file inside it. Print it to a new PDF and send that."
    ),
    Refusal.PASSWORD: _("This PDF has a password. Save a copy without a password and send that."),
    Refusal.SCRIPT: _(
        "This PDF contains a small program, so we did not keep it. "
        "Print it to a new PDF, or send a photo of each page."
    ),
    Refusal.ACTION: _(
        "This PDF can start other programs or send data, so we did not keep it. "
        "Print it to a new PDF, or send a photo of each page."
    ),
    Refusal.ATTACHMENT: _(
        "This PDF has other files attached. Print it to a new PDF, and send the other files "
        "one by one."
    ),
    Refusal.MEDIA: _(
        "This PDF contains sound, video or 3D. Print it to a new PDF, or send a photo of each page."
    ),
    Refusal.XFA: _(
        "This PDF is a form of a kind that we cannot show. Print it to a new PDF and send that."
    ),
    Refusal.TOO_MANY_PAGES: _("This PDF has more than 200 pages. Send only the pages that matter."),
    Refusal.TOO_LARGE_PICTURE: _(
        "This picture is too large. Take it again at a lower size, or send a screenshot of it."
    ),
    Refusal.TOO_COMPLEX: _(
        "This file takes too long to open. Print it to a new PDF, or send a photo of each page."
    ),
    Refusal.VIRUS: _(
        "We found a virus in this file, so we did not keep it. "
        "Check your device, then send the paper again as a photo."
    ),
    Refusal.TECHNICAL: _(
        "Something went wrong on our side, and we could not keep this file. "
        "We are sorry. Please send it again."
    ),
}


def refusal_text(code: str) -> str:
    """The sentence for a refusal code, in the reader's language."""
    try:
        return str(TEXTS[Refusal(code)])
    except ValueError:
        return str(TEXTS[Refusal.TECHNICAL])
