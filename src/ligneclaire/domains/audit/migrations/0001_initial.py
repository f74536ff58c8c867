# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
from django.db import migrations, models

from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('operators', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(help_text='public id of a login, or job:NAME, or command:NAME', max_length=64)),
                ('act', models.CharField(help_text='name of the operation, e.g. issue_invoice', max_length=64)),
                ('subject', models.CharField(help_text='type:public_id', max_length=64)),
                ('detail', models.JSONField(default=dict)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'audit_entry',
                'indexes': [models.Index(fields=['operator', 'subject'], name='audit_entry_subject')],
            },
        ),
        Secure("audit", facts={"AuditEntry"}),
    ]
