"""Invitations and codes that prove a number."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_addresses_of_one_operator"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("invited_at", models.DateTimeField()),
                ("invited_by", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("voided_at", models.DateTimeField(help_text="another link took its place", null=True)),
                (
                    "login",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
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
                "db_table": "invitation",
                "indexes": [models.Index(fields=["operator", "login"], name="invitation_of_login")],
                "constraints": [
                    models.UniqueConstraint(fields=("operator", "digest"), name="invitation_digest"),
                    models.UniqueConstraint(
                        condition=models.Q(("used_at", None), ("voided_at", None)),
                        fields=("operator", "login"),
                        name="invitation_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("used_at", None), ("voided_at", None), _connector="OR"),
                        name="invitation_used_or_voided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("phone", models.CharField(help_text="E.164", max_length=16)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "login",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
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
                "db_table": "phone_code",
                "indexes": [models.Index(fields=["operator", "login"], name="phone_code_of_login")],
            },
        ),
        Secure("access"),
    ]
