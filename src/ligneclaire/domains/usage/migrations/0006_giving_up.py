"""Records in suspense by what is the same in them, and giving them up by two people."""

import django.db.models.deletion
from django.db import migrations, models

import ligneclaire.domains.operators.models
from ligneclaire.domains.operators.secure import Secure

# What waits already is grouped as it will be (rules/alike.py), operator by operator: row security may bind the owner.
# Its keys are checked at once, since a table whose keys wait to be checked can't be altered or indexed.
SAME = """
SET CONSTRAINTS ALL IMMEDIATE;
DO $$
DECLARE one int;
BEGIN
  FOR one IN SELECT id FROM operator LOOP
    PERFORM set_config('lc.operator', one::text, true);
    UPDATE suspended_record SET same = coalesce(CASE
        WHEN reason = 'unknown-line' THEN 'line=' || left(ltrim(detail, '+'), 64)
        WHEN reason IN ('before-the-line', 'after-the-line', 'no-plan')
          THEN 'line=' || left(substring(raw from '"line": "\\+?([^"\\\\]+)"'), 64)
        WHEN reason IN ('unknown-service', 'no-zone', 'no-rate')
          THEN 'service=' || left(substring(raw from '"service": "([^"\\\\]+)"'), 64)
        WHEN reason = 'unknown-direction'
          THEN 'direction=' || left(substring(raw from '"direction": "([^"\\\\]+)"'), 64)
        WHEN reason = 'unknown-country'
          THEN 'visited=' || left(substring(raw from '"visited": "([^"\\\\]+)"'), 64)
        WHEN detail IN ('source', 'id', 'line', 'service', 'direction', 'other', 'start', 'quantity', 'visited',
                        'amount')
          THEN detail
        END, '')
    WHERE settled_at IS NULL;
  END LOOP;
  PERFORM set_config('lc.operator', '', true);
END $$;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("operators", "0001_initial"),
        ("usage", "0005_passed"),
    ]

    operations = [
        migrations.AddField(
            model_name="suspended",
            name="same",
            field=models.CharField(
                blank=True, default="", help_text="what others that wait share with it (rules/alike.py)", max_length=80
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(
                        default=ligneclaire.domains.operators.models.new_public_id, max_length=22, unique=True
                    ),
                ),
                (
                    "reason",
                    models.CharField(help_text="what the records wait for, a Reason of rules.py", max_length=48),
                ),
                ("records", models.PositiveIntegerField(help_text="how many they were when it was asked")),
                ("why", models.CharField(max_length=200)),
                ("asked_by", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        blank=True, choices=[("confirmed", "confirmed"), ("refused", "refused")], max_length=16
                    ),
                ),
                ("decided_why", models.CharField(blank=True, help_text="why it was refused", max_length=200)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "written_off",
                    models.PositiveIntegerField(default=0, help_text="how many still waited when it was confirmed"),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="operators.operator",
                    ),
                ),
            ],
            options={
                "db_table": "suspense_write_off",
                "indexes": [
                    models.Index(
                        condition=models.Q(("decided_at", None)),
                        fields=["operator", "id"],
                        name="suspense_write_off_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("asked_by")), _negated=True),
                        name="suspense_write_off_is_decided_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", ""), ("decision", "")),
                            models.Q(
                                ("decided_at__isnull", False),
                                models.Q(("decision", ""), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="suspense_write_off_is_decided_or_open",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="suspended",
            name="asked",
            field=ligneclaire.domains.operators.models.Key(
                db_constraint=False,
                help_text="by which somebody wants to give it up",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usage.writeoff",
            ),
        ),
        Secure("usage", facts={"Alert", "Notice", "ServerRestart", "Session"}),
        migrations.RunSQL(SAME, migrations.RunSQL.noop),
    ]
