from django.db import migrations, models

import appeals.states


class Migration(migrations.Migration):
    dependencies = [("appeals", "0021_lease")]

    operations = [
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                fields=["queue", "promised_at", "id"],
                condition=models.Q(
                    ("is_vulnerable", True),
                    (
                        "state__in",
                        [
                            appeals.states.AppealState["APPROVAL"],
                            appeals.states.AppealState["IN_REVIEW"],
                            appeals.states.AppealState["SUBMITTED"],
                            appeals.states.AppealState["WAITING"],
                        ],
                    ),
                ),
                name="open_appeals_needing_care",
            ),
        ),
    ]
