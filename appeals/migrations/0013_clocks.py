"""Clocks in months, suggested ones, when to tell the customer; and clocks for old appeals."""

from django.db import migrations, models

# The promise of every appeal that was sent, as its queue counts it; mornings are good enough here.
MAKE_CLOCKS = """
INSERT INTO appeals_caseclock (
    appeal_id, kind, rule, unit, days, calendar, started_at, due_at, can_pause, paused_at,
    because, is_suggested, warn_at, tell_at, escalated_at, ended_at, ended_as
)
SELECT appeal.id, 'reconsideration', 'own.reconsideration', 'working',
       queue.target_working_days, coalesce(nullif(queue.calendar, ''), customer.jurisdiction),
       appeal.submitted_at, appeal.promised_at, true,
       CASE WHEN appeal.state = 'waiting' THEN appeal.paused_at END,
       '', false,
       greatest(appeal.submitted_at, appeal.promised_at - interval '63 hours'),
       greatest(appeal.submitted_at, appeal.promised_at - interval '39 hours'),
       -- Who was told that we are late is not told again.
       appeal.lateness_told_at,
       closing.at,
       CASE WHEN closing.at IS NULL THEN ''
            WHEN appeal.state <> 'decided' THEN 'stopped'
            WHEN closing.at <= appeal.promised_at THEN 'met'
            ELSE 'missed' END
  FROM appeals_appeal AS appeal
  JOIN portal_customer AS customer ON customer.id = appeal.customer_id
  JOIN appeals_reviewqueue AS queue ON queue.id = appeal.queue_id
 CROSS JOIN LATERAL (
       SELECT CASE WHEN appeal.state IN ('decided', 'withdrawn', 'duplicate')
                   THEN coalesce(appeal.closed_at, appeal.saved_at) END AS at
  ) AS closing
 WHERE appeal.submitted_at IS NOT NULL AND appeal.promised_at IS NOT NULL
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("appeals", "0012_roles"), ("portal", "0002_sign_in")]

    operations = [
        migrations.AlterField(
            "caseclock",
            "unit",
            models.CharField(
                choices=[
                    ("working", "working days"),
                    ("calendar", "calendar days"),
                    ("month", "months"),
                ],
                max_length=8,
                verbose_name="counted in",
            ),
        ),
        migrations.AddField(
            "caseclock",
            "is_suggested",
            models.BooleanField(default=False, verbose_name="suggested"),
        ),
        migrations.AddField(
            "caseclock",
            "tell_at",
            models.DateTimeField(blank=True, null=True, verbose_name="tell the customer at"),
        ),
        migrations.AddIndex(
            "caseclock",
            models.Index(
                condition=models.Q(
                    ("customer_told_at__isnull", True),
                    ("ended_at__isnull", True),
                    ("paused_at__isnull", True),
                ),
                fields=["tell_at"],
                name="clocks_to_tell_of",
            ),
        ),
        migrations.RunSQL(MAKE_CLOCKS, migrations.RunSQL.noop),
    ]
