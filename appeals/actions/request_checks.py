"""Whether a customer may ask for this, now and once more."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from appeals.catalogue.packs import Pack
from appeals.errors import BadInput, NotAllowed
from appeals.models import CustomerRequest, LineDecision, RequestKind, Situation
from appeals.models.requests import LONGEST_TEXT
from appeals.request_rules import COPY_AGAIN_AFTER, MOST_IN_WINDOW, RULES, WINDOW
from appeals.states import REQUESTS_OPEN
from portal.models import Customer

NEEDS_WORDS = frozenset(
    {
        RequestKind.CORRECT_FACT,
        RequestKind.ADD_VIEW,
        RequestKind.COMPLAIN,
        RequestKind.EXPLAIN,
    }
)


class TooManyRequests(NotAllowed):
    """Asked more often than anybody can answer; what was asked before is kept."""


@dataclass(frozen=True)
class WrongFact:
    """One fact a notice told, as the customer read it, and what is right instead.

    `label` is empty where it is about the reason as a whole.
    """

    rank: int
    code: str
    label: str
    told: str


@dataclass(frozen=True)
class Asked:
    """What the form was sent with."""

    kind: RequestKind
    token: UUID
    text: str = ""
    fact: WrongFact | None = None
    situation: str = ""

    @property
    def facts(self) -> list[dict[str, Any]]:
        """As the row keeps it."""
        if self.fact is None:
            return []
        return [{**asdict(self.fact), "right": self.text}]

    def key(self, decision: LineDecision | None) -> UUID:
        """The same form with the same words has the same key, however often it is sent."""
        about = decision.reference if decision else ""
        said = [self.kind, about, self.text, self.facts, self.situation]
        return uuid5(self.token, json.dumps(said, ensure_ascii=False))


def check_asked(asked: Asked, by: Customer, decision: LineDecision | None, pack: Pack) -> None:
    """Raise when it is not theirs to ask, or cannot be understood."""
    if decision is not None and decision.customer_id != by.pk:
        raise NotAllowed(_("Only the person whose credit line it is can ask this."))
    if asked.kind not in pack.rights or (decision is None) != (asked.kind == RequestKind.DATA_COPY):
        raise NotAllowed(_("This cannot be asked for here."))
    if not asked.text and asked.kind in NEEDS_WORDS:
        raise BadInput(_("Write a few words, so that we know what you mean."), field="text")
    if len(asked.text) > LONGEST_TEXT:
        raise BadInput(_("Write at most 4,000 characters."), field="text")
    if asked.kind == RequestKind.PAYMENT_HELP and asked.situation not in Situation.values:
        message = _("Choose what fits best, or that you would rather not say.")
        raise BadInput(message, field="situation")
    if asked.kind == RequestKind.CORRECT_FACT and asked.fact is None:
        raise BadInput(_("Choose what is wrong."), field="fact")


def refuse_too_many(asked: Asked, by: Customer, now: datetime) -> None:
    """Call it with the customer's row held: two at once are counted one after the other."""
    made = CustomerRequest.objects.filter(customer=by)
    of_kind = made.filter(kind=asked.kind)
    is_open = of_kind.filter(state__in=sorted(REQUESTS_OPEN)).count()
    if asked.kind == RequestKind.DATA_COPY:
        if is_open:
            raise TooManyRequests(
                _("We are making a copy for you already. We tell you when it is ready.")
            )
        if of_kind.filter(received_at__gt=now - COPY_AGAIN_AFTER).exists():
            raise TooManyRequests(
                _("You asked for a copy within the last day. Please ask again tomorrow.")
            )
    elif is_open >= RULES[asked.kind].most_open:
        raise TooManyRequests(
            _(
                "You have asked this before, and we have not answered yet. "
                "Please wait for our answer, or call us."
            )
        )
    if made.filter(received_at__gt=now - WINDOW).count() >= MOST_IN_WINDOW:
        raise TooManyRequests(
            _("You have asked us ten things within a day. Please go on tomorrow, or call us.")
        )
