"""A batch may be spoiled, and its letters printed again in another: never in two that hold."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0008_campaigns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='letterbatch',
            name='spoiled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='marked as spoiled at'),
        ),
        migrations.AddField(
            model_name='letterbatch',
            name='spoiled_because',
            field=models.CharField(blank=True, max_length=300, verbose_name='what went wrong'),
        ),
        migrations.AddField(
            model_name='letterbatch',
            name='spoiled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='marked as spoiled by'),
        ),
        migrations.AddConstraint(
            model_name='letterbatch',
            constraint=models.CheckConstraint(condition=models.Q(('posted_at', None), ('spoiled_at', None), _connector='OR'), name='letters_posted_or_spoiled'),
        ),
        migrations.AddField(
            model_name='letter',
            name='number',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='number in the batch'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='letter',
            name='is_spoiled',
            field=models.BooleanField(default=False, verbose_name='spoiled'),
        ),
        migrations.AlterField(
            model_name='letter',
            name='delivery',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='notifications.delivery', verbose_name='delivery'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(condition=models.Q(('is_spoiled', False)), fields=('delivery',), name='printed_once'),
        ),
    ]
