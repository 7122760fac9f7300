"""By what a sent appeal is found among those like it: a row beside it, kept by triggers.

Which rows there are follows from the appeal and its decision alone, so that no way of sending or
answering an appeal can forget it. Groups of people are no part of it: the row has no place for one.
"""

import pgtrigger

from appeals.states import AppealState

_WRITE = f"""
INSERT INTO appeals_likeness (appeal_id, rule_id, rule_version, code, is_answered)
SELECT NEW.id, decision.rule_id, decision.rule_version, reason.code,
    NEW.state = '{AppealState.DECIDED}'
FROM appeals_linedecision AS decision
JOIN appeals_decisionreason AS reason ON reason.decision_id = decision.id AND reason.rank = 1
WHERE decision.id = NEW.decision_id AND decision.rule_id <> ''
ON CONFLICT (appeal_id) DO UPDATE SET is_answered = EXCLUDED.is_answered;
RETURN NULL;
"""  # noqa: S608 - joined from our own constants

_IS_ANSWERED = pgtrigger.Q(new__state=AppealState.DECIDED)
_IS_SENT = pgtrigger.Q(new__submitted_at__isnull=False)
COMPARED = [
    pgtrigger.Trigger(
        name="compared_on_insert",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        condition=_IS_SENT,
        func=_WRITE,
    ),
    # When it is sent and when it is answered; a claim changes nothing.
    pgtrigger.Trigger(
        name="compared_on_update",
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        when=pgtrigger.After,
        condition=_IS_SENT
        & (
            pgtrigger.Q(old__state=AppealState.DRAFT)
            | (_IS_ANSWERED & ~pgtrigger.Q(old__state=AppealState.DECIDED))
        ),
        func=_WRITE,
    ),
]
