# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
from django.db import migrations, models

from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Operator',
            fields=[
                ('code', models.SlugField(max_length=32, unique=True)),
                ('host', models.CharField(max_length=253, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('country', models.CharField(max_length=2)),
                ('timezone', models.CharField(max_length=64)),
                ('languages', models.JSONField(default=list)),
                ('profile', models.JSONField(default=dict, help_text='contact points, desks and hours, as in profile.toml')),
                ('look', models.JSONField(default=dict)),
                ('texts', models.JSONField(default=dict)),
                ('folder_digest', models.CharField(blank=True, max_length=64)),
                ('id', models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                'db_table': 'operator',
            },
        ),
        migrations.CreateModel(
            name='LegalEntity',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=32)),
                ('name', models.CharField(max_length=120)),
                ('vat_number', models.CharField(max_length=20)),
                ('registration_number', models.CharField(help_text='BCE/KBO number or SIREN', max_length=32)),
                ('street', models.CharField(max_length=120)),
                ('postcode', models.CharField(max_length=12)),
                ('city', models.CharField(max_length=80)),
                ('country', models.CharField(max_length=2)),
                ('iban', models.CharField(max_length=34)),
                ('bic', models.CharField(max_length=11)),
                ('creditor_identifier', models.CharField(max_length=35)),
                ('email', models.EmailField(max_length=254)),
                ('phone', models.CharField(max_length=32)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'legal_entity',
                'constraints': [models.UniqueConstraint(fields=('operator', 'code'), name='legal_entity_code')],
            },
        ),
        Secure("operators"),
    ]
