"""The next case and its lease as one look: 64 people who press at once share the processors."""

from django.db import migrations

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
# kept, for each of them is the same whoever asks.
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
    -- What is kept for them comes first.
    SELECT appeal.* INTO next_one FROM appeals_appeal AS appeal
     WHERE appeal.reserved_for_id = person AND appeal.state = 'submitted'
       AND appeal.queue_id = ANY (desk) AND (may_see_restricted OR NOT appeal.is_restricted)
       AND appeals_bar(person, appeal.id, appeal.customer_id, appeal.decision_id) IS NULL
     ORDER BY appeal.urgency, appeal.promised_at, appeal.id
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
                SELECT waiting.urgency, waiting.promised_at, waiting.id
                  FROM appeals_appeal AS waiting
                 WHERE waiting.queue_id = served.queue_id AND waiting.language = spoken.language
                   AND waiting.state = 'submitted' AND waiting.reserved_for_id IS NULL
                   AND (may_see_restricted OR NOT waiting.is_restricted)
                   AND appeals_bar(person, waiting.id, waiting.customer_id, waiting.decision_id)
                       IS NULL
                 ORDER BY waiting.urgency, waiting.promised_at, waiting.id
                 LIMIT 1
             ) AS head
             ORDER BY head.urgency, head.promised_at, head.id
        LOOP
            SELECT appeal.* INTO next_one FROM appeals_appeal AS appeal
             WHERE appeal.queue_id = stretch.queue_id AND appeal.language = stretch.language
               AND appeal.state = 'submitted' AND appeal.reserved_for_id IS NULL
               AND (may_see_restricted OR NOT appeal.is_restricted)
               AND appeals_bar(person, appeal.id, appeal.customer_id, appeal.decision_id) IS NULL
             ORDER BY appeal.urgency, appeal.promised_at, appeal.id
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
    dependencies = [("appeals", "0020_first_texts")]

    operations = [
        migrations.RunSQL(
            LEASE,
            "DROP FUNCTION appeals_lease(bigint, int, bigint, bigint, timestamptz, timestamptz)",
        ),
        migrations.RunSQL(
            TAKE_NEXT,
            "DROP FUNCTION appeals_take_next(bigint, text[], timestamptz, timestamptz)",
        ),
    ]
