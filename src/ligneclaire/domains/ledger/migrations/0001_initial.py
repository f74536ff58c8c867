# Made by Django 5.2.19 on 2026-11-21 23:20

import django.db.models.deletion
import ligneclaire.domains.operators.models
from django.db import migrations, models

from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('operators', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True)),
                ('posted_on', models.DateField()),
                ('posted_at', models.DateTimeField()),
                ('kind', models.CharField(help_text='invoice, credit-note, payment', max_length=20)),
                ('source', models.CharField(help_text='type:public_id; one entry per source', max_length=64)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'ledger_entry',
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('book', models.CharField(choices=[('receivable', 'receivable'), ('revenue', 'revenue'), ('vat', 'vat'), ('bank', 'bank'), ('cash-in-transit', 'cash in transit')], max_length=16)),
                ('item', models.CharField(blank=True, max_length=22)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(help_text='EUR, or RES for the complementary currency', max_length=3)),
                ('account', ligneclaire.domains.operators.models.Key(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('entry', ligneclaire.domains.operators.models.Key(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'posting',
            },
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('operator', 'source'), name='ledger_entry_once_per_source'),
        ),
        migrations.AddIndex(
            model_name='posting',
            index=models.Index(condition=models.Q(('book', 'receivable')), fields=['operator', 'account', 'item'], name='posting_open_items'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('book', 'receivable'), _negated=True), models.Q(('account__isnull', False), models.Q(('item', ''), _negated=True)), _connector='OR'), name='posting_receivable_has_account_and_item'),
        ),
        Secure("ledger", facts={"Entry", "Posting"}),
    ]
