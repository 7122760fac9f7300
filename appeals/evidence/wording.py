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
    Refusal.WEB_PAGE: _(
        "This file is a web page or a drawing, not a paper. Open it, print it to a PDF, "
        "and send that."
    ),
    Refusal.OFFICE: _(
        "This file comes from Word, Excel or a program like them. Open it there, "
        "choose “Save as PDF”, and send the PDF."
    ),
    Refusal.MACROS: _(
        "This file from Word or Excel holds small programs (macros), so we did not keep it. "
        "Open it there, choose “Save as PDF”, and send the PDF."
    ),
    Refusal.ARCHIVE: _(
        "This file is a packed folder, such as a ZIP. Unpack it on your device, "
        "and send the papers in it one by one."
    ),
    Refusal.PROGRAM: _(
        "This file is a program, not a paper, so we did not keep it. "
        "Send a PDF or a photo of your paper."
    ),
    Refusal.OTHER_PICTURE: _(
        "We cannot open this kind of picture. Take a photo or a screenshot of it, and send that."
    ),
    Refusal.FILM: _(
        "This file is a film or a sound. Take a photo of your paper instead, and send that."
    ),
    Refusal.TYPE: _(
        "We cannot open this kind of file. Send a PDF or a photo (JPEG, PNG, HEIC or WebP). "
        "In Word or Excel, choose “Save as PDF”."
    ),
    Refusal.DAMAGED: _(
        "This file is damaged. Check that it opens on your device, then send it again."
    ),
    Refusal.CUT_OFF: _(
        "The end of this file is missing: it was not saved or copied to its end. "
        "Check that it opens on your device, then send it again."
    ),
    Refusal.MIXED: _(
        "This file holds another file inside it. Print it to a new PDF and send that."
    ),
    Refusal.PASSWORD: _(
        "This PDF has a password, so we cannot open it. Please do not send us the password: "
        "save a copy without it, and send that."
    ),
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
    Refusal.MOVING_PICTURE: _(
        "This picture moves, and we could keep only a part of it. "
        "Take a photo or a screenshot of each thing it shows."
    ),
    Refusal.BOMB: _(
        "This file unpacks to more than any paper holds, so we did not keep it. "
        "Print it to a new PDF, or send a photo of each page."
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

# How to do it, on each kind of device, where that is not plain to everybody.
HOW_TO: Mapping[Refusal, tuple[Promise, ...]] = {
    Refusal.PASSWORD: (
        _(
            "On a computer: open the PDF in your browser and type its password there. "
            "Choose “Print”, and as the printer choose “Save as PDF”."
        ),
        _(
            "On an iPhone: open the PDF in Files and type its password. Tap the share sign, "
            "choose “Print”, tap the share sign again, and choose “Save to Files”."
        ),
        _("On another phone: open the PDF, choose “Print”, then “Save as PDF”."),
        _("The new file opens without a password. Send that one."),
    ),
}


def refusal_text(code: str) -> str:
    """The sentence for a refusal code, in the reader's language."""
    try:
        return str(TEXTS[Refusal(code)])
    except ValueError:
        return str(TEXTS[Refusal.TECHNICAL])


def how_to(code: str) -> tuple[Promise, ...]:
    """The steps to a file that can be used, where the sentence alone may not be enough."""
    return HOW_TO.get(Refusal(code), ()) if code in set(Refusal) else ()


def words_of_refusal(refusal: str) -> str:
    """What was kept of a refusal: a code, or where there is none, the sentence that was said."""
    is_code = refusal in {code.value for code in Refusal}
    return refusal_text(refusal) if is_code else refusal
