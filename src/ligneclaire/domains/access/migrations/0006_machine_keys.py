"""Keys of other programs."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_email_proof"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MachineKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("name", models.CharField(help_text="which program holds it", max_length=40)),
                ("right", models.CharField(choices=[("usage", "deliver usage")], max_length=16)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=64)),
                ("revoked_at", models.DateTimeField(null=True)),
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
                "db_table": "machine_key",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("operator", "name"),
                        name="machine_key_one_of_a_name",
                    )
                ],
            },
        ),
        Secure("access"),
    ]
