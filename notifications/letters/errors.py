"""What is refused, in words fit to show to staff."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOOK_TOO_LONG = _("This took too long, so nothing was exported. Export a smaller batch.")
POSTED_BEFORE = _("This batch is marked as posted already.")
SPOILED_BEFORE = _("This batch is marked as spoiled already.")
NOT_TOMORROW = _("The day of posting lies in the future.")
NOT_YESTERDAY = _("The day of posting lies before the batch was made.")
SAY_WHY = _("Say in a few words what went wrong.")


class LettersRefused(Exception):
    """A request about letters that we refuse."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
