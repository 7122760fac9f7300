"""Overturned reasons by rule version: sums, weekly digests, and shares that passed a limit."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# The sums of what is there already, by the same marks as the triggers below.
FILL_TALLIES = """
INSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)
SELECT 'sent_reason', date_trunc('week', appeal.submitted_at, 'UTC') AS at, appeal.queue_id,
    appeal.is_restricted, decision.rule_id, decision.rule_version, reason.code, count(*), 0, false
FROM appeals_appeal AS appeal
JOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id
JOIN appeals_ground AS ground ON ground.appeal_id = appeal.id
JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id
WHERE appeal.state NOT IN ('draft', 'duplicate', 'withdrawn') AND appeal.submitted_at IS NOT NULL
    AND appeal.queue_id IS NOT NULL AND decision.rule_id <> ''
GROUP BY at, appeal.queue_id, appeal.is_restricted, decision.rule_id, decision.rule_version, reason.code
UNION ALL
SELECT 'rule_reason', date_trunc('week', coalesce(outcome.approved_at, outcome.decided_at), 'UTC') AS at,
    appeal.queue_id, appeal.is_restricted, decision.rule_id, decision.rule_version, reason.code, count(*),
    count(*) FILTER (WHERE outcome.kind IN ('conditional', 'corrected', 'partly_restored', 'restored', 'temporary')),
    false
FROM appeals_outcome AS outcome
JOIN appeals_appeal AS appeal ON appeal.id = outcome.appeal_id
JOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id
JOIN appeals_ground AS ground ON ground.appeal_id = appeal.id
JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id
WHERE outcome.is_final AND appeal.queue_id IS NOT NULL AND decision.rule_id <> ''
GROUP BY at, appeal.queue_id, appeal.is_restricted, decision.rule_id, decision.rule_version, reason.code
"""
FILL_WEEKS = """
INSERT INTO appeals_rulereasonweek (rule_id, rule_version, reason, week, number, is_folded)
SELECT decision.rule_id, decision.rule_version, reason.code,
    date_trunc('week', decision.decided_at, 'UTC')::date AS week, count(*), true
FROM appeals_linedecision AS decision
JOIN appeals_decisionreason AS reason ON reason.decision_id = decision.id
WHERE decision.rule_id <> '' AND decision.action IN ('reduce', 'suspend', 'close')
GROUP BY decision.rule_id, decision.rule_version, reason.code, week
"""


class Migration(migrations.Migration):

    dependencies = [
        ('appeals', '0040_posted_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='OverturnDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(unique=True, verbose_name='week')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('lines', models.JSONField(default=list, verbose_name='reasons')),
            ],
            options={
                'verbose_name': 'weekly digest of overturned reasons',
                'verbose_name_plural': 'weekly digests of overturned reasons',
            },
        ),
        migrations.CreateModel(
            name='OverturnPassing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=16, unique=True, verbose_name='reference')),
                ('rule_id', models.CharField(max_length=64, verbose_name='rule')),
                ('rule_version', models.CharField(max_length=64, verbose_name='rule version')),
                ('reason', models.CharField(max_length=40, verbose_name='reason')),
                ('since', models.DateField(verbose_name='counted from')),
                ('decided', models.PositiveIntegerField(verbose_name='answered')),
                ('overturned', models.PositiveIntegerField(verbose_name='overturned')),
                ('limit', models.PositiveSmallIntegerField(verbose_name='limit in percent')),
                ('passed_at', models.DateTimeField(verbose_name='passed at')),
                ('fell_at', models.DateTimeField(blank=True, null=True, verbose_name='fell at')),
            ],
            options={
                'verbose_name': 'share that passed its limit',
                'verbose_name_plural': 'shares that passed their limit',
            },
        ),
        migrations.CreateModel(
            name='RuleReasonWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_id', models.CharField(max_length=64, verbose_name='rule')),
                ('rule_version', models.CharField(max_length=64, verbose_name='rule version')),
                ('reason', models.CharField(max_length=40, verbose_name='reason')),
                ('week', models.DateField(verbose_name='week')),
                ('number', models.IntegerField(verbose_name='decisions')),
                ('is_folded', models.BooleanField(default=False, verbose_name='folded')),
            ],
            options={
                'verbose_name': 'decisions of a rule by reason',
                'verbose_name_plural': 'decisions of rules by reason',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='appeal',
            name='counted_on_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='appeal',
            name='counted_on_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='appeal',
            name='counted_on_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='outcome',
            name='counted_on_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='outcome',
            name='counted_on_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='outcome',
            name='counted_on_delete',
        ),
        migrations.RemoveConstraint(
            model_name='appealtally',
            name='one_folded_tally_a_key',
        ),
        migrations.AddField(
            model_name='appealtally',
            name='reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='appealtally',
            name='measure',
            field=models.CharField(choices=[('came_in', 'Came in'), ('open', 'Still open'), ('due', 'Open, not waiting for the customer'), ('decided', 'Decided'), ('withdrawn', 'Withdrawn'), ('duplicate', 'Answered with another appeal'), ('kept', 'Promise kept'), ('missed', 'Promise missed'), ('days', 'Days from sending to the answer'), ('outcome', 'Outcome'), ('reason', 'Disputed reason'), ('rule', 'Rule of the decision'), ('region', 'Region of the customer'), ('reviewer', 'Reviewer'), ('against_rule', 'Sent against a rule'), ('sent_reason', 'Sent against a reason of a rule'), ('rule_reason', 'Disputed reason of a rule')], max_length=12, verbose_name='measure'),
        ),
        migrations.AlterField(
            model_name='enginerequest',
            name='incident',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='appeals.incident', verbose_name='incident'),
        ),
        migrations.AlterField(
            model_name='enginerequest',
            name='kind',
            field=models.CharField(choices=[('rule.stop', 'Stop the rule'), ('rule.go_on', 'The rule may run again'), ('reason.overturned', 'A reason is overturned too often')], max_length=20, verbose_name='what'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='counted_on_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)\nSELECT measure, at, queue_id, is_restricted, subject, version, reason, sum(number), sum(overturned), false\nFROM (\nSELECT mark.measure, mark.at, appeal.queue_id, appeal.is_restricted, mark.subject, mark.version,\n    mark.reason, 1 AS number, 0 AS overturned\nFROM new_rows AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (VALUES\n    ('came_in', date_trunc('day', appeal.submitted_at, 'UTC'), '', '', '', true),\n    ('open', date_trunc('day', appeal.submitted_at, 'UTC'), '', '', '', appeal.state IN ('approval', 'in_review', 'submitted', 'waiting')),\n    ('due', appeal.promised_at, '', '', '',\n        appeal.state IN ('approval', 'in_review', 'submitted', 'waiting') AND appeal.state <> 'waiting'),\n    ('decided', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided'),\n    ('withdrawn', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'withdrawn'),\n    ('duplicate', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'duplicate'),\n    ('kept', date_trunc('week', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided' AND appeal.closed_at <= appeal.promised_at),\n    ('missed', date_trunc('week', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided' AND NOT appeal.closed_at <= appeal.promised_at),\n    ('days', date_trunc('week', appeal.closed_at, 'UTC'), floor(greatest(extract(epoch FROM appeal.closed_at - appeal.submitted_at), 0) / 86400)::int::text, '', '', appeal.state = 'decided'),\n    ('against_rule', date_trunc('week', appeal.submitted_at, 'UTC'), decision.rule_id, decision.rule_version, '',\n        decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn'))\n) AS mark (measure, at, subject, version, reason, holds)\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND mark.holds AND mark.at IS NOT NULL\nUNION ALL\n\nSELECT 'sent_reason' AS measure, date_trunc('week', appeal.submitted_at, 'UTC') AS at, appeal.queue_id,\n    appeal.is_restricted, decision.rule_id AS subject, decision.rule_version AS version,\n    reason.code AS reason, 1 AS number, 0 AS overturned\nFROM new_rows AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nJOIN appeals_ground AS ground ON ground.appeal_id = appeal.id\nJOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn')\n\n) AS changed\nGROUP BY measure, at, queue_id, is_restricted, subject, version, reason HAVING sum(number) <> 0 OR sum(overturned) <> 0;\nRETURN NULL;", hash='c1a292ef562d315415e067670ae462b08221ca0a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_counted_on_insert_774a3', referencing='REFERENCING NEW TABLE AS new_rows ', table='appeals_appeal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='counted_on_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NOT EXISTS (SELECT 1 FROM old_rows JOIN new_rows USING (id) WHERE ROW(CASE WHEN old_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE old_rows.state END, old_rows.queue_id, old_rows.is_restricted, old_rows.submitted_at, old_rows.closed_at, old_rows.promised_at, old_rows.region) IS DISTINCT FROM ROW(CASE WHEN new_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE new_rows.state END, new_rows.queue_id, new_rows.is_restricted, new_rows.submitted_at, new_rows.closed_at, new_rows.promised_at, new_rows.region)) THEN RETURN NULL; END IF;\n\nINSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)\nSELECT measure, at, queue_id, is_restricted, subject, version, reason, sum(number), sum(overturned), false\nFROM (\nSELECT mark.measure, mark.at, appeal.queue_id, appeal.is_restricted, mark.subject, mark.version,\n    mark.reason, 1 AS number, 0 AS overturned\nFROM (SELECT new_rows.* FROM old_rows JOIN new_rows USING (id) WHERE ROW(CASE WHEN old_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE old_rows.state END, old_rows.queue_id, old_rows.is_restricted, old_rows.submitted_at, old_rows.closed_at, old_rows.promised_at, old_rows.region) IS DISTINCT FROM ROW(CASE WHEN new_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE new_rows.state END, new_rows.queue_id, new_rows.is_restricted, new_rows.submitted_at, new_rows.closed_at, new_rows.promised_at, new_rows.region)) AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (VALUES\n    ('came_in', date_trunc('day', appeal.submitted_at, 'UTC'), '', '', '', true),\n    ('open', date_trunc('day', appeal.submitted_at, 'UTC'), '', '', '', appeal.state IN ('approval', 'in_review', 'submitted', 'waiting')),\n    ('due', appeal.promised_at, '', '', '',\n        appeal.state IN ('approval', 'in_review', 'submitted', 'waiting') AND appeal.state <> 'waiting'),\n    ('decided', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided'),\n    ('withdrawn', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'withdrawn'),\n    ('duplicate', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'duplicate'),\n    ('kept', date_trunc('week', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided' AND appeal.closed_at <= appeal.promised_at),\n    ('missed', date_trunc('week', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided' AND NOT appeal.closed_at <= appeal.promised_at),\n    ('days', date_trunc('week', appeal.closed_at, 'UTC'), floor(greatest(extract(epoch FROM appeal.closed_at - appeal.submitted_at), 0) / 86400)::int::text, '', '', appeal.state = 'decided'),\n    ('against_rule', date_trunc('week', appeal.submitted_at, 'UTC'), decision.rule_id, decision.rule_version, '',\n        decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn'))\n) AS mark (measure, at, subject, version, reason, holds)\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND mark.holds AND mark.at IS NOT NULL\nUNION ALL\n\nSELECT 'sent_reason' AS measure, date_trunc('week', appeal.submitted_at, 'UTC') AS at, appeal.queue_id,\n    appeal.is_restricted, decision.rule_id AS subject, decision.rule_version AS version,\n    reason.code AS reason, 1 AS number, 0 AS overturned\nFROM (SELECT new_rows.* FROM old_rows JOIN new_rows USING (id) WHERE ROW(CASE WHEN old_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE old_rows.state END, old_rows.queue_id, old_rows.is_restricted, old_rows.submitted_at, old_rows.closed_at, old_rows.promised_at, old_rows.region) IS DISTINCT FROM ROW(CASE WHEN new_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE new_rows.state END, new_rows.queue_id, new_rows.is_restricted, new_rows.submitted_at, new_rows.closed_at, new_rows.promised_at, new_rows.region)) AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nJOIN appeals_ground AS ground ON ground.appeal_id = appeal.id\nJOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn')\n\n UNION ALL \nSELECT mark.measure, mark.at, appeal.queue_id, appeal.is_restricted, mark.subject, mark.version,\n    mark.reason, -1 AS number, 0 AS overturned\nFROM (SELECT old_rows.* FROM old_rows JOIN new_rows USING (id) WHERE ROW(CASE WHEN old_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE old_rows.state END, old_rows.queue_id, old_rows.is_restricted, old_rows.submitted_at, old_rows.closed_at, old_rows.promised_at, old_rows.region) IS DISTINCT FROM ROW(CASE WHEN new_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE new_rows.state END, new_rows.queue_id, new_rows.is_restricted, new_rows.submitted_at, new_rows.closed_at, new_rows.promised_at, new_rows.region)) AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (VALUES\n    ('came_in', date_trunc('day', appeal.submitted_at, 'UTC'), '', '', '', true),\n    ('open', date_trunc('day', appeal.submitted_at, 'UTC'), '', '', '', appeal.state IN ('approval', 'in_review', 'submitted', 'waiting')),\n    ('due', appeal.promised_at, '', '', '',\n        appeal.state IN ('approval', 'in_review', 'submitted', 'waiting') AND appeal.state <> 'waiting'),\n    ('decided', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided'),\n    ('withdrawn', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'withdrawn'),\n    ('duplicate', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'duplicate'),\n    ('kept', date_trunc('week', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided' AND appeal.closed_at <= appeal.promised_at),\n    ('missed', date_trunc('week', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided' AND NOT appeal.closed_at <= appeal.promised_at),\n    ('days', date_trunc('week', appeal.closed_at, 'UTC'), floor(greatest(extract(epoch FROM appeal.closed_at - appeal.submitted_at), 0) / 86400)::int::text, '', '', appeal.state = 'decided'),\n    ('against_rule', date_trunc('week', appeal.submitted_at, 'UTC'), decision.rule_id, decision.rule_version, '',\n        decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn'))\n) AS mark (measure, at, subject, version, reason, holds)\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND mark.holds AND mark.at IS NOT NULL\nUNION ALL\n\nSELECT 'sent_reason' AS measure, date_trunc('week', appeal.submitted_at, 'UTC') AS at, appeal.queue_id,\n    appeal.is_restricted, decision.rule_id AS subject, decision.rule_version AS version,\n    reason.code AS reason, -1 AS number, 0 AS overturned\nFROM (SELECT old_rows.* FROM old_rows JOIN new_rows USING (id) WHERE ROW(CASE WHEN old_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE old_rows.state END, old_rows.queue_id, old_rows.is_restricted, old_rows.submitted_at, old_rows.closed_at, old_rows.promised_at, old_rows.region) IS DISTINCT FROM ROW(CASE WHEN new_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE new_rows.state END, new_rows.queue_id, new_rows.is_restricted, new_rows.submitted_at, new_rows.closed_at, new_rows.promised_at, new_rows.region)) AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nJOIN appeals_ground AS ground ON ground.appeal_id = appeal.id\nJOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn')\n\n UNION ALL \nSELECT mark.measure,\n    date_trunc('week', coalesce(outcome.approved_at, outcome.decided_at), 'UTC') AS at,\n    appeal.queue_id, appeal.is_restricted, mark.subject, mark.version, mark.reason,\n    1 AS number, CASE WHEN outcome.kind IN ('conditional', 'corrected', 'partly_restored', 'restored', 'temporary') THEN 1 ELSE 0 END AS overturned\nFROM appeals_outcome AS outcome\nJOIN (SELECT new_rows.* FROM old_rows JOIN new_rows USING (id) WHERE ROW(CASE WHEN old_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE old_rows.state END, old_rows.queue_id, old_rows.is_restricted, old_rows.submitted_at, old_rows.closed_at, old_rows.promised_at, old_rows.region) IS DISTINCT FROM ROW(CASE WHEN new_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE new_rows.state END, new_rows.queue_id, new_rows.is_restricted, new_rows.submitted_at, new_rows.closed_at, new_rows.promised_at, new_rows.region)) AS appeal ON appeal.id = outcome.appeal_id\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (\n    SELECT 'outcome' AS measure, outcome.kind AS subject, '' AS version, '' AS reason\n    UNION ALL SELECT 'rule', decision.rule_id, decision.rule_version, ''\n    UNION ALL SELECT 'region', appeal.region, '', ''\n    UNION ALL SELECT 'reviewer', outcome.decided_by_id::text, '', ''\n    UNION ALL SELECT of.measure, of.subject, of.version, of.reason\n    FROM appeals_ground AS ground\n    JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\n    CROSS JOIN LATERAL (VALUES\n        ('reason', reason.code, '', ''),\n        ('rule_reason', decision.rule_id, decision.rule_version, reason.code)\n    ) AS of (measure, subject, version, reason)\n    WHERE ground.appeal_id = appeal.id\n) AS mark\nWHERE outcome.is_final AND appeal.queue_id IS NOT NULL AND mark.subject <> ''\n UNION ALL \nSELECT mark.measure,\n    date_trunc('week', coalesce(outcome.approved_at, outcome.decided_at), 'UTC') AS at,\n    appeal.queue_id, appeal.is_restricted, mark.subject, mark.version, mark.reason,\n    -1 AS number, CASE WHEN outcome.kind IN ('conditional', 'corrected', 'partly_restored', 'restored', 'temporary') THEN -1 ELSE 0 END AS overturned\nFROM appeals_outcome AS outcome\nJOIN (SELECT old_rows.* FROM old_rows JOIN new_rows USING (id) WHERE ROW(CASE WHEN old_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE old_rows.state END, old_rows.queue_id, old_rows.is_restricted, old_rows.submitted_at, old_rows.closed_at, old_rows.promised_at, old_rows.region) IS DISTINCT FROM ROW(CASE WHEN new_rows.state IN ('approval', 'in_review', 'submitted') THEN 'running' ELSE new_rows.state END, new_rows.queue_id, new_rows.is_restricted, new_rows.submitted_at, new_rows.closed_at, new_rows.promised_at, new_rows.region)) AS appeal ON appeal.id = outcome.appeal_id\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (\n    SELECT 'outcome' AS measure, outcome.kind AS subject, '' AS version, '' AS reason\n    UNION ALL SELECT 'rule', decision.rule_id, decision.rule_version, ''\n    UNION ALL SELECT 'region', appeal.region, '', ''\n    UNION ALL SELECT 'reviewer', outcome.decided_by_id::text, '', ''\n    UNION ALL SELECT of.measure, of.subject, of.version, of.reason\n    FROM appeals_ground AS ground\n    JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\n    CROSS JOIN LATERAL (VALUES\n        ('reason', reason.code, '', ''),\n        ('rule_reason', decision.rule_id, decision.rule_version, reason.code)\n    ) AS of (measure, subject, version, reason)\n    WHERE ground.appeal_id = appeal.id\n) AS mark\nWHERE outcome.is_final AND appeal.queue_id IS NOT NULL AND mark.subject <> ''\n) AS changed\nGROUP BY measure, at, queue_id, is_restricted, subject, version, reason HAVING sum(number) <> 0 OR sum(overturned) <> 0;\nRETURN NULL;", hash='67a17c1408897bfc0a180db80f04a3f82e1b2a5f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_counted_on_update_c41b6', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='appeals_appeal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='counted_on_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)\nSELECT measure, at, queue_id, is_restricted, subject, version, reason, sum(number), sum(overturned), false\nFROM (\nSELECT mark.measure, mark.at, appeal.queue_id, appeal.is_restricted, mark.subject, mark.version,\n    mark.reason, -1 AS number, 0 AS overturned\nFROM old_rows AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (VALUES\n    ('came_in', date_trunc('day', appeal.submitted_at, 'UTC'), '', '', '', true),\n    ('open', date_trunc('day', appeal.submitted_at, 'UTC'), '', '', '', appeal.state IN ('approval', 'in_review', 'submitted', 'waiting')),\n    ('due', appeal.promised_at, '', '', '',\n        appeal.state IN ('approval', 'in_review', 'submitted', 'waiting') AND appeal.state <> 'waiting'),\n    ('decided', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided'),\n    ('withdrawn', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'withdrawn'),\n    ('duplicate', date_trunc('day', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'duplicate'),\n    ('kept', date_trunc('week', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided' AND appeal.closed_at <= appeal.promised_at),\n    ('missed', date_trunc('week', appeal.closed_at, 'UTC'), '', '', '', appeal.state = 'decided' AND NOT appeal.closed_at <= appeal.promised_at),\n    ('days', date_trunc('week', appeal.closed_at, 'UTC'), floor(greatest(extract(epoch FROM appeal.closed_at - appeal.submitted_at), 0) / 86400)::int::text, '', '', appeal.state = 'decided'),\n    ('against_rule', date_trunc('week', appeal.submitted_at, 'UTC'), decision.rule_id, decision.rule_version, '',\n        decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn'))\n) AS mark (measure, at, subject, version, reason, holds)\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND mark.holds AND mark.at IS NOT NULL\nUNION ALL\n\nSELECT 'sent_reason' AS measure, date_trunc('week', appeal.submitted_at, 'UTC') AS at, appeal.queue_id,\n    appeal.is_restricted, decision.rule_id AS subject, decision.rule_version AS version,\n    reason.code AS reason, -1 AS number, 0 AS overturned\nFROM old_rows AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nJOIN appeals_ground AS ground ON ground.appeal_id = appeal.id\nJOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn')\n\n) AS changed\nGROUP BY measure, at, queue_id, is_restricted, subject, version, reason HAVING sum(number) <> 0 OR sum(overturned) <> 0;\nRETURN NULL;", hash='568567342e97897a89a546d7f50ba5941d0506da', level='STATEMENT', operation='DELETE', pgid='pgtrigger_counted_on_delete_8117a', referencing='REFERENCING OLD TABLE AS old_rows ', table='appeals_appeal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ground',
            trigger=pgtrigger.compiler.Trigger(name='counted_on_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)\nSELECT measure, at, queue_id, is_restricted, subject, version, reason, sum(number), sum(overturned), false\nFROM (\nSELECT 'sent_reason' AS measure, date_trunc('week', appeal.submitted_at, 'UTC') AS at, appeal.queue_id,\n    appeal.is_restricted, decision.rule_id AS subject, decision.rule_version AS version,\n    reason.code AS reason, 1 AS number, 0 AS overturned\nFROM appeals_appeal AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nJOIN new_rows AS ground ON ground.appeal_id = appeal.id\nJOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn')\n) AS changed\nGROUP BY measure, at, queue_id, is_restricted, subject, version, reason HAVING sum(number) <> 0 OR sum(overturned) <> 0;\nRETURN NULL;", hash='0fcd5498abdc91799f7a338e87eb9b868f81bd5a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_counted_on_insert_b30dd', referencing='REFERENCING NEW TABLE AS new_rows ', table='appeals_ground', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ground',
            trigger=pgtrigger.compiler.Trigger(name='counted_on_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)\nSELECT measure, at, queue_id, is_restricted, subject, version, reason, sum(number), sum(overturned), false\nFROM (\nSELECT 'sent_reason' AS measure, date_trunc('week', appeal.submitted_at, 'UTC') AS at, appeal.queue_id,\n    appeal.is_restricted, decision.rule_id AS subject, decision.rule_version AS version,\n    reason.code AS reason, -1 AS number, 0 AS overturned\nFROM appeals_appeal AS appeal\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nJOIN old_rows AS ground ON ground.appeal_id = appeal.id\nJOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\nWHERE appeal.state <> 'draft' AND appeal.submitted_at IS NOT NULL AND appeal.queue_id IS NOT NULL AND decision.rule_id <> '' AND appeal.state NOT IN ('duplicate', 'withdrawn')\n) AS changed\nGROUP BY measure, at, queue_id, is_restricted, subject, version, reason HAVING sum(number) <> 0 OR sum(overturned) <> 0;\nRETURN NULL;", hash='a8188313b554032f94479fb8e7e6c79ba9fc5e5d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_counted_on_delete_f8fae', referencing='REFERENCING OLD TABLE AS old_rows ', table='appeals_ground', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outcome',
            trigger=pgtrigger.compiler.Trigger(name='counted_on_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)\nSELECT measure, at, queue_id, is_restricted, subject, version, reason, sum(number), sum(overturned), false\nFROM (\nSELECT mark.measure,\n    date_trunc('week', coalesce(outcome.approved_at, outcome.decided_at), 'UTC') AS at,\n    appeal.queue_id, appeal.is_restricted, mark.subject, mark.version, mark.reason,\n    1 AS number, CASE WHEN outcome.kind IN ('conditional', 'corrected', 'partly_restored', 'restored', 'temporary') THEN 1 ELSE 0 END AS overturned\nFROM new_rows AS outcome\nJOIN appeals_appeal AS appeal ON appeal.id = outcome.appeal_id\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (\n    SELECT 'outcome' AS measure, outcome.kind AS subject, '' AS version, '' AS reason\n    UNION ALL SELECT 'rule', decision.rule_id, decision.rule_version, ''\n    UNION ALL SELECT 'region', appeal.region, '', ''\n    UNION ALL SELECT 'reviewer', outcome.decided_by_id::text, '', ''\n    UNION ALL SELECT of.measure, of.subject, of.version, of.reason\n    FROM appeals_ground AS ground\n    JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\n    CROSS JOIN LATERAL (VALUES\n        ('reason', reason.code, '', ''),\n        ('rule_reason', decision.rule_id, decision.rule_version, reason.code)\n    ) AS of (measure, subject, version, reason)\n    WHERE ground.appeal_id = appeal.id\n) AS mark\nWHERE outcome.is_final AND appeal.queue_id IS NOT NULL AND mark.subject <> ''\n) AS changed\nGROUP BY measure, at, queue_id, is_restricted, subject, version, reason HAVING sum(number) <> 0 OR sum(overturned) <> 0;\nRETURN NULL;", hash='ae74f0ed985709a094f2113b289e2ecf86cb2aa5', level='STATEMENT', operation='INSERT', pgid='pgtrigger_counted_on_insert_d160f', referencing='REFERENCING NEW TABLE AS new_rows ', table='appeals_outcome', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outcome',
            trigger=pgtrigger.compiler.Trigger(name='counted_on_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NOT EXISTS (SELECT 1 FROM old_rows JOIN new_rows USING (id) WHERE ROW(old_rows.is_final, old_rows.kind, old_rows.decided_by_id, old_rows.decided_at, old_rows.approved_at) IS DISTINCT FROM ROW(new_rows.is_final, new_rows.kind, new_rows.decided_by_id, new_rows.decided_at, new_rows.approved_at)) THEN RETURN NULL; END IF;\n\nINSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)\nSELECT measure, at, queue_id, is_restricted, subject, version, reason, sum(number), sum(overturned), false\nFROM (\nSELECT mark.measure,\n    date_trunc('week', coalesce(outcome.approved_at, outcome.decided_at), 'UTC') AS at,\n    appeal.queue_id, appeal.is_restricted, mark.subject, mark.version, mark.reason,\n    1 AS number, CASE WHEN outcome.kind IN ('conditional', 'corrected', 'partly_restored', 'restored', 'temporary') THEN 1 ELSE 0 END AS overturned\nFROM new_rows AS outcome\nJOIN appeals_appeal AS appeal ON appeal.id = outcome.appeal_id\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (\n    SELECT 'outcome' AS measure, outcome.kind AS subject, '' AS version, '' AS reason\n    UNION ALL SELECT 'rule', decision.rule_id, decision.rule_version, ''\n    UNION ALL SELECT 'region', appeal.region, '', ''\n    UNION ALL SELECT 'reviewer', outcome.decided_by_id::text, '', ''\n    UNION ALL SELECT of.measure, of.subject, of.version, of.reason\n    FROM appeals_ground AS ground\n    JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\n    CROSS JOIN LATERAL (VALUES\n        ('reason', reason.code, '', ''),\n        ('rule_reason', decision.rule_id, decision.rule_version, reason.code)\n    ) AS of (measure, subject, version, reason)\n    WHERE ground.appeal_id = appeal.id\n) AS mark\nWHERE outcome.is_final AND appeal.queue_id IS NOT NULL AND mark.subject <> ''\n UNION ALL \nSELECT mark.measure,\n    date_trunc('week', coalesce(outcome.approved_at, outcome.decided_at), 'UTC') AS at,\n    appeal.queue_id, appeal.is_restricted, mark.subject, mark.version, mark.reason,\n    -1 AS number, CASE WHEN outcome.kind IN ('conditional', 'corrected', 'partly_restored', 'restored', 'temporary') THEN -1 ELSE 0 END AS overturned\nFROM old_rows AS outcome\nJOIN appeals_appeal AS appeal ON appeal.id = outcome.appeal_id\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (\n    SELECT 'outcome' AS measure, outcome.kind AS subject, '' AS version, '' AS reason\n    UNION ALL SELECT 'rule', decision.rule_id, decision.rule_version, ''\n    UNION ALL SELECT 'region', appeal.region, '', ''\n    UNION ALL SELECT 'reviewer', outcome.decided_by_id::text, '', ''\n    UNION ALL SELECT of.measure, of.subject, of.version, of.reason\n    FROM appeals_ground AS ground\n    JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\n    CROSS JOIN LATERAL (VALUES\n        ('reason', reason.code, '', ''),\n        ('rule_reason', decision.rule_id, decision.rule_version, reason.code)\n    ) AS of (measure, subject, version, reason)\n    WHERE ground.appeal_id = appeal.id\n) AS mark\nWHERE outcome.is_final AND appeal.queue_id IS NOT NULL AND mark.subject <> ''\n) AS changed\nGROUP BY measure, at, queue_id, is_restricted, subject, version, reason HAVING sum(number) <> 0 OR sum(overturned) <> 0;\nRETURN NULL;", hash='e42513c026da34298e91978d57e3a46c1f23242a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_counted_on_update_ed3b1', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='appeals_outcome', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outcome',
            trigger=pgtrigger.compiler.Trigger(name='counted_on_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO appeals_appealtally (measure, at, queue_id, is_restricted, subject, version, reason, number, overturned, is_folded)\nSELECT measure, at, queue_id, is_restricted, subject, version, reason, sum(number), sum(overturned), false\nFROM (\nSELECT mark.measure,\n    date_trunc('week', coalesce(outcome.approved_at, outcome.decided_at), 'UTC') AS at,\n    appeal.queue_id, appeal.is_restricted, mark.subject, mark.version, mark.reason,\n    -1 AS number, CASE WHEN outcome.kind IN ('conditional', 'corrected', 'partly_restored', 'restored', 'temporary') THEN -1 ELSE 0 END AS overturned\nFROM old_rows AS outcome\nJOIN appeals_appeal AS appeal ON appeal.id = outcome.appeal_id\nJOIN appeals_linedecision AS decision ON decision.id = appeal.decision_id\nCROSS JOIN LATERAL (\n    SELECT 'outcome' AS measure, outcome.kind AS subject, '' AS version, '' AS reason\n    UNION ALL SELECT 'rule', decision.rule_id, decision.rule_version, ''\n    UNION ALL SELECT 'region', appeal.region, '', ''\n    UNION ALL SELECT 'reviewer', outcome.decided_by_id::text, '', ''\n    UNION ALL SELECT of.measure, of.subject, of.version, of.reason\n    FROM appeals_ground AS ground\n    JOIN appeals_decisionreason AS reason ON reason.id = ground.decision_reason_id\n    CROSS JOIN LATERAL (VALUES\n        ('reason', reason.code, '', ''),\n        ('rule_reason', decision.rule_id, decision.rule_version, reason.code)\n    ) AS of (measure, subject, version, reason)\n    WHERE ground.appeal_id = appeal.id\n) AS mark\nWHERE outcome.is_final AND appeal.queue_id IS NOT NULL AND mark.subject <> ''\n) AS changed\nGROUP BY measure, at, queue_id, is_restricted, subject, version, reason HAVING sum(number) <> 0 OR sum(overturned) <> 0;\nRETURN NULL;", hash='7b6aaeaf9bfb13dc865466710423b310a424f92a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_counted_on_delete_257e7', referencing='REFERENCING OLD TABLE AS old_rows ', table='appeals_outcome', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='appealtally',
            constraint=models.UniqueConstraint(condition=models.Q(('is_folded', True)), fields=('measure', 'at', 'queue_id', 'is_restricted', 'subject', 'version', 'reason'), name='one_folded_tally_a_key'),
        ),
        migrations.AddConstraint(
            model_name='overturnpassing',
            constraint=models.UniqueConstraint(condition=models.Q(('fell_at__isnull', True)), fields=('rule_id', 'rule_version', 'reason'), name='one_standing_passing_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='overturnpassing',
            constraint=models.CheckConstraint(condition=models.Q(('overturned__lte', models.F('decided'))), name='no_more_overturned_than_decided'),
        ),
        migrations.AddField(
            model_name='enginerequest',
            name='passing',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request', to='appeals.overturnpassing', verbose_name='share that passed its limit'),
        ),
        migrations.AddConstraint(
            model_name='enginerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('incident__isnull', True), ('kind', 'reason.overturned'), ('passing__isnull', False)), models.Q(models.Q(('kind', 'reason.overturned'), _negated=True), ('incident__isnull', False), ('passing__isnull', True)), _connector='OR'), name='the_engine_is_asked_because_of_one_thing'),
        ),
        migrations.AddIndex(
            model_name='rulereasonweek',
            index=models.Index(fields=['week'], name='reason_sums_by_week'),
        ),
        migrations.AddIndex(
            model_name='rulereasonweek',
            index=models.Index(condition=models.Q(('is_folded', False)), fields=['id'], name='reason_sums_to_fold'),
        ),
        migrations.AddConstraint(
            model_name='rulereasonweek',
            constraint=models.UniqueConstraint(condition=models.Q(('is_folded', True)), fields=('week', 'rule_id', 'rule_version', 'reason'), name='one_folded_sum_a_reason'),
        ),
        migrations.RunSQL(FILL_TALLIES, migrations.RunSQL.noop),
        migrations.RunSQL(FILL_WEEKS, migrations.RunSQL.noop),
    ]
