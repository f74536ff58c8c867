"""Lines and taxes may be written before their invoice, which waits for its number: their keys are checked at commit."""

from django.db import migrations

FORWARD = """
ALTER TABLE invoice_line ALTER CONSTRAINT invoice_line_invoice_id_same_operator DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE invoice_tax ALTER CONSTRAINT invoice_tax_invoice_id_same_operator DEFERRABLE INITIALLY IMMEDIATE;
"""
BACK = """
ALTER TABLE invoice_line ALTER CONSTRAINT invoice_line_invoice_id_same_operator NOT DEFERRABLE;
ALTER TABLE invoice_tax ALTER CONSTRAINT invoice_tax_invoice_id_same_operator NOT DEFERRABLE;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_lighter_rows")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
