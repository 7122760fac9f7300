"""What people answer to an SMS: STOP is law, START takes it back, HELP gets help.

Nobody reads these messages, and their text is not kept: only which of our words it was.
"""

import enum
import hashlib
import re
import unicodedata
from xml.sax.saxutils import escape

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from notifications.kinds import ChannelKind, SuppressionCause
from notifications.preferences import Stop, lift, suppress
from notifications.receipts import Word, remember
from notifications.signatures import signed_by_twilio
from portal.models import Customer

logger = structlog.get_logger(__name__)
FORBIDDEN = 403
ANSWERED_STOP = gettext_noop("The person answered STOP.")
ANSWERED_START = gettext_noop("The person answered START.")
# A phone that answers by itself gets one answer a day.
ONE_ANSWER_SECONDS = 24 * 3600
NUMBER = re.compile(r"\+?[0-9]{3,15}")


class Wish(enum.StrEnum):
    """What somebody wants who writes to us."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    OTHER = "other"


WORDS = {
    **dict.fromkeys(
        ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), Wish.STOP
    ),
    **dict.fromkeys(("退订", "退訂", "TD", "T"), Wish.STOP),
    **dict.fromkeys(("START", "UNSTOP", "YES", "订阅", "訂閱"), Wish.START),
    **dict.fromkeys(("HELP", "INFO", "帮助", "幫助"), Wish.HELP),
}


@csrf_exempt
@require_POST
def twilio_inbound(request: HttpRequest) -> HttpResponse:
    """One SMS somebody sent to one of our numbers."""
    body = request.body
    if not signed_by_twilio(request):
        logger.warning("webhook refused", provider="twilio")
        return HttpResponse(status=FORBIDDEN)
    form = request.POST
    number, sid = form.get("From", ""), form.get("MessageSid", "")
    if not NUMBER.fullmatch(number) or not sid:
        logger.warning("inbound message without a number")
        return _answer([])
    answered_by_twilio = form.get("OptOutType", "")
    wish = wish_of(answered_by_twilio) if answered_by_twilio else wish_of(form.get("Body", ""))
    said = Word(
        provider="twilio",
        event_id=f"inbound:{sid}",
        word=f"inbound:{wish}",
        body_sha256=hashlib.sha256(body).hexdigest(),
    )
    is_new = _carry_out(said, wish, number, form.get("MessagingServiceSid") or form.get("To", ""))
    if answered_by_twilio or not is_new or (wish == Wish.OTHER and not _may_answer(number)):
        return _answer([])
    return _answer(_texts(wish, number))


def wish_of(text: str) -> Wish:
    """Read one of our words, however it is written; anything around it makes it another text."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return WORDS.get("".join(letter for letter in folded if letter.isalnum()), Wish.OTHER)


@transaction.atomic
def _carry_out(said: Word, wish: Wish, number: str, sender: str) -> bool:
    """Do what was asked for, once however often Twilio tells of it; say whether it was new."""
    now = timezone.now()
    if not remember([said], now):
        return False
    if wish == Wish.STOP:
        stop = Stop(SuppressionCause.STOP, ANSWERED_STOP, f"{said.provider}:{sender}"[:100])
        suppress(ChannelKind.SMS, {number: stop}, now)
    elif wish == Wish.START:
        causes = frozenset({SuppressionCause.STOP})
        lift(ChannelKind.SMS, number, causes=causes, why=ANSWERED_START)
    logger.info("inbound message", wish=wish.value)
    return True


def _may_answer(number: str) -> bool:
    name = salted_hmac("notifications.inbound", number).hexdigest()
    try:
        return bool(cache.add(f"sms-answered:{name}", 1, ONE_ANSWER_SECONDS))
    except RedisError:
        return False


def _texts(wish: Wish, number: str) -> list[str]:
    """Return the answer in the person's language, or in all of ours where we cannot know it."""
    spoken = set(Customer.objects.filter(phone=number).values_list("locale", flat=True)[:10])
    ours = [code for code, _name in settings.LANGUAGES]
    texts = []
    for code in spoken if len(spoken) == 1 else ours:
        with translation.override(code):
            texts.append(_text(wish))
    return texts


def _text(wish: Wish) -> str:
    ways = {"phone": settings.HELP_PHONE, "site": settings.PUBLIC_URL}
    match wish:
        case Wish.STOP:
            return _(
                "You will get no more SMS from us. What we must tell you comes by e-mail or"
                " letter. Answer START to get SMS again."
            )
        case Wish.START:
            return _("You will get SMS from us again. Answer STOP to end them.")
        case Wish.HELP:
            text = _(
                "Questions about your credit line? Call %(phone)s or sign in at %(site)s."
                " Answer STOP to get no more SMS."
            )
            return text % ways
        case _other:
            text = _(
                "Nobody reads answers to this number. Sign in at %(site)s or call %(phone)s."
                " Answer STOP to get no more SMS."
            )
            return text % ways


def _answer(texts: list[str]) -> HttpResponse:
    message = f"<Message>{escape(chr(10).join(texts))}</Message>" if texts else ""
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>',
        content_type="text/xml; charset=utf-8",
    )
