"""The frozen scope: joined by one statement, and later by what arrived late; twice is once."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from appeals.incident_scope import decisions_in
from appeals.models import Incident, IncidentState, Remedy, RemedyState

# Who is in the first share is decided by who they are, and by chance for each incident.
JOIN_SQL = """
INSERT INTO appeals_affecteddecision (
    incident_id, decision_id, share, joined_at, is_late, state, obstacle, handled_note
)
SELECT %s, scope.id, (hashint8(scope.customer_id # %s::bigint) & 2147483647) %% 100, %s, %s,
    'waiting', '', ''
FROM ({scope}) AS scope
WHERE NOT EXISTS (
    SELECT FROM appeals_affecteddecision AS joined
    WHERE joined.incident_id = %s AND joined.decision_id = scope.id
)
ORDER BY scope.id
ON CONFLICT (incident_id, decision_id) DO NOTHING
"""


def freeze(incident: Incident, now: datetime) -> int:
    """Join all decisions of the scope; the caller holds the incident. How many are new."""
    Incident.objects.filter(pk=incident.pk, frozen_at__isnull=True).update(frozen_at=now)
    return _join(incident, now, is_late=False)


def join_late() -> int:
    """Let join what has arrived since, in every open incident that is frozen; how many did."""
    frozen = Incident.objects.filter(state=IncidentState.OPEN, frozen_at__isnull=False)
    return sum(_join_one(pk) for pk in list(frozen.values_list("pk", flat=True)))


@transaction.atomic
def _join_one(pk: int) -> int:
    rows = Incident.objects.select_for_update(no_key=True, skip_locked=True)
    incident = rows.filter(pk=pk, state=IncidentState.OPEN, frozen_at__isnull=False).first()
    if incident is None:
        return 0
    number = _join(incident, timezone.now(), is_late=True)
    if number:
        # What was done for everybody goes on for them.
        done = Remedy.objects.filter(incident=incident, state=RemedyState.DONE)
        done.update(state=RemedyState.RUNNING, ended_at=None)
    return number


def _join(incident: Incident, now: datetime, *, is_late: bool) -> int:
    rows = decisions_in(incident).order_by().values("id", "customer_id")
    scope, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            JOIN_SQL.format(scope=scope),
            [incident.pk, incident.pk, now, is_late, *values, incident.pk],
        )
        number = int(cursor.rowcount)
    if number:
        Incident.objects.filter(pk=incident.pk).update(size=F("size") + number)
    return number
