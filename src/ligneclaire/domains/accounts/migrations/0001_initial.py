# Made by Django 5.2.19 on 2026-11-21 23:20

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
import ligneclaire.domains.rulebook.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("name", models.CharField(help_text="as printed on the invoice", max_length=160)),
                ("language", models.CharField(max_length=2)),
                (
                    "prices",
                    models.CharField(choices=[("inclusive", "inclusive"), ("exclusive", "exclusive")], max_length=9),
                ),
                (
                    "delivery",
                    models.CharField(choices=[("email", "email"), ("post", "post")], default="email", max_length=8),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "complementary_share",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="percent of eligible net settled in RES (PAY-10)"
                    ),
                ),
                ("buyer_reference", models.CharField(blank=True, help_text="BT-10", max_length=64)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                (
                    "legal_entity",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="operators.legalentity",
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
                    "party",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.party",
                    ),
                ),
            ],
            options={
                "db_table": "account",
            },
        ),
        migrations.CreateModel(
            name="PaymentTerms",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "method",
                    models.CharField(
                        choices=[("direct-debit", "direct debit"), ("transfer", "transfer"), ("cheque", "cheque")],
                        max_length=12,
                    ),
                ),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(null=True)),
                ("iban", models.CharField(blank=True, max_length=34)),
                ("holder", models.CharField(blank=True, max_length=70)),
                ("mandate_reference", models.CharField(blank=True, max_length=35)),
                ("mandate_signed_on", models.DateField(null=True)),
                (
                    "notice_days_agreed",
                    models.PositiveSmallIntegerField(help_text="what the mandate says; absent = 14 days", null=True),
                ),
                (
                    "account",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
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
                "db_table": "payment_terms",
            },
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(fields=("operator", "number"), name="account_number"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("complementary_share__in", [0, 50, 100])), name="account_complementary_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("operator", "="),
                    ("account", "="),
                    (ligneclaire.domains.rulebook.models.DateRange("from_on", "to_on"), "&&"),
                ],
                name="payment_terms_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "direct-debit"), _negated=True),
                    models.Q(
                        models.Q(("iban", ""), _negated=True),
                        models.Q(("mandate_reference", ""), _negated=True),
                        ("mandate_signed_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payment_terms_debit_needs_a_signed_mandate",
            ),
        ),
        Secure("accounts"),
    ]
