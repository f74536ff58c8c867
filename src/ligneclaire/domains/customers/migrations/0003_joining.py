"""What people agreed to."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_search_keys"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("purpose", models.CharField(help_text="split-bill, personalisation …", max_length=32)),
                ("given", models.BooleanField()),
                ("text_version", models.CharField(max_length=16)),
                (
                    "text_digest",
                    models.CharField(help_text="of the words, in the language in which they were read", max_length=64),
                ),
                ("language", models.CharField(max_length=2)),
                ("at", models.DateTimeField()),
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
                "db_table": "consent",
                "indexes": [models.Index(fields=["operator", "person", "purpose", "at"], name="consent_of_person")],
            },
        ),
        Secure("customers", facts={"Consent"}),
    ]
