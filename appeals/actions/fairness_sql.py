"""The statements by which the sums of fairness are kept."""

from appeals.models.counted import OVERTURNED
from appeals.models.decisions import ADVERSE
from appeals.models.fairness import BANDS, NO_BAND, Dimension, Source
from appeals.states import AppealState

_ADVERSE = ", ".join(f"'{action.value}'" for action in sorted(ADVERSE))
_OVERTURNED = ", ".join(f"'{kind.value}'" for kind in sorted(OVERTURNED))
_DAY = "(decision.decided_at AT TIME ZONE 'UTC')::date"
_SUMS = (
    "lines_cut, cuts, size_total, size_squares, begun, sent, dropped, asked, decided, "
    "days_total, days_squares, overturned"
)

# All transactions before the first have ended; none that is yet to begin comes before the second.
HORIZON_SQL = """
SELECT pg_snapshot_xmin(now.it)::text::bigint, pg_snapshot_xmax(now.it)::text::bigint
FROM (SELECT pg_current_snapshot() AS it) AS now
"""
NEWEST_SQL = {
    "decisions": "SELECT coalesce(max(id), 0) FROM appeals_linedecision",
    "events": "SELECT coalesce(max(id), 0) FROM appeals_caseevent",
    "appeals": "SELECT coalesce(max(id), 0) FROM appeals_appeal",
}
# The days of cuts that rows after this key say something about. A cut that came late may take the
# place of the first of its line in its month, so the later cuts of that line are looked at too.
NEW_DAYS_SQL = {
    "decisions": f"""
WITH new AS (
    SELECT DISTINCT line_id, date_trunc('month', decided_at, 'UTC') AS month
    FROM appeals_linedecision WHERE id > %s AND action IN ({_ADVERSE})
)
SELECT DISTINCT {_DAY}
FROM new JOIN appeals_linedecision AS decision USING (line_id)
WHERE decision.action IN ({_ADVERSE}) AND decision.decided_at >= new.month
    AND decision.decided_at < new.month + interval '1 month 1 day'
    AND date_trunc('month', decision.decided_at, 'UTC') = new.month
""",  # noqa: S608 - joined from our own constants
    "events": f"""
SELECT DISTINCT {_DAY}
FROM appeals_caseevent AS event
JOIN appeals_appeal AS appeal ON appeal.id = event.appeal_id
JOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id
WHERE event.id > %s
""",  # noqa: S608 - joined from our own constants
    "appeals": f"""
SELECT DISTINCT {_DAY}
FROM appeals_appeal AS appeal
JOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id
WHERE appeal.id > %s
""",  # noqa: S608 - joined from our own constants
}
AGED_DRAFTS_SQL = f"""
SELECT DISTINCT {_DAY}
FROM appeals_appeal AS appeal
JOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id
WHERE appeal.state = '{AppealState.DRAFT}' AND appeal.saved_at BETWEEN %s AND %s
"""  # noqa: S608 - joined from our own constants


def _band(score: str) -> str:
    value, low, high = (f"({score} ->> '{name}')::float8" for name in ("value", "min", "max"))
    return f"""coalesce(
        CASE WHEN {high} > {low}
        THEN least(greatest(width_bucket({value}, {low}, {high}, {BANDS}), 1), {BANDS}) END,
        {NO_BAND}
    )"""


DROP_DAYS_SQL = "DELETE FROM appeals_fairnesssum WHERE NOT is_month AND at = ANY(%(days)s)"
DROP_MONTH_SQL = "DELETE FROM appeals_fairnesssum WHERE is_month AND at = %(month)s"
# A guarded appeal is in none of these numbers, and its cut counts as one without an appeal.
SUM_DAYS_SQL = f"""
WITH cut AS (
    SELECT {_DAY} AS at, customer.region, customer.locale AS language,
        decision.policy ->> 'ref' AS policy, {_band("decision.score")} AS band,
        NOT EXISTS (
            SELECT 1 FROM appeals_linedecision AS earlier
            WHERE earlier.line_id = decision.line_id AND earlier.action IN ({_ADVERSE})
                AND earlier.decided_at >= date_trunc('month', decision.decided_at, 'UTC')
                AND (earlier.decided_at, earlier.id) < (decision.decided_at, decision.id)
        ) AS is_first,
        CASE WHEN decision.action = 'reduce'
            THEN ((decision.old_limit - decision.new_limit) / decision.old_limit)::float8
            ELSE 1 END AS size,
        appeal.*
    FROM appeals_linedecision AS decision
    JOIN portal_customer AS customer ON customer.id = decision.customer_id
    LEFT JOIN LATERAL (
        SELECT true AS is_begun, one.state <> '{AppealState.DRAFT}'
                AND one.submitted_at IS NOT NULL AS is_sent,
            one.state = '{AppealState.WITHDRAWN}' OR (
                one.state = '{AppealState.DRAFT}' AND one.saved_at < %(given_up)s
            ) AS is_dropped,
            one.state = '{AppealState.DECIDED}' AS is_decided,
            CASE WHEN one.state = '{AppealState.DECIDED}' THEN
                greatest(extract(epoch FROM one.closed_at - one.submitted_at) / 86400, 0)::float8
            END AS days,
            EXISTS (
                SELECT 1 FROM appeals_documentrequest AS asked WHERE asked.appeal_id = one.id
            ) AS is_asked,
            EXISTS (
                SELECT 1 FROM appeals_outcome AS outcome
                WHERE outcome.appeal_id = one.id AND outcome.is_final
                    AND outcome.kind IN ({_OVERTURNED})
            ) AS is_overturned
        FROM appeals_appeal AS one
        WHERE one.decision_id = decision.id AND NOT one.is_restricted
        ORDER BY one.id DESC LIMIT 1
    ) AS appeal ON true
    WHERE decision.action IN ({_ADVERSE})
        AND decision.decided_at >= %(first)s::timestamp AT TIME ZONE 'UTC'
        AND decision.decided_at < %(after)s::timestamp AT TIME ZONE 'UTC'
        AND {_DAY} = ANY(%(days)s)
)
INSERT INTO appeals_fairnesssum (is_month, at, dimension, "group", band, {_SUMS})
SELECT false, at,
    CASE WHEN grouping(region) = 0 THEN '{Dimension.REGION}'
        WHEN grouping(language) = 0 THEN '{Dimension.LANGUAGE}'
        ELSE '{Dimension.POLICY}' END,
    coalesce(region, language, policy, ''), band,
    count(*) FILTER (WHERE is_first), count(*), sum(size), sum(size * size),
    count(*) FILTER (WHERE is_begun), count(*) FILTER (WHERE is_sent),
    count(*) FILTER (WHERE is_dropped), count(*) FILTER (WHERE is_sent AND is_asked),
    count(*) FILTER (WHERE is_decided), coalesce(sum(days), 0), coalesce(sum(days * days), 0),
    count(*) FILTER (WHERE is_decided AND is_overturned)
FROM cut
GROUP BY GROUPING SETS ((at, band, region), (at, band, language), (at, band, policy))
HAVING grouping(policy) = 1 OR policy IS NOT NULL
"""  # noqa: S608 - joined from our own constants
SUM_MONTH_SQL = f"""
INSERT INTO appeals_fairnesssum (is_month, at, dimension, "group", band, {_SUMS})
SELECT true, %(month)s, dimension, "group", band,
    {", ".join(f"sum({name.strip()})" for name in _SUMS.split(","))}
FROM appeals_fairnesssum
WHERE NOT is_month AND at >= %(month)s AND at < %(month)s::date + interval '1 month'
GROUP BY dimension, "group", band
"""  # noqa: S608 - joined from our own constants

_KEY = 'month, source, dimension, "group", band'
LINES_SQL = f"""
WITH line AS (
    SELECT customer.region, customer.locale AS language, {_band("newest.score")} AS band
    FROM appeals_creditline AS line
    JOIN portal_customer AS customer ON customer.id = line.customer_id
    LEFT JOIN LATERAL (
        SELECT decision.score FROM appeals_linedecision AS decision
        WHERE decision.line_id = line.id AND decision.score IS NOT NULL
        ORDER BY decision.decided_at DESC, decision.id DESC LIMIT 1
    ) AS newest ON true
)
INSERT INTO appeals_groupcount ({_KEY}, lines, reported_at)
SELECT %(month)s, '{Source.PORTAL}',
    CASE WHEN grouping(region) = 0 THEN '{Dimension.REGION}' ELSE '{Dimension.LANGUAGE}' END,
    coalesce(region, language), band, count(*), %(now)s
FROM line
GROUP BY GROUPING SETS ((band, region), (band, language))
ON CONFLICT ({_KEY}) DO UPDATE SET lines = excluded.lines, reported_at = excluded.reported_at
"""  # noqa: S608 - joined from our own constants
# Months from before the first count: the nearest that can be said is how many lines there are now.
MISSING_LINES_SQL = f"""
INSERT INTO appeals_groupcount ({_KEY}, lines)
SELECT missing.at, known.source, known.dimension, known."group", known.band, known.lines
FROM (
    SELECT DISTINCT at FROM appeals_fairnesssum AS kept
    WHERE is_month AND at < %(month)s AND NOT EXISTS (
        SELECT 1 FROM appeals_groupcount AS there
        WHERE there.month = kept.at AND there.source = '{Source.PORTAL}'
            AND there.reported_at IS NOT NULL
    )
) AS missing
CROSS JOIN appeals_groupcount AS known
WHERE known.month = %(month)s AND known.source = '{Source.PORTAL}'
ON CONFLICT ({_KEY}) DO UPDATE SET lines = excluded.lines
"""  # noqa: S608 - joined from our own constants
