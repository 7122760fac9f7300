"""The credit lines the feed speaks of; each follows the newest decision about it."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import F

from appeals.actions.copying import copy_in, take_keys, update_rows
from appeals.actions.customers import KnownCustomers
from appeals.feed import FeedDecision
from appeals.models import CreditLine, LineStatus

# A lower or higher limit says nothing about whether the line may be used.
STATUS_AFTER = {
    "suspend": LineStatus.SUSPENDED.value,
    "close": LineStatus.CLOSED.value,
    "restore": LineStatus.OPEN.value,
}
FOLLOWS = ("product", "currency", "last4", "opened_on", "limit", "balance", "status", "as_of")


class KnownLines:
    """The lines of one batch, locked in one order so that two batches never stand still."""

    def __init__(self, references: Collection[str]) -> None:
        rows = (
            CreditLine.objects.filter(reference__any_of=references)
            .order_by("reference")
            .select_for_update(no_key=True, of=("self",))
            .annotate(owner=F("customer__reference"))
        )
        self._lines: dict[str, CreditLine] = {line.reference: line for line in rows}
        self._owners = {
            reference: line.owner  # type: ignore[attr-defined]
            for reference, line in self._lines.items()
        }
        self._told: dict[str, list[FeedDecision]] = defaultdict(list)

    def complaint(self, decision: FeedDecision) -> str:
        """Why this decision may not speak of its line, if so."""
        owner = self._owners.get(decision.line.reference)
        if owner not in (None, decision.customer.reference):
            return "line.ref belongs to another customer. Check both references."
        return ""

    def admit(self, decision: FeedDecision) -> None:
        self._owners[decision.line.reference] = decision.customer.reference
        self._told[decision.line.reference].append(decision)

    def save(self, customers: KnownCustomers) -> None:
        """Make the new lines; let the others follow what is newer than what they follow now."""
        stored = sorted(self._told.keys() & self._lines.keys())
        new = sorted(self._told.keys() - self._lines.keys())
        for key, reference in zip(take_keys(CreditLine, len(new)), new, strict=True):
            owner = customers.get(self._owners[reference])
            self._lines[reference] = CreditLine(
                pk=key, reference=reference, customer=owner, status=LineStatus.OPEN.value
            )
        moved = {reference for reference in self._told if self._follow(reference)}
        copy_in([self._lines[reference] for reference in new])
        update_rows([self._lines[reference] for reference in stored if reference in moved], FOLLOWS)

    def get(self, reference: str) -> CreditLine:
        return self._lines[reference]

    def _follow(self, reference: str) -> bool:
        line, is_moved = self._lines[reference], False
        for decision in _oldest_first(self._told[reference]):
            if line.as_of is None or line.as_of <= decision.decided_at:
                _apply(line, decision)
                is_moved = True
        return is_moved


def _oldest_first(decisions: Iterable[FeedDecision]) -> list[FeedDecision]:
    return sorted(decisions, key=lambda decision: decision.decided_at)


def _apply(line: CreditLine, decision: FeedDecision) -> None:
    line.product = decision.line.product
    line.currency = decision.line.currency
    line.last4 = decision.line.last4
    line.opened_on = decision.line.opened_on
    line.limit = decision.new_limit
    line.balance = decision.balance
    line.status = STATUS_AFTER.get(decision.action, line.status)
    line.as_of = decision.decided_at
