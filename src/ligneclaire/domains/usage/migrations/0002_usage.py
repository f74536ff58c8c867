"""Segments, rating groups, totals, counters and alerts."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("lines", "0002_usage"),
        ("operators", "0001_initial"),
        ("usage", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("month", models.DateField()),
                ("records", models.PositiveBigIntegerField(default=0, help_text="kept so far")),
                (
                    "stale_since",
                    models.DateTimeField(help_text="something arrived or changed since the last rating", null=True),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                ("rated_at", models.DateTimeField(help_text="the time that pages call 'as of'", null=True)),
                ("rated_to", models.DateTimeField(help_text="start of the latest record that was rated", null=True)),
                (
                    "closed_at",
                    models.DateTimeField(help_text="billed; later records are rated from the closing state", null=True),
                ),
                ("closing_state", models.JSONField(default=dict, help_text="counters and caps at the close")),
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
            ],
            options={
                "db_table": "usage_group",
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=48)),
                ("service", models.CharField(help_text="voice, sms, mms, data, or spend", max_length=12)),
                ("used", models.BigIntegerField()),
                ("allowance", models.BigIntegerField()),
                ("epoch", models.PositiveIntegerField(default=0, help_text="how often the allowance grew")),
                (
                    "line",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="lines.line",
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
                    "group",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usage.group",
                    ),
                ),
            ],
            options={
                "db_table": "usage_counter",
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("records", "records"), ("rated", "rated")], max_length=8)),
                ("month", models.DateField(help_text="first day of the operator-local calendar month of the records")),
                ("bucket", models.PositiveSmallIntegerField()),
                ("path", models.CharField(help_text="below the folder of usage files", max_length=200)),
                ("rows", models.PositiveBigIntegerField()),
                ("octets", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("listed_at", models.DateTimeField()),
                ("delisted_at", models.DateTimeField(null=True)),
                (
                    "file",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        help_text="the delivery that a segment of records came from",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usage.intakefile",
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
                "db_table": "usage_segment",
            },
        ),
        migrations.CreateModel(
            name="Total",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("category", models.CharField(help_text="voice, data, messages, other, third-party", max_length=12)),
                ("usage_type", models.CharField(help_text="as the decision split-bill names it", max_length=24)),
                ("tax_code", models.CharField(max_length=16)),
                ("records", models.PositiveBigIntegerField()),
                (
                    "inside",
                    models.BigIntegerField(help_text="billed quantity inside bundles, in the unit of the service"),
                ),
                ("outside", models.BigIntegerField(help_text="billed quantity outside bundles")),
                ("amount", models.DecimalField(decimal_places=6, max_digits=18)),
                (
                    "group",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usage.group",
                    ),
                ),
                (
                    "line",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="lines.line",
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
                "db_table": "usage_total",
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("month", models.DateField()),
                ("counter", models.CharField(max_length=48)),
                ("epoch", models.PositiveIntegerField()),
                ("threshold", models.PositiveIntegerField(help_text="percent")),
                ("used", models.BigIntegerField()),
                ("allowance", models.BigIntegerField()),
                ("event_at", models.DateTimeField(help_text="start of the record that reached it")),
                ("raised_at", models.DateTimeField()),
                (
                    "line",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="lines.line",
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
                "db_table": "usage_alert",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator", "line", "month", "counter", "epoch", "threshold"), name="usage_alert_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="group",
            index=models.Index(
                condition=models.Q(("stale_since", None), _negated=True),
                fields=["operator", "stale_since"],
                name="usage_stale",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(fields=("operator", "account", "month"), name="usage_group_once"),
        ),
        migrations.AddIndex(
            model_name="counter",
            index=models.Index(fields=["operator", "line"], name="usage_counter_of_line"),
        ),
        migrations.AddConstraint(
            model_name="counter",
            constraint=models.UniqueConstraint(fields=("operator", "group", "line", "code"), name="usage_counter_once"),
        ),
        migrations.AddIndex(
            model_name="segment",
            index=models.Index(
                condition=models.Q(("delisted_at", None)),
                fields=["operator", "month", "bucket", "kind"],
                name="usage_segment_listed",
            ),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(fields=("operator", "path"), name="usage_segment_path"),
        ),
        migrations.AddIndex(
            model_name="total",
            index=models.Index(fields=["operator", "line"], name="usage_total_of_line"),
        ),
        migrations.AddConstraint(
            model_name="total",
            constraint=models.UniqueConstraint(
                fields=("operator", "group", "line", "usage_type", "tax_code"), name="usage_total_once"
            ),
        ),
        Secure("usage", facts={"Alert", "ServerRestart", "Session"}),
    ]
