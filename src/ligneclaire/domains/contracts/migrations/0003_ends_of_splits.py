"""Split bills of contracts that were ended before a termination wrote their end: they end with the same month."""

from django.db import migrations

# Operator by operator, for an owner whom row security binds.
ENDS = """
DO $$
DECLARE one int;
BEGIN
  FOR one IN SELECT id FROM operator LOOP
    PERFORM set_config('lc.operator', one::text, true);
    UPDATE split_bill s SET to_on = ended.to_on
    FROM (SELECT s.id, greatest(s.from_on, (date_trunc('month', c.last_day) + interval '1 month')::date) AS to_on
          FROM split_bill s JOIN contract c ON c.operator_id = s.operator_id AND c.id = s.contract_id
          WHERE c.last_day IS NOT NULL AND s.from_on IS NOT NULL) ended
    WHERE s.id = ended.id AND (s.to_on IS NULL OR s.to_on > ended.to_on);
  END LOOP;
  PERFORM set_config('lc.operator', '', true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0002_usage"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(ENDS, reverse_sql=migrations.RunSQL.noop),
    ]
