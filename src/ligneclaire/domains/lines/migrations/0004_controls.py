"""What was said of a line's spending."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_joining"),
        ("lines", "0003_joining"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Control",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("cap", "cap"), ("agreement", "agreement"), ("block", "block")], max_length=12
                    ),
                ),
                (
                    "subject",
                    models.CharField(help_text="as rules/controls.py names ceilings and blocks", max_length=24),
                ),
                ("on", models.BooleanField(help_text="set, agreed, blocked; or taken back")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, help_text="of a cap, tax included", max_digits=12, null=True),
                ),
                (
                    "stops",
                    models.BooleanField(default=False, help_text="of a cap: whether it stops, or only warns"),
                ),
                (
                    "month",
                    models.DateField(
                        help_text="first day of the only month for which it is agreed to go on", null=True
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("user", "who pays it privately"), ("company", "the company that pays it")],
                        max_length=8,
                    ),
                ),
                (
                    "channel",
                    models.CharField(help_text="portal, telephone, letter, mail or counter", max_length=12),
                ),
                ("why", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
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
                        help_text="the user of a company's line for whom it was said",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.person",
                    ),
                ),
            ],
            options={
                "db_table": "line_control",
                "indexes": [models.Index(fields=["operator", "line", "at"], name="line_control_of_line")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gte", 0), ("kind", "cap"), ("on", True)),
                            models.Q(
                                ("amount", None),
                                models.Q(("kind", "cap"), ("on", True), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="line_control_amount_is_of_a_cap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("month", None), models.Q(("kind", "agreement"), ("on", True)), _connector="OR"
                        ),
                        name="line_control_month_is_of_an_agreement",
                    ),
                ],
            },
        ),
        Secure("lines", facts={"Control", "NoticeChoice"}),
    ]
