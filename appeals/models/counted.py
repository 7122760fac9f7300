"""What is counted of an appeal, as SQL: the triggers keep the sums by it, a recount begins anew.

A mark is one row of the sums that one appeal stands for: that it came in on a day, that it is open,
that its answer overturned a rule's decision. Marks follow from the rows as they are now, and from
nothing else: a change takes the old row's marks away and adds the new row's. So an undone
duplicate, an appeal that moved to another queue and one that became restricted count right.
"""

import pgtrigger

from appeals.models.tallies import Measure
from appeals.states import OPEN, AppealState, OutcomeKind

# An answer that gave the customer something back: the decision did not stand.
OVERTURNED = frozenset(
    {
        OutcomeKind.RESTORED,
        OutcomeKind.PARTLY_RESTORED,
        OutcomeKind.CONDITIONAL,
        OutcomeKind.TEMPORARY,
        OutcomeKind.CORRECTED,
    }
)
KEY = "measure, at, queue_id, is_restricted, subject, version, reason"
OLD, NEW = "old_rows", "new_rows"


def _words(values: frozenset[AppealState] | frozenset[OutcomeKind]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


_GONE = frozenset({AppealState.WITHDRAWN, AppealState.DUPLICATE})
_DAY = "date_trunc('day', appeal.{}, 'UTC')"
_SENT, _CLOSED = _DAY.format("submitted_at"), _DAY.format("closed_at")
_SENT_WEEK, _CLOSED_WEEK = (part.replace("'day'", "'week'") for part in (_SENT, _CLOSED))
_TOOK = "greatest(extract(epoch FROM appeal.closed_at - appeal.submitted_at), 0)"
_IS_DECIDED = f"appeal.state = '{AppealState.DECIDED}'"
_IS_KEPT = "appeal.closed_at <= appeal.promised_at"
_IS_OPEN = f"appeal.state IN ({_words(OPEN)})"
_IS_SENT = (
    f"appeal.state <> '{AppealState.DRAFT}' AND appeal.submitted_at IS NOT NULL "
    "AND appeal.queue_id IS NOT NULL"
)
_IS_AGAINST_RULE = f"decision.rule_id <> '' AND appeal.state NOT IN ({_words(_GONE)})"
GROUNDS, SUGGESTIONS = "appeals_ground", "appeals_suggestedfinding"


def appeal_marks(appeals: str, sign: int = 1) -> str:
    """The marks of sent appeals: by their own rows, their decisions and their grounds."""
    return f"""
SELECT mark.measure, mark.at, appeal.queue_id, appeal.is_restricted, mark.subject, mark.version,
    mark.reason, {sign} AS number, 0 AS overturned
FROM {appeals} AS appeal
JOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id
CROSS JOIN LATERAL (VALUES
    ('{Measure.CAME_IN}', {_SENT}, '', '', '', true),
    ('{Measure.OPEN}', {_SENT}, '', '', '', {_IS_OPEN}),
    ('{Measure.DUE}', appeal.promised_at, '', '', '',
        {_IS_OPEN} AND appeal.state <> '{AppealState.WAITING}'),
    ('{Measure.DECIDED}', {_CLOSED}, '', '', '', {_IS_DECIDED}),
    ('{Measure.WITHDRAWN}', {_CLOSED}, '', '', '', appeal.state = '{AppealState.WITHDRAWN}'),
    ('{Measure.DUPLICATE}', {_CLOSED}, '', '', '', appeal.state = '{AppealState.DUPLICATE}'),
    ('{Measure.KEPT}', {_CLOSED_WEEK}, '', '', '', {_IS_DECIDED} AND {_IS_KEPT}),
    ('{Measure.MISSED}', {_CLOSED_WEEK}, '', '', '', {_IS_DECIDED} AND NOT {_IS_KEPT}),
    ('{Measure.DAYS}', {_CLOSED_WEEK}, floor({_TOOK} / 86400)::int::text, '', '', {_IS_DECIDED}),
    ('{Measure.AGAINST_RULE}', {_SENT_WEEK}, decision.rule_id, decision.rule_version, '',
        {_IS_AGAINST_RULE})
) AS mark (measure, at, subject, version, reason, holds)
WHERE {_IS_SENT} AND mark.holds AND mark.at IS NOT NULL
UNION ALL
{ground_marks(GROUNDS, appeals, sign)}
"""  # noqa: S608 - joined from our own constants


def ground_marks(grounds: str, appeals: str, sign: int = 1) -> str:
    """Which reasons of a rule sent appeals dispute."""
    return f"""
SELECT '{Measure.SENT_REASON}' AS measure, {_SENT_WEEK} AS at, appeal.queue_id,
    appeal.is_restricted, decision.rule_id AS subject, decision.rule_version AS version,
    reason.code AS reason, {sign} AS number, 0 AS overturned
FROM {appeals} AS appeal
JOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id
JOIN {grounds} AS ground ON ground.appeal_id = appeal.id
JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id
WHERE {_IS_SENT} AND {_IS_AGAINST_RULE}
"""  # noqa: S608 - joined from our own constants


def answer_marks(outcomes: str, appeals: str, sign: int = 1) -> str:
    """The marks of final outcomes: what they were, against what, for whom, and by whom."""
    is_overturned = f"CASE WHEN outcome.kind IN ({_words(OVERTURNED)}) THEN {sign} ELSE 0 END"
    return f"""
SELECT mark.measure,
    date_trunc('week', coalesce(outcome.approved_at, outcome.decided_at), 'UTC') AS at,
    appeal.queue_id, appeal.is_restricted, mark.subject, mark.version, mark.reason,
    {sign} AS number, {is_overturned} AS overturned
FROM {outcomes} AS outcome
JOIN {appeals} AS appeal ON appeal.id = outcome.appeal_id
JOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id
CROSS JOIN LATERAL (
    SELECT '{Measure.OUTCOME}' AS measure, outcome.kind AS subject, '' AS version, '' AS reason
    UNION ALL SELECT '{Measure.RULE}', decision.rule_id, decision.rule_version, ''
    UNION ALL SELECT '{Measure.REGION}', appeal.region, '', ''
    UNION ALL SELECT '{Measure.REVIEWER}', outcome.decided_by_id::text, '', ''
    UNION ALL SELECT of.measure, of.subject, of.version, of.reason
    FROM {GROUNDS} AS ground
    JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id
    CROSS JOIN LATERAL (VALUES
        ('{Measure.REASON}', reason.code, '', ''),
        ('{Measure.RULE_REASON}', decision.rule_id, decision.rule_version, reason.code)
    ) AS of (measure, subject, version, reason)
    WHERE ground.appeal_id = appeal.id
) AS mark
WHERE outcome.is_final AND appeal.queue_id IS NOT NULL AND mark.subject <> ''
"""  # noqa: S608 - joined from our own constants


def suggestion_marks(suggestions: str, appeals: str, sign: int = 1) -> str:
    """The marks of what was suggested about answered appeals, and of what people found."""
    is_agreed = "suggestion.proposed = suggestion.ruling"
    return f"""
SELECT mark.measure, date_trunc('week', suggestion.settled_at, 'UTC') AS at, appeal.queue_id,
    appeal.is_restricted, suggestion.rule_id AS subject, suggestion.rule_version AS version,
    suggestion.code AS reason, {sign} * mark.number AS number, 0 AS overturned
FROM {appeals} AS appeal
JOIN {GROUNDS} AS ground ON ground.appeal_id = appeal.id
JOIN {suggestions} AS suggestion ON suggestion.ground_id = ground.id
CROSS JOIN LATERAL (VALUES
    ('{Measure.SUGGESTED}', 1, true),
    ('{Measure.AGREED}', 1, {is_agreed}),
    ('{Measure.CHANGED}', 1, {is_agreed} AND suggestion.stood <> suggestion.ruling),
    ('{Measure.READ_AGAIN}', 1, {is_agreed} AND suggestion.read_again <> ''),
    ('{Measure.OTHERWISE}', 1,
        {is_agreed} AND suggestion.read_again NOT IN ('', suggestion.ruling)),
    ('{Measure.SAID_SO}', suggestion.agreed, true),
    ('{Measure.COUNTED}', suggestion.counted, true)
) AS mark (measure, number, holds)
WHERE suggestion.settled_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND mark.holds
"""  # noqa: S608 - joined from our own constants


ALL_MARKS = (
    f"{appeal_marks('appeals_appeal')} UNION ALL "
    f"{answer_marks('appeals_outcome', 'appeals_appeal')} UNION ALL "
    f"{suggestion_marks(SUGGESTIONS, 'appeals_appeal')}"
)


def _add(*marks: str) -> str:
    return f"""
INSERT INTO appeals_appealtally ({KEY}, number, overturned, is_folded)
SELECT {KEY}, sum(number), sum(overturned), false
FROM ({" UNION ALL ".join(marks)}) AS changed
GROUP BY {KEY} HAVING sum(number) <> 0 OR sum(overturned) <> 0;
"""  # noqa: S608 - joined from our own constants


def _differing(columns: str) -> str:
    """The rows of an update in which one of these columns changed."""
    old, new = (
        ", ".join(part.strip().replace("row.", f"{rows}.") for part in columns.split(";"))
        for rows in (OLD, NEW)
    )
    return f"FROM {OLD} JOIN {NEW} USING (id) WHERE ROW({old}) IS DISTINCT FROM ROW({new})"


# Who holds an open case changes often and is not counted: a claim costs one comparison.
_RUNNING = _words(frozenset({AppealState.SUBMITTED, AppealState.IN_REVIEW, AppealState.APPROVAL}))
_APPEAL_DIFFERS = _differing(
    f"CASE WHEN row.state IN ({_RUNNING}) THEN 'running' ELSE row.state END; row.queue_id;"
    "row.is_restricted; row.submitted_at; row.closed_at; row.promised_at; row.region"
)
_OUTCOME_DIFFERS = _differing(
    "row.is_final; row.kind; row.decided_by_id; row.decided_at; row.approved_at"
)


# Nothing else of an appeal is in the marks of its suggestions: an answer need not look for them.
_HAS_MOVED = _differing("row.queue_id; row.is_restricted")


def _changed(rows: str, differs: str = _APPEAL_DIFFERS) -> str:
    return f"(SELECT {rows}.* {differs})"


def _trigger(operation: pgtrigger.Operation, sql: str, unless: str = "") -> pgtrigger.Trigger:
    name = str(operation).lower()
    return pgtrigger.Trigger(
        name=f"counted_on_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(  # type: ignore[no-untyped-call]
            old=None if operation == pgtrigger.Insert else OLD,
            new=None if operation == pgtrigger.Delete else NEW,
        ),
        func=f"{unless}{sql}RETURN NULL;",
    )


def _only_if(rows: str) -> str:
    return f"IF NOT EXISTS (SELECT 1 {rows}) THEN RETURN NULL; END IF;\n"


COUNTED_APPEALS = [
    _trigger(pgtrigger.Insert, _add(appeal_marks(NEW))),
    _trigger(
        pgtrigger.Update,
        _add(
            appeal_marks(_changed(NEW)),
            appeal_marks(_changed(OLD), -1),
            answer_marks("appeals_outcome", _changed(NEW)),
            answer_marks("appeals_outcome", _changed(OLD), -1),
            suggestion_marks(SUGGESTIONS, _changed(NEW, _HAS_MOVED)),
            suggestion_marks(SUGGESTIONS, _changed(OLD, _HAS_MOVED), -1),
        ),
        _only_if(_APPEAL_DIFFERS),
    ),
    _trigger(pgtrigger.Delete, _add(appeal_marks(OLD, -1))),
]
COUNTED_OUTCOMES = [
    _trigger(pgtrigger.Insert, _add(answer_marks(NEW, "appeals_appeal"))),
    _trigger(
        pgtrigger.Update,
        _add(answer_marks(NEW, "appeals_appeal"), answer_marks(OLD, "appeals_appeal", -1)),
        _only_if(_OUTCOME_DIFFERS),
    ),
    _trigger(pgtrigger.Delete, _add(answer_marks(OLD, "appeals_appeal", -1))),
]
# A draft's grounds come and go and count nothing; who sends it counts them with the appeal.
COUNTED_GROUNDS = [
    _trigger(pgtrigger.Insert, _add(ground_marks(NEW, "appeals_appeal"))),
    _trigger(pgtrigger.Delete, _add(ground_marks(OLD, "appeals_appeal", -1))),
]
# One that is shown counts nothing yet; once its appeal is answered it does.
COUNTED_SUGGESTIONS = [
    _trigger(pgtrigger.Insert, _add(suggestion_marks(NEW, "appeals_appeal"))),
    _trigger(
        pgtrigger.Update,
        _add(suggestion_marks(NEW, "appeals_appeal"), suggestion_marks(OLD, "appeals_appeal", -1)),
    ),
    _trigger(pgtrigger.Delete, _add(suggestion_marks(OLD, "appeals_appeal", -1))),
]
