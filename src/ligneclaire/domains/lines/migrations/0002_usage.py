"""Who uses a line."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
import ligneclaire.domains.rulebook.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_search_keys"),
        ("lines", "0001_initial"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LineUser",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(null=True)),
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
                "db_table": "line_user",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("operator", "="),
                            ("line", "="),
                            (ligneclaire.domains.rulebook.models.DateRange("from_on", "to_on"), "&&"),
                        ],
                        name="line_user_one_at_a_time",
                    )
                ],
            },
        ),
        Secure("lines"),
    ]
