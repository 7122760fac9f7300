"""Messages, the partitioned tables of their deliveries, and what staff know of them.

Made by `makemigrations` from the models in place of the chain it replaces: docs/adr/0037.
"""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import notifications.kinds
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from notifications.partitions import CreatePartitionedModel
from portal.lib.migrating import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('notifications', '0001_initial'),
        ('notifications', '0002_initial'),
        ('notifications', '0003_unreached_and_secrets'),
        ('notifications', '0005_engine'),
        ('notifications', '0007_seeing'),
        ('notifications', '0008_campaigns'),
        ('notifications', '0009_letters'),
        ('notifications', '0010_words'),
        ('notifications', '0011_on_paper'),
        ('notifications', '0012_names'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Preference',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='preference', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                    ('sms', models.BooleanField(default=True, verbose_name='SMS')),
                    ('email', models.BooleanField(default=True, verbose_name='e-mail')),
                    ('push', models.BooleanField(default=True, verbose_name='browser notifications')),
                    ('quiet_from', models.TimeField(default=datetime.time(21, 0), verbose_name='quiet from')),
                    ('quiet_until', models.TimeField(default=datetime.time(8, 0), verbose_name='quiet until')),
                ],
                options={
                    'verbose_name': 'preference',
                    'verbose_name_plural': 'preferences',
                },
            ),
            migrations.CreateModel(
                name='PushSubscription',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_subscriptions', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                    ('endpoint', models.URLField(max_length=1000, unique=True, verbose_name='endpoint')),
                    ('p256dh', models.CharField(max_length=200)),
                    ('auth', models.CharField(max_length=100)),
                    ('user_agent', models.CharField(blank=True, max_length=200, verbose_name='browser')),
                    ('created_at', models.DateTimeField(verbose_name='since')),
                    ('gone_at', models.DateTimeField(blank=True, null=True, verbose_name='gone since')),
                ],
                options={
                    'verbose_name': 'push subscription',
                    'verbose_name_plural': 'push subscriptions',
                },
            ),
            migrations.CreateModel(
                name='Suppression',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('sms', 'SMS'), ('email', 'E-mail'), ('push', 'Browser notification'), ('letter', 'Letter')], max_length=6, verbose_name='channel')),
                    ('address', models.CharField(max_length=254, verbose_name='address')),
                    ('cause', models.CharField(choices=[('stop', 'The person answered STOP'), ('bounce', 'The mailbox sent it back'), ('complaint', 'The person called our mail unwanted'), ('unsubscribed', 'The person unsubscribed at the mail service'), ('dead_number', 'The number cannot get an SMS'), ('staff', 'Set by staff')], max_length=12, verbose_name='cause')),
                    ('detail', models.CharField(blank=True, max_length=200, verbose_name='detail')),
                    ('sender', models.CharField(blank=True, max_length=100, verbose_name='sender')),
                    ('created_at', models.DateTimeField(verbose_name='since')),
                    ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted at')),
                    ('lifted_because', models.CharField(blank=True, max_length=200, verbose_name='lifted because')),
                ],
                options={
                    'verbose_name': 'suppression',
                    'verbose_name_plural': 'suppressions',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('channel', 'address'), name='suppressed_once')],
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
                    ('is_expanded', models.BooleanField(default=False, verbose_name='all messages made')),
                    ('recipients', models.PositiveIntegerField(default=0, verbose_name='people with a message')),
                    ('audience_size', models.PositiveIntegerField(blank=True, null=True, verbose_name='people in the audience')),
                    ('because', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('created_at', models.DateTimeField(verbose_name='made at')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                    ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started at')),
                    ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='started by')),
                    ('changed_at', models.DateTimeField(blank=True, null=True, verbose_name='changed at')),
                    ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ],
                options={
                    'verbose_name': 'campaign',
                    'verbose_name_plural': 'campaigns',
                    'permissions': [('run_campaign', 'Can start, pause and stop campaigns')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('canary_share__gte', 0), ('canary_share__lte', 10000)), name='campaign_share_is_a_share'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'canary', 'waiting', 'running', 'paused', 'stopped', 'done'])), name='campaign_state_is_known')],
                },
            ),
            migrations.CreateModel(
                name='Notification',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('recipient', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to=settings.AUTH_USER_MODEL, verbose_name='recipient')),
                    ('type', models.CharField(max_length=40, verbose_name='type')),
                    ('dedupe_key', models.CharField(max_length=120, unique=True, verbose_name='dedupe key')),
                    ('lane', models.CharField(choices=[('urgent', 'Urgent'), ('standard', 'Standard'), ('bulk', 'Bulk')], max_length=8, verbose_name='lane')),
                    ('is_mandatory', models.BooleanField(default=False, verbose_name='owed by law')),
                    ('legal_due_at', models.DateTimeField(blank=True, null=True, verbose_name='due by law')),
                    ('needs_letter', models.BooleanField(db_default=False, default=False, verbose_name='on paper by law')),
                    ('language', models.CharField(max_length=12, verbose_name='language')),
                    ('context', models.JSONField(default=dict, verbose_name='context')),
                    ('secret', models.CharField(blank=True, max_length=64)),
                    ('path', models.CharField(blank=True, max_length=200, verbose_name='page it leads to')),
                    ('about', models.CharField(blank=True, max_length=80, verbose_name='about')),
                    ('campaign', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='notifications.campaign', verbose_name='campaign')),
                    ('resends', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resent_as', to='notifications.notification', verbose_name='sent again for')),
                    ('resent_because', models.CharField(blank=True, max_length=300, verbose_name='sent again because')),
                    ('resent_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent again by')),
                    ('unreached', models.CharField(blank=True, choices=[('no_address', 'We hold no phone number and no e-mail address'), ('suppressed', 'We must not send to the addresses we hold'), ('switched_off', 'The person switched these messages off')], max_length=12, verbose_name='not reached because')),
                    ('settle_at', models.DateTimeField(blank=True, null=True, verbose_name='look again at')),
                    ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                    ('settled_as', models.CharField(blank=True, choices=[('reached', 'It arrived'), ('no_longer_true', 'It was overtaken'), ('stopped', 'Its campaign was stopped')], max_length=16, verbose_name='settled as')),
                    ('created_at', models.DateTimeField(verbose_name='made at')),
                    ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='useless after')),
                ],
                options={
                    'verbose_name': 'message',
                    'verbose_name_plural': 'messages sent',
                    'permissions': [('resend_notification', 'Can send a message again')],
                    'indexes': [models.Index(fields=['recipient', '-created_at'], name='notifications_of_person'), models.Index(condition=models.Q(('unreached', ''), _negated=True), fields=['created_at'], name='notifications_unreached'), models.Index(condition=models.Q(('secret', ''), _negated=True), fields=['expires_at'], name='notifications_with_secret'), models.Index(condition=models.Q(('settle_at__isnull', False)), fields=['settle_at'], name='notifications_to_settle'), models.Index(condition=models.Q(('campaign__isnull', False), ('settle_at__isnull', False)), fields=['campaign'], name='campaign_to_settle'), models.Index(condition=models.Q(('resends__isnull', False)), fields=['resends'], name='notifications_resent'), models.Index(condition=models.Q(('is_mandatory', True), ('settled_at__isnull', True)), fields=['legal_due_at'], name='notifications_owed')],
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
                    'indexes': [models.Index(fields=['minute'], name='delivery_counts_by_minute'), models.Index(condition=models.Q(('campaign_id__isnull', False)), fields=['campaign_id', 'minute'], name='delivery_counts_of_campaign')],
                },
            ),
            migrations.CreateModel(
                name='LetterBatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(max_length=16, unique=True, verbose_name='reference')),
                    ('made_at', models.DateTimeField(verbose_name='made at')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                    ('letters', models.PositiveIntegerField(verbose_name='letters')),
                    ('pages', models.PositiveIntegerField(verbose_name='pages')),
                    ('pdf_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the PDF')),
                    ('csv_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the CSV')),
                    ('posted_on', models.DateField(blank=True, null=True, verbose_name='posted on')),
                    ('posted_at', models.DateTimeField(blank=True, null=True, verbose_name='marked as posted at')),
                    ('posted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='marked as posted by')),
                    ('spoiled_at', models.DateTimeField(blank=True, null=True, verbose_name='marked as spoiled at')),
                    ('spoiled_because', models.CharField(blank=True, max_length=300, verbose_name='what went wrong')),
                    ('spoiled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='marked as spoiled by')),
                ],
                options={
                    'verbose_name': 'letter batch',
                    'verbose_name_plural': 'letter batches',
                    'permissions': [('print_letters', 'Can export letters and mark them as posted')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('posted_at', None), ('spoiled_at', None), _connector='OR'), name='letters_posted_or_spoiled')],
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
            CreatePartitionedModel(
                name='Delivery',
                fields=[
                    ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('notification', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='notifications.notification', verbose_name='message')),
                    ('campaign_id', models.BigIntegerField(blank=True, null=True, verbose_name='campaign')),
                    ('channel', models.CharField(choices=[('sms', 'SMS'), ('email', 'E-mail'), ('push', 'Browser notification'), ('letter', 'Letter')], max_length=6, verbose_name='channel')),
                    ('lane', models.CharField(max_length=8, verbose_name='lane')),
                    ('address', models.CharField(max_length=254, verbose_name='address')),
                    ('push_subscription', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='notifications.pushsubscription')),
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
                    ('wording', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.wording', verbose_name='wording')),
                    ('content_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                    ('created_at', models.DateTimeField(verbose_name='made at')),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ],
                options={
                    'verbose_name': 'delivery',
                    'verbose_name_plural': 'deliveries',
                    'indexes': [models.Index(condition=models.Q(('state', notifications.kinds.DeliveryState['READY'])), fields=['lane', 'channel', 'campaign_id', 'not_before'], name='deliveries_to_claim'), models.Index(condition=models.Q(('state__in', [notifications.kinds.DeliveryState['CLAIMED'], notifications.kinds.DeliveryState['SENDING']])), fields=['lease_until'], name='deliveries_on_lease'), models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='deliveries_to_ask_about'), models.Index(condition=models.Q(('provider_ref', ''), _negated=True), fields=['provider_ref'], name='deliveries_by_provider_ref')],
                },
            ),
            CreatePartitionedModel(
                name='Attempt',
                fields=[
                    ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('delivery', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='notifications.delivery', verbose_name='delivery')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                    ('provider', models.CharField(blank=True, max_length=40, verbose_name='provider')),
                    ('started_at', models.DateTimeField(verbose_name='started at')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                    ('outcome', models.CharField(blank=True, choices=[('accepted', 'Taken'), ('retry', 'Not taken now, to be tried again'), ('permanent', 'Refused for good'), ('misconfigured', 'Our account is not set up right'), ('unknown', 'Answer lost')], max_length=13, verbose_name='outcome')),
                    ('http_status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='HTTP status')),
                    ('code', models.CharField(blank=True, max_length=40, verbose_name="provider's code")),
                    ('detail', models.CharField(blank=True, max_length=300, verbose_name='detail')),
                ],
                options={
                    'verbose_name': 'attempt',
                    'verbose_name_plural': 'attempts',
                },
            ),
            CreatePartitionedModel(
                name='Receipt',
                fields=[
                    ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('provider', models.CharField(max_length=40, verbose_name='provider')),
                    ('event_id', models.CharField(max_length=160, verbose_name='event id')),
                    ('attempt', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='notifications.attempt', verbose_name='attempt')),
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
                name='LocalMessage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('attempt', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='local_message', to='notifications.attempt')),
                    ('channel', models.CharField(choices=[('sms', 'SMS'), ('email', 'E-mail'), ('push', 'Browser notification'), ('letter', 'Letter')], max_length=6, verbose_name='channel')),
                    ('to', models.CharField(max_length=254, verbose_name='to')),
                    ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                    ('text', models.TextField(verbose_name='text')),
                    ('html', models.TextField(blank=True, verbose_name='HTML')),
                    ('link', models.URLField(blank=True, max_length=400, verbose_name='link')),
                    ('kept_at', models.DateTimeField(db_index=True, verbose_name='at')),
                ],
                options={
                    'verbose_name': 'message kept here',
                    'verbose_name_plural': 'messages kept here',
                },
            ),
            migrations.CreateModel(
                name='Letter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('delivery', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='notifications.delivery', verbose_name='delivery')),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contents', to='notifications.letterbatch', verbose_name='batch')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='number in the batch')),
                    ('first_page', models.PositiveIntegerField(verbose_name='first page in the batch')),
                    ('pages', models.PositiveSmallIntegerField(verbose_name='pages')),
                    ('is_spoiled', models.BooleanField(default=False, verbose_name='spoiled')),
                ],
                options={
                    'verbose_name': 'letter',
                    'verbose_name_plural': 'letters',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('is_spoiled', False)), fields=('delivery',), name='printed_once')],
                },
            ),
            migrations.CreateModel(
                name='RetentionMark',
                fields=[
                    ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                    ('last_id', models.BigIntegerField(default=0)),
                    ('left_behind', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ],
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
                model_name='notification',
                trigger=pgtrigger.compiler.Trigger(name='notification_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='16c274a615eed1bb5aea348c18ce9a3686db4995', operation='DELETE', pgid='pgtrigger_notification_stays_c8f9e', table='notifications_notification', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='receipt',
                trigger=pgtrigger.compiler.Trigger(name='never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='882ee91d092197dd9848a39bfb08c45b9926bbd2', operation='UPDATE OR DELETE', pgid='pgtrigger_never_changes_3e9c4', table='notifications_receipt', when='BEFORE')),
            ),
        ]),
    ]
