"""Why a file cannot be used: one code a reason; `wording` has what to say about it."""

import enum


class Refusal(enum.StrEnum):
    # Seen at once, while the file is being received:
    EMPTY = "empty"
    TOO_BIG = "too_big"
    WEB_PAGE = "web_page"  # HTML, SVG and their like
    OFFICE = "office"  # Word, Excel and their like
    MACROS = "macros"  # those with programs in them
    ARCHIVE = "archive"
    PROGRAM = "program"
    OTHER_PICTURE = "other_picture"  # of a kind we do not take
    FILM = "film"  # or sound
    TYPE = "type"  # anything else
    # Found by the check:
    DAMAGED = "damaged"
    CUT_OFF = "cut_off"  # its end is missing
    MIXED = "mixed"  # two kinds of file in one
    PASSWORD = "password"  # noqa: S105 - the code for a PDF that has one
    SCRIPT = "script"
    ACTION = "action"
    ATTACHMENT = "attachment"
    MEDIA = "media"
    XFA = "xfa"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE_PICTURE = "too_large_picture"
    MOVING_PICTURE = "moving_picture"
    BOMB = "bomb"  # it unpacks to far more than it says
    TOO_COMPLEX = "too_complex"
    VIRUS = "virus"
    TECHNICAL = "technical"


class Refused(Exception):
    """This file cannot be used; `code` says why."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code
