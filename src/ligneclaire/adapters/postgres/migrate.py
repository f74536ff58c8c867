"""Bring a database to the current form, as the owner."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections

from ligneclaire.adapters.postgres.server import APP_ROLE


def migrate() -> None:
    """Run the migrations as the owner and give the application its rights on the libraries' tables."""
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON operator, django_content_type, auth_permission, django_migrations TO {APP_ROLE}")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'procrastinate%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APP_ROLE}')
        cursor.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND sequencename LIKE 'procrastinate%'"
        )
        for (sequence,) in cursor.fetchall():
            cursor.execute(f'GRANT USAGE ON SEQUENCE "{sequence}" TO {APP_ROLE}')
