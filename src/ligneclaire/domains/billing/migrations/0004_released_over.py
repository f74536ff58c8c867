"""How many records were suspended when a run was released all the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_usage")]

    operations = [
        migrations.AddField(
            model_name="billrun",
            name="released_over",
            field=models.PositiveIntegerField(default=0, help_text="usage records that were suspended then, knowingly"),
        ),
    ]
