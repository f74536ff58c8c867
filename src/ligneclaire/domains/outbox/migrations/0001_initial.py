# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
import ligneclaire.domains.operators.models
from django.db import migrations, models

from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('operators', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True)),
                ('dedupe_key', models.CharField(help_text='says what it is about: a second one is refused', max_length=120)),
                ('channel', models.CharField(choices=[('mail', 'mail'), ('sms', 'sms')], max_length=8)),
                ('recipient', models.CharField(max_length=254)),
                ('language', models.CharField(max_length=2)),
                ('template', models.CharField(max_length=64)),
                ('params', models.JSONField(default=dict)),
                ('queued_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('last_fault', models.CharField(blank=True, max_length=200)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'message',
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['operator', 'due_at'], name='message_unsent')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'dedupe_key'), name='message_once')],
            },
        ),
        Secure("outbox"),
    ]
