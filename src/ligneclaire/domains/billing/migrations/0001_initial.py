# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("operators", "0001_initial"),
        ("promises", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("month", models.DateField(help_text="first day of the month that is billed in advance")),
                ("bill_on", models.DateField(help_text="date on the invoices")),
                ("as_of", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drafting", "drafting"),
                            ("ready", "ready"),
                            ("releasing", "releasing"),
                            ("released", "released"),
                            ("discarded", "discarded"),
                        ],
                        default="drafting",
                        max_length=10,
                    ),
                ),
                ("accounts", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(blank=True, help_text="over all drafts, in account order", max_length=64)),
                ("started_by", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField()),
                ("released_by", models.CharField(blank=True, max_length=64)),
                ("released_at", models.DateTimeField(null=True)),
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
            ],
            options={
                "db_table": "bill_run",
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "source",
                    models.CharField(
                        help_text="type:public_id of what caused it; one charge per source and code", max_length=64
                    ),
                ),
                ("code", models.CharField(max_length=24)),
                ("product_code", models.CharField(max_length=48)),
                ("names", models.JSONField()),
                ("category", models.CharField(max_length=10)),
                ("service_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("tax_code", models.CharField(default="standard", max_length=16)),
                ("because", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
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
                    "contract",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        db_index=False,
                        null=True,
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promises.promise",
                    ),
                ),
            ],
            options={
                "db_table": "charge",
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("words", models.TextField()),
                ("asked_at", models.DateTimeField()),
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
                "db_table": "dispute",
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("skip_reason", models.CharField(blank=True, max_length=32)),
                ("document", models.JSONField(null=True)),
                ("total", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("inputs_digest", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
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
                (
                    "run",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.billrun",
                    ),
                ),
            ],
            options={
                "db_table": "invoice_draft",
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("invoice", "invoice"), ("credit-note", "credit note")], max_length=12),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("sequence", models.PositiveBigIntegerField()),
                ("number", models.CharField(help_text="BT-1", max_length=32)),
                ("month", models.DateField(help_text="first day of the month billed in advance")),
                ("issued_on", models.DateField(help_text="BT-2")),
                ("issued_at", models.DateTimeField()),
                ("supply_from", models.DateField(help_text="BT-73")),
                ("supply_to", models.DateField(help_text="BT-74, last day")),
                ("due_on", models.DateField(help_text="BT-9")),
                ("debit_on", models.DateField(null=True)),
                ("payment_method", models.CharField(max_length=12)),
                (
                    "payment_means_code",
                    models.CharField(help_text="BT-81: 59 direct debit, 30 transfer, 20 cheque", max_length=3),
                ),
                ("mandate_reference", models.CharField(blank=True, help_text="BT-89", max_length=35)),
                (
                    "debited_iban",
                    models.CharField(blank=True, help_text="BT-91; pages show the last four digits", max_length=34),
                ),
                (
                    "structured_communication",
                    models.CharField(help_text="BT-83: OGM in Belgium, ISO 11649 elsewhere", max_length=35),
                ),
                ("currency", models.CharField(default="EUR", help_text="BT-5", max_length=3)),
                ("prices", models.CharField(help_text="inclusive or exclusive (C1)", max_length=9)),
                ("net", models.DecimalField(decimal_places=2, help_text="BT-109", max_digits=14)),
                ("vat", models.DecimalField(decimal_places=2, help_text="BT-110", max_digits=14)),
                ("total", models.DecimalField(decimal_places=2, help_text="BT-112", max_digits=14)),
                (
                    "complementary",
                    models.DecimalField(
                        decimal_places=2, default=0, help_text="part of total settled in RES", max_digits=14
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("buyer_reference", models.CharField(blank=True, help_text="BT-10", max_length=64)),
                ("seller", models.JSONField(help_text="snapshot of the legal entity")),
                ("buyer", models.JSONField(help_text="snapshot of the account and its billing address")),
                ("because", models.JSONField(default=list, help_text="steps to the total and the debit date")),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("digest", models.CharField(max_length=64)),
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
                    "credits",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        help_text="BT-25: the invoice that a credit note corrects",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.invoice",
                    ),
                ),
                (
                    "legal_entity",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        db_index=False,
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
                    "run",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.billrun",
                    ),
                ),
            ],
            options={
                "db_table": "invoice",
            },
        ),
        migrations.CreateModel(
            name="DisputeAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "outcome",
                    models.CharField(choices=[("credited", "credited"), ("refused", "refused")], max_length=10),
                ),
                ("words", models.TextField()),
                ("answered_at", models.DateTimeField()),
                ("answered_by", models.CharField(max_length=64)),
                (
                    "dispute",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.dispute",
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
                    "credit_note",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "dispute_answer",
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(help_text="BT-126")),
                (
                    "code",
                    models.CharField(
                        help_text="activation, pro-rata, month, option, discount, credit, one-off", max_length=24
                    ),
                ),
                ("product_code", models.CharField(help_text="BT-155", max_length=48)),
                ("names", models.JSONField(help_text="BT-153, language -> name")),
                ("category", models.CharField(max_length=10)),
                ("period_from", models.DateField(help_text="BT-134", null=True)),
                (
                    "period_to",
                    models.DateField(help_text="first day after (half-open); BT-135 is the day before", null=True),
                ),
                ("quantity", models.DecimalField(decimal_places=6, help_text="BT-129", max_digits=14)),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=6, help_text="BT-146, in the price mode", max_digits=14),
                ),
                ("amount", models.DecimalField(decimal_places=2, help_text="BT-131 when exclusive", max_digits=14)),
                ("tax_category", models.CharField(default="S", help_text="BT-151", max_length=2)),
                ("tax_rate", models.DecimalField(decimal_places=2, help_text="BT-152", max_digits=5)),
                ("because", models.JSONField(default=list)),
                (
                    "charge",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.charge",
                    ),
                ),
                (
                    "contract",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
                    ),
                ),
                (
                    "invoice",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.invoice",
                    ),
                ),
                (
                    "item",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.item",
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
                "db_table": "invoice_line",
            },
        ),
        migrations.AddField(
            model_name="dispute",
            name="line",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.invoiceline",
            ),
        ),
        migrations.CreateModel(
            name="InvoiceTax",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("tax_category", models.CharField(max_length=2)),
                ("tax_rate", models.DecimalField(decimal_places=2, max_digits=5)),
                ("net", models.DecimalField(decimal_places=2, max_digits=14)),
                ("vat", models.DecimalField(decimal_places=2, max_digits=14)),
                ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "invoice",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.invoice",
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
                "db_table": "invoice_tax",
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveBigIntegerField(default=0)),
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
            ],
            options={
                "db_table": "number_series",
            },
        ),
        migrations.CreateModel(
            name="RunChunk",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("first_account_id", models.BigIntegerField()),
                ("last_account_id", models.BigIntegerField()),
                ("drafted_at", models.DateTimeField(null=True)),
                ("issued_at", models.DateTimeField(null=True)),
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
                    "run",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.billrun",
                    ),
                ),
            ],
            options={
                "db_table": "bill_run_chunk",
            },
        ),
        migrations.AddConstraint(
            model_name="billrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "discarded"), _negated=True),
                fields=("operator", "legal_entity", "month"),
                name="bill_run_one_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="billrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_by", ""),
                    models.Q(("released_by", models.F("started_by")), _negated=True),
                    _connector="OR",
                ),
                name="bill_run_released_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(fields=("operator", "source", "code"), name="charge_once_per_source"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("operator", "run", "account"), name="invoice_draft_once"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["operator", "account", "-issued_on"], name="invoice_of_account"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("operator", "legal_entity", "kind", "year", "sequence"), name="invoice_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(fields=("operator", "run", "account"), name="invoice_once_per_run"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total", django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("vat")))
                ),
                name="invoice_net_plus_vat_is_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputeanswer",
            constraint=models.UniqueConstraint(fields=("operator", "dispute"), name="dispute_answer_once"),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                fields=("operator", "invoice", "position"), name="invoice_line_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(fields=("operator", "charge"), name="invoice_line_bills_a_charge_once"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(fields=("operator", "promise"), name="dispute_promise"),
        ),
        migrations.AddConstraint(
            model_name="numberseries",
            constraint=models.UniqueConstraint(
                fields=("operator", "legal_entity", "kind", "year"), name="number_series_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="runchunk",
            constraint=models.UniqueConstraint(fields=("operator", "run", "position"), name="bill_run_chunk_position"),
        ),
        Secure("billing", facts={"Charge", "Dispute", "DisputeAnswer", "Invoice", "InvoiceLine", "InvoiceTax"}),
    ]
