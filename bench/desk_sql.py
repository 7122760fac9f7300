"""The statements that make a desk's rows, from one table of numbers to all the others."""

# Valid references, as people read them aloud: seven characters and the one that checks them.
REFERENCE = """
CREATE OR REPLACE FUNCTION pg_temp.reference(prefix text, number bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    letters constant text := '23456789ABCDEFGHJKMNPQRSTWXYZ';
    -- 29 to the power of 7 spellings, each met once.
    rest bigint := number * 7919123 % 17249876309;
    body text := '';
    total int := 0;
BEGIN
    FOR place IN 2..8 LOOP
        body := body || substr(letters, (rest % 29)::int + 1, 1);
        total := total + place * (rest % 29)::int;
        rest := rest / 29;
    END LOOP;
    body := body || substr(letters, total % 29 + 1, 1);
    RETURN prefix || '-' || substr(body, 1, 4) || '-' || substr(body, 5);
END $$
"""
KINDS = """
CREATE TEMP TABLE bench_kind (
    kind int PRIMARY KEY, queue_id bigint, turn int, code text, other text, facts jsonb,
    other_facts jsonb
) ON COMMIT DROP
"""
KIND = "INSERT INTO bench_kind VALUES (%s, %s, %s, %s, %s, %s, %s)"
# One row an appeal. The decided ones come first: they are older. Everything else follows from it.
CASES = """
CREATE TEMP TABLE bench_case ON COMMIT DROP AS
WITH base AS (
    SELECT (SELECT coalesce(max(id), 0) FROM portal_customer) AS customer,
        (SELECT coalesce(max(id), 0) FROM appeals_creditline) AS line,
        (SELECT coalesce(max(id), 0) FROM appeals_linedecision) AS decision,
        (SELECT coalesce(max(id), 0) FROM appeals_decisionreason) AS reason,
        (SELECT coalesce(max(id), 0) FROM appeals_appeal) AS appeal,
        (SELECT coalesce(max(id), 0) FROM appeals_ground) AS ground,
        (SELECT count(*) FROM bench_kind) AS kinds
), numbered AS (
    SELECT n, n - %(decided)s AS nth_open, n <= %(decided)s AS is_decided,
        -- Spread over kinds, people and states without a pattern that any of them shares.
        (n * 2654435761 %% 4294967296) AS mixed
    FROM generate_series(1, %(decided)s + %(open)s) AS n
), placed AS (
    SELECT numbered.*, kind.*, queue.is_restricted, queue.key = 'hardship_care' AS is_hardship,
        queue.target_working_days AS days, base.customer + (n + 1) / 2 AS customer_id,
        (n + 1) / 2 %% 10 < 3 AS is_chinese,
        base.line + n AS line_id, base.decision + n AS decision_id, base.appeal + n AS appeal_id,
        base.reason + 2 * n AS reason_id, base.ground + 2 * n AS ground_id,
        CASE WHEN is_decided THEN now() - interval '120 days' * (1 - n::float8 / %(decided)s)
                - interval '30 days'
            ELSE now() - interval '30 days' * (1 - nth_open::float8 / %(open)s) END AS sent_at,
        CASE WHEN is_decided THEN 'decided'
            WHEN nth_open %% %(worked_on)s = 5 THEN 'in_review'
            WHEN nth_open %% %(worked_on)s = 7 THEN 'approval'
            WHEN nth_open %% 100 = 99 THEN 'waiting'
            ELSE 'submitted' END AS state,
        (CASE WHEN queue.is_restricted THEN %(cleared)s ELSE %(reviewers)s END)::bigint[] AS able
    FROM base, numbered
    JOIN bench_kind AS kind ON kind.kind = mixed / 65536 %% (SELECT kinds FROM base)
    JOIN appeals_reviewqueue AS queue ON queue.id = kind.queue_id
)
SELECT placed.*, able[1 + mixed / 16 %% cardinality(able)] AS reviewer_id,
    able[1 + (mixed / 16 + 1) %% cardinality(able)] AS second_id,
    CASE WHEN is_chinese THEN 'CN-SH'
        ELSE (ARRAY['US-NY', 'US-CA', 'US-TX'])[1 + customer_id %% 3] END AS region,
    -- Midnight in New York at the end of the promised day.
    date_trunc('day', sent_at) + make_interval(days => days * 7 / 5 + 1, hours => 4) AS promised_at,
    CASE WHEN is_decided THEN sent_at + make_interval(hours => (12 + mixed / 4 %% 480)::int) END
        AS closed_at,
    -- A few a reviewer are kept for them.
    state = 'submitted' AND nth_open %% %(worked_on)s = 9 AS is_kept
FROM placed
"""
CUSTOMERS = """
INSERT INTO portal_customer (
    id, password, is_superuser, reference, name, email, phone, locale, time_zone, jurisdiction,
    region, is_staff, is_active, date_joined
)
SELECT DISTINCT ON (customer_id) customer_id, '', false, 'D-' || customer_id,
    'Customer ' || customer_id, 'd' || customer_id || '@desk.example', NULL,
    CASE WHEN is_chinese THEN 'zh-hans' ELSE 'en' END,
    CASE WHEN is_chinese THEN 'Asia/Shanghai' ELSE 'America/New_York' END,
    CASE WHEN is_chinese THEN 'CN' ELSE 'US' END,
    region, false, true, sent_at - interval '3 years'
FROM bench_case
"""
LINES = """
INSERT INTO appeals_creditline (
    id, reference, customer_id, product, currency, last4, opened_on, "limit", balance, status, as_of
)
SELECT line_id, 'DL-' || line_id, customer_id, 'Everyday credit line',
    CASE WHEN is_chinese THEN 'CNY' ELSE 'USD' END, lpad((n % 10000)::text, 4, '0'),
    date '2020-05-04', 1400, 612.40, 'open', sent_at - interval '2 days'
FROM bench_case
"""
DECISIONS = """
INSERT INTO appeals_linedecision (
    id, reference, source_id, content_sha256, customer_id, line_id, action, old_limit, new_limit,
    balance, currency, decided_at, effective_at, automated, rule_id, rule_module, rule_version,
    received_at
)
SELECT decision_id, pg_temp.reference('LD', decision_id), 'desk-' || decision_id, repeat('0', 64),
    customer_id, line_id, 'reduce', 4000, 1400, 612.40,
    CASE WHEN is_chinese THEN 'CNY' ELSE 'USD' END, sent_at - interval '2 days',
    sent_at - interval '2 days', true, 'RULE-' || kind, 'limits', '4.' || mixed / 8 % 3,
    sent_at - interval '2 days'
FROM bench_case
"""
REASONS = """
INSERT INTO appeals_decisionreason (id, decision_id, rank, code, weight, facts)
SELECT reason_id - 2 + rank, decision_id, rank,
    CASE rank WHEN 1 THEN code ELSE other END, 1.0 / (1 + rank),
    CASE rank WHEN 1 THEN facts ELSE other_facts END
FROM bench_case CROSS JOIN generate_series(1, 2) AS rank
"""
APPEALS = """
INSERT INTO appeals_appeal (
    id, reference, decision_id, customer_id, state, wish, statement, late_reason, created_at,
    saved_at, submitted_at, closed_at, queue_id, routed_reason, routed_because, language, region,
    urgency, is_vulnerable, is_restricted, reserved_for_id, promised_at, paused_at, version,
    review_draft
)
SELECT appeal_id, pg_temp.reference('AP', appeal_id), decision_id, customer_id, state, 'full',
    'Please look at this again.', '', sent_at - interval '1 hour', sent_at, sent_at,
    closed_at, queue_id, code, '',
    CASE WHEN is_chinese THEN 'zh-hans' ELSE 'en' END,
    region,
    CASE WHEN is_hardship OR mixed / 32 % 50 = 0 THEN 0 ELSE 1 END, mixed / 32 % 50 = 0,
    is_restricted,
    CASE WHEN is_kept THEN reviewer_id END,
    promised_at, CASE WHEN state = 'waiting' THEN sent_at + interval '6 hours' END, 4, '{}'
FROM bench_case ORDER BY n
"""
GROUNDS = """
INSERT INTO appeals_ground (id, appeal_id, decision_reason_id, statement)
SELECT ground_id - 2 + rank, appeal_id, reason_id - 2 + rank,
    'I paid this in July and sent you the statement. I ask you to look at it again.'
FROM bench_case CROSS JOIN generate_series(1, 2) AS rank ORDER BY n
"""
OUTCOMES = """
INSERT INTO appeals_outcome (
    appeal_id, kind, new_limit, condition, corrections, bureau, sentence, internal_note, findings,
    decided_by_id, decided_at, needs_approval, approved_by_id, approved_at, sent_back_note, is_final
)
SELECT appeal_id, CASE WHEN mixed / 64 % 3 = 0 THEN 'restored' ELSE 'kept' END,
    CASE WHEN mixed / 64 % 3 = 0 THEN 4000 END, '', '[]', '', 'We looked at it again.', '', '[]',
    reviewer_id, coalesce(closed_at, now() - interval '1 day'), NOT is_decided OR n % 4 = 0,
    CASE WHEN is_decided AND n % 4 = 0 THEN second_id END,
    CASE WHEN is_decided AND n % 4 = 0 THEN closed_at END, '', is_decided
FROM bench_case
WHERE state IN ('decided', 'approval') ORDER BY n
"""
CLAIMS = """
INSERT INTO appeals_claim (appeal_id, reviewer_id, claimed_at, until)
SELECT appeal_id, reviewer_id, now() - interval '10 minutes', now() + interval '1 day'
FROM bench_case WHERE state = 'in_review'
"""
FINDINGS = """
INSERT INTO appeals_finding (ground_id, ruling, sentence, by_id, at)
SELECT ground_id - 2 + rank, CASE WHEN mixed / 64 % 3 = 0 THEN 'accepted' ELSE 'refuted' END,
    'We looked at your papers.', reviewer_id, coalesce(closed_at, now() - interval '1 day')
FROM bench_case CROSS JOIN generate_series(1, 2) AS rank WHERE state IN ('decided', 'approval')
"""
EVENTS = """
INSERT INTO appeals_caseevent (appeal_id, kind, at, by_id, is_visible, details)
SELECT appeal_id, step.kind, step.at, step.by_id, step.is_visible, '{}'
FROM bench_case CROSS JOIN LATERAL (VALUES
    ('submitted', sent_at, customer_id, true, true),
    ('routed', sent_at, NULL, false, true),
    ('claimed', closed_at - interval '20 minutes', reviewer_id, true, is_decided),
    ('decided', closed_at, reviewer_id, true, is_decided)
) AS step (kind, at, by_id, is_visible, holds) WHERE step.holds
"""
PAPERS = """
INSERT INTO appeals_evidencedocument (
    public_id, appeal_id, ground_id, kind, original_name, stored_name, size, media_type, pages,
    sha256, stored_sha256, state, refusal, virus_scan, uploaded_at, check_after, tries, checked_at
)
SELECT gen_random_uuid(), appeal_id, ground_id, 'payslip', 'payslip.pdf', 'desk-' || appeal_id,
    48213, 'application/pdf', 2, repeat('0', 64), repeat('0', 64), 'ready', '', 'clean', sent_at,
    sent_at, 1, sent_at
FROM bench_case WHERE n % 3 = 0
"""
CLOCKS = """
INSERT INTO appeals_caseclock (
    appeal_id, kind, rule, unit, days, calendar, started_at, due_at, can_pause, paused_at, because,
    is_suggested, warn_at, tell_at, ended_at, ended_as
)
SELECT appeal_id, 'reconsideration', 'own.reconsideration', 'working', days,
    CASE WHEN is_chinese THEN 'CN' ELSE 'US' END, sent_at, promised_at, true,
    CASE WHEN state = 'waiting' THEN sent_at + interval '6 hours' END, '', false,
    promised_at - interval '63 hours', promised_at - interval '39 hours', closed_at,
    CASE WHEN NOT is_decided THEN '' WHEN closed_at <= promised_at THEN 'met' ELSE 'missed' END
FROM bench_case
"""
ROWS = (
    *(CUSTOMERS, LINES, DECISIONS, REASONS),
    *(APPEALS, GROUNDS, OUTCOMES, CLAIMS),
    *(FINDINGS, EVENTS, PAPERS, CLOCKS),
)
WITH_KEYS = (
    "portal_customer",
    "appeals_creditline",
    "appeals_linedecision",
    "appeals_decisionreason",
    "appeals_appeal",
    "appeals_ground",
)
EMPTY = "TRUNCATE appeals_creditline, appeals_appealtally RESTART IDENTITY CASCADE"
FORGET_CUSTOMERS = "DELETE FROM portal_customer WHERE NOT is_staff AND reference LIKE 'D-%'"
NEXT_KEY = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
