"""The customer's credit lines at a glance."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.access import list_appeals, list_decisions, list_lines
from appeals.incident_scope import is_gathered
from appeals.models import Appeal, CreditLine, LineDecision, LineStatus
from appeals.states import OPEN, AppealState
from appeals.views.headlines import with_headline
from appeals.views.requests import SignedInRequest
from portal.models import Customer


@dataclass(frozen=True)
class LineCard:
    """One line with its newest decision and the appeals that are not answered yet."""

    line: CreditLine
    newest: LineDecision | None
    appeals: list[Appeal]

    @property
    def is_open(self) -> bool:
        return self.line.status == LineStatus.OPEN

    @property
    def left(self) -> Decimal:
        return max(self.line.limit - self.line.balance, Decimal(0))

    @property
    def share_used(self) -> int:
        """Per cent of the limit in use, from 0 to 100."""
        if self.line.balance <= 0:
            return 0
        if self.line.balance >= self.line.limit:
            return 100
        return int(100 * self.line.balance / self.line.limit)


@require_safe
@never_cache
@login_required
def show_lines(request: SignedInRequest) -> HttpResponse:
    return render(request, "appeals/lines.html", {"cards": _cards(request.user)})


def _cards(customer: Customer) -> list[LineCard]:
    newest = {decision.line_id: decision for decision in _newest_decisions(customer)}
    appeals = _appeals_by_line(customer)
    return [LineCard(line, newest.get(line.pk), appeals[line.pk]) for line in list_lines(customer)]


def _newest_decisions(customer: Customer) -> Iterable[LineDecision]:
    rows = list_decisions(customer).order_by("line_id", "-decided_at", "-pk").distinct("line_id")
    return with_headline(rows)


def _appeals_by_line(customer: Customer) -> defaultdict[int, list[Appeal]]:
    unanswered = [*OPEN, AppealState.DRAFT]
    rows = list_appeals(customer).filter(state__in=unanswered).select_related("decision")
    rows = rows.annotate(is_gathered=is_gathered())
    found: defaultdict[int, list[Appeal]] = defaultdict(list)
    for appeal in rows:
        found[appeal.decision.line_id].append(appeal)
    return found
