"""What staff are told of an export."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from notifications.letters.export import Export

# Kept in the log of a batch.
EXPORTED = gettext_noop("Exported")
TOOK_PDF = gettext_noop("Downloaded the letters")
TOOK_CSV = gettext_noop("Downloaded the list")
POSTED = gettext_noop("Marked as posted")
SPOILED = gettext_noop("Marked as spoiled")


def tell_of(request: HttpRequest, made: Export) -> None:
    """Say what became of everything that was taken."""
    if made.batch:
        said = ngettext(
            "%(count)s letter is in the batch.",
            "%(count)s letters are in the batch.",
            made.batch.letters,
        )
        messages.success(request, said % {"count": made.batch.letters})
    elif not made.set_aside:
        messages.info(
            request, _("No letter could be exported: none waits, or a colleague has them.")
        )
    if made.cancelled:
        said = ngettext(
            "%(count)s letter was no longer needed and is not printed.",
            "%(count)s letters were no longer needed and are not printed.",
            made.cancelled,
        )
        messages.info(request, said % {"count": made.cancelled})
    if made.set_aside:
        said = ngettext(
            "%(count)s letter could not be printed and stays in the queue with the cause.",
            "%(count)s letters could not be printed and stay in the queue with the cause.",
            made.set_aside,
        )
        messages.warning(request, said % {"count": made.set_aside})
