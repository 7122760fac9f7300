"""What a mail server's refusals mean: for the message, the mailbox and us."""

import re
from typing import Any

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from django.utils.translation import gettext_noop

from notifications.channels.base import Answer
from notifications.channels.calls import UNREACHABLE
from notifications.kinds import AttemptOutcome, SuppressionCause

REFUSED = gettext_noop("The mail server refused this message.")
NO_MAILBOX = gettext_noop("There is no such mailbox.")
OUR_FAULT = gettext_noop("Our account with the mail server is not set up right.")
NOT_NOW = gettext_noop("The mail server could not take the message for now.")

ENHANCED = re.compile(r"\d\.\d{1,3}\.\d{1,3}\b")
# "Bad mailbox", "bad system" and "null MX" of RFC 3463 and 7505: nobody is there.
NOBODY_THERE = frozenset({"5.1.1", "5.1.2", "5.1.10"})
# It hangs up, or has no room: we were too many.
TOO_MANY = frozenset({421, 452})
NEEDS_LOGIN = frozenset({530, 534, 535, 538})
ABOUT_US = (SMTPAuthenticationError, SMTPConnectResponseError, SMTPHeloError, SMTPSenderRefused)


def unreachable(error: Exception) -> Answer:
    return Answer(AttemptOutcome.RETRY, code=type(error).__name__, detail=UNREACHABLE)


def refusal(error: Exception) -> Answer | None:
    """Class what the server said; None where it said nothing."""
    if isinstance(error, SMTPNotSupported):
        return _ours(type(error).__name__)
    return _said(error) if isinstance(error, SMTPResponseException) else None


def _said(error: SMTPResponseException) -> Answer:
    enhanced = ENHANCED.match(error.message)
    status = enhanced[0] if enhanced else ""
    # Never the server's words: they name the mailbox.
    code = f"{error.code} {status}".strip()
    if 400 <= error.code < 500:
        is_throttle = error.code in TOO_MANY
        return Answer(AttemptOutcome.RETRY, code=code, detail=NOT_NOW, is_throttle=is_throttle)
    if error.code in NEEDS_LOGIN or isinstance(error, ABOUT_US):
        return _ours(code)
    return _permanent(code, status, is_mailbox=isinstance(error, SMTPRecipientRefused))


def _permanent(code: str, status: str, *, is_mailbox: bool) -> Answer:
    is_dead = is_mailbox and status in NOBODY_THERE
    known: dict[str, Any] = {"dead_because": SuppressionCause.BOUNCE} if is_dead else {}
    detail = NO_MAILBOX if is_dead else REFUSED
    return Answer(AttemptOutcome.PERMANENT, code=code, detail=detail, is_dead=is_dead, **known)


def _ours(code: str) -> Answer:
    return Answer(
        AttemptOutcome.MISCONFIGURED, code=code, detail=OUR_FAULT, halts=True, is_free=True
    )
