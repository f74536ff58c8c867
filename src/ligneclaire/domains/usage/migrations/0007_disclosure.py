"""Why staff saw whole numbers of other parties."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("lines", "0003_joining"),
        ("operators", "0001_initial"),
        ("usage", "0006_giving_up"),
    ]

    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("month", models.DateField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("complaint", "complaint"),
                            ("invoice", "invoice"),
                            ("customer", "customer"),
                            ("fraud", "fraud"),
                            ("fault", "fault"),
                            ("authority", "authority"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "words",
                    models.CharField(help_text="the reference of a complaint, or what it is about", max_length=200),
                ),
                ("actor", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField(help_text="the reason is asked again afterwards")),
                (
                    "line",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
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
                    "suspended",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usage.suspended",
                    ),
                ),
            ],
            options={
                "db_table": "usage_disclosure",
                "indexes": [models.Index(fields=["operator", "line", "month"], name="usage_disclosure_line")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line__isnull", False), ("month__isnull", False), ("suspended", None)),
                            models.Q(("line", None), ("month", None), ("suspended__isnull", False)),
                            _connector="OR",
                        ),
                        name="usage_disclosure_is_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("at"))), name="usage_disclosure_ends"
                    ),
                ],
            },
        ),
        Secure("usage", facts={"Alert", "Disclosure", "Notice", "ServerRestart", "Session"}),
    ]
