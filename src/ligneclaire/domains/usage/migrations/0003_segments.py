"""What a segment of usage holds, and the text that staff changed."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("usage", "0002_usage"),
    ]

    operations = [
        migrations.AddField(
            model_name="segment",
            name="account",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                help_text="whose rated records these are; absent = of several accounts",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="segment",
            name="first_at",
            field=models.DateTimeField(help_text="start of the earliest record", null=True),
        ),
        migrations.AddField(
            model_name="segment",
            name="last_at",
            field=models.DateTimeField(help_text="start of the latest record", null=True),
        ),
        migrations.AddField(
            model_name="suspended",
            name="original",
            field=models.TextField(help_text="raw as it was delivered, when staff changed it", null=True),
        ),
        Secure("usage", facts={"Alert", "ServerRestart", "Session"}),
    ]
