"""Rate decks and what usage costs."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
import ligneclaire.domains.rulebook.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateDeck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=48)),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                (
                    "content",
                    models.JSONField(help_text="zones, prefixes, visited countries, routes, rates: rules/contents.py"),
                ),
                ("digest", models.CharField(help_text="of the deck as its folder has it", max_length=64)),
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
                "db_table": "rate_deck",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("operator", "="),
                            ("code", "="),
                            (ligneclaire.domains.rulebook.models.DateRange("effective_from", "effective_to"), "&&"),
                        ],
                        name="rate_decks_never_overlap",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageTerms",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                (
                    "deck",
                    models.SlugField(blank=True, help_text="code of the rate deck; an option has none", max_length=48),
                ),
                (
                    "content",
                    models.JSONField(help_text="rates, bundles, peak, prorated: rules/contents.py"),
                ),
                ("digest", models.CharField(max_length=64)),
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
                    "product",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.product",
                    ),
                ),
            ],
            options={
                "db_table": "usage_terms",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("operator", "="),
                            ("product", "="),
                            (ligneclaire.domains.rulebook.models.DateRange("effective_from", "effective_to"), "&&"),
                        ],
                        name="usage_terms_never_overlap",
                    )
                ],
            },
        ),
        Secure("catalogue"),
    ]
