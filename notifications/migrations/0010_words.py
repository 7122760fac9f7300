import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Words for people in place of codes; nothing in the tables changes."""

    dependencies = [
        ('notifications', '0009_letters'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='notification',
            options={'permissions': [('resend_notification', 'Can send a message again')], 'verbose_name': 'message', 'verbose_name_plural': 'messages sent'},
        ),
        migrations.AlterField(
            model_name='attempt',
            name='outcome',
            field=models.CharField(blank=True, choices=[('accepted', 'Taken'), ('retry', 'Not taken now, to be tried again'), ('permanent', 'Refused for good'), ('misconfigured', 'Our account is not set up right'), ('unknown', 'Answer lost')], max_length=13, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='is_expanded',
            field=models.BooleanField(default=False, verbose_name='all messages made'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='recipients',
            field=models.PositiveIntegerField(default=0, verbose_name='people with a message'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='notification',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='notifications.notification', verbose_name='message'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='lane',
            field=models.CharField(choices=[('urgent', 'Urgent'), ('standard', 'Standard'), ('bulk', 'Bulk')], max_length=8, verbose_name='lane'),
        ),
    ]
