# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogue", "0001_initial"),
        ("customers", "0001_initial"),
        ("lines", "0001_initial"),
        ("operators", "0001_initial"),
        ("promises", "0001_initial"),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("signed_on", models.DateField()),
                ("commitment_months", models.PositiveSmallIntegerField(default=0)),
                ("commitment_start_on", models.DateField(null=True)),
                ("connected_at", models.DateTimeField(help_text="first connection, by the network", null=True)),
                (
                    "connected_source",
                    models.CharField(blank=True, help_text="e.g. RADIUS 8f21", max_length=120),
                ),
                ("equipment_received_on", models.DateField(null=True)),
                (
                    "held_days",
                    models.PositiveSmallIntegerField(default=0, help_text="delay caused by the operator (BIL-02)"),
                ),
                (
                    "service_from",
                    models.DateField(help_text="first billed day (BIL-01, BIL-02); absent = not started", null=True),
                ),
                ("service_because", models.JSONField(default=list, help_text="steps that led to service_from")),
                ("last_day", models.DateField(null=True)),
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
                    "cost_centre",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.costcentre",
                    ),
                ),
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
                    "offer",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.product",
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
                    "site",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.site",
                    ),
                ),
            ],
            options={
                "db_table": "contract",
            },
        ),
        migrations.CreateModel(
            name="ContractEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        help_text="signed, kit-received, connected, service-started, item-added, terminated …",
                        max_length=32,
                    ),
                ),
                ("detail", models.JSONField(default=dict)),
                ("actor", models.CharField(max_length=64)),
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
                "db_table": "contract_event",
            },
        ),
        migrations.CreateModel(
            name="Discount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("names", models.JSONField(help_text="language -> name")),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("monthly_amount", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("from_on", models.DateField(help_text="absent = from the service start", null=True)),
                ("to_on", models.DateField(null=True)),
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
                "db_table": "discount",
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("quantity", models.PositiveIntegerField(default=1)),
                (
                    "monthly_price",
                    models.DecimalField(decimal_places=6, help_text="as signed, per piece", max_digits=14, null=True),
                ),
                (
                    "one_off_price",
                    models.DecimalField(decimal_places=6, help_text="as signed, per piece", max_digits=14, null=True),
                ),
                ("from_on", models.DateField(help_text="absent = from the service start", null=True)),
                (
                    "to_on",
                    models.DateField(help_text="first day without it; the contract's last day ends it too", null=True),
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
                (
                    "price_version",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.priceversion",
                    ),
                ),
                (
                    "product",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.product",
                    ),
                ),
            ],
            options={
                "db_table": "contract_item",
            },
        ),
        migrations.CreateModel(
            name="SignedPolicy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64)),
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
                (
                    "version",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.policyversion",
                    ),
                ),
            ],
            options={
                "db_table": "signed_policy",
            },
        ),
        migrations.CreateModel(
            name="Termination",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("received_on", models.DateField()),
                ("last_day", models.DateField()),
                ("because", models.JSONField(default=list)),
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
                (
                    "promise",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promises.promise",
                    ),
                ),
            ],
            options={
                "db_table": "termination",
            },
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(fields=("operator", "number"), name="contract_number"),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day", None), ("last_day__gte", models.F("signed_on")), _connector="OR"),
                name="contract_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("monthly_amount", None), ("percent__isnull", False)),
                    models.Q(("monthly_amount__isnull", False), ("percent", None)),
                    _connector="OR",
                ),
                name="discount_is_a_percent_or_an_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_on", None), ("from_on", None), ("to_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="contract_item_starts_before_it_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="signedpolicy",
            constraint=models.UniqueConstraint(fields=("operator", "contract", "key"), name="signed_policy_once"),
        ),
        migrations.AddConstraint(
            model_name="termination",
            constraint=models.UniqueConstraint(fields=("operator", "promise"), name="termination_promise"),
        ),
        Secure("contracts", facts={"ContractEvent", "SignedPolicy", "Termination"}),
    ]
