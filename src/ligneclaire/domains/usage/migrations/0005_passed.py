"""How many rows of a delivery are no usage."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0004_notices")]

    operations = [
        migrations.AddField(
            model_name="intakefile",
            name="passed",
            field=models.PositiveIntegerField(
                default=0, help_text="rows beside the records: calls that nobody answered"
            ),
        ),
    ]
