import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [("operators", "0001_initial"), ("customers", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=160)),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.party",
                    ),
                ),
            ],
            options={
                "db_table": "search_key",
                "indexes": [models.Index(fields=["key"], name="search_key_prefix", opclasses=["text_pattern_ops"])],
                "constraints": [
                    models.UniqueConstraint(fields=("operator", "party", "key"), name="search_key_once"),
                ],
            },
        ),
        Secure("customers"),
    ]
