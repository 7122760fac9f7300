"""Nobody judges their own, asked by the database; conflicts that were ended."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

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


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0018_catalogue_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "conflictofinterest",
            "ended_at",
            models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
        ),
        migrations.AddField(
            "conflictofinterest",
            "ended_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AddField(
            "conflictofinterest",
            "ended_because",
            models.CharField(blank=True, default="", max_length=300, verbose_name="ended because"),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("conflictofinterest", "one_conflict_with_a_customer"),
        migrations.RemoveConstraint("conflictofinterest", "one_conflict_with_an_appeal"),
        migrations.AddConstraint(
            "conflictofinterest",
            models.UniqueConstraint(
                condition=models.Q(ended_at__isnull=True),
                fields=("person", "customer"),
                name="one_conflict_with_a_customer",
            ),
        ),
        migrations.AddConstraint(
            "conflictofinterest",
            models.UniqueConstraint(
                condition=models.Q(ended_at__isnull=True),
                fields=("person", "appeal"),
                name="one_conflict_with_an_appeal",
            ),
        ),
        migrations.AddConstraint(
            "conflictofinterest",
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True, ended_because="")
                | (
                    models.Q(ended_at__isnull=False, ended_by__isnull=False)
                    & ~models.Q(ended_because="")
                    & ~models.Q(ended_by=models.F("person"))
                ),
                name="an_ended_conflict_says_who_and_why",
            ),
        ),
        migrations.RunSQL(BAR, "DROP FUNCTION appeals_bar(bigint, bigint, bigint, bigint)"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION appeals_refuse(text)"),
        migrations.RunSQL(HOLD_PERSON, "DROP FUNCTION appeals_hold_person(bigint)"),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='kept_for_the_independent', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.reserved_for_id IS NOT NULL)', func="\nIF TG_OP = 'UPDATE' THEN\n    IF ROW(NEW.reserved_for_id, NEW.decision_id) IS NOT DISTINCT FROM ROW(OLD.reserved_for_id, OLD.decision_id) THEN RETURN NEW; END IF;\nEND IF;\n\nPERFORM appeals_refuse(appeals_bar(NEW.reserved_for_id, NEW.id, NEW.customer_id, NEW.decision_id));\n\nRETURN NEW;\n", hash='ed10ca5930940b733e7bb2604afcb2bfa9c1f6b5', operation='INSERT OR UPDATE OF "reserved_for_id", "decision_id"', pgid='pgtrigger_kept_for_the_independent_a44e0', table='appeals_appeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='reviewer_is_independent', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.reviewer_id IS NOT NULL)', func="\nIF TG_OP = 'UPDATE' THEN\n    IF ROW(NEW.reviewer_id, NEW.appeal_id) IS NOT DISTINCT FROM ROW(OLD.reviewer_id, OLD.appeal_id) THEN RETURN NEW; END IF;\nEND IF;\n\nPERFORM appeals_refuse(\n    appeals_bar(NEW.reviewer_id, appeal.id, appeal.customer_id, appeal.decision_id)\n) FROM appeals_appeal AS appeal WHERE appeal.id = NEW.appeal_id;\n\nRETURN NEW;\n", hash='57a1903a1750831b7c6bc8dc9db22148acb61b97', operation='INSERT OR UPDATE OF "reviewer_id", "appeal_id"', pgid='pgtrigger_reviewer_is_independent_58730', table='appeals_claim', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outcome',
            trigger=pgtrigger.compiler.Trigger(name='decider_is_independent', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.decided_by_id IS NOT NULL)', func="\nIF TG_OP = 'UPDATE' THEN\n    IF ROW(NEW.decided_by_id, NEW.appeal_id) IS NOT DISTINCT FROM ROW(OLD.decided_by_id, OLD.appeal_id) THEN RETURN NEW; END IF;\nEND IF;\n\nPERFORM appeals_refuse(\n    appeals_bar(NEW.decided_by_id, appeal.id, appeal.customer_id, appeal.decision_id)\n) FROM appeals_appeal AS appeal WHERE appeal.id = NEW.appeal_id;\n\nRETURN NEW;\n", hash='60731f35b9fb232cdecfe7c34f3e8e094d87a149', operation='INSERT OR UPDATE OF "decided_by_id", "appeal_id"', pgid='pgtrigger_decider_is_independent_767e6', table='appeals_outcome', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outcome',
            trigger=pgtrigger.compiler.Trigger(name='approver_is_independent', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.approved_by_id IS NOT NULL)', func="\nIF TG_OP = 'UPDATE' THEN\n    IF ROW(NEW.approved_by_id, NEW.appeal_id) IS NOT DISTINCT FROM ROW(OLD.approved_by_id, OLD.appeal_id) THEN RETURN NEW; END IF;\nEND IF;\n\nPERFORM appeals_refuse(\n    appeals_bar(NEW.approved_by_id, appeal.id, appeal.customer_id, appeal.decision_id)\n) FROM appeals_appeal AS appeal WHERE appeal.id = NEW.appeal_id;\n\nRETURN NEW;\n", hash='8830fecc23d1c74602ee57c7c9b28dfe94008452', operation='INSERT OR UPDATE OF "approved_by_id", "appeal_id"', pgid='pgtrigger_approver_is_independent_11129', table='appeals_outcome', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='qualityreview',
            trigger=pgtrigger.compiler.Trigger(name='reader_is_independent', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.reader_id IS NOT NULL)', func="\nIF TG_OP = 'UPDATE' THEN\n    IF ROW(NEW.reader_id, NEW.outcome_id) IS NOT DISTINCT FROM ROW(OLD.reader_id, OLD.outcome_id) THEN RETURN NEW; END IF;\nEND IF;\n\nPERFORM appeals_refuse(\n    CASE WHEN NEW.reader_id = outcome.approved_by_id THEN 'own_outcome'\n        ELSE appeals_bar(NEW.reader_id, appeal.id, appeal.customer_id, appeal.decision_id) END\n) FROM appeals_outcome AS outcome JOIN appeals_appeal AS appeal ON appeal.id = outcome.appeal_id\nWHERE outcome.id = NEW.outcome_id;\n\nRETURN NEW;\n", hash='2cf4f1f0e4435283bcff0fe13269928e274767be', operation='INSERT OR UPDATE OF "reader_id", "outcome_id"', pgid='pgtrigger_reader_is_independent_619b2', table='appeals_qualityreview', when='BEFORE')),
        ),
    ]
