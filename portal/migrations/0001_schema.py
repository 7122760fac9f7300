"""People, and what they sign in with.

Made by `makemigrations` from the models in place of the chain it replaces: docs/adr/0037.
"""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('portal', '0001_initial'),
        ('portal', '0002_sign_in'),
        ('portal', '0003_customer_jurisdiction'),
        ('portal', '0004_staff_by_name'),
        ('portal', '0005_esign_consent'),
        ('portal', '0006_only_helps'),
        ('portal', '0007_names'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('reference', models.CharField(max_length=64, unique=True, verbose_name='reference')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, null=True, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=16, null=True, verbose_name='phone')),
                ('locale', models.CharField(choices=[('en', 'English'), ('zh-hans', '简体中文')], default='en', max_length=12, verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('jurisdiction', models.CharField(choices=[('US', 'United States'), ('GB', 'United Kingdom'), ('EU', 'European Union'), ('CN', 'China')], default='US', max_length=2, verbose_name='jurisdiction')),
                ('region', models.CharField(blank=True, max_length=10, verbose_name='region')),
                ('esign_consent', models.BooleanField(blank=True, null=True, verbose_name='agreed to electronic notices')),
                ('esign_consent_on', models.DateField(blank=True, null=True, verbose_name='said so on')),
                ('only_helps', models.BooleanField(db_default=False, default=False, verbose_name='only helps others')),
                ('is_staff', models.BooleanField(default=False, verbose_name='staff')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'indexes': [models.Index(django.db.models.functions.text.Lower('email'), name='customer_email_lower'), models.Index(fields=['phone'], name='customer_phone'), models.Index(fields=['jurisdiction'], name='customer_jurisdiction'), models.Index(condition=models.Q(('is_staff', True)), fields=['name'], name='staff_by_name')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('only_helps', True)), name='a_helper_has_one_row')],
            },
        ),
        migrations.CreateModel(
            name='StaffMember',
            fields=[
            ],
            options={
                'verbose_name': 'member of staff',
                'verbose_name_plural': 'staff',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('portal.customer',),
        ),
        migrations.CreateModel(
            name='SignInTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('key', models.CharField(blank=True, max_length=32)),
                ('at', models.DateTimeField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'key', '-at'], name='sign_in_tries_in_a_bucket')],
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('sms', 'SMS'), ('email', 'E-mail')], max_length=5)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('asked_at', models.DateTimeField()),
                ('issued_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('code_hash', models.CharField(blank=True, max_length=64)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('issued_at__isnull', True)), fields=['asked_at'], name='sign_in_codes_to_issue')],
            },
        ),
    ]
