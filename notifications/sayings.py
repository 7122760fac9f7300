"""What became of a delivery in words: for its customer, and the engine's own for staff."""

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext, gettext_lazy, gettext_noop

from notifications.campaigns.ending import STOPPED
from notifications.delivery.check import NO_BROWSER, SUPPRESSED, TOO_LATE
from notifications.delivery.settle import ARRIVED_ANOTHER_WAY
from notifications.kinds import ChannelKind, DeliveryState
from notifications.letters.record import PROVIDER as OUR_PRINTER
from notifications.models import Delivery
from notifications.models.delivery import DELIVERY_STATES
from notifications.receipts.words import BOUNCED, NOT_ARRIVED

# Nobody delivers a letter to us: it is printed, and then it is in the post.
LETTER_STATES: dict[DeliveryState, Promise] = {
    DeliveryState.READY: gettext_lazy("Waiting to be printed"),
    DeliveryState.ACCEPTED: gettext_lazy("Printed"),
    DeliveryState.DELIVERED: gettext_lazy("Posted"),
    DeliveryState.CANCELLED: gettext_lazy("Not posted"),
}
OWED = gettext_noop("It is owed by law, and no other way reaches the person.")
# Only what a customer can make use of; everything else stays with staff.
CAUSES: dict[str, Promise] = {
    TOO_LATE: gettext_lazy("It was no longer of use when it could have been sent."),
    SUPPRESSED: gettext_lazy("You told us not to write there, or what we sent there came back."),
    NO_BROWSER: gettext_lazy("That browser no longer takes messages from us."),
    ARRIVED_ANOTHER_WAY: gettext_lazy("It had reached you another way."),
    STOPPED: gettext_lazy("We stopped this message before it was sent."),
    BOUNCED: gettext_lazy("The mailbox sent it back."),
    NOT_ARRIVED: gettext_lazy("It did not reach your phone or mailbox."),
}


def state_words(delivery: Delivery) -> str:
    """Return the state of a delivery in words."""
    state = DeliveryState(delivery.state)
    if delivery.channel == ChannelKind.LETTER and state in LETTER_STATES:
        return str(LETTER_STATES[state])
    return str(DELIVERY_STATES[state])


def cause_words(delivery: Delivery) -> str:
    """Return why it was not sent or did not arrive, or nothing."""
    if delivery.reason in CAUSES:
        is_over = delivery.ended_at is not None or delivery.state == DeliveryState.CANCELLED
        return str(CAUSES[delivery.reason]) if is_over else ""
    # What was overtaken is told by whoever knows: a decision that was changed, an appeal withdrawn.
    was_cancelled = delivery.state == DeliveryState.CANCELLED and delivery.reason
    return gettext(delivery.reason) if was_cancelled else ""


def reason_words(reason: str) -> str:
    """Return the engine's own reason in the language of who reads it; a provider's as it is."""
    said, mark, characters = reason.partition(": U+")
    if mark:
        return f"{gettext(said + ':')} U+{characters}"
    return gettext(reason) if reason else ""


def provider_words(name: str) -> str:
    """Return what staff call a provider: its name, but letters are printed by us."""
    return gettext("our printer") if name == OUR_PRINTER else name


def language_words(code: str) -> str:
    """Return what a language is called in the language of who reads it."""
    return gettext(str(get_language_info(code)["name"]))
