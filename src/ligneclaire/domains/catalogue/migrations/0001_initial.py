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
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=48)),
                (
                    "kind",
                    models.CharField(
                        choices=[("offer", "offer"), ("option", "option"), ("equipment", "equipment"), ("fee", "fee")],
                        max_length=10,
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("telephony", "telephony"),
                            ("internet", "internet"),
                            ("hardware", "hardware"),
                            ("software", "software"),
                            ("service", "service"),
                        ],
                        max_length=10,
                    ),
                ),
                ("names", models.JSONField(help_text="language -> name")),
                ("commitment_months", models.PositiveSmallIntegerField(default=0)),
                ("sold_from", models.DateField()),
                ("sold_to", models.DateField(null=True)),
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
                "db_table": "product",
            },
        ),
        migrations.CreateModel(
            name="PriceVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                ("monthly_price", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                (
                    "one_off_price",
                    models.DecimalField(
                        decimal_places=6, help_text="activation, purchase or fee", max_digits=14, null=True
                    ),
                ),
                ("tax_code", models.CharField(default="standard", max_length=16)),
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
                    "product",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.product",
                    ),
                ),
            ],
            options={
                "db_table": "price_version",
            },
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("operator", "code"), name="product_code"),
        ),
        migrations.AddConstraint(
            model_name="priceversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("operator", "="),
                    ("product", "="),
                    (ligneclaire.domains.rulebook.models.DateRange("effective_from", "effective_to"), "&&"),
                ],
                name="price_versions_never_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="priceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("monthly_price__isnull", False), ("one_off_price__isnull", False), _connector="OR"),
                name="price_version_has_a_price",
            ),
        ),
        Secure("catalogue"),
    ]
