"""What only the database can do in one look: who may not judge, and whose the next case is."""

from django.db import migrations

# The word for what keeps a person from judging an appeal, or nothing: the one place that knows.
BAR = """
CREATE FUNCTION appeals_bar(person bigint, of_appeal bigint, of_customer bigint, of_decision bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF person = of_customer THEN
        RETURN 'own_appeal';
    END IF;
    RETURN (
        SELECT CASE
            WHEN decision.decided_by_id = person THEN 'own_decision'
            WHEN EXISTS (
                SELECT FROM appeals_outcome AS outcome
                 WHERE outcome.line_decision_id = decision.id
                   AND person IN (outcome.decided_by_id, outcome.approved_by_id)
            ) OR EXISTS (
                SELECT FROM appeals_outcome AS outcome
                 WHERE outcome.end_decision_id = decision.id
                   AND person IN (outcome.decided_by_id, outcome.approved_by_id)
            ) THEN 'own_outcome'
            WHEN EXISTS (
                SELECT FROM appeals_ruleowner AS owned
                 WHERE owned.rule_id = decision.rule_id AND owned.owner_id = person
                   AND decision.rule_id <> ''
            ) THEN 'own_rule'
            WHEN EXISTS (
                SELECT FROM appeals_conflictofinterest AS declared
                 WHERE declared.person_id = person AND declared.ended_at IS NULL
                   AND (declared.customer_id = of_customer OR declared.appeal_id = of_appeal)
            ) THEN 'conflict'
        END
          FROM appeals_linedecision AS decision WHERE decision.id = of_decision
    );
END $$
"""
REFUSE = """
CREATE FUNCTION appeals_refuse(bar text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF bar IS NOT NULL THEN
        RAISE EXCEPTION 'nobody judges their own: %', bar
            USING ERRCODE = 'check_violation', CONSTRAINT = 'never_your_own', DETAIL = bar;
    END IF;
END $$
"""
# What a person takes on, they take on one after the other: each sees what the one before did.
HOLD_PERSON = """
CREATE FUNCTION appeals_hold_person(person bigint) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(4015, (person % 2147483647)::int)
$$
"""
# Whether an incident gathers this appeal now, as `incident_scope.is_gathered` says it.
IS_GATHERED = """
CREATE FUNCTION appeals_is_gathered(of_appeal bigint, of_decision bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM appeals_gatheredappeal AS gathered
          JOIN appeals_incident AS incident ON incident.id = gathered.incident_id
         WHERE gathered.appeal_id = of_appeal AND incident.state = 'open'
           AND NOT EXISTS (
               SELECT FROM appeals_affecteddecision AS affected
                WHERE affected.incident_id = incident.id AND affected.decision_id = of_decision
                  AND affected.state <> 'waiting'
           )
    );
END $$
"""
# The mark of it beside the appeal, which the index of what waits leaves out.
SET_ASIDE = """
CREATE FUNCTION appeals_set_aside(appeals bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE appeals_appeal AS appeal
       SET is_set_aside = NOT appeal.is_set_aside
     WHERE appeal.id = ANY (appeals)
       AND appeal.is_set_aside <> appeals_is_gathered(appeal.id, appeal.decision_id);
$$
"""
# The one place where an appeal that waits becomes somebody's: the state, whom it was kept for, the
# lease and the history. False when it was not as it was seen any more.
LEASE = """
CREATE FUNCTION appeals_lease(
    of_appeal bigint, as_seen int, to_person bigint, by_person bigint, began timestamptz,
    ends timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE appeals_appeal
       SET state = 'in_review', version = as_seen + 1, reserved_for_id = NULL, reserved_until = NULL
     WHERE id = of_appeal AND state = 'submitted' AND version = as_seen;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO appeals_claim (appeal_id, reviewer_id, claimed_at, until)
    VALUES (of_appeal, to_person, began, ends);
    INSERT INTO appeals_caseevent (appeal_id, kind, at, by_id, is_visible, details)
    SELECT of_appeal, 'claimed', began, by_person, true,
           jsonb_build_object('reviewer', holder.reference)
      FROM portal_customer AS holder WHERE holder.id = to_person;
    RETURN true;
END $$
"""
# The next case of a person, leased; nothing when there is none they may take. A stretch is one
# queue in one language: its head is one look into appeals_waiting_for_claim, however long it is,
# and behind the head only what others claim at this very moment is passed over. The plans are
# kept, for each of them is the same whoever asks. Among appeals promised for the same moment the
# one that was hit harder comes first.
TAKE_NEXT = """
CREATE FUNCTION appeals_take_next(
    person bigint, all_languages text[], began timestamptz, ends timestamptz
) RETURNS SETOF appeals_appeal LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    may_see_restricted boolean;
    reads text[];
    desk bigint[];
    level record;
    stretch record;
    next_one appeals_appeal;
BEGIN
    PERFORM appeals_hold_person(person);
    SELECT profile.is_cleared, ARRAY(SELECT jsonb_array_elements_text(profile.languages))
      INTO may_see_restricted, reads
      FROM appeals_reviewerprofile AS profile WHERE profile.person_id = person;
    may_see_restricted := coalesce(may_see_restricted, false);
    IF coalesce(cardinality(reads), 0) = 0 THEN
        reads := all_languages;
    END IF;
    -- The queues in which they work and hold less than one person may.
    desk := ARRAY(
        SELECT queue.id
          FROM appeals_reviewqueue_members AS member
          JOIN appeals_reviewqueue AS queue ON queue.id = member.reviewqueue_id
          LEFT JOIN (
              SELECT held.queue_id, count(*) AS number
                FROM appeals_claim AS claim
                JOIN appeals_appeal AS held ON held.id = claim.appeal_id
               WHERE claim.reviewer_id = person
               GROUP BY held.queue_id
          ) AS theirs ON theirs.queue_id = queue.id
         WHERE member.customer_id = person AND (may_see_restricted OR NOT queue.is_restricted)
           AND queue.most_held > coalesce(theirs.number, 0)
    );
    -- What is kept for them comes first. What is gathered under an incident is nobody's to take.
    SELECT appeal.* INTO next_one FROM appeals_appeal AS appeal
     WHERE appeal.reserved_for_id = person AND appeal.state = 'submitted'
       AND appeal.queue_id = ANY (desk) AND (may_see_restricted OR NOT appeal.is_restricted)
       AND NOT appeal.is_set_aside
       AND appeals_bar(person, appeal.id, appeal.customer_id, appeal.decision_id) IS NULL
     ORDER BY appeal.urgency, appeal.promised_at, appeal.harm, appeal.id
     LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        PERFORM appeals_lease(next_one.id, next_one.version, person, person, began, ends);
        RETURN QUERY SELECT appeal.* FROM appeals_appeal AS appeal WHERE appeal.id = next_one.id;
        RETURN;
    END IF;
    FOR level IN
        SELECT array_agg(queue.id) AS queues FROM appeals_reviewqueue AS queue
         WHERE queue.id = ANY (desk) GROUP BY queue.priority ORDER BY queue.priority
    LOOP
        FOR stretch IN
            SELECT served.queue_id, spoken.language
              FROM unnest(level.queues) AS served (queue_id)
             CROSS JOIN unnest(reads) AS spoken (language)
             CROSS JOIN LATERAL (
                SELECT waiting.urgency, waiting.promised_at, waiting.harm, waiting.id
                  FROM appeals_appeal AS waiting
                 WHERE waiting.queue_id = served.queue_id AND waiting.language = spoken.language
                   AND waiting.state = 'submitted' AND waiting.reserved_for_id IS NULL
                   AND (may_see_restricted OR NOT waiting.is_restricted)
                   AND NOT waiting.is_set_aside
                   AND appeals_bar(person, waiting.id, waiting.customer_id, waiting.decision_id)
                       IS NULL
                 ORDER BY waiting.urgency, waiting.promised_at, waiting.harm, waiting.id
                 LIMIT 1
             ) AS head
             ORDER BY head.urgency, head.promised_at, head.harm, head.id
        LOOP
            SELECT appeal.* INTO next_one FROM appeals_appeal AS appeal
             WHERE appeal.queue_id = stretch.queue_id AND appeal.language = stretch.language
               AND appeal.state = 'submitted' AND appeal.reserved_for_id IS NULL
               AND (may_see_restricted OR NOT appeal.is_restricted)
               AND NOT appeal.is_set_aside
               AND appeals_bar(person, appeal.id, appeal.customer_id, appeal.decision_id) IS NULL
             ORDER BY appeal.urgency, appeal.promised_at, appeal.harm, appeal.id
             LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
            IF FOUND THEN
                PERFORM appeals_lease(next_one.id, next_one.version, person, person, began, ends);
                RETURN QUERY
                    SELECT appeal.* FROM appeals_appeal AS appeal WHERE appeal.id = next_one.id;
                RETURN;
            END IF;
        END LOOP;
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    replaces = [
        ("appeals", "0021_lease"),
    ]
    dependencies = [("appeals", "0001_schema")]

    operations = [
        migrations.RunSQL(BAR, "DROP FUNCTION appeals_bar(bigint, bigint, bigint, bigint)"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION appeals_refuse(text)"),
        migrations.RunSQL(HOLD_PERSON, "DROP FUNCTION appeals_hold_person(bigint)"),
        migrations.RunSQL(IS_GATHERED, "DROP FUNCTION appeals_is_gathered(bigint, bigint)"),
        migrations.RunSQL(SET_ASIDE, "DROP FUNCTION appeals_set_aside(bigint[])"),
        migrations.RunSQL(
            LEASE,
            "DROP FUNCTION appeals_lease(bigint, int, bigint, bigint, timestamptz, timestamptz)",
        ),
        migrations.RunSQL(
            TAKE_NEXT,
            "DROP FUNCTION appeals_take_next(bigint, text[], timestamptz, timestamptz)",
        ),
    ]
