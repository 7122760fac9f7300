"""Appeals that wait together for an incident, marked by triggers as their incident changes.

A mark beside the truth, `appeals_is_gathered`, so that the next free case is one look into an index
however many thousand wait before it for a rule to be put right.
"""

import pgtrigger

_MARK = """
PERFORM appeals_set_aside(ARRAY({appeals}));
RETURN NULL;
"""
ON_GATHERED = pgtrigger.Trigger(
    name="set_aside_when_gathered",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
    func=_MARK.format(appeals="SELECT appeal_id FROM new_rows"),
)
ON_PUT_RIGHT = pgtrigger.Trigger(
    name="set_aside_until_put_right",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
    func=_MARK.format(
        appeals="""
    SELECT gathered.appeal_id
      FROM new_rows AS affected
      JOIN appeals_appeal AS appeal ON appeal.decision_id = affected.decision_id
      JOIN appeals_gatheredappeal AS gathered
        ON gathered.incident_id = affected.incident_id AND gathered.appeal_id = appeal.id
"""
    ),
)
ON_CLOSED = pgtrigger.Trigger(
    name="set_aside_while_open",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state"),
    func=_MARK.format(
        appeals="SELECT appeal_id FROM appeals_gatheredappeal WHERE incident_id = NEW.id"
    ),
)
