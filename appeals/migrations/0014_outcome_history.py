"""An outcome keeps the findings it was proposed with, and when its time was over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appeals", "0013_clocks")]

    operations = [
        migrations.AddField(
            model_name="outcome",
            name="findings",
            field=models.JSONField(blank=True, default=list, verbose_name="findings as proposed"),
        ),
        migrations.AddField(
            model_name="outcome",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="its time ended at"),
        ),
        migrations.AddField(
            model_name="outcome",
            name="end_told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="customer reminded at"),
        ),
        migrations.RemoveIndex(model_name="outcome", name="outcomes_to_end"),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(
                fields=["until"],
                condition=models.Q(
                    ("ended_at__isnull", True), ("is_final", True), ("until__isnull", False)
                ),
                name="outcomes_to_end",
            ),
        ),
        migrations.AlterField(
            model_name="lineinstruction",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("outcome", "The outcome itself"),
                    ("condition_met", "The rest, because the condition was met"),
                    ("time_ended", "The end of what was restored for a time"),
                    ("look_again", "To decide again, after another look"),
                ],
                default="outcome",
                max_length=13,
                verbose_name="for",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="kind",
            field=models.CharField(choices=[('submitted', 'Appeal sent'), ('routed', 'Put in a queue'), ('claimed', 'A reviewer started'), ('released', 'Returned to the queue'), ('lease_ended', "Returned to the queue: the reviewer's time ran out"), ('evidence_added', 'Document received'), ('documents_asked', 'More documents asked for'), ('documents_answered', 'The customer answered'), ('proposed', 'Outcome proposed'), ('sent_back', 'Outcome sent back'), ('decided', 'Decided'), ('applied', 'The ledger confirmed'), ('withdrawn', 'Withdrawn by the customer'), ('late', 'We are late'), ('note', 'Note'), ('passed_on', 'Passed on to a colleague'), ('reserved', 'Assigned to a reviewer'), ('recused', 'The reviewer declared a conflict of interest'), ('moved', 'Put in another queue'), ('duplicate', 'Closed: answered with another appeal'), ('reopened', 'Opened again'), ('clock_started', 'A deadline began'), ('clock_stopped', 'A deadline ended'), ('warned', 'The promise may not be kept'), ('escalated', 'Put before a supervisor'), ('condition_met', 'The condition was met'), ('condition_missed', 'The condition was not met in time'), ('time_ended', 'The time the limit was restored for ended'), ('looked_again', 'The reason came up to be looked at again'), ('look_ended', 'The reason was looked at again')], max_length=20, verbose_name='what'),
        ),
    ]
