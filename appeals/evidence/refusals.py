"""Why a file cannot be used: one code a reason; `wording` has what to say about it."""

import enum


class Refusal(enum.StrEnum):
    # Seen at once, while the file is being received:
    EMPTY = "empty"
    TOO_BIG = "too_big"
    TYPE = "type"
    # Found by the check:
    DAMAGED = "damaged"
    MIXED = "mixed"  # two kinds of file in one
    PASSWORD = "password"  # noqa: S105 - the code for a PDF that has one
    SCRIPT = "script"
    ACTION = "action"
    ATTACHMENT = "attachment"
    MEDIA = "media"
    XFA = "xfa"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE_PICTURE = "too_large_picture"
    TOO_COMPLEX = "too_complex"
    VIRUS = "virus"
    TECHNICAL = "technical"


class Refused(Exception):
    """This file cannot be used; `code` says why."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code
