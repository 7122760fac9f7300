"""The frozen scope of an incident as a list: what became of each decision, a page at a time."""

from collections.abc import Mapping
from typing import Any

from appeals.access import decisions_seen_by
from appeals.models import AffectedDecision, AffectedState, Incident
from portal.models import Customer

PAGE = 50


def affected_of(incident: Incident, person: Customer, asked: Mapping[str, str]) -> dict[str, Any]:
    """One query: the page after the row that `asked` names, of the state it names, if any.

    A scope has a hundred thousand decisions, and more join it: pages go by row, not by number.
    """
    became = asked.get("became", "")
    became = became if became in AffectedState.values else ""
    after = asked.get("after", "")
    rows = AffectedDecision.objects.filter(decisions_seen_by(person, "decision__"))
    rows = rows.filter(incident=incident, pk__gt=int(after) if after.isdecimal() else 0)
    if became:
        rows = rows.filter(state=became)
    rows = rows.select_related("decision__line", "line_decision")
    found = list(rows.order_by("pk")[: PAGE + 1])
    return {
        "affected": found[:PAGE],
        "became": became,
        "became_choices": AffectedState.choices,
        "next_affected": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
