# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("operators", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("number", models.CharField(help_text="customer number", max_length=20)),
                ("kind", models.CharField(choices=[("household", "household"), ("company", "company")], max_length=10)),
                ("name", models.CharField(max_length=160)),
                (
                    "segment",
                    models.CharField(choices=[("consumer", "consumer"), ("business", "business")], max_length=10),
                ),
                ("language", models.CharField(max_length=2)),
                ("vat_number", models.CharField(blank=True, max_length=20)),
                ("registration_number", models.CharField(blank=True, max_length=32)),
                (
                    "workers",
                    models.PositiveIntegerField(
                        help_text="absent = unknown = not protected as a small firm", null=True
                    ),
                ),
                ("since", models.DateField()),
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
                "db_table": "party",
            },
        ),
        migrations.CreateModel(
            name="CostCentre",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=80)),
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
                "db_table": "cost_centre",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("given_name", models.CharField(max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("language", models.CharField(max_length=2)),
                (
                    "login",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "db_table": "person",
            },
        ),
        migrations.CreateModel(
            name="PartyRole",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("holder", "holder"),
                            ("manager", "manager"),
                            ("employee", "employee"),
                            ("billing", "billing"),
                            ("trusted", "trusted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(null=True)),
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
                "db_table": "party_role",
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=80)),
                ("street", models.CharField(max_length=120)),
                ("postcode", models.CharField(max_length=12)),
                ("city", models.CharField(max_length=80)),
                ("country", models.CharField(max_length=2)),
                ("is_billing", models.BooleanField(default=False)),
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
                "db_table": "site",
            },
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(fields=("operator", "number"), name="party_number"),
        ),
        migrations.AddConstraint(
            model_name="costcentre",
            constraint=models.UniqueConstraint(fields=("operator", "party", "code"), name="cost_centre_code"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(fields=("operator", "login"), name="person_login"),
        ),
        migrations.AddConstraint(
            model_name="partyrole",
            constraint=models.UniqueConstraint(
                fields=("operator", "party", "person", "role", "from_on"), name="party_role_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="partyrole",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on", None), ("to_on__gt", models.F("from_on")), _connector="OR"),
                name="party_role_starts_before_it_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_billing", True)), fields=("operator", "party"), name="site_one_billing"
            ),
        ),
        Secure("customers"),
    ]
