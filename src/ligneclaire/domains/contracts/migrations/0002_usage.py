"""Instants of plan changes, and the split bill."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
import ligneclaire.domains.rulebook.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="from_at",
            field=models.DateTimeField(
                help_text="instant from which usage counts under it; absent = from_on", null=True
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="to_at",
            field=models.DateTimeField(help_text="instant at which usage leaves it; absent = to_on", null=True),
        ),
        migrations.CreateModel(
            name="SplitBill",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("contribution", models.JSONField(help_text="one of the five types of the decision split-bill")),
                ("offered_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("from_on", models.DateField(help_text="first of a month; absent = not accepted yet", null=True)),
                (
                    "to_on",
                    models.DateField(help_text="first of the month in which it does not hold any more", null=True),
                ),
                (
                    "account",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        help_text="the employee's own account",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "contract",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
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
            ],
            options={
                "db_table": "split_bill",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("from_on__isnull", False)),
                        expressions=[
                            ("operator", "="),
                            ("contract", "="),
                            (ligneclaire.domains.rulebook.models.DateRange("from_on", "to_on"), "&&"),
                        ],
                        name="split_bill_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("from_on", None)),
                            models.Q(("accepted_at__isnull", False), ("from_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="split_bill_holds_when_accepted",
                    ),
                ],
            },
        ),
        Secure("contracts", facts={"ContractEvent", "SignedPolicy", "Termination"}),
    ]
