"""Lines that bill usage, and the private part that is carried."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_credits_of_lines"),
        ("contracts", "0001_initial"),
        ("lines", "0001_initial"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="because",
            field=models.JSONField(help_text="steps to a skip: a private part that is carried (C12)", null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="carried",
            field=models.DecimalField(
                decimal_places=2, help_text="private part not invoiced yet", max_digits=14, null=True
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="line",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                db_index=False,
                help_text="whose usage a line of code usage bills",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="lines.line",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="usage_month",
            field=models.DateField(help_text="the calendar month of that usage", null=True),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="usage_revision",
            field=models.PositiveIntegerField(help_text="the revision of the rating group that is billed", null=True),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="code",
            field=models.CharField(
                help_text="activation, pro-rata, month, option, discount, credit, one-off, usage", max_length=24
            ),
        ),
        migrations.AddIndex(
            model_name="invoiceline",
            index=models.Index(
                condition=models.Q(("line__isnull", False)),
                fields=["operator", "line", "usage_month"],
                name="invoice_line_usage",
            ),
        ),
        Secure("billing", facts={"Charge", "Dispute", "DisputeAnswer", "Invoice", "InvoiceLine", "InvoiceTax"}),
    ]
