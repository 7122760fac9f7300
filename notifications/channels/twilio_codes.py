"""Twilio's error codes in our words: one table for refusals and for later receipts."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from notifications.kinds import AttemptOutcome, SuppressionCause

REFUSED = gettext_noop("The SMS service refused this message.")
BAD_NUMBER = gettext_noop("This is not a phone number that can get an SMS.")
LANDLINE = gettext_noop("This is a landline, which cannot get an SMS.")
STOPPED = gettext_noop("The person answered STOP.")
NO_ROUTE = gettext_noop("The SMS service cannot reach this number.")
OUR_FAULT = gettext_noop("Our account with the SMS service is not set up right.")
TOO_LONG = gettext_noop("Our text is too long for an SMS.")
NOT_NOW = gettext_noop("The phone could not be reached for now.")
FILTERED = gettext_noop("The phone company held the message back.")
TOO_MANY = gettext_noop("The SMS service has more to send than it can.")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code says about the message, the address and us."""

    outcome: AttemptOutcome
    words: str
    # Set where nobody may send to this address again.
    dead_because: SuppressionCause | None = None
    is_throttle: bool = False
    # Our mistake lies in this text, not in the account: other messages may go.
    is_of_the_text: bool = False


def _permanent(words: str, dead_because: SuppressionCause | None = None) -> Meaning:
    return Meaning(AttemptOutcome.PERMANENT, words, dead_because)


_BAD_NUMBER = _permanent(BAD_NUMBER)
_NO_ROUTE = _permanent(NO_ROUTE)
_LANDLINE = _permanent(LANDLINE, SuppressionCause.DEAD_NUMBER)
_OURS = Meaning(AttemptOutcome.MISCONFIGURED, OUR_FAULT)
_TOO_FAST = Meaning(AttemptOutcome.RETRY, TOO_MANY, is_throttle=True)
_REFUSED = _permanent(REFUSED)

MEANINGS = {
    20003: _OURS,  # wrong SID or token
    20404: _OURS,
    20429: _TOO_FAST,
    14107: _TOO_FAST,
    21211: _BAD_NUMBER,
    21212: _OURS,  # our own number is not valid
    21214: _BAD_NUMBER,
    21217: _BAD_NUMBER,
    21268: _NO_ROUTE,
    21408: _NO_ROUTE,  # their country is switched off with us
    21421: _BAD_NUMBER,
    21603: _OURS,
    21606: _OURS,  # our number cannot send to theirs
    21608: _OURS,  # a trial account
    21609: _OURS,  # our callback address
    # STOP holds for one of our senders: another must not be used to get around it.
    21610: _permanent(STOPPED, SuppressionCause.STOP),
    21611: _TOO_FAST,  # the sender's queue is full
    21612: _NO_ROUTE,
    21614: _BAD_NUMBER,
    # One text that is too long must not stop everybody's codes.
    21617: Meaning(AttemptOutcome.MISCONFIGURED, TOO_LONG, is_of_the_text=True),
    21635: _LANDLINE,
    21659: _OURS,
    21660: _OURS,
    21701: _OURS,
    21703: _OURS,
    30001: _TOO_FAST,
    30002: _OURS,  # the account is suspended
    # As an answer it may pass. As a receipt it ends this way: the next one is tried, not the phone.
    30003: Meaning(AttemptOutcome.RETRY, NOT_NOW),
    30004: _NO_ROUTE,
    30005: _BAD_NUMBER,
    30006: _LANDLINE,
    30007: _permanent(FILTERED),
    30008: _NO_ROUTE,
    30022: _TOO_FAST,
    30024: _OURS,
    30034: _OURS,  # our number is not registered for messages to the United States
    63038: _TOO_FAST,
}


def meaning_of(code: int) -> Meaning:
    """Return what a code says; one we do not know refuses this message and nothing else."""
    return MEANINGS.get(code, _REFUSED)


PERMANENT = {
    code: meaning.words
    for code, meaning in MEANINGS.items()
    if meaning.outcome == AttemptOutcome.PERMANENT
}
DEAD = frozenset(code for code, meaning in MEANINGS.items() if meaning.dead_because)
TRY_LATER = {30003: NOT_NOW}
