"""Which rights a page shows: those of the customer's jurisdiction pack, in an order of our own.

The first ones change something, then those that explain, then those that lead elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appeals.catalogue.packs import Body, Pack, pack_of
from appeals.models import LineDecision

HUMAN_REVIEW, CORRECT_FACT, SEND_PAPERS = "human_review", "correct_fact", "send_papers"
ADD_VIEW, COMPLAIN, PAYMENT_HELP = "add_view", "complain", "payment_help"
EXPLAIN, DATA_COPY, BUREAU = "explain", "data_copy", "bureau"
ORDER = (
    *(HUMAN_REVIEW, CORRECT_FACT, SEND_PAPERS, ADD_VIEW),
    *(PAYMENT_HELP, EXPLAIN, COMPLAIN, DATA_COPY),
)
# What gave something back can still be asked about.
WHATEVER_WAS_DECIDED = frozenset({PAYMENT_HELP, EXPLAIN, COMPLAIN, DATA_COPY})


@dataclass(frozen=True)
class Rights:
    """What this customer can ask for about this decision, by the pack in force today."""

    pack: Pack
    keys: tuple[str, ...]
    # Whose report was used, and whether its block belongs on the page.
    bureau: Body | None

    def has(self, key: str) -> bool:
        return key in self.keys

    def bodies(self, key: str) -> list[Body]:
        """Who else helps with it."""
        return [self.pack.bodies[name] for name in self.pack.rights[key].bodies]


def rights_of(decision: LineDecision, content: Mapping[str, Any], now: datetime) -> Rights:
    """The rights beside a decision whose notice reads like this; asks the database nothing."""
    pack = pack_of(decision.customer, now)
    given = [key for key in ORDER if key in pack.rights]
    if not decision.is_adverse:
        given = [key for key in given if key in WHATEVER_WAS_DECIDED]
    return Rights(pack, tuple(given), _bureau(pack, content))


def _bureau(pack: Pack, content: Mapping[str, Any]) -> Body | None:
    """The bureau the notice names: only where its report was used does a notice name one."""
    if BUREAU not in pack.rights:
        return None
    named = {body.get("key") or body["name"] for body in content.get("bodies", ())}
    bureaus = [body for body in pack.bodies.values() if body.kind == "bureau"]
    return next((b for b in bureaus if b.key in named or named & set(b.name.values())), None)
