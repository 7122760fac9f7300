"""Nobody judges their own: the database asks before it puts a person to a case.

The rule itself is one SQL function, `appeals_bar` (a migration made it): the word for what keeps
a person from a case, or nothing. The triggers ask it when a person is set or changed, not again
when a row is saved for other reasons: what became wrong later is found when it is next acted on.
"""

import pgtrigger
from django.db.models import BigIntegerField, CharField, F, Func, Value

# The name of the constraint in the error; its detail is the word.
CONSTRAINT = "never_your_own"

_OF_THE_CASE = """
PERFORM appeals_refuse(
    appeals_bar(NEW.{person}, appeal.id, appeal.customer_id, appeal.decision_id)
) FROM appeals_appeal AS appeal WHERE appeal.id = NEW.appeal_id;
"""
_OF_THE_ROW = """
PERFORM appeals_refuse(appeals_bar(NEW.{person}, NEW.id, NEW.customer_id, NEW.decision_id));
"""
# Who agreed to an outcome does not read it again as a stranger; who decided it is a constraint.
_OF_THE_OUTCOME = """
PERFORM appeals_refuse(
    CASE WHEN NEW.{person} = outcome.approved_by_id THEN 'own_outcome'
        ELSE appeals_bar(NEW.{person}, appeal.id, appeal.customer_id, appeal.decision_id) END
) FROM appeals_outcome AS outcome JOIN appeals_appeal AS appeal ON appeal.id = outcome.appeal_id
WHERE outcome.id = NEW.outcome_id;
"""
# A request stands alone or with an appeal; it is about a decision, or about the person only.
_OF_THE_REQUEST = """
PERFORM appeals_refuse(
    appeals_bar(NEW.{person}, NEW.appeal_id, NEW.customer_id, NEW.decision_id)
);
"""


def _asked(name: str, person: str, case: str, sql: str) -> pgtrigger.Trigger:
    """Ask when the person, or the case they are put to, is set or changes."""
    changed = pgtrigger.UpdateOf(person, case)  # type: ignore[no-untyped-call]
    new, old = (f"ROW({row}.{person}, {row}.{case})" for row in ("NEW", "OLD"))
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | changed,
        condition=pgtrigger.Condition(f"NEW.{person} IS NOT NULL"),
        func=f"""
IF TG_OP = 'UPDATE' THEN
    IF {new} IS NOT DISTINCT FROM {old} THEN RETURN NEW; END IF;
END IF;
{sql.format(person=person)}
RETURN NEW;
""",
    )


CLAIMS = [_asked("reviewer_is_independent", "reviewer_id", "appeal_id", _OF_THE_CASE)]
OUTCOMES = [
    _asked("decider_is_independent", "decided_by_id", "appeal_id", _OF_THE_CASE),
    _asked("approver_is_independent", "approved_by_id", "appeal_id", _OF_THE_CASE),
]
READERS = [_asked("reader_is_independent", "reader_id", "outcome_id", _OF_THE_OUTCOME)]
KEPT = [_asked("kept_for_the_independent", "reserved_for_id", "decision_id", _OF_THE_ROW)]
REQUESTS = [_asked("answerer_is_independent", "taken_by_id", "decision_id", _OF_THE_REQUEST)]


def bar_between(person_id: int, to_appeal: str = "") -> Func:
    """What keeps the person from judging, beside each row; the prefix leads to its appeal."""
    return Func(
        Value(person_id, output_field=BigIntegerField()),
        F(f"{to_appeal}pk"),
        F(f"{to_appeal}customer"),
        F(f"{to_appeal}decision"),
        function="appeals_bar",
        output_field=CharField(),
    )
