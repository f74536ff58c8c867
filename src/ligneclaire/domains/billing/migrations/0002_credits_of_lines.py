"""Which line a credit corrects, which discount a line is, and one structured communication per invoice."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from ligneclaire.domains.operators.models import Key
from ligneclaire.domains.operators.secure import Secure


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("contracts", "0001_initial")]
    operations = [
        migrations.AddField(
            "invoiceline",
            "discount",
            Key(
                "contracts.discount",
                on_delete=PROTECT,
                related_name="+",
                db_constraint=False,
                db_index=False,
                null=True,
            ),
        ),
        migrations.AddField(
            "invoiceline",
            "credits",
            Key(
                "billing.invoiceline",
                on_delete=PROTECT,
                related_name="+",
                db_constraint=False,
                db_index=False,
                null=True,
                help_text="the line that a line of a credit note corrects",
            ),
        ),
        migrations.AddIndex(
            "invoiceline",
            models.Index(
                fields=["operator", "credits"], condition=models.Q(credits__isnull=False), name="invoice_line_credits"
            ),
        ),
        migrations.AddConstraint(
            "invoice",
            models.UniqueConstraint(
                fields=["operator", "legal_entity", "structured_communication"],
                condition=models.Q(kind="invoice"),
                name="invoice_communication_once",
            ),
        ),
        Secure("billing", facts={"Charge", "Dispute", "DisputeAnswer", "Invoice", "InvoiceLine", "InvoiceTax"}),
    ]
