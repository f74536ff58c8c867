# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                ("kind", models.CharField(help_text="e.g. dispute, termination, credit", max_length=32)),
                ("subject", models.CharField(help_text="type:public_id of what it is about", max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("due_source", models.CharField(help_text="law id, policy key, or agreed", max_length=64)),
                ("owner", models.CharField(help_text="the desk that answers for it", max_length=32)),
                ("held_on", models.DateField(null=True)),
                ("held_reason", models.CharField(blank=True, max_length=200)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.party",
                    ),
                ),
                (
                    "requester",
                    ligneclaire.domains.operators.models.Key(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.person",
                    ),
                ),
            ],
            options={
                "db_table": "promise",
            },
        ),
        migrations.CreateModel(
            name="PromiseStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("code", models.CharField(help_text="asked, read, answered, credited, refused …", max_length=32)),
                ("actor", models.CharField(max_length=64)),
                ("words", models.TextField(blank=True, help_text="what was said, as the customer reads it")),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promises.promise",
                    ),
                ),
            ],
            options={
                "db_table": "promise_step",
            },
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(fields=["operator", "due_on"], name="promise_due"),
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(fields=["operator", "party"], name="promise_of_party"),
        ),
        Secure("promises", facts={"PromiseStep"}),
    ]
