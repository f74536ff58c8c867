"""A cap of nothing is kept as nothing: it was written without an amount, which the check let pass."""

from django.db import migrations, models

# Operator by operator, for an owner whom row security binds. Keys are checked at once: the table is altered next.
NOTHING = """
SET CONSTRAINTS ALL IMMEDIATE;
DO $$
DECLARE one int;
BEGIN
  FOR one IN SELECT id FROM operator LOOP
    PERFORM set_config('lc.operator', one::text, true);
    UPDATE line_control SET amount = 0 WHERE kind = 'cap' AND "on" AND amount IS NULL;
  END LOOP;
  PERFORM set_config('lc.operator', '', true);
END $$;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("lines", "0004_controls"),
        ("operators", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(NOTHING, reverse_sql=migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="control", name="line_control_amount_is_of_a_cap"),
        migrations.AddConstraint(
            model_name="control",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gte", 0), ("amount__isnull", False), ("kind", "cap"), ("on", True)),
                    models.Q(
                        ("amount", None),
                        models.Q(("kind", "cap"), ("on", True), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="line_control_amount_is_of_a_cap",
            ),
        ),
    ]
