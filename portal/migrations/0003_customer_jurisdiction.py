from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_sign_in")]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["jurisdiction"], name="customer_jurisdiction"),
        ),
    ]
