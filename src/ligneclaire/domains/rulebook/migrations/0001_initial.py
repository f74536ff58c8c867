# Made by Django 5.2.19 on 2026-11-21 23:20

import django.contrib.postgres.constraints
import django.db.models.deletion
import ligneclaire.domains.rulebook.models
from django.db import migrations, models

from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64)),
                ("scope_kind", models.CharField(default="operator", max_length=16)),
                ("scope_value", models.CharField(blank=True, max_length=64)),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                ("contracts_from", models.DateField(null=True)),
                ("all_from", models.DateField(null=True)),
                ("values", models.JSONField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=64)),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "operator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="operators.operator",
                    ),
                ),
            ],
            options={
                "db_table": "policy_version",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to", None), ("effective_to__gt", models.F("effective_from")), _connector="OR"
                        ),
                        name="policy_version_starts_before_it_ends",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at", None)),
                        expressions=[
                            ("operator", "="),
                            ("key", "="),
                            ("scope_kind", "="),
                            ("scope_value", "="),
                            (ligneclaire.domains.rulebook.models.DateRange("effective_from", "effective_to"), "&&"),
                        ],
                        name="policy_versions_never_overlap",
                    ),
                ],
            },
        ),
        Secure("rulebook"),
    ]
