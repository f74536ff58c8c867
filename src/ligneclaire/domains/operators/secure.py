"""The wall between operators, made by the database: row security, composite keys and the application's rights."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from ligneclaire.adapters.postgres.server import APP_ROLE
from ligneclaire.domains.operators.models import Key

MINE = "operator_id = nullif(current_setting('lc.operator', true), '')::int"

# Tables without an operator, each with the reason why that is harmless. A test compares this list with the database.
OPEN_TABLES = {
    "operator": "needed to find the operator of a host name; nothing about customers",
    "django_migrations": "owner only",
    "django_content_type": "names of models",
    "auth_permission": "names of permissions",
    "auth_group": "unused by us, empty",
    "auth_group_permissions": "unused by us, empty",
    "procrastinate_jobs": "job arguments are an operator and ids only",
    "procrastinate_events": "ids of jobs",
    "procrastinate_periodic_defers": "names of tasks",
    "procrastinate_workers": "heartbeats",
}


class Secure(migrations.RunPython):
    """Migration operation: closes all tables of an app that carry an operator. Run it after the tables are made, and
    again in each later migration that adds tables: it skips what exists.

    `facts` names the models whose rows are only ever inserted; the application may not update or delete them.
    """

    def __init__(self, app_label: str, facts: set[str] | None = None) -> None:
        self.app_label, self.facts = app_label, facts or set()
        super().__init__(self._close, migrations.RunPython.noop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "Secure", [self.app_label], {"facts": self.facts}

    def _close(self, apps: Any, schema_editor: Any) -> None:
        tables = [m for m in apps.get_app_config(self.app_label).get_models() if _has_operator(m)]
        unknown = self.facts - {m.__name__ for m in tables}
        if unknown:
            raise ValueError(f"{self.app_label} has no models {sorted(unknown)}")
        for model in tables:
            for statement in wall(model._meta.db_table, fact=model.__name__ in self.facts):
                schema_editor.execute(statement)
        for model in tables:
            for field in model._meta.local_fields:
                if isinstance(field, Key):
                    schema_editor.execute(_same_operator(model._meta.db_table, field))


def wall(table: str, *, fact: bool) -> list[str]:
    """Statements that force row security on a table with a column `operator_id` and give the application its rights."""
    rights = "SELECT, INSERT" if fact else "SELECT, INSERT, UPDATE, DELETE"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS operator_wall ON "{table}"',
        f'CREATE POLICY operator_wall ON "{table}" USING ({MINE}) WITH CHECK ({MINE})',
        _once(f"{table}_operator_id_id", table, "UNIQUE (operator_id, id)"),
        f'GRANT {rights} ON "{table}" TO {APP_ROLE}',
        f"DO $$ BEGIN IF pg_get_serial_sequence('\"{table}\"', 'id') IS NOT NULL THEN "
        f"EXECUTE 'GRANT USAGE ON SEQUENCE ' || pg_get_serial_sequence('\"{table}\"', 'id') || ' TO {APP_ROLE}'; "
        "END IF; END $$",
    ]


def adopt(table: str, *, key: str = "id") -> list[str]:
    """Statements that give a library's table an operator, filled by the database from the current one."""
    operator = "nullif(current_setting('lc.operator', true), '')::int"
    column = f"operator_id int NOT NULL DEFAULT {operator} REFERENCES operator (id)"
    walled = [statement for statement in wall(table, fact=False) if "UNIQUE (operator_id, id)" not in statement]
    if key != "id":
        walled = [statement for statement in walled if "SEQUENCE" not in statement]
    return [f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS {column}', *walled]


def _has_operator(model: Any) -> bool:
    return any(f.name == "operator" for f in model._meta.local_fields)


def _same_operator(table: str, field: Any) -> str:
    target = field.remote_field.model._meta.db_table
    return _once(
        f"{table}_{field.column}_same_operator",
        table,
        f'FOREIGN KEY (operator_id, "{field.column}") REFERENCES "{target}" (operator_id, id)',
    )


def _once(name: str, table: str, definition: str) -> str:
    name = name[:63]
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{name}' "  # noqa: S608
        f"AND conrelid = '\"{table}\"'::regclass) THEN "
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}; END IF; END $$'
    )
