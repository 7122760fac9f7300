"""Twilio's error codes in our words: one table for refusals and for later receipts."""

from django.utils.translation import gettext_noop

REFUSED = gettext_noop("The SMS service refused this message.")
BAD_NUMBER = gettext_noop("This is not a phone number that can get an SMS.")
LANDLINE = gettext_noop("This is a landline, which cannot get an SMS.")
STOPPED = gettext_noop("The person answered STOP.")
NO_ROUTE = gettext_noop("The SMS service cannot reach this number.")
OUR_FAULT = gettext_noop("Our account with the SMS service is not set up right.")
TOO_LONG = gettext_noop("Our text is too long for an SMS.")
NOT_NOW = gettext_noop("The phone could not be reached for now.")
FILTERED = gettext_noop("The phone company held the message back.")

PERMANENT = {
    21211: BAD_NUMBER,
    21214: BAD_NUMBER,
    21217: BAD_NUMBER,
    21268: NO_ROUTE,
    21408: NO_ROUTE,
    21421: BAD_NUMBER,
    21610: STOPPED,
    21612: NO_ROUTE,
    21614: BAD_NUMBER,
    21635: LANDLINE,
    30004: NO_ROUTE,
    30005: BAD_NUMBER,
    30006: LANDLINE,
    30007: FILTERED,
    30008: NO_ROUTE,
}
DEAD = frozenset({21610, 21635, 30006})
MISCONFIGURED = {
    20003: OUR_FAULT,
    20404: OUR_FAULT,
    21212: OUR_FAULT,
    21603: OUR_FAULT,
    21606: OUR_FAULT,
    21608: OUR_FAULT,
    21609: OUR_FAULT,
    21617: TOO_LONG,
    21659: OUR_FAULT,
    21660: OUR_FAULT,
    21701: OUR_FAULT,
    21703: OUR_FAULT,
    30002: OUR_FAULT,
    30024: OUR_FAULT,
    30034: OUR_FAULT,
}
TOO_FAST = frozenset({20429, 14107, 21611, 30001, 30022, 63038})
TRY_LATER = {30003: NOT_NOW}
