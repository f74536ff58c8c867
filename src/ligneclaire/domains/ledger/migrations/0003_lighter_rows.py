"""Rows that a bill run writes by the million: no second proof of their operator, no index that another one contains."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_entries_sum_to_zero"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="public_id",
            field=models.CharField(default=ligneclaire.domains.operators.models.new_public_id, max_length=22),
        ),
        migrations.AlterField(
            model_name="posting",
            name="operator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="operators.operator",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("public_id",), name="ledger_entry_public_id"),
        ),
    ]
