"""The database itself refuses a ledger entry that does not sum to zero in each currency, at commit."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unbalanced bigint;
BEGIN
  SELECT p.entry_id INTO unbalanced FROM posting p JOIN (SELECT DISTINCT entry_id, operator_id FROM fresh) f
    ON p.entry_id = f.entry_id AND p.operator_id = f.operator_id
    GROUP BY p.entry_id, p.currency HAVING sum(p.amount) <> 0 LIMIT 1;
  IF unbalanced IS NOT NULL THEN
    RAISE EXCEPTION 'ledger entry % does not sum to zero', unbalanced USING ERRCODE = 'check_violation',
      CONSTRAINT = 'ledger_entry_sums_to_zero';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entries_sum_to_zero AFTER INSERT ON posting REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_sum_to_zero();
"""
BACK = "DROP TRIGGER ledger_entries_sum_to_zero ON posting; DROP FUNCTION ledger_entries_sum_to_zero();"


class Migration(migrations.Migration):
    """A statement inserts all postings of its entries: the check runs once per statement, so that bulk stays bulk."""

    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
