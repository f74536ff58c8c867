# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
import django.db.models.expressions
import ligneclaire.domains.operators.models
from django.db import migrations, models

from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('lines', '0001_initial'),
        ('operators', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='IntakeFile',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True)),
                ('source', models.CharField(help_text='e.g. radius-detail:nas1, radius-radacct', max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('received_at', models.DateTimeField()),
                ('records', models.PositiveIntegerField(default=0)),
                ('kept', models.PositiveIntegerField(default=0)),
                ('duplicates', models.PositiveIntegerField(default=0)),
                ('suspended', models.PositiveIntegerField(default=0)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'intake_file',
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('event_key', models.CharField(help_text='source, session id, kind and instant in UTC', max_length=200)),
                ('session_id', models.CharField(max_length=128)),
                ('kind', models.CharField(choices=[('start', 'start'), ('interim', 'interim'), ('stop', 'stop')], max_length=16)),
                ('event_at', models.DateTimeField(help_text="by the network's clock (Event-Timestamp), else the arrival")),
                ('arrived_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(help_text='event_at less the seconds of the session so far')),
                ('seconds', models.BigIntegerField(default=0)),
                ('octets_in', models.BigIntegerField(default=0)),
                ('octets_out', models.BigIntegerField(default=0)),
                ('file', ligneclaire.domains.operators.models.Key(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='usage.intakefile')),
                ('line', ligneclaire.domains.operators.models.Key(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lines.line')),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'session_record',
            },
        ),
        migrations.CreateModel(
            name='Suspended',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveIntegerField(help_text='line of the file, or row')),
                ('reason', models.CharField(max_length=48)),
                ('raw', models.TextField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_as', models.CharField(blank=True, help_text='kept, duplicate or written-off', max_length=16)),
                ('file', ligneclaire.domains.operators.models.Key(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='usage.intakefile')),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'suspended_record',
            },
        ),
        migrations.AddConstraint(
            model_name='intakefile',
            constraint=models.CheckConstraint(condition=models.Q(('records', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('kept'), '+', models.F('duplicates')), '+', models.F('suspended')))), name='intake_file_loses_nothing'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.UniqueConstraint(fields=('operator', 'event_key'), name='session_record_once'),
        ),
        Secure("usage", facts={"Session"}),
    ]
