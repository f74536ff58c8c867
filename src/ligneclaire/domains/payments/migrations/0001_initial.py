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
            name='Payment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True)),
                ('received_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('method', models.CharField(choices=[('transfer', 'transfer'), ('direct-debit', 'direct-debit'), ('cheque', 'cheque'), ('complementary', 'complementary')], max_length=16)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(default='EUR', max_length=3)),
                ('structured_communication', models.CharField(blank=True, max_length=35)),
                ('reference', models.CharField(help_text="the bank's own reference, or one made when recorded by hand: a second is refused", max_length=64)),
                ('account', ligneclaire.domains.operators.models.Key(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operators.operator')),
            ],
            options={
                'db_table': 'payment',
                'constraints': [models.UniqueConstraint(fields=('operator', 'reference'), name='payment_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_is_positive')],
            },
        ),
        Secure("payments", facts={"Payment"}),
    ]
