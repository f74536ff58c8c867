"""Rows that a bill run writes by the million: no second proof of their operator, no index that another one contains."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("billing", "0004_released_over"),
        ("contracts", "0002_usage"),
        ("lines", "0003_joining"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="invoiceline",
            name="invoice_line_bills_a_charge_once",
        ),
        migrations.AlterField(
            model_name="draft",
            name="account",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="operator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="operators.operator",
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="run",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.billrun",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="account",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="operator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="operators.operator",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="public_id",
            field=models.CharField(default=ligneclaire.domains.operators.models.new_public_id, max_length=22),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="run",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.billrun",
            ),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="invoice",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="operator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="operators.operator",
            ),
        ),
        migrations.AlterField(
            model_name="invoicetax",
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
            model_name="invoice",
            constraint=models.UniqueConstraint(fields=("public_id",), name="invoice_public_id"),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("charge__isnull", False)),
                fields=("operator", "charge"),
                name="invoice_line_bills_a_charge_once",
            ),
        ),
    ]
