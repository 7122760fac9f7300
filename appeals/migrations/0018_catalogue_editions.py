"""Editions of the catalogue, the changes they come from, and the lender's own calendar days."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0017_queue_history"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jurisdiction', models.CharField(choices=[('US', 'United States'), ('GB', 'United Kingdom'), ('EU', 'European Union'), ('CN', 'China')], max_length=2, verbose_name='jurisdiction')),
                ('day', models.DateField(verbose_name='day')),
                ('is_working', models.BooleanField(default=False, help_text='Leave it off for a day on which we are closed.', verbose_name='we work on this day')),
                ('name_en', models.CharField(max_length=80, verbose_name='name in English')),
                ('name_zh', models.CharField(max_length=80, verbose_name='name in Chinese')),
                ('is_active', models.BooleanField(default=True, verbose_name='in force')),
            ],
            options={
                'verbose_name': 'day of a working calendar',
                'verbose_name_plural': 'days of the working calendars',
                'ordering': ['-day', 'jurisdiction'],
            },
        ),
        migrations.CreateModel(
            name='CalendarDayEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('jurisdiction', models.CharField(choices=[('US', 'United States'), ('GB', 'United Kingdom'), ('EU', 'European Union'), ('CN', 'China')], max_length=2, verbose_name='jurisdiction')),
                ('day', models.DateField(verbose_name='day')),
                ('is_working', models.BooleanField(default=False, help_text='Leave it off for a day on which we are closed.', verbose_name='we work on this day')),
                ('name_en', models.CharField(max_length=80, verbose_name='name in English')),
                ('name_zh', models.CharField(max_length=80, verbose_name='name in Chinese')),
                ('is_active', models.BooleanField(default=True, verbose_name='in force')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CatalogueChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('waiting', 'Waits for a second person'), ('returned', 'Sent back'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=9, verbose_name='state')),
                ('changes', models.JSONField(default=dict, verbose_name='changes')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('made_at', models.DateTimeField(verbose_name='begun at')),
                ('saved_at', models.DateTimeField(verbose_name='saved at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('answer', models.CharField(blank=True, max_length=300, verbose_name='why it was sent back')),
            ],
            options={
                'verbose_name': 'change of the catalogue',
                'verbose_name_plural': 'changes of the catalogue',
                'ordering': ['-saved_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CatalogueEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='number')),
                ('content', models.JSONField(verbose_name='content')),
                ('base_version', models.CharField(max_length=32, verbose_name='version of the file')),
                ('published_at', models.DateTimeField(verbose_name='published at')),
            ],
            options={
                'verbose_name': 'edition of the catalogue',
                'verbose_name_plural': 'editions of the catalogue',
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='SettingsVersion',
            fields=[
                ('key', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='key')),
                ('number', models.PositiveIntegerField(default=0, verbose_name='version')),
            ],
            options={
                'verbose_name': 'version of settings',
                'verbose_name_plural': 'versions of settings',
            },
        ),
        migrations.AddConstraint(
            model_name='calendarday',
            constraint=models.UniqueConstraint(fields=('jurisdiction', 'day'), name='a_day_once_a_calendar', violation_error_message='This day is in the calendar already. Change it there.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calendarday',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "appeals_calendardayevent" ("day", "id", "is_active", "is_working", "jurisdiction", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."day", NEW."id", NEW."is_active", NEW."is_working", NEW."jurisdiction", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='3b21fce009b3714bbac53c82016292f20f6462a7', operation='INSERT', pgid='pgtrigger_insert_insert_cfe8e', table='appeals_calendarday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calendarday',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "appeals_calendardayevent" ("day", "id", "is_active", "is_working", "jurisdiction", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."day", NEW."id", NEW."is_active", NEW."is_working", NEW."jurisdiction", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='36dba1b47de0053efef7eb43c2dab284e9db4866', operation='UPDATE', pgid='pgtrigger_update_update_4db6d', table='appeals_calendarday', when='AFTER')),
        ),
        migrations.AddField(
            model_name='calendardayevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='calendardayevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='appeals.calendarday'),
        ),
        migrations.AddField(
            model_name='cataloguechange',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='cataloguechange',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='catalogueedition',
            name='change',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='edition', to='appeals.cataloguechange', verbose_name='change'),
        ),
        migrations.AddField(
            model_name='catalogueedition',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='catalogueedition',
            name='published_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calendardayevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8861d49202e8095bea63cd267c64d34bdf3276a5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2fae8', table='appeals_calendardayevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='cataloguechange',
            index=models.Index(fields=['-saved_at'], name='changes_by_time'),
        ),
        migrations.AddIndex(
            model_name='cataloguechange',
            index=models.Index(condition=models.Q(('state__in', ['draft', 'waiting', 'returned'])), fields=['state'], name='open_changes'),
        ),
        migrations.AddConstraint(
            model_name='cataloguechange',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('made_by',), name='one_draft_an_editor'),
        ),
        migrations.AddConstraint(
            model_name='cataloguechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('made_by')), _negated=True)), _connector='OR'), name='published_by_a_second_person'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cataloguechange',
            trigger=pgtrigger.compiler.Trigger(name='change_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c6d11abe5d8086bd8dd179c49ae818a4ed57b6a3', operation='DELETE', pgid='pgtrigger_change_stays_ab686', table='appeals_cataloguechange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cataloguechange',
            trigger=pgtrigger.compiler.Trigger(name='what_is_settled_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'published\', \'withdrawn\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2c0663ccdefe0c1048fab42b2c2ff0e25e1dae7c', operation='UPDATE', pgid='pgtrigger_what_is_settled_stays_158ce', table='appeals_cataloguechange', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='catalogueedition',
            constraint=models.CheckConstraint(condition=models.Q(('published_by', models.F('made_by')), _negated=True), name='an_edition_has_two_people'),
        ),
        migrations.AddConstraint(
            model_name='catalogueedition',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='editions_count_from_one'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='catalogueedition',
            trigger=pgtrigger.compiler.Trigger(name='never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='024bf10e3095819cd6708e9cf820b7f95fdfa95a', operation='UPDATE OR DELETE', pgid='pgtrigger_never_changes_77a5b', table='appeals_catalogueedition', when='BEFORE')),
        ),
    ]
