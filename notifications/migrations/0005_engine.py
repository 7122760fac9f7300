"""Partitioned deliveries, campaigns, letters, wordings and counts."""

import django.db.models.deletion
import notifications.kinds
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from notifications.partitions import CreatePartitionedModel


SORT_CAUSES = """
UPDATE notifications_suppression SET detail = left(cause, 200), cause = CASE
    WHEN cause LIKE '%answered STOP%' THEN 'stop'
    WHEN cause LIKE '%unwanted%' THEN 'complaint'
    WHEN cause LIKE '%unsubscribed%' THEN 'unsubscribed'
    WHEN channel = 'email' AND cause LIKE '%sent it back%' THEN 'bounce'
    WHEN channel = 'sms' AND cause ~ 'landline|cannot get an SMS|can get an SMS'
        THEN 'dead_number'
    ELSE 'staff'
END
"""


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0004_before_partitions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreatePartitionedModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('provider', models.CharField(blank=True, max_length=40, verbose_name='provider')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('outcome', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('retry', 'retry'), ('permanent', 'permanent'), ('misconfigured', 'misconfigured'), ('unknown', 'unknown')], max_length=13, verbose_name='outcome')),
                ('http_status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='HTTP status')),
                ('code', models.CharField(blank=True, max_length=40, verbose_name="provider's code")),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='detail')),
            ],
            options={
                'verbose_name': 'attempt',
                'verbose_name_plural': 'attempts',
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=16, unique=True, verbose_name='reference')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('type', models.CharField(max_length=40, verbose_name='type of message')),
                ('audience', models.CharField(max_length=40, verbose_name='audience')),
                ('audience_parameters', models.JSONField(blank=True, default=dict, verbose_name="audience's parameters")),
                ('words', models.JSONField(blank=True, default=dict, verbose_name='words')),
                ('is_mandatory', models.BooleanField(default=False, verbose_name='owed by law')),
                ('legal_due_at', models.DateTimeField(blank=True, null=True, verbose_name='due by law')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('canary', 'First share is going out'), ('waiting', 'First share is out, waits for a person'), ('running', 'Going out'), ('paused', 'Paused'), ('stopped', 'Stopped'), ('done', 'Done')], default=notifications.kinds.CampaignState['DRAFT'], max_length=8, verbose_name='state')),
                ('resumes_as', models.CharField(blank=True, max_length=8)),
                ('canary_share', models.PositiveSmallIntegerField(default=100, verbose_name='first share, of 10,000')),
                ('cursor', models.BigIntegerField(default=0)),
                ('is_expanded', models.BooleanField(default=False, verbose_name='everybody has a row')),
                ('recipients', models.PositiveIntegerField(default=0, verbose_name='recipients made')),
                ('audience_size', models.PositiveIntegerField(blank=True, null=True, verbose_name='people in the audience')),
                ('because', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('created_at', models.DateTimeField(verbose_name='made at')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started at')),
                ('changed_at', models.DateTimeField(blank=True, null=True, verbose_name='changed at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'campaign',
                'verbose_name_plural': 'campaigns',
                'permissions': [('run_campaign', 'Can start, pause and stop campaigns')],
            },
        ),
        CreatePartitionedModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('campaign_id', models.BigIntegerField(blank=True, null=True, verbose_name='campaign')),
                ('channel', models.CharField(choices=[('sms', 'SMS'), ('email', 'E-mail'), ('push', 'Browser notification'), ('letter', 'Letter')], max_length=6, verbose_name='channel')),
                ('lane', models.CharField(max_length=8, verbose_name='lane')),
                ('address', models.CharField(max_length=254, verbose_name='address')),
                ('state', models.CharField(choices=[('ready', 'Waiting'), ('claimed', 'Being prepared'), ('sending', 'Being sent'), ('accepted', 'Sent'), ('delivered', 'Delivered'), ('undelivered', 'Did not arrive'), ('failed', 'Could not be sent'), ('unknown', 'Sent, not confirmed'), ('cancelled', 'Not sent')], default=notifications.kinds.DeliveryState['READY'], max_length=11, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('not_before', models.DateTimeField(verbose_name='not before')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='leased until')),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('calls', models.PositiveSmallIntegerField(default=0, verbose_name='calls')),
                ('provider', models.CharField(blank=True, max_length=40, verbose_name='provider')),
                ('provider_ref', models.CharField(blank=True, max_length=100, verbose_name="provider's id")),
                ('ask_at', models.DateTimeField(blank=True, null=True, verbose_name='ask at')),
                ('content_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('created_at', models.DateTimeField(verbose_name='made at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='DeliveryCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minute', models.DateTimeField(verbose_name='minute')),
                ('lane', models.CharField(max_length=8, verbose_name='lane')),
                ('channel', models.CharField(max_length=6, verbose_name='channel')),
                ('provider', models.CharField(blank=True, max_length=40, verbose_name='provider')),
                ('campaign_id', models.BigIntegerField(blank=True, null=True, verbose_name='campaign')),
                ('state', models.CharField(max_length=11, verbose_name='state')),
                ('change', models.IntegerField(verbose_name='change')),
                ('entered', models.IntegerField(verbose_name='entered')),
            ],
            options={
                'verbose_name': 'count of deliveries',
                'verbose_name_plural': 'counts of deliveries',
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_page', models.PositiveIntegerField(verbose_name='first page in the batch')),
                ('pages', models.PositiveSmallIntegerField(verbose_name='pages')),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'letters',
            },
        ),
        migrations.CreateModel(
            name='LetterBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=16, unique=True, verbose_name='reference')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('letters', models.PositiveIntegerField(verbose_name='letters')),
                ('pages', models.PositiveIntegerField(verbose_name='pages')),
                ('pdf_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the PDF')),
                ('csv_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the CSV')),
                ('posted_on', models.DateField(blank=True, null=True, verbose_name='posted on')),
                ('posted_at', models.DateTimeField(blank=True, null=True, verbose_name='marked as posted at')),
            ],
            options={
                'verbose_name': 'letter batch',
                'verbose_name_plural': 'letter batches',
                'permissions': [('print_letters', 'Can export letters and mark them as posted')],
            },
        ),
        migrations.CreateModel(
            name='LocalMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('sms', 'SMS'), ('email', 'E-mail'), ('push', 'Browser notification'), ('letter', 'Letter')], max_length=6, verbose_name='channel')),
                ('to', models.CharField(max_length=254, verbose_name='to')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('html', models.TextField(blank=True, verbose_name='HTML')),
                ('link', models.URLField(blank=True, max_length=400, verbose_name='link')),
                ('kept_at', models.DateTimeField(db_index=True, verbose_name='at')),
            ],
            options={
                'verbose_name': 'local message',
                'verbose_name_plural': 'local messages',
            },
        ),
        CreatePartitionedModel(
            name='Receipt',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(max_length=40, verbose_name='provider')),
                ('event_id', models.CharField(max_length=160, verbose_name='event id')),
                ('word', models.CharField(max_length=40, verbose_name="provider's word")),
                ('code', models.CharField(blank=True, max_length=40, verbose_name="provider's code")),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('body_sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
            ],
            options={
                'verbose_name': 'receipt',
                'verbose_name_plural': 'receipts',
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='SHA-256')),
                ('type', models.CharField(max_length=40, verbose_name='type')),
                ('language', models.CharField(max_length=12, verbose_name='language')),
                ('channel', models.CharField(choices=[('sms', 'SMS'), ('email', 'E-mail'), ('push', 'Browser notification'), ('letter', 'Letter')], max_length=6, verbose_name='channel')),
                ('subject', models.TextField(blank=True, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('html', models.TextField(blank=True, verbose_name='HTML')),
                ('first_used_at', models.DateTimeField(verbose_name='first used at')),
            ],
            options={
                'verbose_name': 'wording',
                'verbose_name_plural': 'wordings',
            },
        ),
        migrations.AddField(
            model_name='notification',
            name='about',
            field=models.CharField(blank=True, max_length=80, verbose_name='about'),
        ),
        migrations.AddField(
            model_name='notification',
            name='resends',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resent_as', to='notifications.notification', verbose_name='sent again for'),
        ),
        migrations.AddField(
            model_name='notification',
            name='resent_because',
            field=models.CharField(blank=True, max_length=300, verbose_name='sent again because'),
        ),
        migrations.AddField(
            model_name='notification',
            name='resent_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent again by'),
        ),
        migrations.AddField(
            model_name='notification',
            name='settle_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='look again at'),
        ),
        migrations.AddField(
            model_name='notification',
            name='settled_as',
            field=models.CharField(blank=True, choices=[('reached', 'It arrived'), ('no_longer_true', 'It was overtaken')], max_length=16, verbose_name='settled as'),
        ),
        migrations.AddField(
            model_name='notification',
            name='settled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='settled at'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='detail',
            field=models.CharField(blank=True, max_length=200, verbose_name='detail'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='lifted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='lifted at'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='lifted_because',
            field=models.CharField(blank=True, max_length=200, verbose_name='lifted because'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='sender',
            field=models.CharField(blank=True, max_length=100, verbose_name='sender'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='recipient',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to=settings.AUTH_USER_MODEL, verbose_name='recipient'),
        ),
        migrations.RunSQL(SORT_CAUSES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='suppression',
            name='cause',
            field=models.CharField(choices=[('stop', 'The person answered STOP'), ('bounce', 'The mailbox sent it back'), ('complaint', 'The person called our mail unwanted'), ('unsubscribed', 'The person unsubscribed at the mail service'), ('dead_number', 'The number cannot get an SMS'), ('staff', 'Set by staff')], max_length=12, verbose_name='cause'),
        ),
        migrations.AlterField(
            model_name='suppression',
            name='channel',
            field=models.CharField(choices=[('sms', 'SMS'), ('email', 'E-mail'), ('push', 'Browser notification'), ('letter', 'Letter')], max_length=6, verbose_name='channel'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notification',
            trigger=pgtrigger.compiler.Trigger(name='notification_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='16c274a615eed1bb5aea348c18ce9a3686db4995', operation='DELETE', pgid='pgtrigger_notification_stays_c8f9e', table='notifications_notification', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('channel', 'address'), name='suppressed_once'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='changed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='started_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='started by'),
        ),
        migrations.AddField(
            model_name='notification',
            name='campaign',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='notifications.campaign', verbose_name='campaign'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('settle_at__isnull', False)), fields=['settle_at'], name='notifications_to_settle'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('resends__isnull', False)), fields=['resends'], name='notifications_resent'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='notification',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='notifications.notification', verbose_name='notification'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='push_subscription',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='notifications.pushsubscription'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='delivery',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='notifications.delivery', verbose_name='delivery'),
        ),
        migrations.AddIndex(
            model_name='deliverycount',
            index=models.Index(fields=['minute'], name='delivery_counts_by_minute'),
        ),
        migrations.AddIndex(
            model_name='deliverycount',
            index=models.Index(condition=models.Q(('campaign_id__isnull', False)), fields=['campaign_id', 'minute'], name='delivery_counts_of_campaign'),
        ),
        migrations.AddField(
            model_name='letter',
            name='delivery',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='letter', to='notifications.delivery', verbose_name='delivery'),
        ),
        migrations.AddField(
            model_name='letterbatch',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='letterbatch',
            name='posted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='marked as posted by'),
        ),
        migrations.AddField(
            model_name='letter',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contents', to='notifications.letterbatch', verbose_name='batch'),
        ),
        migrations.AddField(
            model_name='localmessage',
            name='attempt',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='local_message', to='notifications.attempt'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='attempt',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='notifications.attempt', verbose_name='attempt'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='wording',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.wording', verbose_name='wording'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('canary_share__gte', 0), ('canary_share__lte', 10000)), name='campaign_share_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'canary', 'waiting', 'running', 'paused', 'stopped', 'done'])), name='campaign_state_is_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attempt',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5ac1f1804a776f187becb0b1748c574210d19e73', operation='DELETE', pgid='pgtrigger_never_deleted_c72f8', table='notifications_attempt', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attempt',
            trigger=pgtrigger.compiler.Trigger(name='ends_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ended_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f73908bc9f5857de4c48d6cf6bdeaa884b35cdbd', operation='UPDATE', pgid='pgtrigger_ends_once_972d2', table='notifications_attempt', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receipt',
            trigger=pgtrigger.compiler.Trigger(name='never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='882ee91d092197dd9848a39bfb08c45b9926bbd2', operation='UPDATE OR DELETE', pgid='pgtrigger_never_changes_3e9c4', table='notifications_receipt', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', notifications.kinds.DeliveryState['READY'])), fields=['lane', 'channel', 'campaign_id', 'not_before'], name='deliveries_to_claim'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', [notifications.kinds.DeliveryState['CLAIMED'], notifications.kinds.DeliveryState['SENDING']])), fields=['lease_until'], name='deliveries_on_lease'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='deliveries_to_ask_about'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('provider_ref', ''), _negated=True), fields=['provider_ref'], name='deliveries_by_provider_ref'),
        ),
    ]
