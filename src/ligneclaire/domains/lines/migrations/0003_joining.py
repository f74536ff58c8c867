"""Which warnings a user wants."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_joining"),
        ("lines", "0002_usage"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(help_text="as rules/notices.py names them", max_length=16)),
                ("channel", models.CharField(choices=[("mail", "mail"), ("sms", "sms")], max_length=8)),
                ("wanted", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "line",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="lines.line",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.person",
                    ),
                ),
            ],
            options={
                "db_table": "notice_choice",
                "indexes": [models.Index(fields=["operator", "line", "at"], name="notice_choice_of_line")],
            },
        ),
        Secure("lines", facts={"NoticeChoice"}),
    ]
