"""What each kind of request promises, where it waits, and how often it may be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from appeals.models import RequestKind

# The key of our own promise, beside the clocks of the law.
OWN_PROMISE = "own.request"
WINDOW = timedelta(hours=24)
MOST_IN_WINDOW = 10
# The next copy of the same data holds hardly anything new.
COPY_AGAIN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class RequestRule:
    """`days` and `warn` are working days of where the customer lives.

    `queue` is where it waits; None is the queue of the decision's reasons. What `joins` becomes
    part of a live appeal about the same decision, and its clocks run there too.
    """

    days: int
    warn: int
    most_open: int
    queue: str | None = None
    joins: bool = False


RULES: Mapping[str, RequestRule] = {
    RequestKind.CORRECT_FACT: RequestRule(days=10, warn=2, most_open=5, joins=True),
    RequestKind.ADD_VIEW: RequestRule(days=5, warn=1, most_open=3, joins=True),
    RequestKind.COMPLAIN: RequestRule(days=10, warn=2, most_open=3, joins=True),
    # Whoever cannot pay needs somebody within two days, not within ten.
    RequestKind.PAYMENT_HELP: RequestRule(days=2, warn=1, most_open=2, queue="hardship_care"),
    RequestKind.EXPLAIN: RequestRule(days=5, warn=1, most_open=3),
    RequestKind.DATA_COPY: RequestRule(days=2, warn=1, most_open=1, queue="data_correction"),
}
JOINING = tuple(kind for kind, rule in RULES.items() if rule.joins)
