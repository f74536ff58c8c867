"""Who was told of an alert."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_joining"),
        ("operators", "0001_initial"),
        ("usage", "0003_segments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel", models.CharField(blank=True, choices=[("mail", "mail"), ("sms", "sms")], max_length=8)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("switched-off", "switched off by its reader"),
                            ("nobody", "nobody to tell"),
                        ],
                        max_length=16,
                    ),
                ),
                ("message_key", models.CharField(blank=True, help_text="dedupe_key of the message", max_length=120)),
                ("decided_at", models.DateTimeField()),
                (
                    "alert",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usage.alert",
                    ),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="operators.operator",
                    ),
                ),
                (
                    "person",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.person",
                    ),
                ),
            ],
            options={
                "db_table": "usage_notice",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator", "alert", "person", "channel"),
                        name="usage_notice_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        Secure("usage", facts={"Alert", "Notice", "ServerRestart", "Session"}),
    ]
