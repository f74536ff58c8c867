"""Counters and alerts of what lines of an account share."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("lines", "0003_joining"),
        ("usage", "0007_disclosure"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="counter", name="usage_counter_once"),
        migrations.AlterField(
            model_name="counter",
            name="line",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="lines.line",
            ),
        ),
        migrations.AddConstraint(
            model_name="counter",
            constraint=models.UniqueConstraint(
                fields=("operator", "group", "line", "code"), name="usage_counter_once", nulls_distinct=False
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="line",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="lines.line",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="account",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                help_text="whose lines share the counter; absent = it is the line's own",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                fields=("operator", "account", "month", "counter", "epoch", "threshold"),
                name="usage_alert_once_of_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account__isnull", False), ("line", None)),
                    models.Q(("account", None), ("line__isnull", False)),
                    _connector="OR",
                ),
                name="usage_alert_is_of_a_line_or_an_account",
            ),
        ),
        Secure("usage", facts={"Alert", "Disclosure", "Notice", "ServerRestart", "Session"}),
    ]
